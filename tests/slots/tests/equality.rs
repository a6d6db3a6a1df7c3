//! What the driver's report says of a replay and its original.

use std::{cell::Cell, thread::sleep, time::Duration};

use lightsss_runtime::slots::{
    Checkpoint, Choice, ProcessEnd, Reason, ReplayOrder, ReplayOutcome, SlotOptions, Slots,
    StateHash, When, isolated,
};
use lightsss_tests_slots::driver::driven;

fn equality(args: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (_, report) = driven(
        folder.path(),
        &[&["--checkpoint-cycles", "100"], args].concat(),
    );
    let equality = report["equality"].as_str();
    equality.unwrap_or_else(|| panic!("{report}")).to_owned()
}

#[test]
fn states_that_were_compared_are_counted() {
    assert_eq!(
        equality(&["fail=1050"]),
        "equal at all 3 cycles compared",
        "the slot's own, the checkpoint at 1000, and the failure"
    );
    assert_eq!(equality(&["die=1050"]), "equal at all 2 cycles compared");
}

#[test]
fn states_that_cannot_be_saved_are_not_called_equal() {
    for (fault, cycles) in [("fail=1050", 3), ("die=1050", 2)] {
        let equality = equality(&[fault, "sealed"]);
        let expected = format!("not compared at {cycles} cycles: ");
        assert!(equality.starts_with(&expected), "{fault}: {equality}");
        assert!(equality.contains("counter.sealed"), "{fault}: {equality}");
        assert!(
            equality.ends_with("the counter is sealed"),
            "{fault}: {equality}"
        );
    }
}

/// A replay of a crash ends as suddenly as its original, which a slot may still be hashing then.
#[test]
fn a_replay_that_is_to_crash_waits_for_hashes_before_it_goes_on() {
    isolated(|| {
        let mut options = SlotOptions::default();
        options.when = When::OnDemand;
        let mut slots = Slots::new(options).unwrap();
        // In the second slot, hashing takes its time.
        let slow = Cell::new(false);
        let hash = || {
            if slow.get() {
                sleep(Duration::from_millis(100));
            }
            StateHash::default()
        };
        let first = slots.checkpoint_with(10, &hash).unwrap();
        let replaying = matches!(first, Checkpoint::Replay(_));
        slow.set(!replaying);
        slots.checkpoint_with(20, &hash).unwrap();
        if replaying {
            std::process::exit(1);
        }
        let mut order = ReplayOrder::new(21);
        order.reason = Reason::Crash(ProcessEnd::Exited(1));
        let report = slots.wake(&Choice::Oldest, &order).unwrap();
        let crashed = ReplayOutcome::Crashed(ProcessEnd::Exited(1));
        assert_eq!(report.outcome, crashed);
        assert_eq!(report.equality.compared, 1, "at cycle 20");
    });
}

/// A user of the library whose offers carry no hash, and who records the state of the failure.
#[test]
fn an_offer_without_a_hash_is_not_compared() {
    isolated(|| {
        let mut options = SlotOptions::default();
        options.when = When::Cycles(100);
        let mut slots = Slots::new(options).unwrap();
        let mut replay = None;
        for cycle in 0..1050 {
            if let Checkpoint::Replay(woken) = slots.offer(cycle) {
                replay = Some(woken);
            }
        }
        let hash = StateHash {
            model: 7,
            harness: 9,
        };
        slots.state_at(1050, hash);
        // In a replay the failure's cycle is offered, too: the margin is run.
        slots.offer(1050);
        if let Some(replay) = replay {
            replay.finish(&ReplayOutcome::SameFailure);
        }
        let report = slots
            .wake(&Choice::Oldest, &ReplayOrder::new(1050))
            .unwrap();
        assert_eq!(report.equality.divergence, None);
        assert_eq!(report.equality.compared, 1, "the failure");
    });
}

/// An offer at the very cycle whose hash the original has recorded: it has nothing to say about it.
#[test]
fn an_offer_without_a_hash_does_not_take_the_place_of_one() {
    isolated(|| {
        let mut slots = Slots::new(SlotOptions::default()).unwrap();
        let mut replay = None;
        if let Checkpoint::Replay(woken) = slots.checkpoint(0).unwrap() {
            replay = Some(woken);
        }
        slots.offer(50);
        let differs = StateHash {
            model: u64::from(slots.is_replay()),
            harness: 9,
        };
        slots.state_at(50, differs);
        if let Some(replay) = replay {
            replay.finish(&ReplayOutcome::SameFailure);
        }
        let report = slots.wake(&Choice::Oldest, &ReplayOrder::new(50)).unwrap();
        let divergence = report.equality.divergence.expect("the model differs");
        assert!(divergence.model && !divergence.harness, "{divergence}");
    });
}
