//! A design to be built.

use crate::grammar::{Export, Import};

/// A design.
#[derive(Default)]
pub struct Design {
    /// The name of its module and of its bindings.
    pub name: String,
    /// What it is, for people.
    pub about: String,
    /// Its source, with `NAME` for its name.
    pub source: String,
    /// Which waveform it writes.
    pub trace: Option<&'static str>,
    /// More arguments for Verilator: sources in front of it, and where modules are looked for.
    pub arguments: Vec<String>,
    /// What it calls.
    pub imports: Vec<Import>,
    /// What can be called.
    pub exports: Vec<Export>,
}
