//! Runs under the driver that are asked about their past.

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

fn asking(folder: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_asking"));
    command.current_dir(folder);
    // It is no FST file.
    command
        .args(["--wave", "wave"])
        .args(line.split_whitespace());
    command.stdin(Stdio::null());
    command
}

fn ran(line: &str) -> (Output, String) {
    let folder = tempfile::tempdir().unwrap();
    let output = asking(folder.path(), line).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, text)
}

/// What the last cycles are asked about, of a run that ended at `end`.
fn assert_answers(text: &str, end: u64) {
    let lines = [
        format!("cycle: {end}"),
        format!("slow changed: {}", end / 7 * 7),
        format!("thousands: Some({})", end / 1000 * 1000),
    ];
    for line in lines {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
}

#[test]
fn a_run_that_failed_is_asked() {
    let (output, text) = ran("--quiet --checkpoint-cycles 3000 -- limit=20000");
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("asked: the simulation failed at 20000"),
        "{text}"
    );
    assert_answers(&text, 20_000);
}

#[test]
fn a_run_that_crashed_is_asked_by_its_supervisor() {
    let (output, text) = ran("--quiet --checkpoint-cycles 3000 -- crash=12345");
    assert!(!output.status.success());
    assert!(
        text.contains("asked: the simulation was killed by SIGABRT at 12345"),
        "{text}"
    );
    assert_answers(&text, 12_345);
}

#[test]
fn a_run_from_a_snapshot_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let saved = asking(folder.path(), "--quiet --save-at 5000 --max-cycles 5001")
        .status()
        .unwrap();
    assert!(saved.success());
    let snapshot = std::fs::read_dir(folder.path().join("snapshots")).unwrap();
    let snapshot = snapshot.map(|entry| entry.unwrap().path()).next().unwrap();
    let line = format!(
        "--quiet --checkpoint-cycles 3000 --restore {}",
        snapshot.display()
    );
    let output = asking(folder.path(), &line)
        .env("COUNTER_LIMIT", "20000")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_answers(&text, 20_000);
}

#[test]
fn a_run_that_is_interrupted_is_asked_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = asking(
        folder.path(),
        "--quiet --checkpoint-cycles 1M --show-on-interrupt",
    );
    run.stderr(Stdio::piped()).stdout(Stdio::null());
    let mut run = Run(run.spawn().unwrap());
    let pid = Pid::from_raw(run.0.id().cast_signed());
    // Until there is a slot.
    let begun = Instant::now();
    while !has_slot(pid) {
        assert!(begun.elapsed() < Duration::from_mins(1), "no slot came");
        std::thread::sleep(Duration::from_millis(5));
    }
    kill(pid, Signal::SIGINT).unwrap();
    let mut stderr = run.0.stderr.take().unwrap();
    let mut text = String::new();
    let mut piece = [0; 4096];
    while !text.contains("thousands: ") {
        let read = stderr.read(&mut piece).unwrap();
        assert!(read > 0, "{text}");
        text.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
    let asked = text
        .split("asked: the run was interrupted at ")
        .nth(1)
        .unwrap();
    let end: u64 = asked.lines().next().unwrap().parse().unwrap();
    assert_answers(&text, end);
}

/// Ends with the test, however that ends.
struct Run(Child);

impl Drop for Run {
    fn drop(&mut self) {
        let _ = kill(Pid::from_raw(self.0.id().cast_signed()), Signal::SIGTERM);
        let _ = self.0.wait();
    }
}

/// Whether a grandchild of the process is a slot.
fn has_slot(pid: Pid) -> bool {
    let children = |pid: i32| {
        let path = format!("/proc/{pid}/task/{pid}/children");
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let pids = text.split_whitespace().filter_map(|pid| pid.parse().ok());
        pids.collect::<Vec<i32>>()
    };
    let mut below = children(pid.as_raw());
    below.extend(below.clone().into_iter().flat_map(children));
    below.into_iter().any(|pid| {
        let name = std::fs::read_to_string(format!("/proc/{pid}/comm"));
        name.is_ok_and(|name| name.trim() == "lightsss-slot")
    })
}
