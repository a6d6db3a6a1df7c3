//! What a campaign is to run: a file in TOML, and the tasks that it stands for.

mod error;
mod expand;
mod file;

pub use error::PlanError;
pub use expand::{Campaign, Entry, Limits, expand};
pub use file::{Matrix, Plan, PlanLimits, Seeds};
