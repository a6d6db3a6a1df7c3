//! Reads what Verilator wrote and emits Rust bindings and a C++ shim for the model.
//!
//! A build script calls [`Model`]; the harness includes the bindings with
//! `lightsss_runtime::model!`.
//!
//! Data flows one way: Verilator's folder is parsed into facts (`parse`), the facts become one
//! description (`describe`), which is held against what was asked for (`checks`), two writers turn
//! it into Rust and C++ (`emit`), and the C++ is compiled and archived (`compile`).
//!
//! Cargo compiles build scripts without optimisation, this crate included. Where models change more
//! often than build scripts do, let `Cargo.toml` say
//!
//! ```toml
//! [profile.dev.build-override]
//! opt-level = 1
//! ```
//!
//! which takes codegen of picorv32 from 1.9 ms to 0.8, beside 38 ms of verilation.
//!
//! The feature `cli` adds the command `lightsss-codegen`, which does the same outside of cargo and
//! prints descriptions.

mod checks;
mod compile;
mod describe;
mod direction;
mod emit;
mod error;
mod generate;
mod make;
mod model;
mod names;
mod options;
mod parse;
mod place;
mod pretty;
mod report;
mod state;
mod verilate;
mod verilator;

pub use compile::Library;
pub use error::{Error, Result};
pub use generate::{Generated, generate_folder};
pub use make::{Made, Written};
pub use model::{Model, Trace};
pub use options::Options;
pub use pretty::pretty;
pub use report::{
    AbilitiesReport, ArgumentReport, FieldReport, FunctionReport, GapReport, InternalReport,
    ParameterReport, PortReport, Report, ShapeReport, StateReport, describe_folder,
    verilator_include, verilator_version,
};
