//! Slots of a test's own process, and what they have of memories.

use super::*;
use crate::memory::ram::{Pages, Ram};

#[test]
fn a_slot_is_taken_and_replayed_under_cargo_test() {
    isolated(|| {
        let mut slots = Slots::new(SlotOptions::default()).unwrap();
        let mut seen = vec![1];
        if let Checkpoint::Replay(replay) = slots.checkpoint(5).unwrap() {
            replay.note(&format!("{seen:?}"));
            replay.finish(&ReplayOutcome::NoFailure);
        }
        seen.push(2);
        let report = slots.wake(&Choice::Oldest, &ReplayOrder::new(9)).unwrap();
        assert_eq!(report.outcome, ReplayOutcome::NoFailure);
        assert_eq!(report.note, "[1]");
    });
}

#[test]
fn a_scratch_memory_is_not_in_a_slot_and_not_in_a_snapshot() {
    isolated(|| {
        let mut scratch = Ram::with_pages(0, 8 << 20, Pages::Scratch).unwrap();
        scratch.fill(0, 8 << 20, 1).unwrap();
        scratch.clear();
        scratch.write_u64(0x1_0000, 5).unwrap();
        let mut kept = Ram::new(0, 8 << 20).unwrap();
        kept.write_u64(0x1_0000, 6).unwrap();
        let mut slots = Slots::new(SlotOptions::default()).unwrap();
        if let Checkpoint::Replay(replay) = slots.checkpoint(0).unwrap() {
            let found = [&scratch, &kept].map(|ram| ram.read_u64(0x1_0000).unwrap());
            scratch.write_u64(0, 1).unwrap();
            replay.note(&format!("{found:?}"));
            replay.finish(&ReplayOutcome::NoFailure);
        }
        let report = slots.wake(&Choice::Oldest, &ReplayOrder::new(9)).unwrap();
        assert_eq!(report.note, "[0, 6]");
        assert_eq!(scratch.read_u64(0x1_0000).unwrap(), 5, "the original's own");
        assert_eq!(scratch.read_u64(0).unwrap(), 0);
        let refused = crate::savable::save_to_image(&scratch).unwrap_err();
        assert!(
            refused.to_string().contains("#[savable(skip)]"),
            "{refused}"
        );
    });
}
