//! What a harness is to those that step it: the trait, stretches of steps, and hashes of its state.

mod harness;
pub(crate) mod panics;
pub(crate) mod state_hash;
pub(crate) mod stretch;

pub use harness::{Failure, ReplayInfo, RunInfo, Simulation, Step};
