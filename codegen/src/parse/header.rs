//! `V<top>.h`: the model's class, its ports and what it can do.

use std::collections::BTreeSet;
use std::path::Path;

use winnow::Parser as _;

use super::cxx::{self, Variable};
use crate::error::{Error, Result};

/// What the model's header says.
#[derive(Clone, PartialEq, Debug)]
pub struct Header {
    /// The class.
    pub class: String,
    /// The ports, in the header's order.
    pub ports: Vec<Variable>,
    /// Sub-modules that are reachable because something in them is public: class and member.
    pub cells: Vec<(String, String)>,
    /// `operator<<` and `operator>>` are there.
    pub savable: bool,
    /// `trace` takes a trace object of a class by this name.
    pub trace: Option<String>,
    /// `prepareClone` and `atClone` are there.
    pub clone_hooks: bool,
    /// The names of all methods.
    pub methods: BTreeSet<String>,
}

/// Which part of the class a line is in.
#[derive(Clone, Copy, PartialEq)]
enum Section {
    Before,
    Ports,
    Cells,
    Methods,
}

/// Reads the text of `path`.
pub fn parse(path: &Path, text: &str) -> Result<Header> {
    let error = |number: usize, expected: &str, found: &str| Error::Parse {
        path: path.to_owned(),
        line: number + 1,
        expected: expected.to_owned(),
        found: found.trim().to_owned(),
    };
    let mut header = Header {
        class: String::new(),
        ports: Vec::new(),
        cells: Vec::new(),
        savable: false,
        trace: None,
        clone_hooks: false,
        methods: BTreeSet::new(),
    };
    let mut section = Section::Before;
    let mut ended = false;
    let (mut saves, mut restores) = (false, false);
    for (number, line) in text.lines().enumerate() {
        let code = line.trim();
        match code {
            "// PORTS" => section = Section::Ports,
            "// CELLS" => section = Section::Cells,
            "// CONSTRUCTORS" => section = Section::Methods,
            _ => {}
        }
        let directive = code.starts_with('#') && section != Section::Ports;
        if code.is_empty() || code.starts_with("//") || directive {
            continue;
        }
        if code.starts_with("class ") && code.ends_with('{') {
            header.class = class_name(code)
                .ok_or_else(|| error(number, "a class that derives from VerilatedModel", code))?;
            continue;
        }
        match section {
            Section::Ports => {
                let port = port(code)
                    .ok_or_else(|| error(number, "a port such as VL_IN8(&clk,0,0);", code))?;
                if header.ports.iter().any(|other| other.name == port.name) {
                    return Err(error(number, "a port that is not declared above", code));
                }
                header.ports.push(port);
            }
            Section::Cells => {
                // `Vtop_sub* const __PVT__top__DOT__u1;`, and `rootp` at the end.
                let words: Vec<_> = code
                    .split([' ', '*', ';'])
                    .filter(|w| !w.is_empty())
                    .collect();
                match words[..] {
                    [class, "const", member] if member != "rootp" => {
                        header.cells.push((class.to_owned(), member.to_owned()));
                    }
                    _ => {}
                }
            }
            Section::Methods => header.methods.extend(method_name(code)),
            Section::Before => {}
        }
        saves |= code.contains("operator<<(VerilatedSerialize&");
        restores |= code.contains("operator>>(VerilatedDeserialize&");
        header.clone_hooks |= code.starts_with("void prepareClone(");
        if let Some(rest) = code.strip_prefix("void trace(") {
            header.trace = rest.split('*').next().map(|class| class.trim().to_owned());
        }
        ended |= code.starts_with('}') && code.ends_with(';') && section == Section::Methods;
    }
    header.savable = saves && restores;
    if header.class.is_empty() || !ended {
        let last = text.lines().count().saturating_sub(1);
        return Err(error(
            last,
            "a complete class of the model",
            "the end of the file",
        ));
    }
    Ok(header)
}

/// `class alignas(...) Vtop VL_NOT_FINAL : public VerilatedModel {`
fn class_name(line: &str) -> Option<String> {
    let (before, _) = line.split_once(": public VerilatedModel")?;
    let name = before
        .split_whitespace()
        .rfind(|word| !matches!(*word, "VL_NOT_FINAL" | "final"))?;
    let mut rest = name;
    let name = cxx::identifier(&mut rest).ok()?;
    rest.is_empty().then(|| name.to_owned())
}

/// `void eval() { eval_step(); }` is `eval`.
fn method_name(line: &str) -> Option<String> {
    let (before, _) = line.split_once('(')?;
    let name = before
        .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

fn port(line: &str) -> Option<Variable> {
    let port = if line.starts_with("VL_") {
        cxx::port_macro.parse(line).ok()?
    } else {
        cxx::variable.parse(line).ok()?
    };
    port.reference.then_some(port)
}
