//! Runs that leave a series of snapshots, and traces of them.

#![allow(dead_code, reason = "each test file uses some of it")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use lightsss_tests_support::same_waves::Wave;
use tempfile::TempDir;

/// Cycles of a run, and from one snapshot to the next.
pub const CYCLES: u64 = 2400;
pub const EVERY: u64 = 300;

/// A run of a core in a folder of its own.
pub struct Run {
    pub folder: TempDir,
    args: Vec<String>,
}

impl Run {
    /// Runs a core and saves a snapshot every [`EVERY`] cycles. `args` are for the harness.
    pub fn new(args: &[&str]) -> Self {
        let run = Self {
            folder: tempfile::tempdir().unwrap(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        };
        let every = EVERY.to_string();
        run.start(&["--save-every", &every, "--slots", "0"]);
        run
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The snapshot of a cycle.
    pub fn snapshot(&self, cycle: u64) -> PathBuf {
        self.path(&format!("snapshots/snapshot-{cycle:020}-00.lsss"))
    }

    /// Runs the core with more options.
    pub fn start(&self, options: &[&str]) -> Output {
        self.command(options, &[]).output().unwrap()
    }

    /// The core with more options, and more arguments for the harness.
    pub fn command(&self, options: &[&str], args: &[&str]) -> Command {
        let mut command = Command::new(core());
        command.current_dir(self.folder.path());
        command.args(["--quiet", "--max-cycles", &CYCLES.to_string()]);
        command.args(options).arg("--").args(&self.args).args(args);
        command
    }

    /// The waveform of the whole run, traced at once.
    pub fn whole(&self) -> Wave {
        self.start(&["--trace-all", "--wave", "whole.fst"]);
        Wave::read(&self.path("whole.fst"))
    }

    /// A trace that is to be started, with `args` for the harness beside those of the run.
    pub fn tracing(&self, trace: &Trace<'_>, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tracing"));
        command.current_dir(self.folder.path());
        command.args([
            trace.jobs,
            trace.pieces,
            "snapshots",
            trace.window,
            trace.out,
            trace.log,
        ]);
        command
            .arg(core())
            .args(["--slots", "3", "--save-every", "100", "--max-cycles"]);
        command
            .arg(CYCLES.to_string())
            .arg("--")
            .args(&self.args)
            .args(args);
        command.stdin(Stdio::null());
        command
    }

    /// Traces, and gives what it says: of a trace that goes well, or of one that does not.
    pub fn trace(&self, trace: &Trace<'_>, args: &[&str]) -> Result<String, String> {
        let output = self.tracing(trace, args).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stderr))
        }
    }

    /// What is in the folder.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// What `tracing` is told.
pub struct Trace<'a> {
    pub jobs: &'a str,
    pub pieces: &'a str,
    pub window: &'a str,
    pub out: &'a str,
    pub log: &'a str,
}

impl Default for Trace<'_> {
    fn default() -> Self {
        Self {
            jobs: "3",
            pieces: "-",
            window: "-",
            out: "run.fst",
            log: "-",
        }
    }
}

fn core() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_traced-core"))
}
