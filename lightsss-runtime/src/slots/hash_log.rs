//! Hashes of the original's state, which its replays compare with theirs.
//!
//! The original announces the cycle of a hash; the slot taken there computes the hash and fills the entry.
//! A slot that is slow may do so when its entry is in use for a later cycle. No order of stores keeps two
//! writers of one entry apart, so an entry carries a check of its words and its number.

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use twox_hash::XxHash3_64;

use crate::process::shared::shared_structs;
use crate::process::sync::{AtomicU32, AtomicU64, fence};

/// How many hashes are kept; the oldest make room.
pub(crate) const MAX_HASHES: usize = if cfg!(all(test, loom)) { 2 } else { 4096 };

/// Hashes of the state at one cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StateHash {
    /// Of the model.
    pub model: u64,
    /// Of the harness.
    pub harness: u64,
}

/// What hashing a state gives: a hash, or why there is none.
pub(crate) type Hashed = Result<StateHash, String>;

shared_structs! {
    /// A ring of hashes.
    pub(crate) struct HashLog {
        /// Entries announced so far; entry `n` is at `n % MAX_HASHES`.
        count: AtomicU64,
        entries: [HashEntry; MAX_HASHES],
    }
}

shared_structs! {
    struct HashEntry {
        cycle: AtomicU64,
        model: AtomicU64,
        harness: AtomicU64,
        /// Zero where the state could not be hashed.
        known: AtomicU32,
        check: AtomicU64,
    }
}

/// The number of an entry, which is announced or will be next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EntryNumber(pub(super) u64);

/// What an entry holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Recorded {
    /// It is not filled yet, or not wholly visible here.
    Pending,
    /// It is in use for a later cycle.
    Overwritten,
    /// The state could not be hashed.
    Unknown,
    Hash(StateHash),
}

impl HashLog {
    /// The entry that will be announced next.
    pub(crate) fn next(&self) -> EntryNumber {
        EntryNumber(self.count.load(Acquire))
    }

    /// Announces a hash for `cycle`. The original alone does, so that no two of these calls meet.
    pub(crate) fn reserve(&self, cycle: u64) -> EntryNumber {
        let number = EntryNumber(self.count.load(Relaxed));
        // A reader that finds this cycle in the entry finds all earlier announcements counted.
        fence(Release);
        self.entry(number).cycle.store(cycle, Relaxed);
        // Publishes the cycle.
        self.count.store(number.0 + 1, Release);
        number
    }

    /// Writes the hash that was announced, or that there is none.
    pub(crate) fn fill(&self, number: EntryNumber, hash: &Hashed) {
        if self.is_overwritten(number) {
            return;
        }
        let hash = hash.as_ref().ok().copied();
        let entry = self.entry(number);
        entry.known.store(hash.is_some().into(), Relaxed);
        let words = hash.unwrap_or_default();
        entry.model.store(words.model, Relaxed);
        entry.harness.store(words.harness, Relaxed);
        entry.check.store(check(number, hash), Release);
    }

    pub(crate) fn read(&self, number: EntryNumber) -> Recorded {
        if self.is_overwritten(number) {
            return Recorded::Overwritten;
        }
        let entry = self.entry(number);
        let stored = entry.check.load(Acquire);
        let words = StateHash {
            model: entry.model.load(Relaxed),
            harness: entry.harness.load(Relaxed),
        };
        let hash = (entry.known.load(Relaxed) != 0).then_some(words);
        if stored != check(number, hash) {
            return Recorded::Pending;
        }
        hash.map_or(Recorded::Unknown, Recorded::Hash)
    }

    /// The cycles announced from `first` on, with their entries, as far as they are still kept.
    pub(crate) fn announced(&self, first: EntryNumber) -> Vec<(u64, EntryNumber)> {
        let count = self.count.load(Acquire);
        let kept = count.saturating_sub(MAX_HASHES as u64);
        let mut announced: Vec<_> = (kept.max(first.0)..count)
            .map(EntryNumber)
            .map(|number| (self.entry(number).cycle.load(Relaxed), number))
            .collect();
        // An original that goes on may have used entries again while they were read. It may not have counted
        // the last of them yet.
        fence(Acquire);
        let kept = (self.count.load(Relaxed) + 1).saturating_sub(MAX_HASHES as u64);
        announced.retain(|(_, number)| number.0 >= kept);
        announced
    }

    fn is_overwritten(&self, number: EntryNumber) -> bool {
        self.count.load(Acquire) > number.0 + MAX_HASHES as u64
    }

    fn entry(&self, number: EntryNumber) -> &HashEntry {
        &self.entries[number.0 as usize % MAX_HASHES]
    }
}

/// Of an entry's number and words. For no entry it is the 0 that an entry begins with, but by a chance of one in 2^64.
fn check(number: EntryNumber, hash: Option<StateHash>) -> u64 {
    let StateHash { model, harness } = hash.unwrap_or_default();
    let words = [number.0, hash.is_some().into(), model, harness];
    XxHash3_64::oneshot(words.map(u64::to_le_bytes).as_flattened())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::shared::Shared;

    #[test]
    fn an_entry_that_nobody_filled_holds_no_hash_of_zeros() {
        let log: Shared<HashLog> = Shared::zeroed().unwrap();
        let number = log.reserve(0);
        assert_eq!(log.read(number), Recorded::Pending);
        log.fill(number, &Ok(StateHash::default()));
        assert_eq!(log.read(number), Recorded::Hash(StateHash::default()));
    }

    #[test]
    fn an_entry_with_words_of_two_hashes_holds_none() {
        let log: Shared<HashLog> = Shared::zeroed().unwrap();
        let number = log.reserve(0);
        let hash = StateHash {
            model: 1,
            harness: 2,
        };
        log.fill(number, &Ok(hash));
        assert_eq!(log.read(number), Recorded::Hash(hash));
        // As a slot does whose entry this was before.
        log.entry(number).model.store(7, Relaxed);
        assert_eq!(log.read(number), Recorded::Pending);
    }
}
