//! Whatever ends the simulation, the supervisor wakes a slot, reports, and ends likewise.

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use lightsss_tests_support::processes::Mark;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
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
fn a_function_whose_first_instruction_faults_is_not_taken_for_the_one_before_it() {
    let incident = by_signal("ill at once", libc::SIGILL);
    assert_eq!(
        incident["site"]["function"], "illegal_at_once",
        "{incident}"
    );
}

/// Aborts in `function` of the file, which called `called` of a library.
fn aborts(how: &str, function: &str, file: &str, called: &str) -> Value {
    let incident = by_signal(how, libc::SIGABRT);
    let site = &incident["site"];
    let text = |field: &str| site[field].as_str().unwrap_or_default();
    assert!(text("function").ends_with(function), "{how}: {incident}");
    let line = line_of(file, &format!("death: {how}"));
    let place = format!("/{file}:{line}");
    assert!(
        text("location").ends_with(&place),
        "{how}: {place}: {incident}"
    );
    assert!(text("called").contains(called), "{how}: {incident}");
    assert_eq!(site["address"], Value::Null, "{how}");
    incident
}

/// The line of a source file of this package that says `mark` in a comment.
fn line_of(file: &str, mark: &str) -> usize {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let mark = format!("// {mark}");
    1 + text.lines().position(|line| line.ends_with(&mark)).unwrap()
}

#[test]
fn abort() {
    let incident = aborts("abort", "death", "native/deaths.cpp", "abort");
    assert_eq!(incident["site"]["panic"], Value::Null, "{incident}");
    aborts("give up", "give_up", "native/deaths.cpp", "abort");
    aborts(
        "rust abort",
        "rust_abort",
        "src/lib.rs",
        "std::process::abort",
    );
}

#[test]
fn an_assertion_that_fails() {
    aborts("assert", "check", "native/deaths.cpp", "__assert_fail");
}

#[test]
fn a_heap_that_was_overrun() {
    aborts("overrun", "overrun", "native/deaths.cpp", "free");
}

#[test]
fn an_exception_that_may_not_go_on() {
    aborts("noexcept", "throw_one", "native/deaths.cpp", "__cxa_throw");
}

/// Rust's `main`, or the driver, stops it, when the functions that it went through are gone from the stack.
#[test]
fn exception_that_nobody_catches() {
    let incident = by_signal("terminate", libc::SIGABRT);
    let site = &incident["site"];
    let called = site["called"].as_str().unwrap_or_default();
    assert!(called.ends_with("__rust_foreign_exception"), "{incident}");
    // Who caught it is not who threw it.
    assert_eq!(site["function"], Value::Null, "{incident}");
    assert_eq!(site["pc"], Value::Null, "{incident}");
}

#[test]
fn a_panic_that_a_cpp_model_would_have_to_unwind() {
    let incident = by_signal("callback", libc::SIGABRT);
    let site = &incident["site"];
    assert_eq!(site["function"], "callback", "{incident}");
    let called = site["called"].as_str().unwrap();
    assert!(called.contains("panic_cannot_unwind"), "{incident}");
    let panic = incident["site"]["panic"].as_str().unwrap();
    assert!(panic.contains("called back on purpose"), "{panic}");
}

#[test]
fn an_abort_that_somebody_else_asked_for_tells_where_the_run_was() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let mark = Mark::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_supervised"));
    command.args(["--every", "10", "--slow", "100000", "--at", "60000"]);
    command.args(["--deadline", "1", "--report"]).arg(&report);
    mark.put_on(&mut command);
    let mut run = command.spawn().unwrap();
    mark.named("lightsss-slot", 1);
    let supervisor = Pid::from_raw(run.id().cast_signed());
    let named = mark.named("supervised", 1);
    let simulation = named.iter().find(|pid| **pid != supervisor).unwrap();
    // Its slot is there before it has come back from the fork.
    let place = format!("/proc/{simulation}/wchan");
    while !fs::read_to_string(&place).unwrap().contains("sleep") {
        std::thread::sleep(Duration::from_millis(1));
    }
    kill(*simulation, Signal::SIGABRT).unwrap();
    assert_eq!(run.wait().unwrap().signal(), Some(libc::SIGABRT));
    let incident: Value = serde_json::from_str(&fs::read_to_string(&report).unwrap()).unwrap();
    let site = &incident["site"];
    let location = site["location"].as_str().unwrap();
    assert!(location.contains("supervised.rs:"), "{incident}");
    let called = site["called"].as_str().unwrap();
    assert!(called.contains("sleep"), "{incident}");
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

/// Of what its slots shared with it nothing can be seen any more.
#[test]
fn what_the_slots_hold_is_known_after_a_crash() {
    for how in ["segv", "kill"] {
        let args = ["--dirty", "8", "--measured", "--death", how];
        let (_, incidents) = run(&args);
        let slots = &incidents[0]["slots"];
        let held = slots["slots"].as_array().unwrap();
        assert_eq!(held.len(), 2, "{how}: {slots}");
        for slot in held {
            // The memory as it was at its checkpoint is written anew after that, and what else changes is
            // little.
            let unshared = slot["unshared"].as_u64();
            assert!(
                unshared >= Some(8 << 20) && unshared < Some(12 << 20),
                "{how}: {slots}"
            );
        }
        let together = slots["extra_bytes"].as_u64();
        assert!(
            together >= Some(16 << 20) && together < Some(24 << 20),
            "{how}: {slots}"
        );
    }
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
