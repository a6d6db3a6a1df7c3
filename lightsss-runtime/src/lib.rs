//! Fork slots, durable snapshots and the run driver for Verilated models.
//!
//! - [`run`] drives a harness, a [`Simulation`]. It keeps slots, and replays a failure with a waveform.
//! - [`timeline`] asks a run that failed, crashed or was interrupted what happened, at any cycle.
//! - [`slots`] are forks of the process that wake when the run fails. Use them without the driver in a
//!   loop of your own.
//! - [`template`] holds a harness in some state, and is forked for each run from there.
//! - [`durable`] saves a harness to a file, and restores it.
//! - [`savable`] holds the trait [`Savable`], which a harness derives, and its attributes.
//! - [`state`] reads, writes and compares a model's variables by name.
//! - [`model`](mod@model) holds what all generated bindings share. `lightsss-codegen` writes the bindings.
//! - [`bus`] puts a memory behind a model's AXI4, AXI4-Lite or Wishbone bus.
//! - [`waveform`] joins waveforms of pieces of a run.
//! - [`ram`] is a memory of gigabytes that forks cheaply.

#[cfg(feature = "derive")]
pub mod bus;
#[cfg(feature = "driver")]
pub mod driver;
pub mod durable;
mod memory;
pub mod model;
mod process;
pub mod savable;
#[cfg(feature = "driver")]
mod simulation;
pub mod slots;
pub mod state;
pub mod template;
#[cfg(feature = "driver")]
pub mod timeline;
#[cfg(feature = "driver")]
pub mod waveform;

#[cfg(feature = "driver")]
pub use driver::{
    EachArgs, Failure, Occasion, ReplayInfo, Report, RunArgs, RunInfo, Simulation, Step, run,
    run_asking,
};
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
