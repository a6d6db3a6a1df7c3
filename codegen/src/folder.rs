//! Bindings, shim and description of a folder that Verilator wrote, without a build: for tools, and to look at.

use std::path::{Path, PathBuf};

use crate::describe::{self, Description, Wanted};
use crate::emit;
use crate::error::Result;
use crate::options::Options;
use crate::verilate;
use crate::verilator::Verilator;

/// The texts that are generated for a model.
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
    let model = describe_folder(name, folder)?;
    Ok(Generated {
        rust: emit::rust::bindings(&model),
        shim: emit::cpp::shim(&model),
    })
}

/// Describes the model in a folder that Verilator wrote, as
/// [`Model::from_obj_dir`](crate::Model::from_obj_dir) reads it.
pub fn describe_folder(name: &str, folder: &Path) -> Result<Description> {
    let options = Options {
        obj_dir: Some(folder.to_owned()),
        ..Options::default()
    };
    Description::from_options(name, &options)
}

impl Description {
    /// As [`describe_folder`], with options: the folder is `obj_dir`.
    pub fn from_options(name: &str, options: &Options) -> Result<Self> {
        let folder = options.obj_dir.clone().unwrap_or_default();
        let (verilator, _) = verilate::taken(name, options, &folder)?;
        describe::describe(&Wanted {
            name,
            folder: &folder,
            prefix: options.prefix.as_deref(),
            foreign_imports: &options.foreign_imports,
            buses: options.buses(),
            cxx_sources: &options.cxx_sources,
            cflags: &options.cflags,
            package: Path::new("."),
            version: verilator.version,
        })
    }
}

/// The version of the Verilator that builds use, major and minor.
pub fn verilator_version() -> Result<(u32, u32)> {
    Verilator::find().map(|found| (found.version.major, found.version.minor))
}

/// The folder of the headers and of the runtime of the Verilator that builds use.
pub fn verilator_include() -> Result<PathBuf> {
    Verilator::find().map(|found| found.include())
}
