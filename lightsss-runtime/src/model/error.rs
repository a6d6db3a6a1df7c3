//! Errors of models and their traces.

use std::path::PathBuf;

use super::Halt;

/// A model could not be made, traced or written out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// An argument holds a zero byte.
    #[error("the argument {argument:?} holds a zero byte, which a C string cannot; remove it")]
    ZeroByte {
        /// The argument.
        argument: String,
    },
    /// Verilator's context could not be made.
    #[error("verilator's context could not be made: out of memory")]
    Context,
    /// The model's constructor failed.
    #[error("the model `{model}` could not be made: {halt}")]
    Construct {
        /// The model's name.
        model: &'static str,
        /// What it said.
        halt: Box<Halt>,
    },
    /// The context has fewer threads than the model was verilated for.
    #[error(
        "the model `{model}` runs on {needed} threads and its context has {found}; make the \
         context with `ContextOptions::threads({needed})`"
    )]
    Threads {
        /// The model's name.
        model: &'static str,
        /// What the model was verilated for.
        needed: u32,
        /// What the context has.
        found: u32,
    },
    /// A trace is open already.
    #[error("a trace is open already, at {}; close it first", path.display())]
    TraceOpen {
        /// The open trace's file.
        path: PathBuf,
    },
    /// The trace's file could not be opened.
    #[error("the trace {} could not be opened: {reason}", path.display())]
    Trace {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The trace's file could not be written.
    #[error("the trace {} is not whole: {reason}; make room and run again", path.display())]
    TraceWrite {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A coverage file could not be written.
    #[error("the coverage file {} could not be written: {reason}", path.display())]
    Coverage {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}
