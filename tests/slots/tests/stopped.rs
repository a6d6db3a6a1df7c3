//! A process of the run that somebody has stopped holds up neither the replay nor the end.

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Child, Command},
    time::{Duration, Instant},
};

use lightsss_tests_slots::driver;
use lightsss_tests_support::processes::{Mark, stop};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;

const SIMULATION: &str = "supervised";
const SLOT: &str = "lightsss-slot";
const REPLAY: &str = "lightsss-replay";

/// A run with one slot, of cycle 0, which would crash after a minute.
fn long_run(mark: &Mark, report: &Path, args: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_supervised"));
    command
        .args(["--every", "1000000", "--slow", "1000", "--at", "60000"])
        .args(["--death", "segv", "--report"])
        .arg(report)
        .args(args);
    mark.put_on(&mut command);
    command.spawn().unwrap()
}

fn incident(report: &Path) -> Value {
    let text = fs::read_to_string(report).unwrap();
    serde_json::from_str(text.lines().next().unwrap()).unwrap()
}

fn simulation(mark: &Mark, supervisor: &Child) -> Pid {
    let supervisor = Pid::from_raw(supervisor.id().cast_signed());
    let named = mark.named(SIMULATION, 1);
    *named.iter().find(|pid| **pid != supervisor).unwrap()
}

#[test]
fn a_stopped_slot_is_continued_when_it_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let mark = Mark::new();
    let mut run = long_run(&mark, &report, &[]);
    stop(mark.named(SLOT, 1)[0]);
    kill(simulation(&mark, &run), Signal::SIGKILL).unwrap();
    // The replay takes the time of the original, in which the slot is there to be looked at.
    let replay = mark.named(REPLAY, 1)[0];
    kill(replay, Signal::SIGKILL).unwrap();
    assert_eq!(run.wait().unwrap().signal(), Some(libc::SIGKILL));
    let incident = incident(&report);
    assert_eq!(incident["replay"]["Ok"]["from_cycle"], 0, "{incident}");
    assert_eq!(
        incident["replay"]["Ok"]["outcome"]["crashed"]["signaled"],
        libc::SIGKILL,
        "{incident}"
    );
    mark.assert_gone("after the replay");
}

#[test]
fn a_stopped_original_that_is_killed_wakes_a_slot() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let mark = Mark::new();
    let mut run = long_run(&mark, &report, &["--deadline", "100"]);
    mark.named(SLOT, 1);
    let original = simulation(&mark, &run);
    stop(original);
    kill(original, Signal::SIGKILL).unwrap();
    assert_eq!(run.wait().unwrap().signal(), Some(libc::SIGKILL));
    let incident = incident(&report);
    assert_eq!(incident["reason"]["crash"]["signaled"], libc::SIGKILL);
    assert_eq!(incident["replay"]["Ok"]["from_cycle"], 0, "{incident}");
    mark.assert_gone("after the replay");
}

#[test]
fn a_stopped_original_still_hears_that_it_is_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let mark = Mark::new();
    let mut run = long_run(&mark, &folder.path().join("report"), &[]);
    mark.named(SLOT, 1);
    stop(simulation(&mark, &run));
    kill(Pid::from_raw(run.id().cast_signed()), Signal::SIGTERM).unwrap();
    assert_eq!(run.wait().unwrap().signal(), Some(libc::SIGTERM));
    mark.assert_gone("after a request to end");
}

#[test]
fn a_stopped_replay_is_ended_at_its_deadline() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let mark = Mark::new();
    let mut run = long_run(&mark, &report, &["--deadline", "500"]);
    mark.named(SLOT, 1);
    kill(simulation(&mark, &run), Signal::SIGKILL).unwrap();
    stop(mark.named(REPLAY, 1)[0]);
    run.wait().unwrap();
    assert_eq!(incident(&report)["replay"]["Ok"]["outcome"], "timed_out");
    mark.assert_gone("after the deadline");
}

#[test]
fn stopped_processes_do_not_outlive_a_supervisor_that_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    for stopped in [&[SIMULATION][..], &[SLOT], &[SIMULATION, SLOT]] {
        let mark = Mark::new();
        let mut run = long_run(&mark, &report, &[]);
        mark.named(SLOT, 1);
        for name in stopped {
            // By the name of the simulation, the supervisor is not meant.
            let all = mark.named(name, 1).into_iter();
            let supervisor = Pid::from_raw(run.id().cast_signed());
            all.filter(|pid| *pid != supervisor).for_each(stop);
        }
        run.kill().unwrap();
        run.wait().unwrap();
        mark.assert_gone(&format!("{stopped:?} stopped"));
    }
}

#[test]
fn a_stopped_slot_and_its_replay_do_not_outlive_a_stopped_supervisor_that_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mark = Mark::new();
    let mut run = long_run(&mark, &folder.path().join("report"), &[]);
    mark.named(SLOT, 1);
    kill(simulation(&mark, &run), Signal::SIGKILL).unwrap();
    stop(mark.named(REPLAY, 1)[0]);
    stop(mark.named(SLOT, 1)[0]);
    stop(Pid::from_raw(run.id().cast_signed()));
    run.kill().unwrap();
    run.wait().unwrap();
    mark.assert_gone("all of them stopped");
}

#[test]
fn a_stopped_child_that_saves_is_continued_when_the_run_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let mark = Mark::new();
    // One save, which takes a second; the run is over before.
    let save = ["--save-every", "200", "--max-cycles", "300", "--quiet"];
    let mut command = driver::command(folder.path(), &[&save[..], &["linger=1000"]].concat());
    mark.put_on(&mut command);
    let mut run = command.spawn().unwrap();
    stop(mark.named("lightsss-save", 1)[0]);
    let begun = Instant::now();
    while run.try_wait().unwrap().is_none() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "the run waits for ever"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    let report = driver::report(folder.path()).unwrap();
    assert_eq!(report["saved"].as_array().unwrap().len(), 1, "{report}");
    mark.assert_gone("after the save");
}
