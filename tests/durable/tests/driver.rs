//! The durable snapshots of a run in the driver: all of them are there, nothing piles up, and what goes wrong is reported
//! without the run or its report being lost.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn run(folder: &Path, options: &[&str], arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_long_run"))
        .args(["--quiet", "--report", "report.json", "--save-dir", "saves"])
        .args(options)
        .arg("--")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    println!("{}", errors(&output));
    output
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn report(folder: &Path) -> Value {
    let text = std::fs::read_to_string(folder.join("report.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn names(list: &Value) -> Vec<String> {
    let list = list.as_array().unwrap().iter();
    list.map(|path| path.as_str().unwrap().to_owned()).collect()
}

fn name(cycle: u64) -> String {
    format!("saves/snapshot-{cycle:020}-00.lsss")
}

/// Every snapshot is written and named, and what a save needs is given back before the next one.
#[test]
fn periodic_saves_leave_neither_children_nor_descriptors_behind() {
    let folder = tempfile::tempdir().unwrap();
    // A save of a counter is done before the next one is due.
    let options = ["--slots", "0", "--save-every", "10", "--max-cycles", "400"];
    let output = run(folder.path(), &options, &["hold=2"]);
    assert_eq!(output.status.code(), Some(0));
    let errors = errors(&output);
    let counts = errors.lines().find(|line| line.starts_with("descriptors"));
    let counts = counts.unwrap();
    let numbers: Vec<usize> = counts
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    // Standard streams, the folder being counted, and one save's pipe, at the most; an ended child until it is
    // looked after.
    assert!(numbers[0] <= 3 + 1 + 1 + 3, "{counts}");
    assert!(numbers[1] <= 1, "{counts}");
    let saved: Vec<String> = (1..=40).map(|number| name(number * 10)).collect();
    assert_eq!(names(&report(folder.path())["saved"]), saved);
    for file in saved {
        assert!(folder.path().join(&file).exists(), "{file}");
    }
}

#[test]
fn a_save_that_fails_is_reported_at_once_and_the_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let options = ["--slots", "0", "--save-every", "10", "--max-cycles", "95"];
    let output = run(folder.path(), &options, &["hold=2", "vanish=25"]);
    // It ended well, and is not what was asked for.
    assert_eq!(output.status.code(), Some(2));
    let errors = errors(&output);
    let warned = errors
        .lines()
        .position(|line| line.starts_with("warning: ") && line.contains(&name(30)));
    // The harness says this in its last cycle.
    let last = errors
        .lines()
        .position(|line| line.starts_with("descriptors"));
    assert!(warned.unwrap() < last.unwrap(), "{errors}");
    let report = report(folder.path());
    assert_eq!(report["passed"], true);
    assert_eq!(names(&report["saved"]), [name(10), name(20)]);
    let failed = names(&report["save_errors"]);
    assert_eq!(failed.len(), 7);
    for (error, cycle) in failed.iter().zip((30..=90).step_by(10)) {
        assert!(error.contains(&name(cycle)), "{error}");
        assert!(error.contains("No such file or directory"), "{error}");
    }
}

#[test]
fn a_failure_is_replayed_and_reported_though_saves_failed() {
    let folder = tempfile::tempdir().unwrap();
    let options = [
        "--checkpoint-cycles",
        "10",
        "--save-every",
        "10",
        "--save-at",
        "35",
        "--wave",
        "wave",
    ];
    let output = run(folder.path(), &options, &["hold=2", "vanish=25", "fail=48"]);
    assert_eq!(output.status.code(), Some(1));
    let report = report(folder.path());
    assert_eq!(report["failure"], "the counter was ordered to fail");
    assert_eq!(report["reproduced"], true);
    let failed = names(&report["save_errors"]);
    for problem in [&*name(30), "cycle 35 was not saved in `saves`", &*name(40)] {
        let is_reported = failed.iter().any(|error| error.contains(problem));
        assert!(is_reported, "{problem}: {failed:?}");
    }
    assert_eq!(report["saves_failed"], failed.len());
}

#[test]
fn a_folder_that_cannot_be_made_is_reported_before_the_run() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("saves"), "a file").unwrap();
    let options = ["--slots", "0", "--save-every", "10", "--max-cycles", "45"];
    let output = run(folder.path(), &options, &[]);
    assert_eq!(output.status.code(), Some(2));
    let errors = errors(&output);
    let problem = "could not make the folder for snapshots `saves` (a file has that name: choose another one): File exists";
    assert!(errors.contains(problem), "{errors}");
    assert!(!errors.contains("ended"), "{errors}");
}
