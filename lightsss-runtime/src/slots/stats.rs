//! What the slots cost.

use std::{
    fmt,
    sync::atomic::Ordering::Relaxed,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use serde::Serialize;

use super::{error::CheckpointError, figures::Figures, policy::SlotInfo};
use crate::process::sync::AtomicU64;
use crate::process::sys;

/// Why a slot was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Eviction {
    /// The policy keeps others.
    Policy,
    /// Its memory was needed.
    Memory,
    /// Its place was needed.
    NoPlace,
    /// It was unpinned, or replaced by one of the same name.
    Unpinned,
    /// All were cleared.
    Cleared,
    /// Somebody else killed it.
    Lost,
}

/// How many slots were dropped, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Evictions {
    /// The policy kept others.
    pub policy: u64,
    /// Their memory was needed.
    pub memory: u64,
    /// Their places were needed.
    pub no_place: u64,
    /// They were unpinned or replaced.
    pub unpinned: u64,
    /// All were cleared.
    pub cleared: u64,
    /// Somebody else killed them.
    pub lost: u64,
}

/// Figures of the slots of a run. Times in microseconds, memory in bytes.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SlotStats {
    /// Slots taken.
    pub taken: u64,
    /// Slots that could not be taken.
    pub missed: u64,
    /// What the last of those said.
    pub last_miss: Option<String>,
    /// Pause of the run for a checkpoint, all of it, hooks included: median.
    pub pause_median_us: f64,
    /// 99th percentile.
    pub pause_p99_us: f64,
    /// Longest.
    pub pause_max_us: f64,
    /// Sum of the pauses.
    pub pause_total_us: f64,
    /// Minor page faults since the first slot: an upper bound on the pages copied on write.
    pub copy_faults: u64,
    /// Estimated time that those faults took.
    pub copy_total_us: f64,
    /// Share of the run time since the slots were set up that pauses and copying took.
    pub share: f64,
    /// Memory that all slots held beyond what they shared with the original, when last measured,
    /// bytes; 0 when it was not measured.
    ///
    /// With a budget it is measured every half second. Otherwise it is measured after a second, and then
    /// ever more rarely, down to twice a minute. [`Slots::measure`](super::Slots::measure) does it at once.
    pub extra_bytes: u64,
    /// Slots dropped, by cause.
    pub evictions: Evictions,
    /// The slots that there are.
    pub slots: Vec<SlotInfo>,
}

impl fmt::Display for SlotStats {
    /// What they cost, in lines for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MEBIBYTE: f64 = 1_048_576.0;
        let (taken, s) = (self.taken, if self.taken == 1 { "" } else { "s" });
        write!(
            f,
            "took {taken} checkpoint{s}; each stopped the run for {:.0} us (median; p99 {:.0}, longest \
             {:.0}); {} pages copied on write at most; {:.2} % of the run time",
            self.pause_median_us,
            self.pause_p99_us,
            self.pause_max_us,
            self.copy_faults,
            self.share * 100.0
        )?;
        if self.extra_bytes > 0 {
            let bytes = self.extra_bytes as f64 / MEBIBYTE;
            write!(f, "; slots held {bytes:.1} MiB of their own")?;
        }
        for slot in &self.slots {
            if let Some(bytes) = slot.unshared {
                let bytes = bytes as f64 / MEBIBYTE;
                write!(f, " ({bytes:.1} MiB: cycle {})", slot.cycle)?;
            }
        }
        let evictions = self.evictions.all();
        let counts: Vec<String> = evictions
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(cause, count)| format!("{count} {cause}"))
            .collect();
        if !counts.is_empty() {
            write!(f, "; dropped: {}", counts.join(", "))?;
        }
        if let Some(miss) = &self.last_miss {
            write!(
                f,
                "; {} could not be taken, the last since {miss}",
                self.missed
            )?;
        }
        Ok(())
    }
}

impl Evictions {
    /// Causes and counts.
    pub(crate) fn all(&self) -> [(&'static str, u64); 6] {
        [
            ("by policy", self.policy),
            ("for memory", self.memory),
            ("for a place", self.no_place),
            ("unpinned", self.unpinned),
            ("cleared", self.cleared),
            ("lost", self.lost),
        ]
    }
}

impl SlotStats {
    /// Sends the figures to [`tracing`], as fields of one event.
    pub(crate) fn trace(&self) {
        tracing::info!(
            taken = self.taken,
            missed = self.missed,
            pause_median_us = self.pause_median_us,
            pause_p99_us = self.pause_p99_us,
            pause_max_us = self.pause_max_us,
            pause_total_us = self.pause_total_us,
            copy_faults = self.copy_faults,
            copy_total_us = self.copy_total_us,
            share = self.share,
            extra_bytes = self.extra_bytes,
            evicted_by_policy = self.evictions.policy,
            evicted_for_memory = self.evictions.memory,
            evicted_for_a_place = self.evictions.no_place,
            unpinned = self.evictions.unpinned,
            lost = self.evictions.lost,
            "slots of the run"
        );
    }
}

/// Counts as the run goes. Of constant size.
#[derive(Debug)]
pub(crate) struct Tally {
    begun: Instant,
    /// Nanoseconds.
    pauses: Histogram<u64>,
    total: Duration,
    last: Duration,
    missed: u64,
    last_miss: Option<String>,
    faults_at_first: Option<u64>,
    faults_at_last: u64,
    fault_cost: Duration,
    evictions: Evictions,
    /// When all figures were last published.
    published: Option<Instant>,
}

/// How often what takes some microseconds to compute is published.
const PUBLISH: Duration = Duration::from_millis(100);

impl Tally {
    pub(crate) fn new() -> Self {
        Self {
            begun: Instant::now(),
            // One nanosecond to an hour in three digits; a few hundred KiB at most.
            pauses: Histogram::new_with_bounds(1, 3_600_000_000_000, 2)
                .expect("the bounds are constants that the histogram accepts"),
            total: Duration::ZERO,
            last: Duration::ZERO,
            missed: 0,
            last_miss: None,
            faults_at_first: None,
            faults_at_last: 0,
            fault_cost: super::memory::fault_cost(),
            evictions: Evictions::default(),
            published: None,
        }
    }

    /// Puts the figures where a supervisor finds them should this process end.
    pub(crate) fn publish(&mut self, to: &Figures) {
        if self.published.is_some_and(|at| at.elapsed() < PUBLISH) {
            to.count(self.pauses.len(), self.missed, &self.evictions);
        } else {
            self.published = Some(Instant::now());
            to.publish(&self.stats(&[], 0));
        }
    }

    pub(crate) fn taken(&mut self, pause: Duration) {
        self.pauses.saturating_record(pause.as_nanos() as u64);
        self.total += pause;
        self.last = pause;
        let faults = sys::minor_faults();
        self.faults_at_first.get_or_insert(faults);
        self.faults_at_last = faults;
    }

    /// Whether every slot could be taken so far.
    pub(crate) fn has_missed_none(&self) -> bool {
        self.missed == 0
    }

    pub(crate) fn missed(&mut self, error: &CheckpointError) {
        self.missed += 1;
        self.last_miss = Some(error.to_string());
    }

    pub(crate) fn dropped(&mut self, why: Eviction) {
        let counter = match why {
            Eviction::Policy => &mut self.evictions.policy,
            Eviction::Memory => &mut self.evictions.memory,
            Eviction::NoPlace => &mut self.evictions.no_place,
            Eviction::Unpinned => &mut self.evictions.unpinned,
            Eviction::Cleared => &mut self.evictions.cleared,
            Eviction::Lost => &mut self.evictions.lost,
        };
        *counter += 1;
    }

    pub(crate) fn last_pause(&self) -> Duration {
        self.last
    }

    /// Pages that may have been copied since the last fork.
    pub(crate) fn faults_since_fork(&self) -> u64 {
        match self.faults_at_first {
            Some(_) => sys::minor_faults().saturating_sub(self.faults_at_last),
            None => 0,
        }
    }

    pub(crate) fn copy_cost(&self, faults: u64) -> Duration {
        Duration::from_nanos(self.fault_cost.as_nanos() as u64 * faults)
    }

    pub(crate) fn stats(&self, slots: &[SlotInfo], extra_bytes: u64) -> SlotStats {
        let micros = |nanos: u64| nanos as f64 / 1000.0;
        let copy_faults = self
            .faults_at_first
            .map_or(0, |first| sys::minor_faults().saturating_sub(first));
        let copying = self.copy_cost(copy_faults);
        let run = self.begun.elapsed().as_secs_f64().max(f64::MIN_POSITIVE);
        SlotStats {
            taken: self.pauses.len(),
            missed: self.missed,
            last_miss: self.last_miss.clone(),
            pause_median_us: micros(self.pauses.value_at_quantile(0.5)),
            pause_p99_us: micros(self.pauses.value_at_quantile(0.99)),
            pause_max_us: micros(self.pauses.max()),
            pause_total_us: self.total.as_secs_f64() * 1e6,
            copy_faults,
            copy_total_us: copying.as_secs_f64() * 1e6,
            share: (self.total + copying).as_secs_f64() / run,
            extra_bytes,
            evictions: self.evictions,
            slots: slots.to_vec(),
        }
    }
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
