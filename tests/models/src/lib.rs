//! The golden designs: models of every feature, each driven through its bindings and through a C++
//! program, whose outputs must agree cycle for cycle.

pub mod drive;
pub mod imports;
pub mod table;

/// The models, as a user has them: of edition 2024, without warnings.
#[deny(warnings, missing_docs, unsafe_op_in_unsafe_fn)]
#[allow(clippy::used_underscore_items, reason = "a port is called so")]
pub mod models {
    use crate::drive::{Driven, Fill, Inputs, Put};
    use lightsss_runtime::model::{Context, ContextOptions, Halt, ModelError};

    include!(concat!(env!("OUT_DIR"), "/models.rs"));
}
