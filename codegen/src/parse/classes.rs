//! `V*_classes.mk`: switches, and the names of the generated sources.

use std::path::Path;

use crate::error::{Error, Result};

/// What a `V*_classes.mk` says.
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent switches of Verilator"
)]
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Classes {
    /// `--timing`.
    pub timing: bool,
    /// `--coverage`.
    pub coverage: bool,
    /// `--trace-vcd`, `--trace`.
    pub trace_vcd: bool,
    /// `--trace-fst`.
    pub trace_fst: bool,
    /// `--trace-saif`.
    pub trace_saif: bool,
    /// Generated sources, without `.cpp`.
    pub sources: Vec<String>,
    /// Verilator's own runtime sources, without `.cpp`.
    pub globals: Vec<String>,
}

/// The variables that every version writes.
const EXPECTED: &[&str] = &[
    "VM_COVERAGE",
    "VM_TIMING",
    "VM_TRACE_FST",
    "VM_TRACE_VCD",
    "VM_CLASSES_FAST",
    "VM_CLASSES_SLOW",
    "VM_SUPPORT_FAST",
    "VM_SUPPORT_SLOW",
    "VM_GLOBAL_FAST",
    "VM_GLOBAL_SLOW",
];

/// Whose a `V*_classes.mk` is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Of {
    /// A model's.
    Model,
    /// A hierarchical block's, which leaves Verilator's runtime to the model.
    Block,
}

/// Reads the text of `path`.
pub fn parse(path: &Path, text: &str, of: Of) -> Result<Classes> {
    let mut classes = Classes::default();
    let mut seen: Vec<&str> = Vec::new();
    // A list's entries follow on lines that end in a backslash.
    let mut list: Option<&str> = None;
    for (number, line) in text.lines().enumerate() {
        let error = |expected: &str| Error::Parse {
            path: path.to_owned(),
            line: number + 1,
            expected: expected.to_owned(),
            found: line.trim().to_owned(),
        };
        let line = line.trim();
        if line.starts_with('#') {
            continue;
        }
        if let Some((name, value)) = line.split_once(['=', '+'])
            && list.is_none()
        {
            let name = name.trim();
            seen.push(name);
            let value = value.trim_start_matches('=').trim();
            let switch = || match value {
                "0" => Ok(false),
                "1" => Ok(true),
                _ => Err(error("0 or 1")),
            };
            match name {
                "VM_TIMING" => classes.timing = switch()?,
                "VM_COVERAGE" => classes.coverage = switch()?,
                "VM_TRACE_VCD" => classes.trace_vcd = switch()?,
                "VM_TRACE_FST" => classes.trace_fst = switch()?,
                "VM_TRACE_SAIF" => classes.trace_saif = switch()?,
                "VM_CLASSES_FAST" | "VM_CLASSES_SLOW" | "VM_SUPPORT_FAST" | "VM_SUPPORT_SLOW"
                | "VM_GLOBAL_FAST" | "VM_GLOBAL_SLOW" => {
                    if value != "\\" {
                        return Err(error("a list that goes on in the next line"));
                    }
                    list = Some(name);
                }
                _ => {}
            }
        } else if let Some(name) = list {
            let entry = line.strip_suffix('\\');
            let source = entry.unwrap_or(line).trim();
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if !source.chars().all(plain) {
                return Err(error("the name of a source"));
            }
            if !source.is_empty() {
                let to = if name.starts_with("VM_GLOBAL") {
                    &mut classes.globals
                } else {
                    &mut classes.sources
                };
                to.push(source.to_owned());
            }
            if entry.is_none() {
                list = None;
            }
        }
    }
    // Each is written once, whatever the model: one that is missing was lost.
    let missing = EXPECTED
        .iter()
        .find(|name| seen.iter().filter(|other| other == name).count() != 1);
    let incomplete = list.is_some()
        || classes.sources.is_empty()
        || of == Of::Model && classes.globals.is_empty();
    if missing.is_some() || incomplete {
        return Err(Error::Parse {
            path: path.to_owned(),
            line: text.lines().count(),
            expected: match missing {
                Some(name) => format!("{name}, once"),
                None => "complete lists VM_CLASSES_* and VM_GLOBAL_*".to_owned(),
            },
            found: "the end of the file".to_owned(),
        });
    }
    Ok(classes)
}
