//! Reads what Verilator wrote and emits Rust bindings and a C++ shim for the model.
//!
//! A build script calls [`Model`]; the harness includes the bindings with
//! `lightsss_runtime::model!`.
//!
//! Data flows one way: Verilator's folder is parsed into facts (`parse`), the facts become one
//! description (`describe`), two writers turn that into Rust and C++ (`emit`), and the C++ is
//! compiled and linked (`compile`).

mod compile;
mod describe;
mod emit;
mod error;
mod generate;
mod model;
mod names;
mod options;
mod parse;
mod report;
mod state;
mod verilator;

pub use error::{Error, Result};
pub use generate::{Generated, generate_folder};
pub use model::{Model, Trace};
pub use report::{
    AbilitiesReport, ArgumentReport, FunctionReport, PortReport, Report, ShapeReport,
    describe_folder, verilator_include, verilator_version,
};
