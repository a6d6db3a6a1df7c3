//! How a worker works.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// How a worker works.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// The run that started it.
    pub session: String,
    /// Its number in that run.
    pub number: u32,
    /// How many workers the run starts at once: each begins at another task.
    pub of: u32,
    /// The folder for files of the store, and for those of running tasks.
    pub cache: PathBuf,
    /// The most bytes of files of the store that are kept.
    pub cache_size: u64,
    /// A worker that does not renew its claims for so long is taken for dead.
    pub lease: Duration,
    /// The command that holds a program and ends what it leaves: `lightsss-farm guard`, and what follows it.
    pub guard: Vec<OsString>,
}

impl WorkerOptions {
    /// The worker's name in claims and outcomes.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}", self.session, self.number)
    }
}
