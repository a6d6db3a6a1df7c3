//! The savable designs with waveforms, to be compared with their states.

#[path = "../../src/drive.rs"]
pub mod drive;
#[path = "../../src/imports.rs"]
pub mod imports;
#[path = "../../src/table.rs"]
pub mod table;

/// The models: other classes than those of the package above, so they cannot be in one program.
pub mod models {
    use crate::drive::{Driven, Fill, Inputs, Put};
    use lightsss_runtime::model::{Context, ContextOptions, Halt, ModelError};

    include!(concat!(env!("OUT_DIR"), "/models.rs"));
}
