//! Memory that is written densely: slots get copies of it, in files that are used again.

use lightsss_runtime::{
    ram::{Pages, Ram},
    slots::{
        Checkpoint, CheckpointError, Choice, Keep, ReplayOrder, ReplayOutcome, SlotOptions, Slots,
        When, isolated,
    },
};
use nix::sys::resource::{UsageWho, getrusage};

const PAGE: u64 = 4096;
/// Written at every turn.
const HOT: u64 = 4 << 20;
/// Written once.
const COLD: u64 = 2 << 20;

fn slots() -> Slots {
    let mut options = SlotOptions::default();
    options.when = When::OnDemand;
    options.keep = Keep::Newest(3);
    Slots::new(options).unwrap()
}

fn memory(pages: Pages) -> Ram {
    let mut ram = Ram::with_pages(0, HOT + COLD, pages).unwrap();
    ram.fill(HOT, COLD, 0xcc).unwrap();
    ram
}

/// What the memory holds, if it is what the turn has left.
fn found(ram: &Ram, turn: u64) -> String {
    let is = |from, length: u64, value: u8| {
        let bytes = ram.bytes(from, length as usize).unwrap();
        bytes.iter().all(|byte| *byte == value)
    };
    format!("{} {}", is(0, HOT, turn as u8), is(HOT, COLD, 0xcc))
}

/// A checkpoint whose replays say what they find, and then write over it.
fn checkpoint(slots: &mut Slots, ram: &mut Ram, turn: u64) -> Result<(), CheckpointError> {
    if let Checkpoint::Replay(replay) = slots.checkpoint(turn)? {
        replay.note(&found(ram, turn));
        ram.fill(0, HOT + COLD, 0xee).unwrap();
        replay.finish(&ReplayOutcome::NoFailure);
    }
    Ok(())
}

fn faults() -> u64 {
    getrusage(UsageWho::RUSAGE_SELF)
        .unwrap()
        .minor_page_faults() as u64
}

fn files() -> usize {
    let links = std::fs::read_dir("/proc/self/fd").unwrap();
    let targets = links.filter_map(|link| std::fs::read_link(link.ok()?.path()).ok());
    targets
        .filter(|target| target.to_string_lossy().contains("lightsss-own"))
        .count()
}

#[test]
fn each_slot_has_what_was_there_at_its_checkpoint_however_often_it_is_replayed() {
    for pages in [Pages::Huge, Pages::Small] {
        isolated(|| {
            let (mut slots, mut ram) = (slots(), memory(pages));
            for turn in 1..=12 {
                let before = faults();
                ram.fill(0, HOT, turn as u8).unwrap();
                let taken = faults() - before;
                if turn > 8 {
                    // Without copies each of the pages would be copied on write.
                    assert!(taken < HOT / PAGE / 8, "turn {turn}: {taken} page faults");
                }
                checkpoint(&mut slots, &mut ram, turn).unwrap();
                let choices = [
                    Choice::Oldest,
                    Choice::Oldest,
                    Choice::NearestBefore(turn),
                    Choice::YoungestBeforeEnd(0),
                ];
                for choice in choices.iter().take(if turn == 1 { 2 } else { 4 }) {
                    let report = slots.wake(choice, &ReplayOrder::new(turn)).unwrap();
                    assert_eq!(report.note, "true true", "{choice:?} at turn {turn}");
                }
                assert_eq!(found(&ram, turn), "true true", "the original's own");
            }
            slots.measure();
            let held: Vec<_> = slots.list().iter().map(|slot| slot.unshared).collect();
            assert!(
                held.iter()
                    .all(|bytes| bytes.is_some_and(|bytes| bytes >= HOT)),
                "{held:?}"
            );
            // Three slots, and one that may not be quite gone when the next one is taken.
            assert!(files() <= 5, "{} files", files());
            slots.clear();
            for _ in 0..20 {
                checkpoint(&mut slots, &mut ram, 12).unwrap();
            }
            assert_eq!(files(), 0, "what nobody uses is given up");
        });
    }
}

#[test]
fn a_fork_that_is_refused_leaves_the_memory_in_the_next_one() {
    isolated(|| {
        let (mut slots, mut ram) = (slots(), memory(Pages::Small));
        for turn in 1..=4 {
            ram.fill(0, HOT, turn as u8).unwrap();
            checkpoint(&mut slots, &mut ram, turn).unwrap();
        }
        ram.fill(0, HOT, 5).unwrap();
        let thread = std::thread::spawn(std::thread::park);
        let refused = checkpoint(&mut slots, &mut ram, 5).unwrap_err();
        assert!(matches!(refused, CheckpointError::Threads { .. }));
        thread.thread().unpark();
        thread.join().unwrap();
        // Not written since, and so not copied: it must come with the fork again.
        checkpoint(&mut slots, &mut ram, 5).unwrap();
        let report = slots
            .wake(&Choice::YoungestBeforeEnd(0), &ReplayOrder::new(6))
            .unwrap();
        assert_eq!(report.note, "true true");
    });
}

#[test]
fn without_room_for_copies_the_memory_is_copied_on_write() {
    use nix::sys::resource::{Resource, setrlimit};
    isolated(|| {
        let (mut slots, mut ram) = (slots(), memory(Pages::Small));
        setrlimit(Resource::RLIMIT_FSIZE, 1 << 20, 1 << 20).unwrap();
        for turn in 1..=4 {
            ram.fill(0, HOT, turn as u8).unwrap();
            checkpoint(&mut slots, &mut ram, turn).unwrap();
            let report = slots
                .wake(&Choice::Oldest, &ReplayOrder::new(turn))
                .unwrap();
            assert_eq!(report.note, "true true", "turn {turn}");
        }
        assert!(files() <= 1, "the one that could not be filled");
    });
}
