//! Whether a replay goes the way of the original: hashes of the state at the same cycles.

use std::{
    fmt,
    hash::Hasher as _,
    io,
    sync::atomic::Ordering::{Acquire, Relaxed, Release},
    time::{Duration, Instant},
};

use twox_hash::XxHash3_64;

use super::hash_log::{EntryNumber, HashLog, Hashed, Recorded, StateHash};
use super::record::EqualityResult;
use crate::savable::{self, Savable, SaveError, SectionKind, Sink};

/// A state's hash, or a `Result` of hashing. So a state that cannot be hashed does not seem equal to
/// another.
pub trait ToHash {
    /// The hash, or why there is none.
    fn to_hash(self) -> Result<StateHash, String>;
}

impl ToHash for StateHash {
    fn to_hash(self) -> Result<StateHash, String> {
        Ok(self)
    }
}

impl<E: fmt::Display> ToHash for Result<StateHash, E> {
    fn to_hash(self) -> Result<StateHash, String> {
        self.map_err(|error| error.to_string())
    }
}

/// Hash of a savable value: what it would write into a snapshot, sections included. Takes no
/// copy of it.
pub fn hash_of<T: Savable + ?Sized>(value: &T) -> Result<u64, SaveError> {
    let mut sink = HashSink(XxHash3_64::new());
    savable::save_to(value, &mut sink)?;
    Ok(sink.0.finish())
}

/// Takes in what is written, whole sections included, in the order of writing.
struct HashSink(XxHash3_64);

impl Sink for HashSink {
    fn keeps(&self) -> bool {
        false
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write(bytes);
        Ok(())
    }

    fn begin_section(&mut self, kind: SectionKind, _: &str) -> io::Result<u32> {
        self.0.write(&[kind.code()]);
        Ok(0)
    }

    fn end_section(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How long a replay waits for hashes in all: a slot that was dropped never writes its own.
const PATIENCE: Duration = Duration::from_millis(500);

/// The comparison that a replay makes as it goes.
#[derive(Debug)]
pub(crate) struct Comparison {
    /// Cycles that the original announced, ascending, from the replay's own on.
    ahead: Vec<(u64, EntryNumber)>,
    /// What the replay found where the original's hash was not written yet.
    open: Vec<(u64, EntryNumber, Hashed)>,
    /// For how long such hashes may yet be waited for.
    patience: Duration,
}

impl Comparison {
    /// The comparison for a replay that starts at `from_cycle`, in a slot that was taken when `first`
    /// was the next entry. Earlier entries of later cycles are of another past: the harness went back
    /// to a snapshot, say.
    pub(crate) fn from(log: &HashLog, first: EntryNumber, from_cycle: u64) -> Self {
        let mut ahead = log.announced(first);
        ahead.retain(|(cycle, _)| *cycle >= from_cycle);
        ahead.sort_by_key(|(cycle, number)| std::cmp::Reverse((*cycle, *number)));
        Self {
            ahead,
            open: Vec::new(),
            patience: PATIENCE,
        }
    }

    /// The next cycle at which the replay's hash is wanted.
    pub(crate) fn next_cycle(&self) -> u64 {
        self.ahead.last().map_or(u64::MAX, |(cycle, _)| *cycle)
    }

    /// Takes in the replay's hash at `cycle`.
    pub(crate) fn compare(
        &mut self,
        log: &HashLog,
        to: &EqualityResult,
        cycle: u64,
        hash: &Hashed,
    ) {
        while let Some((wanted, number)) = self.ahead.last().copied() {
            if wanted > cycle {
                break;
            }
            self.ahead.pop();
            if wanted == cycle {
                self.open.push((cycle, number, hash.clone()));
            }
        }
        self.settle(log, to);
    }

    /// Compares what is open, and waits for slots that are still hashing.
    pub(crate) fn wait(&mut self, log: &HashLog, to: &EqualityResult) {
        let begun = Instant::now();
        self.settle(log, to);
        while !self.open.is_empty() && begun.elapsed() < self.patience {
            std::thread::sleep(Duration::from_millis(1));
            self.settle(log, to);
        }
        self.patience = self.patience.saturating_sub(begun.elapsed());
    }

    /// Compares what has become comparable.
    fn settle(&mut self, log: &HashLog, to: &EqualityResult) {
        self.open.retain(|(cycle, number, hash)| {
            let original = match log.read(*number) {
                Recorded::Pending => return true,
                Recorded::Overwritten => return false,
                Recorded::Unknown => None,
                Recorded::Hash(original) => Some(original),
            };
            match (original, hash) {
                (Some(original), Ok(hash)) => note(to, *cycle, original, *hash),
                (None, Ok(_)) => note_unchecked(to, "the original's state could not be hashed"),
                (_, Err(why)) => note_unchecked(to, why),
            }
            false
        });
    }
}

fn note(to: &EqualityResult, cycle: u64, original: StateHash, replay: StateHash) {
    to.compared.fetch_add(1, Relaxed);
    let parts = u32::from(original.model != replay.model)
        | u32::from(original.harness != replay.harness) << 1;
    let differed = to.differs.load(Acquire) != 0;
    if parts == 0 {
        // Hashes may come late, so a later cycle may have been compared before this one.
        if !differed || cycle < to.differs_at.load(Relaxed) {
            to.equal_at.fetch_max(cycle, Relaxed);
        }
    } else if !differed || cycle < to.differs_at.load(Relaxed) {
        to.parts.store(parts, Relaxed);
        to.differs_at.store(cycle, Relaxed);
        to.differs.store(1, Release);
    }
}

/// One of the states has no hash.
fn note_unchecked(to: &EqualityResult, why: &str) {
    if to.unchecked.fetch_add(1, Relaxed) == 0 {
        to.why_unchecked.set(why);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::hash_log::MAX_HASHES, super::record::Record, *};
    use crate::process::shared::Shared;

    fn hash(model: u64, harness: u64) -> StateHash {
        StateHash { model, harness }
    }

    #[test]
    fn a_hash_sees_every_byte() {
        let mut value = (vec![1_u32, 2, 3], 4_u8);
        let before = hash_of(&value).unwrap();
        assert_eq!(before, hash_of(&value).unwrap());
        value.0[2] = 4;
        assert_ne!(before, hash_of(&value).unwrap());
    }

    #[test]
    fn the_first_difference_is_found_even_when_hashes_come_late() {
        let record: Shared<Record> = Shared::zeroed().unwrap();
        let log = &record.hashes;
        let to = &record.replays[0].equality;
        let reserved: Vec<EntryNumber> = (0..5).map(|n| log.reserve(n * 10)).collect();
        log.fill(reserved[1], &Ok(hash(1, 1)));
        log.fill(reserved[3], &Ok(hash(3, 3)));

        let mut comparison = Comparison::from(log, EntryNumber(0), 10);
        assert_eq!(comparison.next_cycle(), 10);
        comparison.compare(log, to, 10, &Ok(hash(1, 1)));
        assert_eq!(comparison.next_cycle(), 20);
        comparison.compare(log, to, 20, &Ok(hash(2, 77)));
        comparison.compare(log, to, 30, &Ok(hash(3, 77)));
        assert_eq!(to.compared.load(Relaxed), 2);
        assert_eq!(to.differs_at.load(Relaxed), 30);

        log.fill(reserved[2], &Ok(hash(2, 2)));
        comparison.settle(log, to);
        assert_eq!(to.equal_at.load(Relaxed), 10);
        assert_eq!(to.differs_at.load(Relaxed), 20);
        assert_eq!(to.parts.load(Relaxed), 2, "only the harness");
    }

    #[test]
    fn what_was_recorded_before_the_slot_is_of_another_past() {
        let record: Shared<Record> = Shared::zeroed().unwrap();
        let log = &record.hashes;
        let to = &record.replays[0].equality;
        log.fill(log.reserve(30), &Ok(hash(7, 7)));
        let first = log.next();
        log.fill(log.reserve(10), &Ok(hash(1, 1)));
        log.fill(log.reserve(30), &Ok(hash(3, 3)));
        let mut comparison = Comparison::from(log, first, 10);
        comparison.compare(log, to, 10, &Ok(hash(1, 1)));
        comparison.compare(log, to, 30, &Ok(hash(3, 3)));
        assert_eq!(to.compared.load(Relaxed), 2);
        assert_eq!(to.differs.load(Relaxed), 0);
    }

    #[test]
    fn a_state_without_a_hash_is_neither_equal_nor_different() {
        let record: Shared<Record> = Shared::zeroed().unwrap();
        let log = &record.hashes;
        let to = &record.replays[0].equality;
        let none = || Err("locked".to_owned());
        let originals = [Ok(hash(1, 1)), none(), none(), Ok(hash(0, 0))];
        let replays = [Ok(hash(1, 1)), Ok(hash(0, 0)), none(), none()];
        let cycles = || (0..).step_by(10);
        for (cycle, original) in cycles().zip(&originals) {
            log.fill(log.reserve(cycle), original);
        }
        let mut comparison = Comparison::from(log, EntryNumber(0), 0);
        for (cycle, replay) in cycles().zip(&replays) {
            comparison.compare(log, to, cycle, replay);
        }
        assert!(comparison.open.is_empty());
        assert_eq!(to.compared.load(Relaxed), 1);
        assert_eq!(to.differs.load(Relaxed), 0);
        assert_eq!(to.unchecked.load(Relaxed), 3);
        let why = "the original's state could not be hashed";
        assert_eq!(to.why_unchecked.get(), why, "of the first");
    }

    #[test]
    fn an_overwritten_entry_is_not_compared() {
        let record: Shared<Record> = Shared::zeroed().unwrap();
        let log = &record.hashes;
        let to = &record.replays[0].equality;
        let first = log.reserve(0);
        log.fill(first, &Ok(hash(0, 0)));
        let mut comparison = Comparison::from(log, EntryNumber(0), 0);
        for cycle in 1..=MAX_HASHES as u64 {
            log.fill(log.reserve(cycle), &Ok(hash(9, 9)));
        }
        comparison.compare(log, to, 0, &Ok(hash(5, 5)));
        assert_eq!(to.compared.load(Relaxed), 0);
    }

    /// As in replays that run while their original goes on.
    #[test]
    fn an_announced_entry_has_its_cycle_and_hash_whoever_reads_it_when() {
        const LAST: u64 = if cfg!(miri) { 100 } else { 300_000 };
        let record: Shared<Record> = Shared::zeroed().unwrap();
        // Cycles are ten times their numbers, hashes are cycles.
        let original = |log: &HashLog| {
            for cycle in (0..LAST).map(|number| number * 10) {
                log.fill(log.reserve(cycle), &Ok(hash(cycle, cycle)));
            }
        };
        let (log, to) = (&record.hashes, &record.replays[0].equality);
        std::thread::scope(|threads| {
            let writer = threads.spawn(|| original(log));
            while !writer.is_finished() {
                let mut comparison = Comparison::from(log, EntryNumber(0), 0);
                for (cycle, number) in comparison.ahead.clone().into_iter().rev() {
                    assert_eq!(cycle, number.0 * 10);
                    comparison.compare(log, to, cycle, &Ok(hash(cycle, cycle)));
                }
            }
        });
        let mut comparison = Comparison::from(log, EntryNumber(0), 0);
        comparison.compare(
            log,
            to,
            (LAST - 1) * 10,
            &Ok(hash((LAST - 1) * 10, (LAST - 1) * 10)),
        );
        assert!(to.compared.load(Relaxed) > 0);
        assert_eq!(to.differs.load(Relaxed), 0);
    }
}
