//! A worker: takes tasks from a store, runs them, and publishes what came of them.

mod beat;
mod ended;
mod error;
mod examine;
mod folder;
pub mod guard;
mod job;
mod options;
mod take;

pub use error::WorkerError;
pub use options::WorkerOptions;
pub use take::work;
