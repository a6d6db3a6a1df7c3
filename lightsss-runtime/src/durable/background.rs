//! Saves in the background: a forked child compresses and writes while the original goes on.

use std::convert::Infallible;
use std::io::{self, Read, Write};
use std::num::NonZeroUsize;
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, poll};
use nix::unistd::{Pid, getpid};

use super::advice;
use super::error::SaveFileError;
use super::names::Numbered;
use super::report::Outcome;
use super::save::{self, Lineage, SaveOptions, SaveReport};
use crate::memory::dirty::Origin;
use crate::process::causes::with_causes;
use crate::process::fork::{self, ForkError, Forked};
use crate::process::panics;
use crate::process::sys;
use crate::savable::Savable;

/// How often a child that is waited for is continued, in milliseconds.
const LOOK: u16 = 100;

/// Why a save could not be begun in the background, or failed there.
#[derive(Debug, thiserror::Error)]
pub enum BackgroundError {
    /// As many saves as allowed are under way.
    #[error("{running} saves are under way, which is the most; wait for one of them")]
    Busy {
        /// How many.
        running: usize,
    },
    /// Other threads live, and the child would not have them.
    #[error("cannot fork while other threads live: {}; end them before the save", threads.join(", "))]
    Threads {
        /// Their names.
        threads: Vec<String>,
    },
    /// A fork hook asked for the save, while others have released what they hold.
    #[error("cannot fork inside a fork hook; begin the save where no hook runs")]
    InHook,
    /// The system refused to fork, or to make a pipe.
    #[error("could not start the child that saves{}", advice::forking(.0))]
    Fork(#[source] io::Error),
    /// The save was begun in the process that this one was forked from.
    #[error(
        "the saves under way belong to process {owner}, and this is process {caller}; make a new `Background` here"
    )]
    ForeignProcess {
        /// The process that made the `Background`.
        owner: i32,
        /// The process that called.
        caller: i32,
    },
    /// The child could not save.
    #[error("`{}` was not saved: {reason}", path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// The child's error, with its causes.
        reason: String,
    },
    /// The child ended without a word.
    #[error("`{}` was not saved: the child that saved it {how}", path.display())]
    Died {
        /// The file.
        path: PathBuf,
        /// How it ended.
        how: String,
    },
}

impl From<ForkError> for BackgroundError {
    fn from(error: ForkError) -> Self {
        match error {
            ForkError::Threads(threads) => Self::Threads { threads },
            ForkError::InHook => Self::InHook,
            ForkError::System(errno) => Self::Fork(errno.into()),
        }
    }
}

/// A save in the background that has ended.
#[derive(Debug)]
pub struct BackgroundReport {
    /// The file.
    pub path: PathBuf,
    /// How long the original stood still, when the save was begun.
    pub pause: Duration,
    /// What became of it.
    pub result: Result<SaveReport, BackgroundError>,
    pub(super) origins: Vec<Option<Origin>>,
    /// The path that it was to have.
    pub(super) planned: PathBuf,
}

/// Saves under way in the background, at most so many at a time.
///
/// Dropping it waits for them.
#[derive(Debug)]
pub struct Background {
    at_most: NonZeroUsize,
    owner: Pid,
    running: Vec<Job>,
    /// Reports of children that were reaped, and that nobody has asked for yet.
    ended: Vec<BackgroundReport>,
}

#[derive(Debug)]
struct Job {
    child: Pid,
    path: PathBuf,
    numbered: Option<Numbered>,
    pause: Duration,
    /// From which the child's outcome is read.
    outcome: io::PipeReader,
}

impl Background {
    /// At most `at_most` saves at a time. During each, the memory that the original changes exists
    /// twice.
    #[must_use]
    pub fn new(at_most: NonZeroUsize) -> Self {
        Self {
            at_most,
            owner: getpid(),
            running: Vec::new(),
            ended: Vec::new(),
        }
    }

    /// Begins to save a harness, in a forked child; gives the pause of this process.
    ///
    /// [`Self::finished`] and [`Self::wait`] give the outcome. The fork hooks of this thread run, as
    /// around a slot. Children that have ended are reaped, even if nobody asks for their reports yet.
    pub fn save<T: Savable + ?Sized>(
        &mut self,
        path: impl AsRef<Path>,
        value: &T,
        options: &SaveOptions,
    ) -> Result<Duration, BackgroundError> {
        self.save_with(
            Instant::now(),
            path.as_ref(),
            None,
            value,
            options,
            Lineage::default,
        )
    }

    /// This process has stood still since `begun`. The child makes the `lineage`, which takes reading the parent.
    pub(super) fn save_with<T: Savable + ?Sized>(
        &mut self,
        begun: Instant,
        path: &Path,
        numbered: Option<Numbered>,
        value: &T,
        options: &SaveOptions,
        lineage: impl FnOnce() -> Lineage,
    ) -> Result<Duration, BackgroundError> {
        let (owner, caller) = (self.owner.as_raw(), getpid().as_raw());
        if owner != caller {
            return Err(BackgroundError::ForeignProcess { owner, caller });
        }
        self.reap(|job| sys::has_ended(job.child));
        let running = self.running.len();
        if running >= self.at_most.get() {
            return Err(BackgroundError::Busy { running });
        }
        let (outcome, outcome_to) = io::pipe().map_err(BackgroundError::Fork)?;
        let forked = fork::fork(
            || outcome,
            || (),
            |_| {
                sys::die_with(self.owner);
                sys::set_name(c"lightsss-save");
            },
            |outcome| -> Infallible {
                drop(outcome);
                let numbered = numbered.clone();
                let lineage = || Lineage {
                    numbered,
                    ..lineage()
                };
                child(path, value, options, lineage, outcome_to)
            },
        );
        let (child, outcome) = match forked? {
            Forked::Child { value, .. } => match value {},
            Forked::Original {
                child,
                noted: outcome,
                released,
            } => {
                drop(released);
                (child, outcome)
            }
        };
        let pause = begun.elapsed();
        tracing::debug!(path = %path.display(), pid = child.as_raw(), ?pause, "save begun");
        self.running.push(Job {
            child,
            path: path.to_owned(),
            numbered,
            pause,
            outcome,
        });
        Ok(pause)
    }

    /// How many saves are under way, or have ended and were not reaped yet.
    #[must_use]
    pub fn running(&self) -> usize {
        self.running.len()
    }

    /// The saves that have ended since the last call; does not wait.
    pub fn finished(&mut self) -> Vec<BackgroundReport> {
        self.reap(|job| sys::has_ended(job.child));
        std::mem::take(&mut self.ended)
    }

    /// Waits for all saves, and gives those that have ended since the last call.
    pub fn wait(&mut self) -> Vec<BackgroundReport> {
        self.reap(|_| true);
        std::mem::take(&mut self.ended)
    }

    /// Reaps those that are ready, and keeps their reports.
    fn reap(&mut self, ready: impl Fn(&Job) -> bool) {
        if getpid() != self.owner {
            // A fork of the original: the saves are its brothers, not its children, and the reports are the original's.
            self.running.clear();
            self.ended.clear();
        }
        let done = self.running.extract_if(.., |job| ready(job));
        self.ended.extend(done.map(Job::finish));
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        for report in self.wait() {
            if let Err(error) = report.result {
                tracing::error!(%error, "save in the background failed");
            }
        }
    }
}

impl Job {
    /// Waits until there is something to read. A child that somebody has stopped is continued: this
    /// process would wait for it without end.
    fn wait_for_outcome(&self) {
        let ready = || {
            let mut polled = [PollFd::new(self.outcome.as_fd(), PollFlags::POLLIN)];
            poll(&mut polled, LOOK) != Ok(0) && polled[0].any() != Some(false)
        };
        while !ready() {
            sys::continue_now(self.child);
        }
    }

    /// Reads the child's outcome, which ends with the child, and reaps it.
    fn finish(mut self) -> BackgroundReport {
        let mut bytes = Vec::new();
        self.wait_for_outcome();
        let read = self.outcome.read_to_end(&mut bytes);
        let ended = nix::sys::wait::waitpid(self.child, None);
        let outcome = read.ok().and_then(|_| Outcome::decode(&bytes));
        let mut path = self.path.clone();
        let (result, origins) = match outcome {
            Some(Outcome::Saved {
                report,
                origins,
                number,
            }) => {
                if let Some((named, number)) = self.numbered.zip(number) {
                    path.set_file_name(Numbered { number, ..named }.file_name());
                }
                (Ok(report), origins)
            }
            Some(Outcome::Failed { reason }) => {
                let path = self.path.clone();
                (Err(BackgroundError::Failed { path, reason }), Vec::new())
            }
            None => {
                let path = self.path.clone();
                let how = how_it_ended(ended);
                (Err(BackgroundError::Died { path, how }), Vec::new())
            }
        };
        BackgroundReport {
            path,
            pause: self.pause,
            result,
            origins,
            planned: self.path,
        }
    }
}

fn how_it_ended(ended: nix::Result<nix::sys::wait::WaitStatus>) -> String {
    use nix::sys::signal::Signal;
    use nix::sys::wait::WaitStatus;
    match ended {
        Ok(WaitStatus::Exited(_, status)) => format!("exited with status {status}"),
        Ok(WaitStatus::Signaled(_, Signal::SIGKILL, _)) => {
            "was killed by SIGKILL (if nobody did that, memory was short: look into the kernel's log)".into()
        }
        Ok(WaitStatus::Signaled(_, signal, _)) => format!("was killed by {signal}"),
        Ok(other) => format!("ended as {other:?}"),
        Err(error) => format!("could not be waited for ({error})"),
    }
}

/// The child's whole life.
fn child<T: Savable + ?Sized>(
    path: &Path,
    value: &T,
    options: &SaveOptions,
    lineage: impl FnOnce() -> Lineage,
    mut outcome_to: io::PipeWriter,
) -> ! {
    let begun = Instant::now();
    let saved = catch_unwind(AssertUnwindSafe(|| {
        let lineage = lineage();
        let chain = lineage.chain.clone();
        let totals = save::write(path, value, options, lineage)?;
        Ok::<_, SaveFileError>((totals, chain))
    }));
    let outcome = match saved {
        Ok(Ok((totals, chain))) => Outcome::Saved {
            report: SaveReport::new(&totals, begun.elapsed(), chain),
            number: totals.number,
            origins: totals.origins,
        },
        Ok(Err(error)) => Outcome::Failed {
            reason: with_causes(&error),
        },
        Err(payload) => {
            panics::discard(payload);
            Outcome::Failed {
                reason: "the harness panicked while it was saved".to_owned(),
            }
        }
    };
    // The original learns of a broken pipe as of a death.
    let _ = outcome_to.write_all(&outcome.encode());
    drop(outcome_to);
    sys::exit_now(0)
}
