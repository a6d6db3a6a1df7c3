//! The two writers: Rust and C++. They read the description and nothing else.

pub mod cpp;
mod declared;
mod dpi;
mod evaluation;
mod exports;
mod foreign;
mod ports;
mod resources;
pub mod rust;
pub mod state;
mod text;

use crate::describe::Description;

/// A symbol that says by its name what is wrong when the linker does not find it.
pub fn marker(model: &Description) -> String {
    format!(
        "lightsss_{}_bindings_and_compiled_model_differ_headers_{:016x}",
        model.name, model.fingerprint
    )
}

/// The prefix of the model's C symbols. It carries the fingerprint, so that bindings and a model that do not
/// belong together fail to link.
pub fn symbol_prefix(model: &Description) -> String {
    format!(
        "lightsss_{}_headers_{:016x}_",
        model.name, model.fingerprint
    )
}
