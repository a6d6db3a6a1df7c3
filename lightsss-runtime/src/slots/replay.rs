//! A woken slot's own view: why it runs, how far, and how to answer.

use std::{
    path::PathBuf,
    rc::Rc,
    sync::atomic::Ordering::{Relaxed, Release},
    time::Duration,
};

use super::{
    channel::Channel,
    order::{Reason, ReplayOutcome},
    record::{Cancel, LONGEST_TEXT, ReplayEntry, ReplayState},
};
use crate::process::{files::Kept, shared::SharedText, sys};

/// A replay: this process is a woken slot.
///
/// It is at the checkpoint of `from_cycle`. It is to run to `end_cycle`, and at most
/// `margin` cycles beyond, and then to [`finish`](Self::finish).
#[derive(Debug)]
#[non_exhaustive]
pub struct Replay {
    /// Cycle of the checkpoint at which this replay starts.
    pub from_cycle: u64,
    /// Cycle at which the original ended.
    pub end_cycle: u64,
    /// Cycles to run beyond the end cycle.
    pub margin: u64,
    /// Why it runs. [`Reason::Save`] is answered with [`Replay::save`].
    pub reason: Reason,
    /// The first 1024 bytes of the failure's message. [`Replay::is_for`] compares it.
    pub message: String,
    /// What the waker adds for the harness.
    pub label: String,
    /// Number of this replay among those under way; names files of replays side by side.
    pub number: usize,
    pub(crate) channel: Rc<Channel>,
    /// Where the asker of a query listens.
    #[cfg_attr(
        not(feature = "driver"),
        expect(dead_code, reason = "timelines, which the driver has, read it")
    )]
    pub(crate) asker: String,
    /// The file that the slot is to save itself to.
    pub(crate) save_path: Option<PathBuf>,
    /// Files that the original writes, in a slot that is to be saved.
    pub(crate) kept: Vec<Kept>,
}

impl Replay {
    pub(crate) fn new(channel: Rc<Channel>, number: usize, from_cycle: u64) -> Self {
        let entry = &channel.record.replays[number];
        let save_path = entry.save_path.get();
        Self {
            from_cycle,
            end_cycle: entry.end_cycle.load(Relaxed),
            margin: entry.margin.load(Relaxed),
            reason: Reason::decode(entry.reason.load(Relaxed)),
            message: entry.message.get(),
            label: entry.label.get(),
            number,
            asker: entry.asker.get(),
            save_path: (!save_path.is_empty()).then(|| save_path.into()),
            channel,
            kept: Vec::new(),
        }
    }

    /// The last cycle to run: end cycle plus margin.
    #[must_use]
    pub fn last_cycle(&self) -> u64 {
        self.end_cycle.saturating_add(self.margin)
    }

    /// Whether a failure with this message is the one that this replay runs for. Compares the first
    /// 1024 bytes.
    #[must_use]
    pub fn is_for(&self, message: &str) -> bool {
        SharedText::<LONGEST_TEXT>::cut(message) == self.message
    }

    /// Calls a function that opens files for the replay to write, such as its waveform.
    ///
    /// Elsewhere a replay gets a copy of a file that the original has written since the checkpoint, so
    /// that the original's stays as it is. A file with a name that nothing has is a new one either way.
    pub fn own_files<T>(&self, call: impl FnOnce() -> T) -> T {
        let before = self.entry().set_writes_its_own(true);
        let result = call();
        self.entry().set_writes_its_own(before);
        result
    }

    /// Publishes how far the replay is, for the progress that the waiter shows.
    pub fn progress(&self, cycle: u64) {
        self.entry().cycle.store(cycle, Relaxed);
    }

    /// True once the waiter's deadline has passed. Finish now, as the slot kills the replay a
    /// moment later. One load from memory.
    #[must_use]
    pub fn should_stop(&self) -> bool {
        self.entry().cancelled() != Cancel::No
    }

    /// Leaves a note for the reader of the report: the waveform's path, say. At most 1024 bytes.
    pub fn note(&self, text: &str) {
        self.entry().note.set(text);
    }

    /// Answers the waiter and ends this process at once: no destructors run, since what they would
    /// release belongs to the original. Close the waveform first.
    pub fn finish(self, outcome: &ReplayOutcome) -> ! {
        sys::flush_stdio();
        let entry = self.entry();
        if let ReplayOutcome::OtherFailure(text) = outcome {
            entry.answer.set(text);
        }
        entry.outcome.store(outcome.encode(), Release);
        entry.set_state(ReplayState::Finished);
        sys::exit_now(0)
    }

    pub(crate) fn entry(&self) -> &ReplayEntry {
        &self.channel.record.replays[self.number]
    }

    /// How long ago the waker gave the order.
    #[must_use]
    pub fn age(&self) -> Duration {
        Duration::from_nanos(sys::now().saturating_sub(self.entry().ordered_at.load(Relaxed)))
    }
}
