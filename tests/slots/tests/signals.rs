//! Signals to a supervised run, and a supervisor that is the first process of a container.

use std::{
    fs,
    os::unix::process::{CommandExt, ExitStatusExt},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use lightsss_tests_support::processes::Mark;
use nix::{
    sys::{
        resource::{Resource, setrlimit},
        signal::{SigHandler, Signal, kill, killpg, signal},
    },
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
    // Under `nohup` a hangup is ignored from the start, in the background of a script SIGQUIT, and the run goes on as
    // it should.
    // SAFETY: `signal` may be called between a fork and an exec, and sets no handler of this program.
    unsafe {
        command.pre_exec(|| {
            for ignored in [Signal::SIGHUP, Signal::SIGQUIT] {
                signal(ignored, SigHandler::SigDfl)?;
            }
            // A SIGQUIT would leave a core file.
            setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
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
    for signal in [
        Signal::SIGTERM,
        Signal::SIGINT,
        Signal::SIGHUP,
        Signal::SIGQUIT,
    ] {
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

/// The state of a process, as the system shows it: `T` for one that is stopped.
fn state(pid: Pid) -> char {
    let status = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let state = status.rsplit(')').next().unwrap().trim_start();
    state.chars().next().unwrap()
}

/// The supervisor, by as much of its name as the kernel keeps, and its simulation.
fn pair(mark: &Mark) -> (Pid, Pid) {
    let one = |name: &str| mark.named(name, 1)[0];
    (one("lightsss-super"), one("supervised"))
}

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_run_is_stopped_and_goes_on_with_its_supervisor() {
    let mark = Mark::new();
    let mut child = endless(&mark, &[]);
    wait_for_slots(&mark);
    let (supervisor, original) = pair(&mark);
    let both = |wanted: bool| [supervisor, original].map(|pid| (state(pid) == 'T') == wanted);
    // As the terminal does: to the whole process group.
    for _ in 0..2 {
        killpg(group(&child), Signal::SIGTSTP).unwrap();
        wait_until("both stop", || both(true) == [true; 2]);
        killpg(group(&child), Signal::SIGCONT).unwrap();
        wait_until("both go on", || both(false) == [true; 2]);
    }
    kill(group(&child), Signal::SIGTERM).unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGTERM));
    mark.assert_gone("after it went on");
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

const NAMESPACE: [&str; 5] = [
    "--user",
    "--map-root-user",
    "--pid",
    "--fork",
    "--mount-proc",
];

/// Whether `unshare` works; says so if it does not.
fn has_containers() -> bool {
    let probe = Command::new("unshare").args(NAMESPACE).arg("true").status();
    let works = probe.is_ok_and(|status| status.success());
    if !works {
        eprintln!("not run: this system lets nobody make a pid namespace with `unshare`");
    }
    works
}

/// A run as [`endless`], whose supervisor is the first process of a container.
fn contained(mark: &Mark) -> (Child, Pid, Pid) {
    let mut command = Command::new("unshare");
    command
        .args(NAMESPACE)
        .arg(env!("CARGO_BIN_EXE_supervised"))
        .args(["--slow", "1000", "--every", "200", "--at", "60000"])
        .stderr(Stdio::piped());
    mark.put_on(&mut command);
    let child = command.spawn().unwrap();
    wait_for_slots(mark);
    let (supervisor, original) = pair(mark);
    (child, supervisor, original)
}

#[test]
fn the_first_process_of_a_container_outlives_a_slot_and_the_simulation() {
    if !has_containers() {
        return;
    }
    let mark = Mark::new();
    let (mut child, _, original) = contained(&mark);
    kill(mark.named("lightsss-slot", 2)[0], Signal::SIGKILL).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert!(child.try_wait().unwrap().is_none(), "the run goes on");
    wait_for_slots(&mark);
    kill(original, Signal::SIGKILL).unwrap();
    let output = child.wait_with_output().unwrap();
    let complaints = String::from_utf8(output.stderr).unwrap();
    let status = output.status.code();
    assert_eq!(status, Some(128 + libc::SIGKILL), "{complaints}");
    assert!(complaints.contains("replayed from cycle"), "{complaints}");
    mark.assert_gone("after a slot and the simulation");
}

#[test]
fn the_first_process_of_a_container_ends_when_it_is_asked_to_and_when_it_is_killed() {
    if !has_containers() {
        return;
    }
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGKILL] {
        let mark = Mark::new();
        let (child, supervisor, _) = contained(&mark);
        kill(supervisor, signal).unwrap();
        let output = child.wait_with_output().unwrap();
        let complaints = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{signal}");
        assert!(!complaints.contains("replayed"), "{signal}: {complaints}");
        mark.assert_gone(signal.as_str());
    }
}

#[test]
fn it_works_as_the_first_process_of_a_container() {
    if !has_containers() {
        return;
    }
    for (death, status) in [("segv", 128 + libc::SIGSEGV), ("exit", 7), ("none", 0)] {
        let mark = Mark::new();
        let mut command = Command::new("unshare");
        command
            .args(NAMESPACE)
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
