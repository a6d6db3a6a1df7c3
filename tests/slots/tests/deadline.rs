//! A replay of the driver whose time is up closes its waveform, and says so.

use std::{fs, os::unix::process::ExitStatusExt, path::Path, time::Instant};

use lightsss_tests_slots::driver::driven;

/// A cycle of a replay takes 5 ms here: 150 cycles to the failure, and 100 beyond.
const SLOW: [&str; 3] = ["--checkpoint-cycles", "100", "drag=5"];

fn wave(folder: &Path) -> String {
    fs::read_to_string(folder.join("wave")).unwrap()
}

#[test]
fn a_replay_that_takes_too_long_closes_its_waveform() {
    for (fault, signal) in [("fail=1050", None), ("die=1050", Some(libc::SIGSEGV))] {
        let folder = tempfile::tempdir().unwrap();
        let deadline = ["--replay-deadline", "0.2"];
        let (status, report) = driven(folder.path(), &[&deadline[..], &SLOW, &[fault]].concat());
        assert_eq!(status.signal(), signal, "{report}");
        assert_eq!(
            report["replay_outcome"], "the replay did not end before its deadline",
            "{report}"
        );
        assert_eq!(report["reproduced"], false, "{fault}");
        let reached = report["replay_to"].as_u64().unwrap();
        assert!((901..1050).contains(&reached), "{report}");
        assert_eq!(wave(folder.path()), format!("from 900\nto {reached}\n"));
        let took = report["replay_seconds"].as_f64().unwrap();
        assert!(took < 2.0, "asked, and not killed: {report}");
    }
}

#[test]
fn a_failure_that_came_in_time_is_not_lost_with_its_margin() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["--replay-deadline", "3", "--margin", "100000", "fail=1050"];
    // What is for the harness comes last.
    let (_, report) = driven(folder.path(), &[&SLOW[..2], &args, &SLOW[2..]].concat());
    assert_eq!(report["reproduced"], true, "{report}");
    let reached = report["replay_to"].as_u64().unwrap();
    assert!((1050..100_000).contains(&reached), "{report}");
    assert_eq!(wave(folder.path()), format!("from 900\nto {reached}\n"));
}

#[test]
fn a_deadline_of_0_is_the_default() {
    let folder = tempfile::tempdir().unwrap();
    let args = [&["--replay-deadline", "0"], &SLOW[..2], &["fail=1050"]].concat();
    let (_, report) = driven(folder.path(), &args);
    assert_eq!(report["reproduced"], true, "{report}");
    assert_eq!(wave(folder.path()), "from 900\nto 1150\n");
}

/// The slot that is to save itself takes ten seconds for that.
#[test]
fn a_slot_that_saves_itself_too_slowly_is_given_up() {
    for fault in ["fail=1050", "die=1050"] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("failing.lsss");
        let save = ["--save-on-failure", file.to_str().unwrap()];
        let args = [&["--replay-deadline", "0.2"], &save[..], &SLOW[..2]].concat();
        let begun = Instant::now();
        let harness = ["linger=10000", fault];
        let (_, report) = driven(folder.path(), &[&args[..], &harness].concat());
        let error = report["saved_slot_error"].as_str().unwrap_or_default();
        assert!(error.contains("deadline"), "{fault}: {report}");
        assert!(begun.elapsed().as_secs() < 8, "{fault}: {report}");
        assert!(!file.exists(), "{fault}");
        assert!(report["replay_outcome"].is_string(), "{fault}: {report}");
    }
}
