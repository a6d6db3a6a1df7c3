//! A supervised run on a kernel that has no pidfds. (What Ctrl-C shows there is among the signals.)

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Child, Command},
};

use lightsss_tests_support::processes::Mark;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;

const SIMULATION: &str = "supervised";
const SLOT: &str = "lightsss-slot";
const REPLAY: &str = "lightsss-replay";

fn run(mark: &Mark, report: &Path, args: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_supervised"));
    command.args(["--no-pidfd", "--death", "segv", "--report"]);
    command.arg(report).args(args);
    mark.put_on(&mut command);
    command.spawn().unwrap()
}

/// Would crash after a minute.
const LONG: [&str; 6] = ["--every", "100", "--slow", "1000", "--at", "60000"];

fn incident(report: &Path) -> Value {
    let text = fs::read_to_string(report).unwrap();
    serde_json::from_str(text.lines().next().unwrap()).unwrap()
}

#[test]
fn a_death_wakes_a_slot() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let mark = Mark::new();
    let mut run = run(&mark, &report, &[]);
    assert_eq!(run.wait().unwrap().signal(), Some(libc::SIGSEGV));
    let incident = incident(&report);
    let replay = &incident["replay"]["Ok"];
    assert_eq!(replay["from_cycle"], 900, "{incident}");
    assert_eq!(replay["reached_cycle"], 1050, "{incident}");
    assert_eq!(replay["outcome"]["crashed"]["signaled"], libc::SIGSEGV);
    mark.assert_gone("after the replay");
}

#[test]
fn a_slot_that_is_killed_during_its_replay_gives_way_to_another() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let mark = Mark::new();
    // Once the simulation is dead its slots are the supervisor's children.
    let mut run = run(&mark, &report, &LONG);
    let supervisor = Pid::from_raw(run.id().cast_signed());
    mark.named(SLOT, 2);
    // A new fork bears that name for a moment, too.
    let simulation = mark.named(SIMULATION, 1).into_iter();
    let simulation = simulation.filter(|pid| *pid != supervisor).min().unwrap();
    kill(simulation, Signal::SIGKILL).unwrap();
    let replay = mark.named(REPLAY, 1)[0];
    let status = fs::read_to_string(format!("/proc/{replay}/status")).unwrap();
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"));
    let slot = Pid::from_raw(parent.unwrap().trim().parse().unwrap());
    let first = mark.named(SLOT, 2);
    assert!(first.contains(&slot), "{slot} among {first:?}");
    kill(slot, Signal::SIGKILL).unwrap();
    assert_eq!(run.wait().unwrap().signal(), Some(libc::SIGKILL));
    let incident = incident(&report);
    // The replay does not die as its original did, of a kill; it ends where that was.
    assert_eq!(
        incident["replay"]["Ok"]["outcome"], "no_failure",
        "{incident}"
    );
    mark.assert_gone("after the second replay");
}

#[test]
fn nothing_outlives_a_supervisor_that_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mark = Mark::new();
    let mut run = run(&mark, &folder.path().join("report"), &LONG);
    mark.named(SLOT, 2);
    run.kill().unwrap();
    run.wait().unwrap();
    mark.assert_gone("without a supervisor");
}
