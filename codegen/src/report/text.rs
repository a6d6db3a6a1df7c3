//! The description for people.

use std::fmt::{self, Write as _};

use super::{FunctionReport, PortReport, Report, ShapeReport, StateReport};

impl PortReport {
    /// A line for the port and one for each of its fields.
    fn lines(&self) -> String {
        let direction = self.direction.unwrap_or("port");
        let mut out = format!("{direction:<6} {:<24} {}", self.name, self.shape);
        if self.signed == Some(true) {
            out.push_str(", signed");
        }
        if self.rust != self.name {
            let _ = write!(out, ", `{}` in Rust", self.rust);
        }
        if let Some(source) = &self.source {
            let _ = write!(out, ", {source}");
        }
        for field in &self.fields {
            let high = field.low + field.width - 1;
            let _ = write!(out, "\n         {:<24} [{high}:{}]", field.path, field.low);
            if field.signed {
                out.push_str(", signed");
            }
        }
        out
    }
}

impl fmt::Display for ShapeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bits { width: 1, .. } => f.write_str("1 bit"),
            Self::Bits { width, msb, lsb } => write!(f, "{width} bits [{msb}:{lsb}]"),
            Self::Real => f.write_str("real"),
            Self::String => f.write_str("string"),
            Self::Event => f.write_str("event"),
            Self::Array { length, element } => write!(f, "array [{length}] of {element}"),
        }
    }
}

impl fmt::Display for FunctionReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments: Vec<_> = self
            .arguments
            .iter()
            .map(|argument| format!("{} {} {}", argument.direction, argument.kind, argument.name))
            .collect();
        let returns = self.returns.as_deref().unwrap_or("void");
        write!(f, "{returns} {}({})", self.name, arguments.join(", "))
    }
}

/// A heading and a line each; nothing for an empty list.
fn list<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    heading: &str,
    lines: impl IntoIterator<Item = T>,
) -> fmt::Result {
    for (at, line) in lines.into_iter().enumerate() {
        if at == 0 {
            writeln!(f, "\n{heading}:")?;
        }
        writeln!(f, "  {line}")?;
    }
    Ok(())
}

/// For people.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let abilities = &self.abilities;
        writeln!(f, "model        {}", self.name)?;
        writeln!(f, "class        {}", self.class)?;
        writeln!(f, "verilator    {}", self.verilator)?;
        writeln!(f, "fingerprint  {}", self.fingerprint)?;
        writeln!(f, "folder       {}", self.folder.display())?;
        writeln!(f, "savable      {}", abilities.savable)?;
        if let Some(state) = &self.state {
            writeln!(f, "state        {state}")?;
        }
        let trace = abilities.trace.as_deref().unwrap_or("none");
        writeln!(f, "trace        {trace}")?;
        writeln!(f, "timing       {}", abilities.timing)?;
        writeln!(f, "coverage     {}", abilities.coverage)?;
        writeln!(f, "threads      {}", abilities.threads)?;
        let ports = self.ports.iter().map(PortReport::lines);
        list(f, "ports", ports)?;
        let internals = self.internals.iter().map(|internal| {
            let access = if internal.writable { "write" } else { "read" };
            format!("{access:<6} {:<24} {}", internal.path, internal.shape)
        });
        list(f, "public variables", internals)?;
        let parameters = self.parameters.iter();
        let parameters = parameters.map(|one| format!("{:<31} {}", one.path, one.shape));
        list(f, "public parameters", parameters)?;
        list(f, "DPI imports", &self.imports)?;
        list(f, "DPI exports", &self.exports)?;
        list(f, "serialize operators of", &self.serialize_operators)?;
        let gaps = self.gaps.iter();
        let gaps = gaps.map(|gap| format!("{}: {}", gap.what, gap.instead));
        list(f, "a snapshot would not hold", gaps)?;
        list(
            f,
            "hierarchical blocks in",
            self.subfolders.iter().map(|path| path.display()),
        )?;
        list(f, "sources", self.sources.iter().map(|path| path.display()))?;
        list(f, "Verilator's runtime sources", &self.runtime_sources)
    }
}

impl fmt::Display for StateReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(reason) = &self.no_table {
            return write!(f, "through Verilator's operators alone: {reason}");
        }
        write!(
            f,
            "{} variables in {} instances, {} bytes of them copied",
            self.members, self.instances, self.bytes
        )?;
        match self.through_operators {
            0 => Ok(()),
            some => write!(f, "; {some} through Verilator's operators"),
        }
    }
}
