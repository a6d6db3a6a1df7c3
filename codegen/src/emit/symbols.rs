//! The names of a model's C symbols.

use crate::describe::Description;

/// A symbol that says by its name what is wrong when the linker does not find it.
pub fn marker(model: &Description) -> String {
    format!(
        "lightsss_{}_bindings_and_compiled_model_differ_headers_{:016x}",
        model.name, model.fingerprint
    )
}

/// The prefix of the model's C functions. It holds the fingerprint, so that bindings and a model that do not belong
/// together fail to link.
pub fn prefix(model: &Description) -> String {
    format!(
        "lightsss_{}_headers_{:016x}_",
        model.name, model.fingerprint
    )
}
