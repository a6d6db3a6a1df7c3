//! The two writers: Rust and C++. They read the description and nothing else.

pub mod cpp;
mod dpi;
mod evaluation;
mod exports;
mod foreign;
mod ports;
mod resources;
pub mod rust;
pub mod state;

use crate::describe::Description;

/// The prefix of the model's C symbols. It carries the fingerprint of the headers, so that bindings
/// and a model that do not belong together fail to link.
pub fn symbol_prefix(model: &Description) -> String {
    format!(
        "lightsss_{}_headers_{:016x}_",
        model.name, model.fingerprint
    )
}
