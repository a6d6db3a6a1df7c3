//! A failure is printed and reported before its replay, which may take minutes and be killed.

use std::{
    os::unix::process::ExitStatusExt,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use lightsss_tests_slots::driver::{command, report};
use lightsss_tests_support::processes::Mark;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;

/// A cycle of the replay takes 50 ms: it would end after twelve seconds.
const SLOW: [&str; 3] = ["--checkpoint-cycles", "100", "drag=50"];

/// The report that is there while the run goes on.
fn preliminary(folder: &Path) -> Value {
    let begun = Instant::now();
    loop {
        if let Some(report) = report(folder) {
            return report;
        }
        assert!(begun.elapsed() < Duration::from_secs(8), "it is written");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_run_that_is_ended_during_its_replay_has_reported_its_failure() {
    for (fault, failure) in [("fail=1050", "the counter is 0x"), ("die=1050", "SIGSEGV")] {
        let folder = tempfile::tempdir().unwrap();
        let mark = Mark::new();
        let mut command = command(folder.path(), &[&SLOW[..], &[fault]].concat());
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        mark.put_on(&mut command);
        let run = command.spawn().unwrap();
        let before = preliminary(folder.path());
        assert_eq!(before["preliminary"], true, "{before}");
        assert_eq!(before["end_cycle"], 1050, "{before}");
        kill(Pid::from_raw(run.id().cast_signed()), Signal::SIGTERM).unwrap();
        let output = run.wait_with_output().unwrap();
        assert!(output.status.signal().is_some(), "{output:?}");
        let after = report(folder.path()).unwrap();
        for report in [before, after] {
            assert!(
                report["failure"].as_str().unwrap().contains(failure),
                "{report}"
            );
            assert_eq!(report["reproduced"], false, "{report}");
        }
        let said = String::from_utf8(output.stderr).unwrap();
        let line = said
            .lines()
            .find(|line| line.starts_with("failed at cycle 1050: "));
        assert!(line.is_some_and(|line| line.contains(failure)), "{said}");
        mark.assert_gone("after an end during a replay");
    }
}

#[test]
fn the_final_report_replaces_the_preliminary_one_and_the_failure_is_printed_once() {
    for fault in ["fail=1050", "die=1050"] {
        let folder = tempfile::tempdir().unwrap();
        let args = [&SLOW[..2], &[fault]].concat();
        let output = command(folder.path(), &args).output().unwrap();
        let report = report(folder.path()).unwrap();
        assert_eq!(report["preliminary"], false, "{report}");
        assert_eq!(report["reproduced"], true, "{report}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.matches("failed at cycle 1050: ").count(), 1, "{said}");
    }
}
