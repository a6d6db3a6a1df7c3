//! Slots write themselves to files, and what is restored from one goes the way of the run.

use std::{
    fs, ops::RangeInclusive, os::unix::process::ExitStatusExt, path::Path, process::ExitStatus,
};

use lightsss_runtime::{
    Savable,
    durable::{RestoreOptions, SaveOptions, Snapshot, restore},
    slots::{
        Checkpoint, Choice, Keep, Reason, Replay, ReplayOrder, ReplayOutcome, SaveOrder,
        SlotOptions, SlotSaveError, Slots, WakeError, isolated,
    },
};
use lightsss_tests_slots::driver;
use nix::{
    errno::Errno,
    sys::wait::{WaitPidFlag, waitpid},
};
use serde_json::Value;

/// Runs the driver in a process of its own; its status and its report.
fn driven(folder: &Path, args: &[&str]) -> (ExitStatus, Value) {
    driver::driven(folder, &[&["--checkpoint-cycles", "100"], args].concat())
}

fn label(file: &Path, name: &str) -> String {
    let snapshot = Snapshot::open(file, &RestoreOptions::default()).unwrap();
    snapshot.header().labels[name].clone()
}

#[test]
fn a_failing_run_saves_a_slot_from_which_it_fails_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let save = ["--save-on-failure", "failing.lsss"];
    let (status, first) = driven(folder, &[&save[..], &["fail=1050"]].concat());
    assert_eq!(status.code(), Some(1));
    assert_eq!(first["saved_slot_error"], Value::Null);
    assert_eq!(first["saved_slot"]["cycle"], 900);
    let file = folder.join("failing.lsss");
    assert_eq!(first["saved_slot"]["path"], file.to_str().unwrap());
    assert_eq!(
        first["saved_slot"]["report"]["file_len"],
        fs::metadata(&file).unwrap().len()
    );
    assert_eq!(label(&file, "failure"), first["failure"].as_str().unwrap());
    assert_eq!(label(&file, "failure-cycle"), "1050");
    assert_eq!(first["reproduced"], true, "the saved slot was woken after");
    assert_eq!(first["replay_from"], 900);
    assert_eq!(
        fs::read_to_string(folder.join("wave")).unwrap(),
        "from 900\nto 1150\n"
    );

    let (status, again) = driven(folder, &["--restore", "failing.lsss", "fail=1050"]);
    assert_eq!(status.code(), Some(1));
    assert_eq!(again["cycles_run"], 150, "it ran from the slot's cycle");
    assert_eq!(again["end_cycle"], 1050);
    assert_eq!(again["failure"], first["failure"]);
    assert_eq!(again["saved_slot"], Value::Null, "nothing was asked for");
}

#[test]
fn a_crash_saves_a_slot_from_which_it_crashes_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let save = ["--save-on-failure", "crashing.lsss"];
    let (status, first) = driven(folder, &[&save[..], &["die=1050"]].concat());
    assert_eq!(status.signal(), Some(libc::SIGSEGV));
    assert_eq!(first["saved_slot_error"], Value::Null);
    assert_eq!(first["saved_slot"]["cycle"], 900);
    assert_eq!(first["reproduced"], true, "the saved slot was woken after");
    // The figures outlive the one who counted.
    assert_eq!(first["snapshots_taken"], 11);
    assert_eq!(first["slots"]["taken"], 11);
    assert_eq!(first["slots"]["evictions"]["policy"], 9);
    assert!(first["slots"]["pause_median_us"].as_f64().unwrap() > 0.0);
    assert!(first["slots"]["share"].as_f64().unwrap() > 0.0);
    let crash = label(&folder.join("crashing.lsss"), "failure");
    assert!(crash.contains("was killed by SIGSEGV"), "{crash}");

    let (status, again) = driven(folder, &["--restore", "crashing.lsss", "die=1050"]);
    assert_eq!(status.signal(), Some(libc::SIGSEGV));
    assert_eq!(again["end_cycle"], first["end_cycle"]);
    assert_eq!(again["replay_from"], 900, "no cycle before it was run");
}

#[test]
fn a_slot_that_cannot_be_saved_is_still_replayed() {
    let folder = tempfile::tempdir().unwrap();
    for fault in ["fail=1050", "die=1050"] {
        let save = ["--save-on-failure", "failing.lsss", fault, "sealed"];
        let (_, report) = driven(folder.path(), &save);
        assert_eq!(report["saved_slot"], Value::Null, "{fault}");
        let error = report["saved_slot_error"].as_str().unwrap();
        assert!(error.contains("the counter is sealed"), "{error}");
        assert_eq!(report["reproduced"], true, "{fault}");
    }
}

/// A line for every tenth cycle of these.
fn lines(cycles: RangeInclusive<u64>) -> String {
    let tenths = cycles.filter(|cycle| cycle % 10 == 0);
    tenths.fold(String::new(), |text, cycle| {
        format!("{text}cycle {cycle}\n")
    })
}

#[test]
fn a_slot_with_files_that_are_written_can_be_saved_with_their_offsets() {
    for fault in ["fail=1050", "die=1050"] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let args = ["--save-on-failure", "failing.lsss", "files=.", fault];
        let (_, report) = driven(folder, &args);
        assert_eq!(report["saved_slot_error"], Value::Null, "{fault}");
        assert_eq!(report["saved_slot"]["cycle"], 900, "{fault}");
        assert_eq!(report["reproduced"], true, "{fault}");
        let log = || fs::read_to_string(folder.join("log")).unwrap();
        assert_eq!(log(), lines(1..=1050), "{fault}: no replay wrote to it");

        // The restored run makes no files of its own.
        let below = folder.to_str().unwrap();
        let args = ["--restore", "failing.lsss", "--max-cycles", "1050"];
        let args = [&args[..], &["--restore-files-below", below]].concat();
        let (status, report) = driven(folder, &args);
        assert!(status.success(), "{fault}: {report}");
        assert_eq!(report["cycles_run"], 150, "{fault}");
        let table = fs::read_to_string(folder.join("table")).unwrap();
        assert_eq!(table, lines(1..=1050), "{fault}: from the slot's offset on");
        let appended = lines(1..=1050) + &lines(901..=1050);
        assert_eq!(log(), appended, "{fault}: opened as it was, to append");
    }
}

#[derive(Savable, Default)]
struct Harness {
    cycle: u64,
    ballast: Vec<u8>,
}

/// What a woken slot of [`Harness`] does.
fn woken(replay: Replay, harness: &Harness) -> ! {
    match replay.reason {
        Reason::Save => replay.save(harness, &SaveOptions::new().cycle(harness.cycle)),
        _ => replay.finish(&ReplayOutcome::SameFailure),
    }
}

/// Slots of cycles 0 (named "boot"), 100, 200 and 300; of the harness at 350.
fn slots_of(harness: &mut Harness) -> Slots {
    let mut options = SlotOptions::default();
    options.keep = Keep::Newest(3);
    let mut slots = Slots::new(options).unwrap();
    for cycle in [0, 100, 200, 300] {
        harness.cycle = cycle;
        let taken = match cycle {
            0 => slots.pin(0, "boot"),
            _ => slots.checkpoint(cycle),
        };
        if let Checkpoint::Replay(replay) = taken.unwrap() {
            woken(replay, harness);
        }
    }
    harness.cycle = 350;
    slots
}

#[test]
fn any_slot_can_be_saved_and_stays() {
    isolated(|| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("slot.lsss");
        let mut slots = slots_of(&mut Harness::default());
        let choices = [
            (Choice::Oldest, 100),
            (Choice::Named("boot".to_owned()), 0),
            (Choice::NearestBefore(300), 200),
            (Choice::YoungestBeforeEnd(50), 300),
            (Choice::Oldest, 100),
        ];
        for (choice, cycle) in choices {
            let saved = slots.save(&choice, &SaveOrder::new(&file, 350)).unwrap();
            assert_eq!(saved.cycle, cycle, "{choice}");
            assert_eq!(saved.path, file);
            let mut harness = Harness::default();
            assert_eq!(restore(&file, &mut harness).unwrap().cycle, cycle);
            assert_eq!(harness.cycle, cycle, "{choice}");
            let replay = slots.wake(&choice, &ReplayOrder::new(350)).unwrap();
            assert_eq!(replay.from_cycle, cycle, "the slot stays: {choice}");
            assert_eq!(replay.outcome, ReplayOutcome::SameFailure);
        }
        assert_eq!(slots.list().len(), 4);

        // What fails changes no file, and costs no slot.
        let before = fs::read(&file).unwrap();
        let none = slots.save(&Choice::NearestBefore(0), &SaveOrder::new(&file, 350));
        assert!(matches!(
            none,
            Err(SlotSaveError::Wake(WakeError::NoSlot { .. }))
        ));
        let long = folder.path().join("long".repeat(300));
        let refused = slots.save(&Choice::Oldest, &SaveOrder::new(long, 350));
        assert!(matches!(refused, Err(SlotSaveError::UnusablePath { .. })));
        let missing = folder.path().join("missing/slot.lsss");
        let failed = slots.save(&Choice::Oldest, &SaveOrder::new(missing, 350));
        assert!(matches!(
            failed,
            Err(SlotSaveError::Failed { cycle: 100, .. })
        ));
        assert_eq!(fs::read(&file).unwrap(), before);
        assert_eq!(slots.list().len(), 4);
    });
}

#[test]
fn a_harness_that_does_not_save_is_reported() {
    isolated(|| {
        let mut slots = Slots::new(SlotOptions::default()).unwrap();
        if let Checkpoint::Replay(replay) = slots.checkpoint(7).unwrap() {
            replay.finish(&ReplayOutcome::NoFailure);
        }
        let error = slots
            .save(&Choice::Oldest, &SaveOrder::new("never.lsss", 9))
            .unwrap_err();
        assert!(
            matches!(&error, SlotSaveError::Unanswered { cycle: 7, .. }),
            "{error}"
        );
        assert!(!Path::new("never.lsss").exists());
    });
}

#[test]
fn clearing_leaves_no_zombie() {
    isolated(|| {
        // Memory takes its time to go away.
        let mut harness = Harness {
            cycle: 0,
            ballast: vec![1; 64 << 20],
        };
        let mut slots = slots_of(&mut harness);
        assert_eq!(slots.list().len(), 4);
        slots.clear();
        assert_eq!(
            waitpid(None, Some(WaitPidFlag::WNOHANG)),
            Err(Errno::ECHILD)
        );
        // And the slots can be taken anew.
        if let Checkpoint::Replay(replay) = slots.checkpoint(400).unwrap() {
            woken(replay, &harness);
        }
        assert_eq!(slots.list().len(), 1);
    });
}
