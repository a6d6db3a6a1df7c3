//! Fork slots, durable snapshots and the run driver for Verilated models.

#[cfg(feature = "driver")]
pub mod driver;
pub mod durable;
mod memory;
pub mod model;
mod process;
pub mod savable;
pub mod slots;
pub mod state;

#[cfg(feature = "driver")]
pub use driver::{Failure, ReplayInfo, Report, RunArgs, Simulation, Step, run};
pub use memory::ram;
pub use savable::Savable;

/// What generated code and the command `lightsss` call. Not for people.
#[doc(hidden)]
pub mod __private {
    pub use crate::process::causes::with_causes;
    pub use crate::process::printable::{printable, steers};
    pub use crate::process::serialize::{PathText, paths_text};
    pub use crate::savable::private as savable;
}
