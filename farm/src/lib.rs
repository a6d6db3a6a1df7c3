//! Campaigns of simulations: thousands of runs from snapshots, on one machine or on a cluster.
//!
//! A [`plan::Plan`] names programs, arguments, seeds and snapshots. It becomes a list of [`task::Task`]s, whose identity
//! is their content: what has a result is not run again. [`executor`]s start workers (processes of this machine, jobs of
//! Slurm, or what a command of the user starts), and the workers take tasks from the [`store::Store`].
//!
//! The truth is in the store. A worker claims a task by creating an object that nobody else can create, renews the claim
//! while the task runs, and publishes the outcome whole or not at all. Every process may be killed at any moment.
//!
//! The command `lightsss-farm` is a thin layer over this library.

pub mod campaign;
pub mod content;
pub mod executor;
mod file_error;
pub mod plan;
pub mod results;
pub mod store;
pub mod task;
pub mod trace;
pub mod worker;

pub use file_error::FileError;
