//! Signals to a supervised run, and a supervisor that is the first process of a container.

mod common;

use std::{
    fs,
    os::unix::process::{CommandExt, ExitStatusExt},
    process::{Child, Command},
    time::{Duration, Instant},
};

use common::Mark;
use nix::{
    sys::signal::{SigHandler, Signal, kill, killpg, signal},
    unistd::Pid,
};
use serde_json::Value;

/// A run that goes on for a minute unless it is ended.
fn endless(mark: &Mark, args: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_supervised"));
    command
        .args(["--slow", "1000", "--every", "200", "--at", "60000"])
        .args(args);
    command.process_group(0);
    mark.put_on(&mut command);
    // Under `nohup` a hangup is ignored from the start, and the run goes on as it should.
    // SAFETY: `signal` may be called between a fork and an exec, and sets no handler of this program.
    unsafe {
        command.pre_exec(|| {
            signal(Signal::SIGHUP, SigHandler::SigDfl)?;
            Ok(())
        });
    }
    command.spawn().unwrap()
}

fn wait_for_slots(mark: &Mark) {
    let begun = Instant::now();
    while mark
        .processes()
        .iter()
        .filter(|(_, name)| name == "lightsss-slot")
        .count()
        < 2
    {
        assert!(begun.elapsed() < Duration::from_secs(20), "slots are taken");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn group(child: &Child) -> Pid {
    Pid::from_raw(child.id().cast_signed())
}

#[test]
fn a_signal_to_the_supervisor_is_passed_on_and_its_status_back() {
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
        let mark = Mark::new();
        let folder = tempfile::tempdir().unwrap();
        let report = folder.path().join("report");
        let mut child = endless(&mark, &["--report", report.to_str().unwrap()]);
        wait_for_slots(&mark);
        kill(group(&child), signal).unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(signal as i32));
        assert!(!report.exists(), "an end on purpose wakes nobody");
        mark.assert_gone("after a signal");
    }
}

#[test]
fn an_interrupt_can_show_what_the_run_is_doing_and_a_second_one_ends_it() {
    // Slots are the simulation's children, and without pidfds the supervisor has to see it.
    for kernel in [&[][..], &["--no-pidfd"]] {
        show_and_end(kernel);
    }
}

fn show_and_end(kernel: &[&str]) {
    let mark = Mark::new();
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let show = ["--show", "--report", report.to_str().unwrap()];
    let mut child = endless(&mark, &[&show, kernel].concat());
    wait_for_slots(&mark);
    // As the terminal does: to the whole process group.
    killpg(group(&child), Signal::SIGINT).unwrap();
    let begun = Instant::now();
    let incident: Value = loop {
        let text = fs::read_to_string(&report).unwrap_or_default();
        if let Some(line) = text.lines().next() {
            break serde_json::from_str(line).unwrap();
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "the replay ends");
        assert!(child.try_wait().unwrap().is_none(), "the run goes on");
        std::thread::sleep(Duration::from_millis(5));
    };
    assert_eq!(incident["reason"], "interrupt");
    assert_eq!(
        incident["replay"]["Ok"]["outcome"], "no_failure",
        "{kernel:?}: {incident}"
    );
    assert_eq!(incident["replay"]["Ok"]["note"], "past the end");
    assert!(child.try_wait().unwrap().is_none(), "the run goes on");
    killpg(group(&child), Signal::SIGINT).unwrap();
    // A replay takes 300 ms at the least.
    mark.named("lightsss-replay", 1);
    let begun = Instant::now();
    killpg(group(&child), Signal::SIGINT).unwrap();
    // The simulation ignores interrupts, so that its supervisor tells it otherwise.
    assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGTERM));
    let took = begun.elapsed();
    assert!(
        took < Duration::from_secs(5),
        "it does not run on: {took:?}"
    );
    mark.assert_gone("after the second interrupt");
}

#[test]
fn it_works_as_the_first_process_of_a_container() {
    let namespace = [
        "--user",
        "--map-root-user",
        "--pid",
        "--fork",
        "--mount-proc",
    ];
    let probe = Command::new("unshare").args(namespace).arg("true").status();
    if !probe.is_ok_and(|status| status.success()) {
        eprintln!("not run: this system lets nobody make a pid namespace with `unshare`");
        return;
    }
    for (death, status) in [("segv", 128 + libc::SIGSEGV), ("exit", 7), ("none", 0)] {
        let mark = Mark::new();
        let mut command = Command::new("unshare");
        command
            .args(namespace)
            .arg(env!("CARGO_BIN_EXE_supervised"))
            .args(["--death", death]);
        mark.put_on(&mut command);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(status), "{death}: {output:?}");
        let complaints = String::from_utf8(output.stderr).unwrap();
        let replayed = complaints.contains("replayed from cycle 900");
        assert_eq!(replayed, death != "none", "{death}: {complaints}");
        mark.assert_gone(death);
    }
}
