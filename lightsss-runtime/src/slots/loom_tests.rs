//! The records that processes share, model-checked: `loom` runs each test in every order of steps that the
//! memory model allows. Threads stand for processes; where one waits for another's end, it joins it.

use std::sync::atomic::Ordering::{Relaxed, Release};
use std::time::Duration;

use loom::{model, model::Builder, sync::Arc, thread};

use super::hash_log::{EntryNumber, HashLog, MAX_HASHES, Recorded, StateHash};
use super::record::{
    Cancel, ReplayEntry, ReplayFiles, ReplayState, SaveResult, SlotRecord, SlotState,
};
use crate::durable::{Chain, SaveReport};
use crate::process::shared::Shareable;

/// As `model`, with at most so many preemptions: for tests of so many steps that not all orders can be tried.
fn model_within(preemptions: usize, test: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(test);
}

fn shared<T: Shareable>() -> Arc<T> {
    Arc::new(T::new())
}

fn live_place() -> Arc<SlotRecord> {
    let place = shared::<SlotRecord>();
    place.prepare(7, "a", 0);
    place.set_state(SlotState::Live);
    place
}

#[test]
fn a_slot_is_never_dropped_while_it_is_held() {
    model(|| {
        let place = live_place();
        let waker = {
            let place = Arc::clone(&place);
            thread::spawn(move || {
                if place.hold() {
                    assert!(place.is_held());
                    assert_eq!(place.state(), SlotState::Live);
                    place.release();
                }
            })
        };
        let dropped = place.evict();
        if dropped {
            place.set_state(SlotState::Dying);
        }
        waker.join().unwrap();
        assert_eq!(place.evict(), !dropped, "it is free to be dropped, once");
        assert!(!place.hold());
    });
}

#[test]
fn a_slot_that_two_hold_stays_until_both_let_go() {
    model(|| {
        let place = live_place();
        let holders: Vec<_> = (0..2)
            .map(|_| {
                let place = Arc::clone(&place);
                thread::spawn(move || {
                    assert!(place.hold());
                    assert!(!place.evict());
                    place.release();
                })
            })
            .collect();
        for holder in holders {
            holder.join().unwrap();
        }
        assert!(!place.is_held());
        assert!(place.evict());
    });
}

#[test]
fn a_supervisor_can_hold_a_slot_whatever_its_dead_original_did_with_it() {
    let deeds: [fn(&SlotRecord); 4] = [
        |place| assert!(place.hold()),
        |place| assert!(place.evict()),
        SlotRecord::evict_by_force,
        |place| {
            place.hold();
            place.evict_by_force();
        },
    ];
    for deed in deeds {
        model(move || {
            let place = live_place();
            let original = {
                let place = Arc::clone(&place);
                thread::spawn(move || deed(&place))
            };
            original.join().unwrap();
            place.adopt();
            assert!(place.hold());
            assert!(!place.evict());
        });
    }
}

#[test]
fn a_place_is_live_once_all_of_its_slot_is_known() {
    model(|| {
        let place = shared::<SlotRecord>();
        let original = {
            let place = Arc::clone(&place);
            thread::spawn(move || {
                place.prepare(8, "b", 3);
                place.pid.store(42, Release);
                place.set_state(SlotState::Live);
            })
        };
        if place.state() == SlotState::Live {
            assert_eq!(place.cycle.load(Relaxed), 8);
            assert_eq!(place.generation.load(Relaxed), 1);
            assert_eq!(place.pid.load(Relaxed), 42);
            assert_eq!(place.name.get(), "b");
        }
        original.join().unwrap();
    });
}

/// Orders a replay up to `end_cycle` from the slot at `place`.
fn order(entry: &ReplayEntry, place: usize, end_cycle: u64) {
    assert!(entry.claim());
    entry.address(place, 1);
    entry.end_cycle.store(end_cycle, Relaxed);
    entry.message.set("m");
    entry.set_state(ReplayState::Ordered);
}

#[test]
fn one_waiter_gets_an_entry() {
    model(|| {
        let entry = shared::<ReplayEntry>();
        let supervisor = {
            let entry = Arc::clone(&entry);
            thread::spawn(move || entry.claim())
        };
        let claims = [entry.claim(), supervisor.join().unwrap()];
        assert_eq!(claims.iter().filter(|claimed| **claimed).count(), 1);
    });
}

#[test]
fn a_slot_starts_only_what_was_ordered_from_it_and_sees_the_whole_order() {
    model_within(3, || {
        let entry = shared::<ReplayEntry>();
        // An earlier order was for the first slot, and was cancelled.
        order(&entry, 0, 100);
        entry.cancel(Cancel::Kill);
        entry.set_state(ReplayState::Free);
        let slots: Vec<_> = (0..2)
            .map(|place| {
                let entry = Arc::clone(&entry);
                thread::spawn(move || {
                    let started = entry.state_for(place, 1) == Some(ReplayState::Ordered);
                    if started {
                        assert_eq!(place, 1, "it was ordered from the second slot");
                        assert_eq!(entry.end_cycle.load(Relaxed), 200);
                        assert_eq!(entry.cancelled(), Cancel::No);
                        assert_eq!(entry.message.get(), "m");
                    }
                })
            })
            .collect();
        order(&entry, 1, 200);
        for slot in slots {
            slot.join().unwrap();
        }
    });
}

fn save_report() -> SaveReport {
    SaveReport {
        file_len: 1,
        contents_len: 2,
        total_checksum: 3,
        took: Duration::from_nanos(4),
        chain: Chain::Alone,
    }
}

#[test]
fn a_waiter_reads_all_that_an_ended_replay_wrote() {
    model_within(3, || {
        let entry = shared::<ReplayEntry>();
        order(&entry, 0, 100);
        let slot = {
            let entry = Arc::clone(&entry);
            thread::spawn(move || {
                if entry.state_for(0, 1) != Some(ReplayState::Ordered) {
                    return;
                }
                entry.set_state(ReplayState::Starting);
                let replay = {
                    let entry = Arc::clone(&entry);
                    thread::spawn(move || {
                        entry.set_state(ReplayState::Running);
                        entry.answer.set("a");
                        entry.saved.set(&save_report());
                        entry.outcome.store(3, Relaxed);
                        entry.set_state(ReplayState::Finished);
                    })
                };
                replay.join().unwrap();
                entry.status.store(9, Relaxed);
                entry.set_state(ReplayState::Reaped);
            })
        };
        if entry.state() == ReplayState::Reaped {
            assert_eq!(entry.outcome.load(Relaxed), 3);
            assert_eq!(entry.status.load(Relaxed), 9);
            assert_eq!(entry.answer.get(), "a");
            assert_eq!(entry.saved.get(), Some(save_report()));
        }
        slot.join().unwrap();
        assert_eq!(entry.state(), ReplayState::Reaped);
    });
}

#[test]
fn a_file_that_was_saved_is_reported_with_all_its_figures() {
    model(|| {
        let saved = shared::<SaveResult>();
        let replay = {
            let saved = Arc::clone(&saved);
            thread::spawn(move || saved.set(&save_report()))
        };
        let seen = saved.get();
        assert!(seen.is_none() || seen == Some(save_report()), "{seen:?}");
        replay.join().unwrap();
        assert_eq!(saved.get(), Some(save_report()));
    });
}

#[test]
fn files_that_two_replays_make_at_once_are_both_remembered() {
    model(|| {
        let files = shared::<ReplayFiles>();
        let other = {
            let files = Arc::clone(&files);
            thread::spawn(move || files.add((1, 10)))
        };
        files.add((1, 20));
        other.join().unwrap();
        assert!(files.has((1, 10)) && files.has((1, 20)));
    });
}

/// Cycles are ten times their numbers, hashes are cycles.
fn hash_at(cycle: u64) -> StateHash {
    StateHash {
        model: cycle,
        harness: !cycle,
    }
}

/// Reads all that is announced, and holds it against what an original records.
fn read_all(log: &HashLog) {
    for (cycle, number) in log.announced(EntryNumber(0)) {
        assert_eq!(cycle, number.0 * 10);
        match log.read(number) {
            Recorded::Hash(hash) => assert_eq!(hash, hash_at(cycle)),
            Recorded::Pending | Recorded::Overwritten => {}
            Recorded::Unknown => panic!("every state has a hash"),
        }
    }
}

#[test]
fn an_announced_hash_has_its_cycle_and_words_though_entries_are_used_again() {
    model_within(3, || {
        let log = shared::<HashLog>();
        let replay = {
            let log = Arc::clone(&log);
            thread::spawn(move || read_all(&log))
        };
        for number in 0..=MAX_HASHES as u64 {
            log.fill(log.reserve(number * 10), &Ok(hash_at(number * 10)));
        }
        replay.join().unwrap();
        let (cycle, number) = log.announced(EntryNumber(0)).pop().unwrap();
        assert_eq!(log.read(number), Recorded::Hash(hash_at(cycle)));
    });
}

#[test]
fn a_slot_that_hashes_late_does_not_spoil_a_later_hash() {
    model_within(2, || {
        let log = shared::<HashLog>();
        let first = log.reserve(0);
        let slow_slot = {
            let log = Arc::clone(&log);
            thread::spawn(move || log.fill(first, &Ok(hash_at(0))))
        };
        let replay = {
            let log = Arc::clone(&log);
            thread::spawn(move || read_all(&log))
        };
        log.reserve(10);
        log.fill(log.reserve(20), &Ok(hash_at(20)));
        slow_slot.join().unwrap();
        replay.join().unwrap();
    });
}

#[test]
fn a_state_without_a_hash_is_known_to_have_none() {
    model(|| {
        let log = shared::<HashLog>();
        let number = log.reserve(0);
        let slot = {
            let log = Arc::clone(&log);
            thread::spawn(move || log.fill(number, &Err("locked".to_owned())))
        };
        let seen = log.read(number);
        assert!(
            matches!(seen, Recorded::Pending | Recorded::Unknown),
            "{seen:?}"
        );
        slot.join().unwrap();
        assert_eq!(log.read(number), Recorded::Unknown);
    });
}
