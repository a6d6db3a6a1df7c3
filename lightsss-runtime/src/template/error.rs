//! Why a template cannot be made, or a run not started.

use std::io;
use std::path::PathBuf;

use nix::errno::Errno;

use super::record::MAX_RUNS;
use crate::process::fork::ForkError;
use crate::process::output_path::OutputPathError;

/// Why a harness did not become a template.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// The process is the simulation of a supervisor, and each run needs a supervisor of its own.
    #[error(
        "this process is a simulation under a supervisor, and cannot be a template; make the template before `supervise` is called"
    )]
    Supervised,
    /// The system refused shared memory, or to hand orphans to this process.
    #[error("the template cannot be set up: {0}")]
    System(#[source] Errno),
}

/// Why a run did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Other threads live, and the run would not have them.
    #[error("cannot fork while other threads live: {}; end them before a run is started", threads.join(", "))]
    Threads {
        /// Their names.
        threads: Vec<String>,
    },
    /// A fork hook asked for the run, while others have released what they hold.
    #[error("cannot fork inside a fork hook; start the run where no hook runs")]
    InHook,
    /// As many runs as possible are under way.
    #[error("{MAX_RUNS} runs are under way, which is the most; wait for one of them")]
    Full,
    /// The caller is not the process that made the template.
    #[error(
        "the template belongs to process {owner}, and this is process {caller}; make a template here"
    )]
    ForeignProcess {
        /// The process that made the template.
        owner: i32,
        /// The process that called.
        caller: i32,
    },
    /// What the run prints cannot be kept.
    #[error(transparent)]
    OutputPath(#[from] OutputPathError),
    /// The file for what the run prints cannot be made.
    #[error("the output of the run cannot go to `{}`: {source}; choose another file", path.display())]
    Output {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The folder of the run cannot be used.
    #[error("the run cannot work in `{}`: {source}; make the folder first, or choose another", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system refused to fork, or a descriptor.
    #[error(
        "the run cannot be forked: {0}; try again when fewer processes run, or raise the limit of processes and files"
    )]
    System(#[source] Errno),
}

impl From<ForkError> for StartError {
    fn from(error: ForkError) -> Self {
        match error {
            ForkError::Threads(threads) => Self::Threads { threads },
            ForkError::InHook => Self::InHook,
            ForkError::System(errno) => Self::System(errno),
        }
    }
}
