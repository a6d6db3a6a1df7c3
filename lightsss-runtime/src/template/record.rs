//! What a run tells its template through shared memory.

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use crate::process::shared::{SharedText, shared_structs};
use crate::process::sync::{AtomicU32, AtomicU64};
use crate::process::sys;

/// How many runs of a template can be under way at once.
pub const MAX_RUNS: usize = 256;
/// Bytes of the longest reason; a longer one is cut.
const LONGEST_REASON: usize = 1024;

shared_structs! {
    /// One entry for each run under way.
    pub(super) struct Records {
        pub(super) runs: [RunRecord; MAX_RUNS],
    }

    pub(super) struct RunRecord {
        /// When the run began to step, in nanoseconds of the monotonic clock; 0 until then.
        begun: AtomicU64,
        /// Not zero once `reason` is there.
        refused: AtomicU32,
        reason: SharedText<LONGEST_REASON>,
    }
}

impl RunRecord {
    /// For another run.
    pub(super) fn clear(&self) {
        self.begun.store(0, Relaxed);
        self.refused.store(0, Relaxed);
    }

    /// Notes that the run begins to step, the first time.
    pub(super) fn begin(&self) {
        let _ = self.begun.compare_exchange(0, sys::now(), Relaxed, Relaxed);
    }

    pub(super) fn begun(&self) -> Option<u64> {
        Some(self.begun.load(Relaxed)).filter(|begun| *begun > 0)
    }

    /// Notes why the run could not be made.
    pub(super) fn refuse(&self, reason: &str) {
        self.reason.set(reason);
        self.refused.store(1, Release);
    }

    pub(super) fn refusal(&self) -> Option<String> {
        (self.refused.load(Acquire) != 0).then(|| self.reason.get())
    }
}
