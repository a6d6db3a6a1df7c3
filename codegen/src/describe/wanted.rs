//! The request for a description.

use std::path::{Path, PathBuf};

use super::bus::BusKind;
use crate::verilator::Version;

/// The model to describe.
pub struct Wanted<'a> {
    /// The name of the bindings' module.
    pub name: &'a str,
    /// The folder that Verilator wrote.
    pub folder: &'a Path,
    /// The model's class, where the folder holds several models.
    pub prefix: Option<&'a str>,
    /// The DPI imports that C++ implements.
    pub foreign_imports: &'a [String],
    /// The buses to look for among the ports: kinds and prefixes.
    pub buses: Vec<(BusKind, &'a str)>,
    /// The user's C++ sources.
    pub cxx_sources: &'a [PathBuf],
    /// The user's flags for the C++ compiler.
    pub cflags: &'a [String],
    /// The folder to which the paths of sources are relative.
    pub package: &'a Path,
    /// The Verilator that wrote the folder.
    pub version: Version,
}
