//! Where a model is made.

use std::path::Path;

/// The folders of one build.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// Sources are named relative to it; Verilator runs there.
    pub package: &'a Path,
    /// Takes the bindings, and a folder of the model's name.
    pub out: &'a Path,
    /// Takes Verilator's compiled runtime, which models share.
    pub shared: &'a Path,
    /// Whether a build script asks, so that cargo must know what the compiler depends on.
    pub script: bool,
}
