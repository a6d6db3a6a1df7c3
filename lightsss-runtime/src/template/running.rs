//! A run under way, as its template sees it.

use std::{
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill, killpg},
    unistd::Pid,
};

use super::{ended::EndedBy, record::RunRecord};
use crate::process::{parent_watch::ParentHalf, sys};
use crate::slots::ProcessEnd;

#[derive(Debug)]
pub(super) struct Running {
    pub(super) number: u64,
    /// Which entry of the shared record is its own.
    pub(super) place: usize,
    pub(super) pid: Pid,
    /// Readable once it has ended; absent before Linux 5.3.
    pub(super) end: Option<OwnedFd>,
    /// When the fork began, in nanoseconds of the monotonic clock.
    pub(super) forked_at: u64,
    pub(super) started: Instant,
    pub(super) deadline: Option<Instant>,
    /// Who has ended it, once it has been ended.
    pub(super) by: EndedBy,
    pub(super) _watched: ParentHalf,
}

impl Running {
    pub(super) fn end_fd(&self) -> Option<BorrowedFd<'_>> {
        self.end.as_ref().map(AsFd::as_fd)
    }

    /// Kills the run with all processes of its group; those that have left the group are its descendants, and are
    /// found once it has ended.
    pub(super) fn kill(&mut self, by: EndedBy) {
        if self.by == EndedBy::Itself {
            self.by = by;
        }
        // Until the run has made a group of its own, there is none of this number.
        let _ = killpg(self.pid, Signal::SIGKILL);
        sys::kill_now(self.pid);
    }

    /// Asks the run to end.
    pub(super) fn ask_to_end(&mut self) {
        self.by = EndedBy::Template;
        let _ = kill(self.pid, Signal::SIGTERM);
        sys::continue_now(self.pid);
    }

    pub(super) fn kill_if_late(&mut self, now: Instant) {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.deadline = None;
            self.kill(EndedBy::Deadline);
        }
    }

    /// How it ended, once it has. It is reaped.
    pub(super) fn try_reap(&self) -> Option<ProcessEnd> {
        match sys::try_reap(self.pid) {
            Ok(status) => status.map(ProcessEnd::from_raw),
            // Somebody else has reaped it: what it ended with is not known.
            Err(_) => Some(ProcessEnd::Exited(1)),
        }
    }

    pub(super) fn start(&self, record: &RunRecord) -> Option<Duration> {
        let begun = record.begun()?;
        Some(Duration::from_nanos(begun.saturating_sub(self.forked_at)))
    }
}
