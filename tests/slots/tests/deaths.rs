//! Whatever ends the simulation, the supervisor wakes a slot, reports, and ends likewise.

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::PathBuf,
    process::{Command, ExitStatus},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use serde_json::Value;

fn run(args: &[&str]) -> (ExitStatus, Vec<Value>) {
    let folder = tempfile::tempdir().unwrap();
    let report: PathBuf = folder.path().join("report");
    let status = Command::new(env!("CARGO_BIN_EXE_supervised"))
        .args(args)
        .arg("--report")
        .arg(&report)
        .env("RUST_BACKTRACE", "0")
        .status()
        .unwrap();
    let text = fs::read_to_string(&report).unwrap_or_default();
    (
        status,
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

fn dies(how: &str) -> (ExitStatus, Value) {
    let (status, incidents) = run(&["--death", how]);
    assert_eq!(incidents.len(), 1, "{how}: {incidents:?}");
    let incident = incidents.into_iter().next().unwrap();
    assert_eq!(incident["cycle"], 1050, "{how}");
    let replay = &incident["replay"]["Ok"];
    assert_eq!(replay["from_cycle"], 900, "{how}: {incident}");
    assert_eq!(
        replay["reached_cycle"], 1050,
        "{how}: the replay dies where the original did"
    );
    // The replay is the same program: it dies the same death.
    assert_eq!(
        replay["outcome"]["crashed"], incident["reason"]["crash"],
        "{how}"
    );
    (status, incident)
}

fn by_signal(how: &str, signal: i32) -> Value {
    let (status, incident) = dies(how);
    assert_eq!(
        status.signal(),
        Some(signal),
        "{how}: the status is passed on"
    );
    assert_eq!(incident["reason"]["crash"]["signaled"], signal, "{how}");
    incident
}

fn by_exit(how: &str, expected: i32, passed_on: i32) {
    let (status, incident) = dies(how);
    assert_eq!(status.code(), Some(passed_on), "{how}");
    assert_eq!(incident["reason"]["crash"]["exited"], expected, "{how}");
}

fn is_in_death(incident: &Value) {
    assert_eq!(incident["site"]["function"], "death", "{incident}");
    let location = incident["site"]["location"].as_str().unwrap();
    assert!(location.contains("deaths.cpp:"), "{location}");
}

#[test]
fn segmentation_fault() {
    let incident = by_signal("segv", libc::SIGSEGV);
    is_in_death(&incident);
    assert_eq!(incident["site"]["address"], 16);
}

#[test]
fn bus_error() {
    is_in_death(&by_signal("bus", libc::SIGBUS));
}

#[test]
fn division_by_zero() {
    is_in_death(&by_signal("fpe", libc::SIGFPE));
}

#[test]
fn illegal_instruction() {
    is_in_death(&by_signal("ill", libc::SIGILL));
}

#[test]
fn abort() {
    by_signal("abort", libc::SIGABRT);
}

#[test]
fn exception_that_nobody_catches() {
    by_signal("terminate", libc::SIGABRT);
}

#[test]
fn stack_overflow() {
    // Rust's own handler reports it and aborts; ours has noted the place before.
    let incident = by_signal("stack", libc::SIGABRT);
    let function = incident["site"]["function"].as_str().unwrap();
    assert!(function.contains("recurse"), "{function}");
}

#[test]
fn kill_as_the_out_of_memory_killer_does() {
    by_signal("kill", libc::SIGKILL);
}

#[test]
fn exit_from_foreign_code() {
    by_exit("exit", 7, 7);
    by_exit("quick_exit", 9, 9);
}

#[test]
fn exit_with_status_zero_from_foreign_code_does_not_look_like_a_pass() {
    by_exit("exit0", 0, 1);
}

#[test]
fn rust_panic() {
    let (status, incident) = dies("panic");
    assert_eq!(status.code(), Some(101));
    let panic = incident["site"]["panic"].as_str().unwrap();
    assert!(
        panic.contains("panics on purpose") && panic.contains("supervised.rs"),
        "{panic}"
    );
}

#[test]
fn a_run_that_ends_by_itself_wakes_nobody() {
    for status in [0, 3] {
        let (ended, incidents) = run(&["--status", &status.to_string()]);
        assert_eq!(ended.code(), Some(status));
        assert_eq!(incidents, Vec::<Value>::new());
    }
}

#[test]
fn a_replay_that_hangs_is_ended_at_its_deadline() {
    let (status, incidents) = run(&["--death", "segv", "--hang", "--deadline", "200"]);
    assert_eq!(status.signal(), Some(libc::SIGSEGV));
    assert_eq!(incidents[0]["replay"]["Ok"]["outcome"], "timed_out");
}

/// Keeps `count` processors busy while `work` runs.
fn beside_busy_threads(count: usize, work: impl FnOnce()) {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| {
                while !done.load(Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        // A failed assertion must let the threads go, too.
        let outcome = catch_unwind(AssertUnwindSafe(work));
        done.store(true, Relaxed);
        if let Err(panic) = outcome {
            resume_unwind(panic);
        }
    });
}

/// On a busy machine the simulation has crashed before the supervisor, or the slot, ran at all.
#[test]
fn a_crash_in_the_first_cycle_has_a_slot_to_wake() {
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    beside_busy_threads(processors + 1, || {
        for (how, signal) in [("segv", libc::SIGSEGV), ("kill", libc::SIGKILL)] {
            for attempt in 0..15 {
                let (status, incidents) = run(&["--death", how, "--at", "0", "--every", "0"]);
                assert_eq!(status.signal(), Some(signal), "{how}, attempt {attempt}");
                // A slot of cycle 0 is taken before cycle 0 runs.
                let from_cycle = &incidents[0]["replay"]["Ok"]["from_cycle"];
                assert_eq!(from_cycle, 0, "{how}, attempt {attempt}: {incidents:?}");
            }
        }
    });
}
