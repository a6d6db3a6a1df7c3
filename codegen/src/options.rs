//! What a user may ask of Verilator and of the compiler.

use std::path::PathBuf;

use crate::describe::TraceFormat;

/// The options of a model. [`Model`](crate::Model) has a method for each.
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent switches of Verilator"
)]
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Verilog sources, in order.
    pub sources: Vec<PathBuf>,
    /// C++ sources to compile with the model, for DPI functions in C++.
    pub cxx_sources: Vec<PathBuf>,
    /// DPI imports that those implement.
    pub foreign_imports: Vec<String>,
    /// Folders for `` `include `` and for modules.
    pub includes: Vec<PathBuf>,
    /// Macros, `NAME` or `NAME=VALUE`.
    pub defines: Vec<String>,
    /// Top parameters, `NAME=VALUE`.
    pub parameters: Vec<String>,
    /// The top module.
    pub top: Option<String>,
    /// The C++ class.
    pub prefix: Option<String>,
    /// Save and restore.
    pub savable: bool,
    /// Waveforms.
    pub trace: Option<TraceFormat>,
    /// Threads.
    pub threads: Option<u32>,
    /// Delays and events.
    pub timing: Option<bool>,
    /// Assertions.
    pub assertions: Option<bool>,
    /// Coverage.
    pub coverage: bool,
    /// Make every variable public.
    pub public: bool,
    /// Anything else for Verilator.
    pub arguments: Vec<String>,
    /// Flags for the C++ compiler.
    pub cflags: Vec<String>,
    /// Debug information in the C++ objects.
    pub debug: bool,
}
