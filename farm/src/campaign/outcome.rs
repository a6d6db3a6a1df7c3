//! What came of a task.

use serde::{Deserialize, Serialize};

use crate::content::Hash;
use crate::task::TaskId;

/// What came of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The task.
    pub task: TaskId,
    /// How it ended.
    pub status: Status,
    /// The program's exit status, if it ended by itself.
    pub exit: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// What it failed with.
    pub message: Option<String>,
    /// The file and line that the message names.
    pub place: Option<String>,
    /// Cycles, as the driver's report says.
    pub cycles: Option<u64>,
    /// When it started and ended, in milliseconds since 1970.
    pub started: u64,
    /// See `started`.
    pub ended: u64,
    /// The worker that ran it.
    pub worker: String,
    /// The machine on which it ran.
    pub host: String,
    /// How often it was claimed.
    pub generation: u32,
    /// The last lines that the program printed, on standard output and standard error.
    pub tail: String,
    /// The files that it left.
    pub outputs: Vec<Output>,
}

/// A file that a task left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Its name in the task's folder.
    pub name: String,
    /// Its content.
    pub file: Hash,
    /// Its length in bytes.
    pub length: u64,
}

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// With status 0.
    Passed,
    /// With another status.
    Failed,
    /// By a signal.
    Crashed,
    /// It took longer than the deadline.
    Deadline,
    /// The program could not be started, or its files could not be written.
    NotRun,
    /// Its workers vanished, more often than the plan retries.
    Lost,
}

impl Status {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Crashed => "crashed",
            Self::Deadline => "deadline",
            Self::NotRun => "not run",
            Self::Lost => "lost",
        }
    }
}

impl Outcome {
    /// Wall time in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.ended.saturating_sub(self.started) as f64 / 1000.0
    }

    /// Whether the task passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.status == Status::Passed
    }

    /// The file that has one of these extensions.
    #[must_use]
    pub fn output(&self, extensions: &[&str]) -> Option<&Output> {
        let fits = |output: &&Output| {
            let extension = output.name.rsplit_once('.').map(|(_, extension)| extension);
            extension.is_some_and(|extension| extensions.contains(&extension))
        };
        self.outputs.iter().find(fits)
    }
}
