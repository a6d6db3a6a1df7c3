//! A slot is told to write itself to a durable file.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Serialize;

use super::{
    error::SlotSaveError,
    order::{Reason, ReplayOrder, ReplayOutcome, ReplayOutput, ReplayReport},
    record::LONGEST_TEXT,
};
use crate::durable::SaveReport;

/// What a slot is told that is to write itself to a file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SaveOrder {
    /// The file: from the folder of the process that gives the order, if the path is relative.
    pub path: PathBuf,
    /// Cycle at which the original failed, or where it is: what
    /// [`Choice::YoungestBeforeEnd`](super::Choice::YoungestBeforeEnd) counts from.
    pub end_cycle: u64,
    /// What the failure said, for the harness to note in the file. At most 1024 bytes.
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
    pub(crate) fn encode(&self) -> Result<(ReplayOrder, PathBuf), SlotSaveError> {
        // The slot's folder need not be the one of whoever gives the order.
        let path = std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone());
        let order = ReplayOrder {
            margin: 0,
            reason: Reason::Save,
            message: self.message.clone(),
            label: told(&path)?.to_owned(),
            output: ReplayOutput::Inherit,
            deadline: self.deadline,
            ..ReplayOrder::new(self.end_cycle)
        };
        Ok((order, path))
    }
}

/// The path as text that fits into an order.
fn told(path: &Path) -> Result<&str, SlotSaveError> {
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

/// A slot that has written itself to a file.
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
    /// From what the slot answered.
    pub(crate) fn from_replay(path: PathBuf, replay: ReplayReport) -> Result<Self, SlotSaveError> {
        let cycle = replay.from_cycle;
        match (replay.saved, replay.outcome) {
            (Some(report), ReplayOutcome::Done) => Ok(Self {
                path,
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
