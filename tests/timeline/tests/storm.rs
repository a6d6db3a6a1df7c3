//! Random processes of runs that are being asked are killed; nothing is left behind.
//!
//! `LIGHTSSS_STORM=200` makes so many runs; `LIGHTSSS_STORM_SEED` chooses others.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const MARK: &str = "LIGHTSSS_TIMELINE_STORM";

fn number(name: &str, otherwise: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.map_or(otherwise, |given| given.parse().expect("a number"))
}

/// The processes that carry a mark in their environment, and have not ended.
fn marked(mark: &str) -> Vec<i32> {
    let wanted = format!("{MARK}={mark}");
    let entries = std::fs::read_dir("/proc").expect("proc").flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid: &i32| {
            let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment
                .split(|byte| *byte == 0)
                .any(|one| one == wanted.as_bytes())
        })
        .collect()
}

fn start(folder: &std::path::Path, mark: &str, line: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_asking"))
        .current_dir(folder)
        .env(MARK, mark)
        .args(["--quiet", "--wave", "wave", "--checkpoint-cycles", "20000"])
        .args(line.split_whitespace())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a run")
}

#[test]
fn a_storm_over_runs_that_are_asked_leaves_nothing_behind() {
    let seed = number("LIGHTSSS_STORM_SEED", 3);
    let mut random = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir().unwrap();
    for round in 0..number("LIGHTSSS_STORM", 10) {
        let mark = format!("{}-{seed}-{round}", std::process::id());
        let line = ["-- limit=200000", "-- crash=150000"][random.usize(..2)];
        let mut run = start(folder.path(), &mark, line);
        std::thread::sleep(Duration::from_millis(random.u64(..150)));
        let there = marked(&mark);
        for _ in 0..random.usize(1..4) {
            if let Some(pid) = random.choice(&there) {
                let _ = kill(Pid::from_raw(*pid), Signal::SIGKILL);
            }
        }
        let begun = Instant::now();
        let limit = Duration::from_mins(1);
        while run.try_wait().unwrap().is_none() {
            assert!(
                begun.elapsed() < limit,
                "round {round}: `{line}` does not end"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
        while !marked(&mark).is_empty() {
            let left = marked(&mark);
            assert!(
                begun.elapsed() < limit,
                "round {round}: {left:?} are left of `{line}`"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}
