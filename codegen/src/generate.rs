//! The generated text without a build: for tools, and to look at.

use std::path::Path;

use crate::describe;
use crate::emit;
use crate::error::Result;
use crate::options::Options;
use crate::verilate;

/// What is generated for a model.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Generated {
    /// The bindings, in Rust.
    pub rust: String,
    /// The shim, in C++.
    pub shim: String,
}

/// Generates bindings and shim for a folder that Verilator wrote, and compiles nothing. Verilator's
/// root is that which `VERILATOR_ROOT` or the folder's makefile names.
pub fn generate_folder(name: &str, folder: &Path) -> Result<Generated> {
    let (verilator, _) = verilate::taken(name, &Options::default(), folder)?;
    let model = describe::describe(name, folder, None, verilator.version)?;
    Ok(Generated {
        rust: emit::rust::bindings(&model),
        shim: emit::cpp::shim(&model),
    })
}
