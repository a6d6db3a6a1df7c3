//! What can be asked of a run's past: a value at any cycle, the last change of a signal, the first cycle at which a
//! condition holds.
//!
//! Nothing is recorded while the run goes on. A question wakes a fork of the slot that lies nearest before the cycle, has it
//! run again, looks, and answers. A run costs its slots, as ever.
//!
//! ```no_run
//! use lightsss_runtime::slots::Slots;
//! use lightsss_runtime::timeline::{Condition, QueryError, Timeline};
//!
//! fn look_back(slots: &Slots, failed_at: u64) -> Result<(), QueryError> {
//!     let mut timeline = Timeline::new(slots.waker(), failed_at)?;
//!     println!("pc = {}", timeline.value("soc.u_core.pc", failed_at)?);
//!     if let Some(change) = timeline.last_change("soc.regs[5]", failed_at)? {
//!         println!("x5 became {} at cycle {}", change.to, change.cycle);
//!     }
//!     let stuck: Condition = "soc.bus.pending > 2 && !soc.bus.ready".parse()?;
//!     println!("last stuck at {:?}", timeline.last(&stuck, failed_at)?);
//!     Ok(())
//! }
//! ```
//!
//! # What holds
//!
//! * A replay is compared with the run wherever the run hashed its state: at its checkpoints, at the cycles of
//!   `--compare-every`, and at the failure. One that went another way is an error that names what differs
//!   ([`QueryError::Diverged`]), and gives no answer. An answer from within an interval is checked behind its back: see
//!   [`Timeline::verify`].
//! * Stretches between slots are searched side by side, each at most once for a question; results are remembered.
//! * A process that has run far leaves slots of its own, close to where it stands and farther apart behind it, so that
//!   a step back is cheap wherever it is asked.
//! * No process is left behind: those that answer end with the timeline, with the slot that they were woken from, and
//!   with the run.
//! * What a process that answers prints goes nowhere.

mod address;
mod ask;
mod branch;
mod cancel;
mod condition;
mod error;
mod named_state;
mod protocol;
mod sample;
mod search;
mod serve;
#[expect(
    clippy::module_inception,
    reason = "the module's main type has the module's name"
)]
mod timeline;

pub use crate::simulation::state_hash::of as state_hash;
pub use branch::Branch;
pub use cancel::CancelHandle;
pub use condition::{Condition, ConditionError};
pub use error::QueryError;
pub use named_state::NamedState;
pub use sample::{Change, Ended, Sample, SignalInfo, SignalPlace, Values};
pub(crate) use serve::live_time;
pub use serve::serve;
pub use timeline::Timeline;
