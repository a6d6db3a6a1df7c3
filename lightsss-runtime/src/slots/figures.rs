//! The figures of a run where its supervisor can read them, after a crash of the one who counts.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::{
    policy::SlotInfo,
    stats::{Evictions, SlotStats},
};

/// What [`SlotStats`] says, as far as it is numbers. Times are bits of floating point numbers.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Figures {
    taken: AtomicU64,
    missed: AtomicU64,
    pause_median: AtomicU64,
    pause_p99: AtomicU64,
    pause_max: AtomicU64,
    pause_total: AtomicU64,
    copy_faults: AtomicU64,
    copy_total: AtomicU64,
    share: AtomicU64,
    evictions: [AtomicU64; 6],
}

impl Figures {
    /// What is cheap to count, at every checkpoint.
    pub(crate) fn count(&self, taken: u64, missed: u64, evictions: &Evictions) {
        self.taken.store(taken, Relaxed);
        self.missed.store(missed, Relaxed);
        let causes = evictions.all();
        for (shared, (_, count)) in self.evictions.iter().zip(causes) {
            shared.store(count, Relaxed);
        }
    }

    /// All of it, now and then.
    pub(crate) fn publish(&self, stats: &SlotStats) {
        self.count(stats.taken, stats.missed, &stats.evictions);
        self.copy_faults.store(stats.copy_faults, Relaxed);
        for (shared, value) in [
            (&self.pause_median, stats.pause_median_us),
            (&self.pause_p99, stats.pause_p99_us),
            (&self.pause_max, stats.pause_max_us),
            (&self.pause_total, stats.pause_total_us),
            (&self.copy_total, stats.copy_total_us),
            (&self.share, stats.share),
        ] {
            shared.store(value.to_bits(), Relaxed);
        }
    }

    /// What was published last.
    pub(crate) fn read(&self, extra_bytes: u64, slots: Vec<SlotInfo>) -> SlotStats {
        let time = |shared: &AtomicU64| f64::from_bits(shared.load(Relaxed));
        let [policy, memory, no_place, unpinned, cleared, lost] =
            self.evictions.each_ref().map(|count| count.load(Relaxed));
        SlotStats {
            taken: self.taken.load(Relaxed),
            missed: self.missed.load(Relaxed),
            last_miss: None,
            pause_median_us: time(&self.pause_median),
            pause_p99_us: time(&self.pause_p99),
            pause_max_us: time(&self.pause_max),
            pause_total_us: time(&self.pause_total),
            copy_faults: self.copy_faults.load(Relaxed),
            copy_total_us: time(&self.copy_total),
            share: time(&self.share),
            extra_bytes,
            evictions: Evictions {
                policy,
                memory,
                no_place,
                unpinned,
                cleared,
                lost,
            },
            slots,
        }
    }
}
