//! What is not as the run was is an error with names, and nothing is left behind.

mod common;

use std::fs;
use std::process::{Child, Command};

use common::{Run, Trace};
use lightsss_tests_support::processes::Mark;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

fn refused(run: &Run, trace: &Trace<'_>, args: &[&str], expected: &[&str]) {
    let before = run.names();
    let error = run.trace(trace, args).unwrap_err();
    for expected in expected {
        assert!(error.contains(expected), "{expected}: {error}");
    }
    assert_eq!(run.names(), before);
}

#[test]
fn a_seam_that_differs_names_what_differs() {
    let run = Run::new(&["core=demo"]);
    let expected = [
        "the seam at cycle 900: piece 3 (cycles 600 to 900)",
        "deterministic",
        " -> ",
    ];
    refused(&run, &Trace::default(), &["disturb=700"], &expected);
    // It is found where it lies outside of the window, too.
    let trace = Trace {
        window: "600-650",
        ..Trace::default()
    };
    refused(&run, &trace, &["disturb=700"], &expected[1..]);
    refused(
        &run,
        &Trace::default(),
        &["+bug"],
        &["the seam at cycle", "soc."],
    );
}

#[test]
fn a_snapshot_of_another_run_is_found_at_its_seam() {
    let run = Run::new(&["core=demo"]);
    let other = Run::new(&["core=demo", "disturb=400"]);
    fs::copy(other.snapshot(900), run.snapshot(900)).unwrap();
    refused(&run, &Trace::default(), &[], &["the seam at cycle 900"]);
}

#[test]
fn what_is_no_series_of_one_run_is_refused_before_anything_runs() {
    let run = Run::new(&["core=demo"]);
    let again = run.path("snapshots/snapshot-00000000000000000900-01.lsss");
    fs::copy(run.snapshot(900), &again).unwrap();
    refused(
        &run,
        &Trace::default(),
        &[],
        &["are both of cycle 900", "two runs"],
    );
    fs::remove_file(again).unwrap();
    let other = Run::new(&["core=serv"]);
    let own = fs::read(run.snapshot(1200)).unwrap();
    fs::copy(other.snapshot(1200), run.snapshot(1200)).unwrap();
    refused(
        &run,
        &Trace::default(),
        &[],
        &["is of another harness than"],
    );
    fs::write(run.snapshot(1200), &own[..own.len() / 2]).unwrap();
    refused(
        &run,
        &Trace::default(),
        &[],
        &[
            "snapshot-00000000000000001200-00.lsss",
            "remove this snapshot",
        ],
    );
    fs::write(run.snapshot(1200), &own).unwrap();
    fs::remove_dir_all(run.path("snapshots")).unwrap();
    refused(&run, &Trace::default(), &[], &["snapshots"]);
    fs::create_dir(run.path("snapshots")).unwrap();
    refused(
        &run,
        &Trace::default(),
        &[],
        &[
            "there is no file named `snapshot-CYCLE-NUMBER.lsss`",
            "--save-every",
        ],
    );
}

#[test]
fn a_program_of_another_series_is_refused_before_anything_runs() {
    let run = Run::new(&["core=demo"]);
    let other = Run::new(&["core=serv"]);
    for cycle in (300..=2400).step_by(300) {
        fs::copy(other.snapshot(cycle), run.snapshot(cycle)).unwrap();
    }
    refused(
        &run,
        &Trace::default(),
        &[],
        &["the program does not go on from"],
    );
}

#[test]
fn outputs_that_cannot_be_written_are_refused() {
    let run = Run::new(&["core=demo"]);
    fs::create_dir(run.path("folder")).unwrap();
    for (out, log, expected) in [
        ("folder", "-", "--out: `folder` is a folder"),
        ("none/run.fst", "-", "--out"),
        ("-", "folder", "--log: `folder` is a folder"),
        ("-", "-", "nothing is to be written"),
        ("run", "run", "name one file"),
    ] {
        let trace = Trace {
            out,
            log,
            ..Trace::default()
        };
        refused(&run, &trace, &[], &[expected]);
    }
    let trace = Trace {
        window: "300-200",
        ..Trace::default()
    };
    refused(
        &run,
        &trace,
        &[],
        &["`--to 200` does not lie behind `--from 300`"],
    );
    let trace = Trace {
        window: "9000-",
        ..Trace::default()
    };
    refused(&run, &trace, &[], &["no cycle of the window lies there"]);
}

/// A trace under way, and the mark of its processes.
fn begun(run: &Run, mark: &Mark) -> Child {
    let mut command = run.tracing(&Trace::default(), &["pace=300"]);
    mark.put_on(&mut command);
    command.stderr(std::process::Stdio::piped());
    command.spawn().unwrap()
}

/// Waits until a condition holds.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..2000 {
        if holds() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("not within 20 seconds: {what}");
}

/// The processes that run pieces.
fn pieces(run: &Run, mark: &Mark, tracing: &Child) -> Vec<Pid> {
    let own = Pid::from_raw(tracing.id().cast_signed());
    // The first one only looks whether the program is the right one.
    if !run.path("run.fst.pieces/000001").exists() {
        return Vec::new();
    }
    let processes = mark.processes().into_iter().map(|(pid, _)| pid);
    processes.filter(|pid| *pid != own).collect()
}

#[test]
fn a_killed_piece_is_named_and_ends_the_others() {
    let run = Run::new(&["core=demo"]);
    let mark = Mark::new();
    let tracing = begun(&run, &mark);
    let mut killed = Vec::new();
    until("pieces", || {
        killed = pieces(&run, &mark, &tracing);
        killed.len() == 3
    });
    kill(killed[fastrand::usize(..3)], Signal::SIGKILL).unwrap();
    let output = tracing.wait_with_output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("was killed by SIGKILL") && error.contains("error: piece "),
        "{error}"
    );
    assert_eq!(mark.processes(), []);
    assert_eq!(run.names(), ["snapshots"]);
}

#[test]
fn a_signal_ends_all_pieces_and_leaves_nothing() {
    let run = Run::new(&["core=demo"]);
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let mark = Mark::new();
        let mut tracing = begun(&run, &mark);
        until("pieces", || pieces(&run, &mark, &tracing).len() == 3);
        kill(Pid::from_raw(tracing.id().cast_signed()), signal).unwrap();
        assert_eq!(tracing.wait().unwrap().code(), Some(130));
        assert_eq!(mark.processes(), []);
        assert_eq!(run.names(), ["snapshots"]);
    }
}

#[test]
fn a_killed_trace_leaves_no_process_and_is_in_nobodys_way() {
    let run = Run::new(&["core=demo"]);
    let mark = Mark::new();
    let mut tracing = begun(&run, &mark);
    until("pieces", || pieces(&run, &mark, &tracing).len() == 3);
    let second = run.trace(&Trace::default(), &[]).unwrap_err();
    assert!(
        second.contains("another trace works in `run.fst.pieces`"),
        "{second}"
    );
    tracing.kill().unwrap();
    tracing.wait().unwrap();
    until("the pieces end", || mark.processes().is_empty());
    run.trace(&Trace::default(), &[]).unwrap();
    assert_eq!(run.names(), ["run.fst", "snapshots"]);
}

#[test]
fn a_full_disk_is_named() {
    let run = Run::new(&["core=demo"]);
    let namespace = ["--user", "--map-root-user", "--mount"];
    let probe = Command::new("unshare").args(namespace).arg("true").status();
    if !probe.is_ok_and(|status| status.success()) {
        eprintln!("not run: this system lets nobody make a mount namespace with `unshare`");
        return;
    }
    fs::create_dir(run.path("disk")).unwrap();
    let trace = Trace {
        out: "disk/run.fst",
        ..Trace::default()
    };
    let tracing = run.tracing(&trace, &[]);
    let mut command = Command::new("unshare");
    command.args(namespace).args(["sh", "-c"]);
    command.arg(
        "mount -t tmpfs -o size=256k none disk && \"$@\"; status=$?; ls -A disk; exit $status",
    );
    command
        .arg("sh")
        .arg(tracing.get_program())
        .args(tracing.get_args());
    let output = command.current_dir(run.folder.path()).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(
        error.contains("error: piece ") && error.contains("is full"),
        "{error}"
    );
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "",
        "nothing is left on the disk"
    );
}
