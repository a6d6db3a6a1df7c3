//! What the policies say, done to slots that are processes: which of them go when there is no room, and
//! that those which stay can be woken.

use std::{
    fs,
    thread::sleep,
    time::{Duration, Instant},
};

use lightsss_runtime::slots::{
    Checkpoint, CheckpointError, Choice, Keep, ReplayOrder, ReplayOutcome, SlotInfo, SlotOptions,
    Slots, isolated,
};
use lightsss_tests_slots::deny::deny;
use nix::errno::Errno;

fn options(keep: Keep) -> SlotOptions {
    let mut options = SlotOptions::default();
    options.keep = keep;
    options
}

fn finished(checkpoint: Result<Checkpoint, CheckpointError>) -> Result<(), CheckpointError> {
    match checkpoint? {
        Checkpoint::Replay(replay) => replay.finish(&ReplayOutcome::Done),
        _ => Ok(()),
    }
}

fn take(slots: &mut Slots, cycle: u64) -> Result<(), CheckpointError> {
    let taken = slots.checkpoint(cycle);
    finished(taken)
}

fn pin(slots: &mut Slots, cycle: u64, name: &str) {
    let taken = slots.pin(cycle, name);
    finished(taken).unwrap();
}

fn cycles(slots: &Slots) -> Vec<u64> {
    slots.list().iter().map(|slot| slot.cycle).collect()
}

/// Whether the process lives; a zombie does not.
fn lives(slot: &SlotInfo) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", slot.pid)).unwrap_or_default();
    let state = stat.rsplit(')').next().unwrap_or_default().trim_start();
    !state.is_empty() && !state.starts_with('Z')
}

/// The slots that are listed now are there, each at its cycle; of `before`, the others have ended.
fn check(slots: &mut Slots, before: &[SlotInfo]) {
    let listed = slots.list();
    let stays = |slot: &SlotInfo| listed.iter().any(|kept| kept.pid == slot.pid);
    for slot in before.iter().filter(|slot| !stays(slot)) {
        let begun = Instant::now();
        while lives(slot) {
            assert!(
                begun.elapsed() < Duration::from_secs(5),
                "{slot:?} lives on"
            );
            sleep(Duration::from_millis(1));
        }
    }
    let order = ReplayOrder::new(1_000_000);
    for slot in &listed {
        assert!(lives(slot), "{slot:?} has ended");
        let choice = slot
            .name
            .as_ref()
            .map_or(Choice::NearestBefore(slot.cycle + 1), |name| {
                Choice::Named(name.clone())
            });
        let report = slots.wake(&choice, &order).unwrap();
        assert_eq!(report.outcome, ReplayOutcome::Done, "{slot:?}");
        assert_eq!(report.from_cycle, slot.cycle);
    }
}

/// The slots that are left after each checkpoint that the system had no memory for.
fn left_when_memory_is_short(keep: Keep) -> Vec<Vec<u64>> {
    let mut slots = Slots::new(options(keep)).unwrap();
    pin(&mut slots, 0, "boot");
    for cycle in [100, 200, 300, 400, 500, 600] {
        take(&mut slots, cycle).unwrap();
    }
    // Of this process; slots were forked before.
    deny(libc::SYS_clone, Errno::ENOMEM);
    deny(libc::SYS_clone3, Errno::ENOMEM);
    let mut left = vec![cycles(&slots)];
    for dropped in 1.. {
        let before = slots.list();
        let error = take(&mut slots, 700).unwrap_err();
        assert!(
            matches!(error, CheckpointError::Fork(Errno::ENOMEM)),
            "{error}"
        );
        check(&mut slots, &before);
        if slots.list() == before {
            assert_eq!(slots.stats().evictions.memory, dropped - 1);
            break;
        }
        assert_eq!(slots.stats().evictions.memory, dropped);
        left.push(cycles(&slots));
    }
    left
}

#[test]
fn short_of_memory_the_oldest_of_the_newest_go_down_to_one_and_no_pinned_one_does() {
    isolated(|| {
        let expected: [&[u64]; 4] = [
            &[0, 300, 400, 500, 600],
            &[0, 400, 500, 600],
            &[0, 500, 600],
            &[0, 600],
        ];
        assert_eq!(left_when_memory_is_short(Keep::Newest(4)), expected);
    });
}

#[test]
fn short_of_memory_spaced_slots_thin_out_and_the_oldest_and_the_youngest_stay_to_the_last() {
    isolated(|| {
        let expected: [&[u64]; 6] = [
            &[0, 100, 200, 300, 400, 500, 600],
            &[0, 100, 300, 400, 500, 600],
            &[0, 100, 400, 500, 600],
            &[0, 100, 500, 600],
            &[0, 100, 600],
            &[0, 600],
        ];
        assert_eq!(left_when_memory_is_short(Keep::Spaced(6)), expected);
    });
}

#[test]
fn without_a_place_left_slots_go_that_the_policy_would_have_kept() {
    for (keep, expected) in [
        (Keep::Newest(9), vec![0, 600, 700, 800]),
        (Keep::Spaced(9), vec![0, 100, 700, 800]),
    ] {
        isolated(move || {
            let mut options = options(keep);
            options.places = 4;
            let mut slots = Slots::new(options).unwrap();
            pin(&mut slots, 0, "boot");
            let mut all = slots.list();
            for cycle in (100..=800).step_by(100) {
                take(&mut slots, cycle).unwrap();
                all.extend(slots.list());
            }
            assert_eq!(cycles(&slots), expected);
            assert_eq!(slots.stats().evictions.no_place, 5);
            check(&mut slots, &all);
        });
    }
}

#[test]
fn beyond_the_budget_spaced_slots_thin_out_by_what_they_were_measured_to_hold() {
    isolated(|| {
        const MEBIBYTE: u64 = 1 << 20;
        let mut options = options(Keep::Spaced(8));
        // Three fit, each with a copy of the memory of its own, and four do not.
        options.memory.budget = Some(56 * MEBIBYTE);
        let mut slots = Slots::new(options).unwrap();
        let mut memory = vec![1_u8; (16 * MEBIBYTE) as usize];
        let mut all = Vec::new();
        for cycle in (100..=600).step_by(100) {
            take(&mut slots, cycle).unwrap();
            memory.fill(cycle as u8);
            slots.measure();
            all.extend(slots.list());
            // Memory is looked after every half second; the next checkpoint does.
            sleep(Duration::from_millis(600));
        }
        assert_eq!(slots.stats().taken, 6);
        let held = slots.list();
        assert_eq!(held.first().map(|slot| slot.cycle), Some(100), "{held:?}");
        assert_eq!(held.last().map(|slot| slot.cycle), Some(600), "{held:?}");
        // What was taken last has not been looked after yet.
        assert!((3..=4).contains(&held.len()), "{held:?}");
        for slot in &held {
            let unshared = slot.unshared.unwrap_or_default();
            assert!(
                (16 * MEBIBYTE..20 * MEBIBYTE).contains(&unshared),
                "{held:?}"
            );
        }
        assert!(slots.stats().evictions.memory >= 2, "{held:?}");
        check(&mut slots, &all);
    });
}
