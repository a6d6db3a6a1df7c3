//! What a run from a template costs, beside a restore in a new process.
//!
//! Prints rows for `cargo xtask bench`. The program serves as both: behind `carry-out` it is a run with its options.

use std::env;
use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::time::Instant;

use lightsss_bench_rows::{Options, Row};
use lightsss_runtime::ram::Ram;
use lightsss_runtime::{Failure, RunArgs, Savable, Simulation, Step};
use picorv32_example::harness::{Harness, Settings};
use serde_json::Value;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Where the snapshots are taken.
const CYCLE: u64 = 1000;

/// A memory; a cycle writes a word of it.
#[derive(Savable)]
struct Memory {
    ram: Ram,
    cycle: u64,
}

impl Memory {
    /// A memory full of numbers, or an empty one to be restored.
    fn new(mebibytes: u64, is_restored: bool) -> Outcome<Self> {
        let size = mebibytes << 20;
        let mut ram = Ram::new(0, size)?;
        if is_restored {
            return Ok(Self { ram, cycle: 0 });
        }
        let mut number = 1_u64;
        for word in ram.bytes_mut(0, size as usize)?.as_chunks_mut::<8>().0 {
            number ^= number << 13;
            number ^= number >> 7;
            number ^= number << 17;
            *word = number.to_le_bytes();
        }
        Ok(Self { ram, cycle: 0 })
    }
}

impl Simulation for Memory {
    fn step(&mut self) -> Result<Step, Failure> {
        let at = self.cycle.wrapping_mul(0x9e37_79b9_7f4a_7c15) % (self.ram.size() - 7);
        self.ram.write_u64(at, self.cycle)?;
        self.cycle += 1;
        Ok(Step::Continue)
    }

    fn cycle(&self) -> u64 {
        self.cycle
    }

    fn open_trace(&mut self, _: &Path) -> Result<(), Failure> {
        Ok(())
    }

    fn close_trace(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}

fn main() -> ExitCode {
    let mut words: Vec<String> = env::args().collect();
    if words.get(1).is_some_and(|word| word == "carry-out") {
        words.remove(1);
        let what = words.remove(1);
        return carry_out(&what, words);
    }
    match rows(&Options::from_args()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// A run, or a template: of picorv32, or of so many MiB.
fn carry_out(what: &str, words: Vec<String>) -> ExitCode {
    let args = RunArgs::parse_from(words);
    match what.parse() {
        Ok(mebibytes) => {
            lightsss_runtime::run(args, |args| Memory::new(mebibytes, args.restore.is_some()))
        }
        Err(_) => lightsss_runtime::run(args, |_| Ok(Harness::new(Settings::default())?)),
    }
}

fn rows(options: &Options) -> Outcome {
    for (what, words) in [
        ("1024", "1 GiB of `Ram`"),
        ("64", "64 MiB of `Ram`"),
        ("picorv32", "picorv32"),
    ] {
        let name = match what.parse::<u64>() {
            Ok(mebibytes) => format!("template/start/{mebibytes}mib"),
            Err(_) => format!("template/start/{what}"),
        };
        let ends = name.replace("start", "run");
        if !options.wants(&name) && !options.wants(&ends) {
            continue;
        }
        let folder = tempfile::tempdir()?;
        let snapshot = saved(what, folder.path())?;
        let mut template = Template::start(what, &snapshot, folder.path())?;
        let (mut starts, mut ours, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
        for sample in 0..options.samples(31, 5) {
            let result = template.run(sample)?;
            let number = |field: &str| result[field].as_f64().ok_or("a number is missing");
            starts.push(number("start_us")? / 1e3);
            ours.push(number("seconds")? * 1e3);
            // A restore takes a second; a few are enough.
            if sample % 6 == 0 {
                theirs.push(alone(what, &snapshot, folder.path())?);
            }
        }
        Row::new(
            &name,
            format!("start of a run from a template of {words}: from the fork to the first step"),
            "ms",
            starts,
        )
        .target_ours(2.0)
        .print();
        let peers: Vec<f64> = (0..ours.len()).map(|at| theirs[at / 6]).collect();
        Row::new(
            &ends,
            format!(
                "a run of one cycle from a template of {words}, with its supervisor and report"
            ),
            "ms",
            ours,
        )
        .against(
            "the same in a new process, which restores the snapshot",
            peers,
        )
        .print();
    }
    Ok(())
}

/// A command of this program.
fn command(what: &str, folder: &Path) -> Outcome<Command> {
    let mut command = Command::new(env::current_exe()?);
    command
        .current_dir(folder)
        .args(["carry-out", what, "--quiet"])
        .stderr(Stdio::null());
    Ok(command)
}

/// A snapshot in this folder.
fn saved(what: &str, folder: &Path) -> Outcome<PathBuf> {
    let (at, last) = (CYCLE.to_string(), (CYCLE + 1).to_string());
    let status = command(what, folder)?
        .args(["--slots", "0", "--save-at", &at, "--max-cycles", &last])
        .status()?;
    let found = fs::read_dir(folder.join("snapshots"))?.next();
    let found = found.ok_or_else(|| format!("no snapshot was saved: {status}"))??;
    Ok(found.path())
}

/// The time of a process of its own that restores the snapshot and runs one cycle, in milliseconds.
fn alone(what: &str, snapshot: &Path, folder: &Path) -> Outcome<f64> {
    let last = (CYCLE + 1).to_string();
    let begun = Instant::now();
    let status = command(what, folder)?
        .arg("--restore")
        .arg(snapshot)
        .args(["--max-cycles", &last, "--report", "alone.json"])
        .status()?;
    let took = begun.elapsed().as_secs_f64() * 1e3;
    if !status.success() {
        return Err(format!("the run in a process of its own ended with {status}").into());
    }
    Ok(took)
}

/// A template that takes lines from a pipe.
struct Template {
    process: Child,
    input: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Template {
    fn start(what: &str, snapshot: &Path, folder: &Path) -> Outcome<Self> {
        let mut process = command(what, folder)?
            .arg("--restore")
            .arg(snapshot)
            .args(["--each", "-", "--jobs", "1"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = process.stdin.take();
        let output = process.stdout.take().ok_or("a pipe is missing")?;
        let mut template = Self {
            process,
            input,
            answers: BufReader::new(output).lines(),
        };
        let ready = template.answer()?;
        if ready["event"] != "ready" {
            return Err(format!("the template is not ready: {ready}").into());
        }
        Ok(template)
    }

    fn answer(&mut self) -> Outcome<Value> {
        let line = self.answers.next().ok_or("the template has ended")??;
        Ok(serde_json::from_str(&line)?)
    }

    /// A run of one cycle.
    fn run(&mut self, sample: usize) -> Outcome<Value> {
        let input = self.input.as_mut().ok_or("a pipe is missing")?;
        writeln!(input, "run-{sample}: --max-cycles {}", CYCLE + 1)?;
        let result = self.answer()?;
        if result["status"] != "passed" {
            return Err(format!("a run of the template did not pass: {result}").into());
        }
        Ok(result)
    }
}

impl Drop for Template {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.process.wait();
    }
}
