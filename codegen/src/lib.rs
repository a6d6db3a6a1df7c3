//! Reads what Verilator wrote and emits Rust bindings and a C++ shim for the model.
//!
//! A build script calls [`Model`]; the harness includes the bindings with
//! `lightsss_runtime::model!`.
//!
//! Data flows one way: Verilator's folder is parsed into facts (`parse`), the facts become one
//! description (`describe`), the description is checked against the options (`checks`), two writers
//! turn it into Rust and C++ (`emit`), and the C++ is compiled and archived (`compile`).
//!
//! The feature `cli` adds the command `lightsss-codegen`, which does the same outside of cargo and
//! prints descriptions.

mod checks;
mod compile;
mod describe;
mod direction;
mod emit;
mod error;
mod folder;
mod make;
mod model;
mod names;
mod options;
mod parse;
mod place;
mod pretty;
mod starter;
mod trace;
mod verilate;
mod verilator;

pub use compile::Library;
pub use describe::state::{State, Summary};
pub use describe::{
    Abilities, Bus, BusKind, Description as Report, DpiArgument, DpiFunction, DpiType, Field, Gap,
    Internal, Parameter, Port, Shape, Struct, StructMember, Weight,
};
pub use direction::Direction;
pub use error::{Error, Result};
pub use folder::{
    Generated, describe_folder, generate_folder, verilator_include, verilator_version,
};
pub use make::{Made, Written, WrittenCpp};
pub use model::Model;
pub use options::Options;
pub use pretty::pretty;
pub use starter::{Project, Starter};
pub use trace::Trace;
pub use verilator::Version;
