//! Windows: a part of a run is traced, and the rest of the replay is not.

use std::{fs, path::Path};

use lightsss_tests_slots::driver::{self, command, driven};
use serde_json::Value;

/// Runs with checkpoints every 100 cycles; gives the status, the report and the waveform, whose lines name
/// its first and its last cycle.
fn window(args: &[&str]) -> (Option<i32>, Value, String) {
    let folder = tempfile::tempdir().unwrap();
    let args = [&["--checkpoint-cycles", "100"], args].concat();
    let (status, report) = driven(folder.path(), &args);
    let wave = wave_in(folder.path(), &report);
    (status.code(), report, wave)
}

fn wave_in(folder: &Path, report: &Value) -> String {
    let name = report["wave"].as_str();
    name.map_or(String::new(), |name| {
        fs::read_to_string(folder.join(name)).unwrap()
    })
}

#[test]
fn the_last_cycles_before_a_failure_are_traced_and_the_replay_is_the_same() {
    for (cycles, from) in [("20", 430), ("1", 449), ("200", 300), ("1000", 300)] {
        let (status, report, wave) =
            window(&["--wave-cycles", cycles, "--margin", "7", "fail=450"]);
        assert_eq!(wave, format!("from {from}\nto 457\n"), "{report}");
        assert_eq!(report["reproduced"], true, "{report}");
        assert_eq!(report["replay_from"], 300);
        assert_eq!(status, Some(1));
    }
}

#[test]
fn a_crash_is_traced_up_to_its_cycle() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "--checkpoint-cycles",
        "100",
        "--wave-cycles",
        "20",
        "die=450",
    ];
    let output = command(folder.path(), &args).output().unwrap();
    let report = driver::report(folder.path()).unwrap_or_else(|| panic!("{output:?}"));
    assert_eq!(
        wave_in(folder.path(), &report),
        "from 430\nto 450\n",
        "{report}"
    );
    assert_eq!(report["reproduced"], true, "{report}");
}

#[test]
fn a_window_long_before_a_failure_is_traced_from_a_slot_that_was_kept_for_it() {
    let (status, report, wave) = window(&["--wave-from", "150", "--wave-to", "170", "fail=950"]);
    assert_eq!(wave, "from 150\nto 170\n", "{report}");
    assert_eq!(report["replay_from"], 150, "{report}");
    assert_eq!(report["reproduced"], true, "{report}");
    assert_eq!(status, Some(1));
}

#[test]
fn a_window_that_the_failure_comes_before_shows_the_failure() {
    let (_, report, wave) = window(&["--wave-from", "9000", "--margin", "5", "fail=450"]);
    assert_eq!(wave, "from 449\nto 455\n", "{report}");
    assert_eq!(report["reproduced"], true, "{report}");
}

#[test]
fn a_window_of_a_run_that_ends_well_is_traced_too() {
    let well = ["--max-cycles", "950"];
    for (bounds, expected) in [
        (
            &["--wave-from", "150", "--wave-to", "170"][..],
            "from 150\nto 170\n",
        ),
        (&["--wave-from", "940"], "from 940\nto 950\n"),
        (
            &["--wave-from", "0", "--wave-to", "5000"],
            "from 0\nto 950\n",
        ),
    ] {
        let (status, report, wave) = window(&[&well, bounds].concat());
        assert_eq!(wave, expected, "{report}");
        assert_eq!(report["passed"], true);
        assert_eq!(report["replay_outcome"], "done", "{report}");
        assert_eq!(status, Some(0), "{report}");
    }
}

#[test]
fn a_window_that_the_run_does_not_come_to_is_a_remark() {
    let (status, report, _) = window(&["--max-cycles", "950", "--wave-from", "1000"]);
    let remark = report["remarks"][0].as_str().unwrap();
    assert_eq!(
        remark,
        "no waveform: the run ended at cycle 950, and `--wave-from` is 1000"
    );
    assert_eq!(report["wave"], Value::Null);
    assert_eq!(status, Some(0));
}

#[test]
fn windows_that_make_no_sense_are_refused_before_the_run() {
    for (args, expected) in [
        (&["--wave-to", "7"][..], "--wave-from"),
        (
            &["--wave-from", "7", "--wave-to", "7"],
            "`--wave-to 7` does not lie behind `--wave-from 7`",
        ),
        (&["--wave-cycles", "0"], "above 0"),
        (&["--wave-cycles", "5", "--slots", "0"], "keep one at least"),
        (
            &["--wave-cycles", "5", "--wave-from", "7"],
            "cannot be used with",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output = command(folder.path(), args).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(expected), "{args:?}: {said}");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
}
