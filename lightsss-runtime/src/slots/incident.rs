//! The supervisor's report of a crash or an interruption.

use std::fmt;

use serde::Serialize;

use super::{
    order::{Reason, ReplayReport},
    save::SavedSlot,
    site::Site,
    stats::SlotStats,
};

/// Something made the supervisor wake a slot.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Incident {
    /// A crash, or an interruption.
    pub reason: Reason,
    /// Last cycle that the original published.
    pub cycle: u64,
    /// Where it crashed, as far as a handler or a panic could say.
    pub site: Option<Site>,
    /// The result of saving a slot to a file, if
    /// [`SupervisorOptions::save`](super::SupervisorOptions::save) asks for it.
    pub saved: Option<Result<SavedSlot, String>>,
    /// What came of the replay.
    pub replay: Result<ReplayReport, String>,
    /// What the slots had cost until then. Counts are up to date, and times and shares are up to a tenth
    /// of a second older. Memory is what the slots last measured. Texts are lost with a process that crashed.
    pub slots: SlotStats,
}

impl fmt::Display for Incident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at cycle {}", self.reason, self.cycle)?;
        if let Some(site) = &self.site {
            write!(f, " ({site})")?;
        }
        match &self.saved {
            Some(Ok(saved)) => write!(
                f,
                "; saved the slot of cycle {} to {}",
                saved.cycle,
                saved.path.display()
            )?,
            Some(Err(error)) => write!(f, "; no slot was saved: {error}")?,
            None => {}
        }
        match &self.replay {
            Ok(report) => {
                write!(
                    f,
                    "; replayed from cycle {}: {}",
                    report.from_cycle, report.outcome
                )
            }
            Err(error) => write!(f, "; no replay: {error}"),
        }
    }
}
