//! A thread that keeps slots from being taken is named at once, while the run can still be ended.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use lightsss_tests_slots::driver::{command, driven};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// A run that goes on for half a minute unless it is ended.
const LONG: [&str; 6] = [
    "--checkpoint-cycles",
    "10",
    "--max-cycles",
    "30000",
    "pace=1000",
    "thread=prefetcher",
];

#[test]
fn threads_are_named_at_the_first_checkpoint_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), &LONG);
    let mut run = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(run.stderr.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    assert!(
        run.try_wait().unwrap().is_none(),
        "the run goes on: {first}"
    );
    assert!(
        first.starts_with("lightsss: at cycle 0: no slot is taken"),
        "{first}"
    );
    assert!(first.contains("prefetcher ("), "{first}");
    // As many checkpoints as are due meanwhile.
    std::thread::sleep(std::time::Duration::from_millis(300));
    kill(Pid::from_raw(run.id().cast_signed()), Signal::SIGTERM).unwrap();
    run.wait().unwrap();
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert!(
        rest.iter().all(|line| !line.contains("no slot is taken")),
        "{rest:?}"
    );
}

#[test]
fn the_report_of_such_a_run_names_them_too() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "--checkpoint-cycles",
        "100",
        "fail=450",
        "thread=prefetcher",
    ];
    let (status, report) = driven(folder.path(), &args);
    assert_eq!(status.code(), Some(1), "{report}");
    assert_eq!(report["snapshots_taken"], 0, "{report}");
    let miss = report["slots"]["last_miss"].as_str().unwrap();
    assert!(miss.contains("prefetcher"), "{report}");
}
