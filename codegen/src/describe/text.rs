//! The description for people.

use std::fmt::{self, Write as _};

use super::model::{Description, DpiFunction, Port};

/// A line for the port and one for each of its fields.
fn port_lines(port: &Port) -> String {
    let direction = port
        .direction
        .map_or("port".to_owned(), |one| one.to_string());
    let mut out = format!("{direction:<6} {:<24} {}", port.verilog, port.shape);
    if port.signed == Some(true) {
        out.push_str(", signed");
    }
    if port.rust.as_str() != port.verilog {
        let _ = write!(out, ", `{}` in Rust", port.rust);
    }
    if let Some(source) = &port.source {
        let _ = write!(out, ", {source}");
    }
    for field in &port.fields {
        let high = field.low + field.width - 1;
        let _ = write!(out, "\n         {:<24} [{high}:{}]", field.path, field.low);
        if field.signed {
            out.push_str(", signed");
        }
    }
    out
}

impl fmt::Display for DpiFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments = self.arguments.iter();
        let arguments = arguments.map(|one| format!("{} {} {}", one.direction, one.ty, one.name));
        let arguments = arguments.collect::<Vec<_>>().join(", ");
        match &self.returns {
            Some(ty) => write!(f, "{ty} {}({arguments})", self.name),
            None => write!(f, "void {}({arguments})", self.name),
        }
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
impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let abilities = &self.abilities;
        writeln!(f, "model        {}", self.name)?;
        writeln!(f, "class        {}", self.class)?;
        writeln!(f, "verilator    {}", self.version)?;
        writeln!(f, "fingerprint  {:016x}", self.fingerprint)?;
        writeln!(f, "folder       {}", self.folder.display())?;
        match &self.unsavable {
            Some(reason) => writeln!(f, "savable      false: {reason}")?,
            None => writeln!(f, "savable      {}", abilities.savable)?,
        }
        if let Some(state) = &self.state {
            writeln!(f, "state        {}", state.summary())?;
        }
        let trace = abilities
            .trace
            .map_or("none".to_owned(), |format| format.to_string());
        writeln!(f, "trace        {trace}")?;
        writeln!(f, "timing       {}", abilities.timing)?;
        writeln!(f, "coverage     {}", abilities.coverage)?;
        writeln!(f, "threads      {}", abilities.threads)?;
        list(f, "ports", self.ports.iter().map(port_lines))?;
        let internals = self.internals.iter().map(|internal| {
            let access = if internal.is_writable() {
                "write"
            } else {
                "read"
            };
            let Port { verilog, shape, .. } = &internal.port;
            format!("{access:<6} {verilog:<24} {shape}")
        });
        list(f, "public variables", internals)?;
        let parameters = self.parameters.iter();
        let parameters = parameters.map(|one| format!("{:<31} {}", one.verilog, one.shape));
        list(f, "public parameters", parameters)?;
        list(f, "DPI imports", &self.imports)?;
        list(f, "DPI exports", &self.exports)?;
        list(f, "serialize operators of", &self.serialize_operators)?;
        let gaps = self.gaps.iter();
        let gaps = gaps.map(|gap| format!("{}: {}", gap.what, gap.instead));
        list(f, "a snapshot would not hold", gaps)?;
        let subfolders = self.subfolders.iter().map(|path| path.display());
        list(f, "hierarchical blocks in", subfolders)?;
        list(f, "sources", self.sources.iter().map(|path| path.display()))?;
        list(f, "Verilator's runtime sources", &self.runtime_sources)
    }
}
