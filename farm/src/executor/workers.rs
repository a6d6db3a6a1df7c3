//! The trait of an executor, and the command line of its workers.

use std::ffi::OsString;
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use super::error::ExecutorError;
use crate::content::Hash;
use crate::store::Store;
use crate::task::quoted;

/// Starts workers, and knows how many of them may still live.
pub trait Executor {
    /// Starts workers with these numbers.
    fn start(&mut self, workers: &Workers, numbers: Range<u32>) -> Result<(), ExecutorError>;

    /// How many workers wait or run, as far as can be known.
    fn alive(&mut self, workers: &Workers) -> Result<usize, ExecutorError>;

    /// Ends all workers.
    fn stop(&mut self, workers: &Workers) -> Result<(), ExecutorError>;

    /// What the workers that ended last printed, for a message.
    fn last_words(&self) -> String {
        String::new()
    }
}

/// The workers of a run: what their command lines say.
#[derive(Clone, Debug)]
pub struct Workers {
    /// The store, for executors that look there.
    pub store: Store,
    /// The command `lightsss-farm`.
    pub program: PathBuf,
    /// The content of the campaign.
    pub plan: Hash,
    /// The run's name.
    pub session: String,
    /// How many there are at once.
    pub jobs: u32,
    /// A worker that does not renew its claims for so long is taken for dead.
    pub lease: Duration,
    /// The folder for files; without one, each worker has the one of its machine.
    pub cache: Option<PathBuf>,
    /// The most bytes of files of the store that are kept.
    pub cache_size: u64,
    /// Where the workers print what goes wrong.
    pub logs: PathBuf,
}

impl Workers {
    /// The command line of a worker, without its number: that is the word behind the last one.
    #[must_use]
    pub fn command(&self) -> Vec<OsString> {
        let mut words: Vec<OsString> = vec![self.program.clone().into()];
        let pairs = [
            ("--store", self.store.address().to_owned()),
            ("--plan", self.plan.to_string()),
            ("--session", self.session.clone()),
            ("--of", self.jobs.to_string()),
            ("--lease", format!("{}ms", self.lease.as_millis())),
            ("--cache-size", self.cache_size.to_string()),
        ];
        words.push("worker".into());
        for (name, value) in pairs {
            words.extend([name.into(), value.into()]);
        }
        if let Some(cache) = &self.cache {
            words.extend(["--cache".into(), cache.into()]);
        }
        words.push("--number".into());
        words
    }

    /// The same for a shell, with the number, or what the shell makes of it.
    #[must_use]
    pub fn shell_command(&self, number: &str) -> String {
        let words = self.command();
        let words = words.iter().map(|word| quoted(&word.to_string_lossy()));
        words
            .chain([number.to_owned()])
            .collect::<Vec<_>>()
            .join(" ")
    }
}
