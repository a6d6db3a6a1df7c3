//! What the options of every run do, as its report tells.

use std::{
    fs,
    os::unix::process::{CommandExt, ExitStatusExt},
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use lightsss_tests_slots::driver::{command, driven, report};
use lightsss_tests_support::processes::Mark;
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use serde_json::Value;

/// The report of a run that fails, or dies.
fn fails(args: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let (status, report) = driven(folder.path(), args);
    assert!(!status.success(), "{report}");
    assert_eq!(report["reproduced"], true, "{report}");
    report
}

/// Cycles of the slots that there were in the end.
fn cycles(report: &Value) -> Vec<u64> {
    let slots = report["slots"]["slots"].as_array().unwrap();
    let cycles = slots.iter().map(|slot| slot["cycle"].as_u64().unwrap());
    cycles.collect()
}

fn wave(folder: &Path) -> Option<String> {
    fs::read_to_string(folder.join("wave")).ok()
}

#[test]
fn what_a_run_was_and_cost_is_reported_in_words_and_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["--slots", "2", "--checkpoint-cycles", "100", "fail=1050"];
    let output = command(folder.path(), &args).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    let report = report(folder.path()).unwrap();
    let figures = &report["slots"];
    let number = |name: &str| {
        figures[name]
            .as_f64()
            .unwrap_or_else(|| panic!("{name}: {report}"))
    };
    let taken = number("taken");
    assert!((10.0..=11.0).contains(&taken), "{report}");
    for part in [
        "failed at cycle 1050: the counter is 0x",
        "ran 1050 cycles in ",
        &format!("took {taken} checkpoints; each stopped the run for "),
        " pages copied on write at most; ",
        " % of the run time",
        &format!("; dropped: {} ", taken - 2.0),
        "replayed cycles 900 to 1150: ",
        "wrote wave (1 KiB)",
    ] {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
    let pauses = ["pause_median_us", "pause_p99_us", "pause_max_us"].map(number);
    assert!(pauses[0] > 0.0 && pauses.is_sorted(), "{pauses:?}");
    assert!((0.0..1.0).contains(&number("share")), "{report}");
    assert!(number("copy_faults") > 0.0, "{report}");
}

#[test]
fn spaced_slots_reach_back_to_the_first() {
    let kept = ["--slots", "4", "--checkpoint-cycles", "100", "fail=2050"];
    let newest = fails(&kept);
    assert_eq!(cycles(&newest), [1700, 1800, 1900, 2000]);
    let spaced = fails(&[&["--spaced"], &kept[..]].concat());
    assert_eq!(spaced["snapshots_taken"], newest["snapshots_taken"]);
    assert_eq!(spaced["replay_from"], 0, "{spaced}");
    let cycles = cycles(&spaced);
    assert_eq!((cycles.len(), cycles[0], cycles[3]), (4, 0, 2000));
    let gaps: Vec<u64> = cycles.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(gaps.is_sorted_by(|a, b| a >= b), "{cycles:?}");
}

#[test]
fn a_slot_is_woken_that_is_so_many_cycles_older_than_the_failure() {
    for fault in ["fail=1050", "die=1050"] {
        let kept = ["--slots", "4", "--checkpoint-cycles", "100", fault];
        assert_eq!(fails(&kept)["replay_from"], 700, "{fault}: the oldest");
        for (before, from) in [("50", 1000), ("51", 900), ("200", 800)] {
            let report = fails(&[&["--wake-before", before], &kept[..]].concat());
            assert_eq!(report["replay_from"], from, "{fault}: {before}");
        }
    }
}

#[test]
fn so_many_seconds_lie_between_checkpoints() {
    // A second and more.
    let report = fails(&["--checkpoint-seconds", "0.2", "pace=1000", "fail=1000"]);
    let taken = report["snapshots_taken"].as_u64().unwrap();
    let run = report["run_seconds"].as_f64().unwrap();
    assert!(taken >= 3, "{report}");
    assert!(taken as f64 <= run / 0.2 + 1.0, "{report}");
}

#[test]
fn checkpoints_take_no_more_of_the_run_than_their_share() {
    let run = ["pace=1000", "fail=1000"];
    // What is dear is not done again within the longest interval, a minute.
    let rare = fails(&[&["--checkpoint-share", "0.000001"], &run[..]].concat());
    assert_eq!(rare["snapshots_taken"], 1, "{rare}");
    assert_eq!(rare["replay_from"], 0);
    // What may cost all there is is done every 100 ms, the shortest one.
    let often = fails(&[&["--checkpoint-share", "1"], &run[..]].concat());
    let taken = often["snapshots_taken"].as_u64().unwrap();
    let run = often["run_seconds"].as_f64().unwrap();
    assert!(taken >= 4 && taken as f64 <= run / 0.1 + 1.0, "{often}");
}

#[test]
fn a_replay_runs_a_margin_beyond_the_failure() {
    for (margin, to) in [("7", 1057), ("300", 1350)] {
        let folder = tempfile::tempdir().unwrap();
        let args = ["--checkpoint-cycles", "100", "--margin", margin];
        let (_, report) = driven(folder.path(), &[&args[..], &["fail=1050"]].concat());
        assert_eq!(report["replay_to"], to, "{report}");
        let traced = format!("from 900\nto {to}\n");
        assert_eq!(wave(folder.path()), Some(traced));
    }
}

#[test]
fn an_interrupt_shows_what_the_run_is_doing_and_the_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mark = Mark::new();
    let args = [
        "--show-on-interrupt",
        "--checkpoint-cycles",
        "50",
        "--max-cycles",
        "3000",
        "pace=1000",
    ];
    let mut command = command(folder.path(), &args);
    command.process_group(0).stderr(Stdio::piped());
    mark.put_on(&mut command);
    let mut run = command.spawn().unwrap();
    mark.named("lightsss-slot", 2);
    killpg(Pid::from_raw(run.id().cast_signed()), Signal::SIGINT).unwrap();
    let begun = Instant::now();
    while !wave(folder.path()).is_some_and(|text| text.contains("to ")) {
        assert!(run.try_wait().unwrap().is_none(), "the run goes on");
        assert!(begun.elapsed() < Duration::from_secs(20), "it is shown");
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(run.try_wait().unwrap().is_none(), "the run goes on");
    let output = run.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("the run was interrupted at cycle"), "{said}");
    let report = report(folder.path()).unwrap();
    assert_eq!(report["passed"], true, "{report}");
    assert_eq!(report["end_cycle"], 3000);
    assert_eq!(report["replay_from"], Value::Null, "the run's own did not");
    mark.assert_gone("after a run with an interrupt");
}

#[test]
fn without_a_supervisor_a_failure_wakes_a_slot_and_a_crash_none() {
    let alone = ["--no-supervisor", "--checkpoint-cycles", "100"];
    let report_of_failure = fails(&[&alone[..], &["fail=1050"]].concat());
    assert_eq!(report_of_failure["replay_from"], 900);

    let folder = tempfile::tempdir().unwrap();
    let mark = Mark::new();
    let mut command = command(folder.path(), &[&alone[..], &["die=1050"]].concat());
    mark.put_on(&mut command);
    let status = command.status().unwrap();
    assert_eq!(status.signal(), Some(libc::SIGSEGV));
    assert_eq!(report(folder.path()), None, "nobody is left to write it");
    assert_eq!(wave(folder.path()), None);
    mark.assert_gone("after a crash without a supervisor");
}
