//! Offers and orders to take a slot, and the hashes that go with them.

use std::sync::atomic::Ordering::{Acquire, Relaxed};

use super::{Checkpoint, Slots};
use crate::process::sync::AtomicU64;
use crate::slots::{
    equality::{Comparison, ToHash},
    error::CheckpointError,
    hash_log::Hashed,
    notice,
    order::Reason,
    policy::when::{self, Cost},
};

/// Offers that take no slot: they only publish their cycles.
#[derive(Debug)]
pub struct Passing<'a> {
    offers: when::PassingOffers<'a>,
    published: &'a AtomicU64,
}

impl Passing<'_> {
    /// Publishes the cycle if an offer would do nothing else. If false, offer the cycle.
    #[inline]
    pub fn passes(&mut self, cycle: u64) -> bool {
        let passes = self.offers.passes(cycle);
        if passes {
            self.published.store(cycle, Relaxed);
        }
        passes
    }
}

impl Slots {
    /// Offers this point of the run: publishes the cycle, and takes a slot if the policy wants one.
    ///
    /// Cheap enough to be called every cycle. A slot that cannot be taken never fails the run: it is
    /// a warning and a figure.
    #[inline]
    pub fn offer(&mut self, cycle: u64) -> Checkpoint {
        if self.passes(cycle) {
            return Checkpoint::Passed;
        }
        self.look(cycle, None)
    }

    /// As [`offer`](Self::offer), and hashes the state where a slot is taken, so that a replay can
    /// compare it. The original's hash is computed in the slot. A replay computes its own at the
    /// cycles that the original announced.
    #[inline]
    pub fn offer_with<H: ToHash>(&mut self, cycle: u64, hash: &dyn Fn() -> H) -> Checkpoint {
        if self.passes(cycle) {
            return Checkpoint::Passed;
        }
        self.look(cycle, Some(&|| hash().to_hash()))
    }

    /// Publishes the cycle, where there is nothing else to do: all of what an offer costs, nearly always.
    #[inline]
    fn passes(&mut self, cycle: u64) -> bool {
        let passes = self.schedule.passes(cycle);
        if passes {
            self.channel.record.cycle.store(cycle, Relaxed);
        }
        passes
    }

    /// The next offers that take no slot, of cycles below `until`: for a loop that steps so fast that an
    /// offer each cycle is felt. A failure is replayed just as exactly.
    ///
    /// ```no_run
    /// # use lightsss_runtime::slots::{Checkpoint, Slots};
    /// # struct Harness { cycle: u64 }
    /// # impl Harness { fn step(&mut self) { self.cycle += 1; } }
    /// # fn run(slots: &mut Slots, harness: &mut Harness) {
    /// let last = 1_000_000_000;
    /// while harness.cycle < last {
    ///     if let Checkpoint::Replay(order) = slots.offer(harness.cycle) {
    ///         // Replay up to `order.end_cycle`, and `finish` it.
    ///     }
    ///     harness.step();
    ///     let mut passing = slots.passing(last);
    ///     while passing.passes(harness.cycle) {
    ///         harness.step();
    ///     }
    /// }
    /// # }
    /// ```
    pub fn passing(&mut self, until: u64) -> Passing<'_> {
        Passing {
            offers: self.schedule.passing(until),
            published: &self.channel.record.cycle,
        }
    }

    #[cold]
    fn look(&mut self, cycle: u64, hash: Option<&dyn Fn() -> Hashed>) -> Checkpoint {
        self.progress(cycle);
        if self.replaying.is_some() {
            self.compare_if_wanted(cycle, hash);
            return Checkpoint::Passed;
        }
        self.reap_dying();
        self.heed_memory();
        if !self.schedule.due(cycle) {
            return Checkpoint::Passed;
        }
        let faults = self.tally.faults_since_fork();
        let copying = self.tally.copy_cost(faults);
        match self.take(cycle, None, hash) {
            // Which looks at every offer.
            Ok(replay @ Checkpoint::Replay(_)) => replay,
            Ok(checkpoint) => {
                self.schedule.passed(
                    cycle,
                    Cost {
                        pause: self.tally.last_pause(),
                        copying,
                    },
                );
                checkpoint
            }
            Err(error) => {
                tracing::warn!(cycle, %error, "no slot was taken");
                if self.tally.has_missed_none() {
                    notice::say_that_none_is_taken(cycle, &error);
                }
                self.tally.missed(&error);
                self.tally.publish(&self.channel.record.figures);
                self.schedule.passed(
                    cycle,
                    Cost {
                        pause: self.tally.last_pause(),
                        copying,
                    },
                );
                Checkpoint::Passed
            }
        }
    }

    /// Takes a slot now, whatever the policy says about when.
    ///
    /// In a replay nothing is taken, and [`Checkpoint::Passed`] is returned.
    pub fn checkpoint(&mut self, cycle: u64) -> Result<Checkpoint, CheckpointError> {
        self.take_now(cycle, None, None)
    }

    /// Takes a slot now, under a name. It stays, beside those that the policy keeps, until it is
    /// [unpinned](Self::unpin); one of the same name is replaced.
    pub fn pin(&mut self, cycle: u64, name: &str) -> Result<Checkpoint, CheckpointError> {
        self.take_now(cycle, Some(name), None)
    }

    /// As [`checkpoint`](Self::checkpoint), with the state's hash.
    pub fn checkpoint_with<H: ToHash>(
        &mut self,
        cycle: u64,
        hash: &dyn Fn() -> H,
    ) -> Result<Checkpoint, CheckpointError> {
        self.take_now(cycle, None, Some(&|| hash().to_hash()))
    }

    fn take_now(
        &mut self,
        cycle: u64,
        name: Option<&str>,
        hash: Option<&dyn Fn() -> Hashed>,
    ) -> Result<Checkpoint, CheckpointError> {
        self.progress(cycle);
        if self.replaying.is_some() {
            self.compare_if_wanted(cycle, hash);
            return Ok(Checkpoint::Passed);
        }
        // A run that never offers has no other moment for it.
        self.heed_memory();
        let taken = self.take(cycle, name, hash);
        if let Err(error) = &taken {
            self.tally.missed(error);
            self.tally.publish(&self.channel.record.figures);
        }
        taken
    }

    /// Publishes the cycle that the run has reached: where a crash is said to have happened, and
    /// where its replay ends. One store to memory. [`offer`](Self::offer) does it too.
    #[inline]
    pub fn progress(&self, cycle: u64) {
        match &self.replaying {
            Some((number, _)) => {
                self.channel.record.replays[*number]
                    .cycle
                    .store(cycle, Relaxed);
            }
            None => self.channel.record.cycle.store(cycle, Relaxed),
        }
    }

    /// Gives the state's hash at `cycle`, outside a checkpoint: above all, at the failure. The
    /// original records it; a replay compares it, if the original recorded that cycle.
    pub fn state_at<H: ToHash>(&mut self, cycle: u64, hash: H) {
        let hash = &hash.to_hash();
        if self.replaying.is_some() {
            self.compare(cycle, hash);
        } else {
            let log = &self.channel.record.hashes;
            log.fill(log.reserve(cycle), hash);
        }
    }

    /// In a replay: compares the state, if the caller can hash it and the original announced a hash.
    fn compare_if_wanted(&mut self, cycle: u64, hash: Option<&dyn Fn() -> Hashed>) {
        let wanted = |(_, comparison): &(usize, Comparison)| cycle >= comparison.next_cycle();
        if let (Some(hash), true) = (hash, self.replaying.as_ref().is_some_and(wanted)) {
            self.compare(cycle, &hash());
        }
    }

    fn compare(&mut self, cycle: u64, hash: &Hashed) {
        if let Some((number, comparison)) = &mut self.replaying {
            let entry = &self.channel.record.replays[*number];
            let log = &self.channel.record.hashes;
            comparison.compare(log, &entry.equality, cycle, hash);
            // One that is to crash will hardly be asked to settle before it ends.
            if let Reason::Crash(_) = Reason::decode(entry.reason.load(Relaxed)) {
                comparison.wait(log, &entry.equality);
            }
        }
    }

    /// The next cycle at which a replay's hash is wanted.
    #[cfg(feature = "driver")]
    pub(crate) fn next_compared(&self) -> u64 {
        let comparison = self.replaying.as_ref().map(|(_, comparison)| comparison);
        comparison.map_or(u64::MAX, Comparison::next_cycle)
    }

    /// The last cycle at which a replay's state was equal to the original's, and the first at which it was not.
    #[cfg(feature = "driver")]
    pub(crate) fn diverged(&self) -> Option<(u64, u64)> {
        let (number, _) = self.replaying.as_ref()?;
        let equality = &self.channel.record.replays[*number].equality;
        let differs = equality.differs.load(Acquire) != 0;
        differs.then(|| {
            (
                equality.equal_at.load(Relaxed),
                equality.differs_at.load(Relaxed),
            )
        })
    }

    /// Whether this is a replay whose state was found to differ from the original's.
    #[must_use]
    pub fn has_diverged(&self) -> bool {
        self.replaying.as_ref().is_some_and(|(number, _)| {
            let equality = &self.channel.record.replays[*number].equality;
            equality.differs.load(Acquire) != 0
        })
    }

    /// Compares the hashes that slots were still computing. Call it before
    /// [`Replay::finish`](crate::slots::Replay::finish). It waits for such slots, in all half a
    /// second at most, since a dropped slot never answers.
    pub fn settle(&mut self) {
        if let Some((number, comparison)) = &mut self.replaying {
            let record = &self.channel.record;
            comparison.wait(&record.hashes, &record.replays[*number].equality);
        }
    }
}
