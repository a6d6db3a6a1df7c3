//! What starts workers: this machine, Slurm, or a command of the user.
//!
//! An executor only starts and counts processes. Which task a worker runs, and what came of it, is in the store.

mod command;
mod error;
mod local;
mod run;
mod slurm;
mod workers;

pub use command::CommandExecutor;
pub use error::ExecutorError;
pub use local::Local;
pub use run::{Ended, Progress, RunOptions, run};
pub use slurm::Slurm;
pub use workers::{Executor, Workers};
