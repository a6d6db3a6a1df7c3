//! Saving a slot to a durable file: the order, the slot's part, and the result.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Serialize;

use super::{
    error::SlotSaveError,
    order::{Reason, ReplayOrder, ReplayOutcome, ReplayOutput, ReplayReport},
    record::LONGEST_TEXT,
    replay::Replay,
};
use crate::durable::{self, SaveOptions, SaveReport};
use crate::process::{causes::with_causes, files, panics};
use crate::savable::Savable;

/// An order for a slot to save itself to a file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SaveOrder {
    /// The file. A relative path starts from the folder of the process that gives the order.
    pub path: PathBuf,
    /// Cycle at which the original failed, or where it is: what
    /// [`Choice::YoungestBeforeEnd`](super::Choice::YoungestBeforeEnd) counts from.
    pub end_cycle: u64,
    /// The failure's message, for the harness to note in the file. At most 1024 bytes.
    pub message: String,
    /// How long the slot may take. 10 minutes by default.
    pub deadline: Duration,
}

impl SaveOrder {
    /// An order to write a file, of a run that is at `end_cycle`.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, end_cycle: u64) -> Self {
        Self {
            path: path.into(),
            end_cycle,
            message: String::new(),
            deadline: ReplayOrder::new(end_cycle).deadline,
        }
    }

    /// The order as a slot takes it, and the path made absolute.
    pub(crate) fn encode(&self) -> Result<(ReplayOrder, String), SlotSaveError> {
        // The slot's folder need not be the one of the process that gives the order.
        let path = std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone());
        let order = ReplayOrder {
            margin: 0,
            reason: Reason::Save,
            message: self.message.clone(),
            output: ReplayOutput::Inherit,
            deadline: self.deadline,
            ..ReplayOrder::new(self.end_cycle)
        };
        Ok((order, path_text(&path)?.to_owned()))
    }
}

/// The path as text that fits into an order.
fn path_text(path: &Path) -> Result<&str, SlotSaveError> {
    let wrong = |found: String| SlotSaveError::UnusablePath {
        path: path.to_owned(),
        found,
        most: LONGEST_TEXT,
    };
    let text = path
        .to_str()
        .ok_or_else(|| wrong("not valid UTF-8".to_owned()))?;
    if text.len() > LONGEST_TEXT {
        return Err(wrong(format!("{} bytes long", text.len())));
    }
    Ok(text)
}

impl Replay {
    /// The file that this slot is to save itself to; `None` unless it was woken for [`Reason::Save`].
    #[must_use]
    pub fn save_path(&self) -> Option<&Path> {
        self.save_path.as_deref()
    }

    /// Answers [`Reason::Save`]: writes the harness to the file of the order, reports the result and
    /// ends this process. The slot stays.
    ///
    /// Files marked `reopen` are saved with their offsets of the checkpoint. A `BufWriter` writes out
    /// what it held then, where it was then; one that is open to append must have been flushed.
    ///
    /// ```no_run
    /// # use lightsss_runtime::{durable::SaveOptions, slots::*, Savable};
    /// # fn step<H: Savable>(slots: &mut Slots, harness: &H, cycle: u64) {
    /// if let Checkpoint::Replay(woken) = slots.offer(cycle) {
    ///     if woken.reason == Reason::Save {
    ///         woken.save(harness, &SaveOptions::new().cycle(cycle));
    ///     }
    ///     // Open the waveform, and run on.
    /// }
    /// # }
    /// # fn fail(slots: &mut Slots, cycle: u64) -> Result<(), SlotSaveError> {
    /// let saved = slots.save(&Choice::Oldest, &SaveOrder::new("failing.lsss", cycle))?;
    /// println!("{} holds cycle {}", saved.path.display(), saved.cycle);
    /// # Ok(())
    /// # }
    /// ```
    pub fn save<T: Savable + ?Sized>(self, value: &T, options: &SaveOptions) -> ! {
        files::give_back(&self.kept);
        let saved = match self.save_path() {
            None => Err("this replay was not woken to save anything".to_owned()),
            Some(path) => {
                match catch_unwind(AssertUnwindSafe(|| durable::save(path, value, options))) {
                    Ok(Ok(report)) => Ok(report),
                    Ok(Err(error)) => Err(with_causes(&error)),
                    Err(payload) => {
                        panics::discard(payload);
                        Err("the harness panicked while it was saved".to_owned())
                    }
                }
            }
        };
        self.finish_save(saved)
    }

    /// Reports the file, or why there is none.
    fn finish_save(self, saved: Result<SaveReport, String>) -> ! {
        let outcome = match saved {
            Ok(report) => {
                self.entry().saved.set(&report);
                ReplayOutcome::Done
            }
            Err(reason) => ReplayOutcome::OtherFailure(reason),
        };
        self.finish(&outcome)
    }
}

/// A slot that has saved itself to a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SavedSlot {
    /// The file.
    pub path: PathBuf,
    /// Cycle of the slot, and so of the state in the file.
    pub cycle: u64,
    /// What it cost.
    pub report: SaveReport,
}

impl SavedSlot {
    /// From the slot's answer.
    pub(crate) fn from_replay(
        path: impl Into<PathBuf>,
        replay: ReplayReport,
    ) -> Result<Self, SlotSaveError> {
        let cycle = replay.from_cycle;
        match (replay.saved, replay.outcome) {
            (Some(report), ReplayOutcome::Done) => Ok(Self {
                path: path.into(),
                cycle,
                report,
            }),
            (None, ReplayOutcome::OtherFailure(reason)) => {
                Err(SlotSaveError::Failed { cycle, reason })
            }
            (_, outcome) => Err(SlotSaveError::Unanswered { cycle, outcome }),
        }
    }
}
