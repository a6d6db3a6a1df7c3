//! Fork slots, durable snapshots and the run driver for Verilated models.

mod causes;
#[cfg(feature = "driver")]
pub mod driver;
pub mod durable;
pub mod model;
#[allow(dead_code, reason = "the driver and durable snapshots use parts of it")]
pub(crate) mod output_path;
mod panics;
mod printable;
pub mod ram;
mod regular;
pub mod savable;
mod say;
pub mod slots;
pub mod state;
#[cfg(test)]
mod told;

#[cfg(feature = "driver")]
pub use driver::{Failure, ReplayInfo, Report, RunArgs, Simulation, Step, run};
pub use savable::Savable;

/// What generated code and the command `lightsss` call. Not for people.
#[doc(hidden)]
pub mod __private {
    pub use crate::causes::with_causes;
    pub use crate::printable::{PathText, paths_text, printable, steers};
    pub use crate::savable::private as savable;
}
