//! What a store knows of a campaign: claims, outcomes, workers, and the run that watches them.

mod claim;
mod keys;
mod outcome;
mod publish;
mod sweep;
mod watch;

pub use claim::{Claim, Claimed};
pub use outcome::{Outcome, Output, Status};
pub use publish::{forget, latest, load, outcome, outcomes, publish, remove, save, tidy};
pub use sweep::{Swept, sweep};
pub use watch::{View, Watch};

pub(crate) use keys::{stop as stop_key, worker as worker_key, worker_end as worker_end_key};
