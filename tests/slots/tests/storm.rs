//! Any process of a run killed at any moment, in any order: a second later nothing is left.
//!
//! `LIGHTSSS_STORM=1000` sets the number of runs; `LIGHTSSS_STORM_SEED` repeats one storm.

mod common;

use std::{
    collections::BTreeSet,
    env,
    ffi::{OsStr, OsString},
    fs,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant, SystemTime},
};

use common::Mark;
use nix::{
    errno::Errno,
    sys::{
        signal::{Signal, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::Pid,
};

/// Whole numbers below a limit, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn number(name: &str) -> Option<u64> {
    env::var(name)
        .ok()
        .map(|text| text.parse().expect("a number"))
}

/// Objects of shared memory, which are regular files here.
fn shared_memory() -> BTreeSet<OsString> {
    let entries = fs::read_dir("/dev/shm").into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| entry.file_name())
        .collect()
}

/// Whether any process has it open or mapped. What a run leaves behind nobody has.
fn is_in_use(name: &OsStr) -> bool {
    let path = Path::new("/dev/shm").join(name);
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes.map(|entry| entry.path()).any(|process| {
        let maps = fs::read_to_string(process.join("maps")).unwrap_or_default();
        let descriptors = fs::read_dir(process.join("fd")).into_iter().flatten();
        maps.contains(&*path.to_string_lossy())
            || descriptors
                .flatten()
                .any(|one| fs::read_link(one.path()).is_ok_and(|target| target == path))
    })
}

/// Fails if there is an object of shared memory that was not there before and that nobody uses.
/// (Other programs of this machine have theirs.)
fn assert_no_shared_memory(before: &BTreeSet<OsString>) {
    let left: Vec<OsString> = shared_memory()
        .difference(before)
        .filter(|name| !is_in_use(name))
        .cloned()
        .collect();
    // A moment later, so that one that was just being made or removed is none.
    std::thread::sleep(Duration::from_millis(100));
    let now = shared_memory();
    let left: Vec<_> = left
        .iter()
        .filter(|name| now.contains(*name) && !is_in_use(name))
        .collect();
    assert!(left.is_empty(), "shared memory is left behind: {left:?}");
}

/// Whether a process can do something about being stopped: from its first system call on. Before it
/// bears the name of its parent.
fn is_settled(pid: Pid, name: &str) -> bool {
    const SLOT: &str = "lightsss-slot";
    let parent = || {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"));
        let parent = parent.unwrap_or_default().trim();
        fs::read_to_string(format!("/proc/{parent}/comm")).unwrap_or_default()
    };
    name.starts_with("lightsss-") && (name != SLOT || parent().trim_end() != SLOT)
}

/// How long a run may take that nobody kills any more. On its own it takes a tenth of a second, and
/// a quarter of processor time to look up where it crashed; on two busy processors, beside nine like it,
/// it was seen to take more than six. One that waits for something that never comes takes for ever.
const PATIENCE: Duration = Duration::from_mins(2);

fn storm(program: &str, args: &[&str], runs: u64, dice: &mut Dice) {
    let shared_before = shared_memory();
    let temporary = tempfile::tempdir().unwrap();
    let mut victims = std::collections::BTreeMap::<String, u64>::new();
    for run in 0..runs {
        let mark = Mark::new();
        let mut command = Command::new(program);
        command.args(args).env("TMPDIR", temporary.path());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        mark.put_on(&mut command);
        let mut top = command.spawn().unwrap();

        let mut killed = Vec::new();
        let (mut stopped, mut ending) = (false, false);
        for _ in 0..=dice.below(3) {
            // Runs last some 100 ms, and are at their most interesting at the end.
            std::thread::sleep(Duration::from_micros(dice.below(90_000)));
            let processes = mark.processes();
            if processes.is_empty() {
                break;
            }
            let (pid, name) = &processes[dice.below(processes.len() as u64) as usize];
            // Who is stopped when nobody is left to end is out of reach for the run.
            let signal = match dice.below(4) {
                0 if !ending && is_settled(*pid, name) => Signal::SIGSTOP,
                _ => Signal::SIGKILL,
            };
            if kill(*pid, signal).is_ok() {
                stopped |= signal == Signal::SIGSTOP;
                ending |= signal == Signal::SIGKILL;
                *victims.entry(format!("{name}, {signal}")).or_default() += 1;
                killed.push(format!("{name}, {signal}"));
            }
        }
        if stopped {
            // A run that is stopped goes on when somebody says so, or ends, as here.
            std::thread::sleep(Duration::from_micros(dice.below(90_000)));
            top.kill().unwrap();
        }
        // What was not killed goes its way, to the end.
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = top.try_wait().unwrap() {
                break status;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "run {run} hangs; killed: {killed:?}\n{}",
                mark.describe()
            );
            std::thread::sleep(Duration::from_millis(1));
        };
        assert_ne!(status.signal(), Some(libc::SIGTERM));
        let what = format!("run {run}, killed: {killed:?}");
        mark.assert_gone(&what);
        assert_all_reaped(&what);
    }
    assert_no_shared_memory(&shared_before);
    assert_eq!(
        fs::read_dir(temporary.path()).unwrap().count(),
        0,
        "no temporary file"
    );
    println!("{runs} runs of {program}: killed {victims:?}");
}

/// Makes this process the one that orphans of its descendants are handed to, so that nothing of
/// them escapes it.
fn adopt_orphans() {
    nix::sys::prctl::set_child_subreaper(true).unwrap();
}

/// Takes in what is left of a run whose top process has ended, zombies included; fails unless that
/// is done within a second.
fn assert_all_reaped(what: &str) {
    let begun = Instant::now();
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Err(Errno::ECHILD) => return,
            Ok(WaitStatus::StillAlive) => {
                assert!(
                    begun.elapsed() < Duration::from_secs(1),
                    "{what}: a child lives on"
                );
                std::thread::sleep(Duration::from_millis(1));
            }
            _ => {}
        }
    }
}

fn dice() -> Dice {
    let seed = number("LIGHTSSS_STORM_SEED").unwrap_or_else(|| {
        SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap()
            .as_nanos() as u64
    });
    println!("LIGHTSSS_STORM_SEED={seed}");
    Dice(seed)
}

/// One test, since it takes in every orphan that there is.
#[test]
fn nothing_is_left_behind_whoever_is_killed_when() {
    let runs = number("LIGHTSSS_STORM").unwrap_or(60);
    adopt_orphans();
    let mut dice = dice();
    let supervised = env!("CARGO_BIN_EXE_supervised");
    // 110 cycles of 0.5 ms, a slot every 10; then a crash and a replay of 20 cycles or more.
    let crash = [
        "--every",
        "10",
        "--at",
        "110",
        "--slow",
        "500",
        "--death",
        "segv",
        "--deadline",
        "600000",
    ];
    storm(supervised, &crash, runs / 2, &mut dice);
    let cycles = env!("CARGO_BIN_EXE_cycles");
    let failure = [
        "--every",
        "10",
        "--fail-at",
        "110",
        "--slow",
        "500",
        "--replays",
        "2",
    ];
    storm(cycles, &failure, runs - runs / 2, &mut dice);
}
