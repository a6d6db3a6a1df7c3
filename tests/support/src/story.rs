//! Runs of an example's program, for tests of the whole: it fails, a slot wakes and writes the waveform; it saves
//! itself, and a new process goes on from the file.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lightsss_runtime::durable::{RestoreOptions, Snapshot, diff};
use lightsss_runtime::state::Filter;
use serde_json::Value;
use tempfile::TempDir;
use wellen::simple::Waveform;

/// A program, and the folder in which it runs.
#[derive(Debug)]
pub struct Run {
    program: &'static str,
    folder: TempDir,
}

#[expect(
    clippy::missing_panics_doc,
    reason = "each panics where its test fails"
)]
impl Run {
    /// `program` is `env!("CARGO_BIN_EXE_...")`.
    #[must_use]
    pub fn new(program: &'static str) -> Self {
        Self {
            program,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The file `name` in the folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program to its end.
    #[must_use]
    pub fn start(&self, options: &[&str]) -> Output {
        Command::new(self.program)
            .current_dir(self.folder.path())
            .args(["--report", "report.json"])
            .args(options)
            .output()
            .unwrap()
    }

    /// The report of the last run.
    #[must_use]
    pub fn report(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.path("report.json")).unwrap()).unwrap()
    }

    /// Opens a snapshot in the folder.
    #[must_use]
    pub fn open(&self, snapshot: &Path) -> Snapshot {
        Snapshot::open(
            self.folder.path().join(snapshot),
            &RestoreOptions::default(),
        )
        .unwrap()
    }

    /// Opens the first snapshot that `report` names.
    #[must_use]
    pub fn open_saved(&self, report: &Value) -> Snapshot {
        self.open(Path::new(report["saved"][0].as_str().unwrap()))
    }
}

/// Output as text, for messages.
#[must_use]
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The value of `name`, the first variable of that name, at `time`.
///
/// # Panics
/// If the waveform has none.
pub fn value_at(wave: &mut Waveform, name: &str, time: u64) -> u64 {
    let hierarchy = wave.hierarchy();
    let variable = hierarchy
        .all_vars()
        .find(|variable| hierarchy[*variable].name(hierarchy) == name)
        .unwrap_or_else(|| panic!("no signal `{name}` in the waveform"));
    let signal = hierarchy[variable].signal_ref();
    wave.load_signals(&[signal]);
    let at = wave.time_table().partition_point(|entry| *entry <= time) - 1;
    let signal = wave.get_signal(signal).unwrap();
    let offset = signal.get_offset(u32::try_from(at).unwrap()).unwrap();
    let bits = signal.get_value_at(&offset, 0).to_bit_string().unwrap();
    u64::from_str_radix(&bits, 2).unwrap_or_else(|_| panic!("`{name}` is {bits}"))
}

/// Saves at one cycle, goes on in a new process, and compares the end, and the state of a later cycle, with those of a
/// run that nothing interrupted. `model` is the section of the model's context.
///
/// # Panics
/// If they differ.
pub fn assert_restored_run_ends_as_whole(program: &'static str, model: &str) {
    let run = Run::new(program);
    let whole = run.start(&["--slots", "0", "--save-at", "600000", "--save-dir", "whole"]);
    assert_eq!(whole.status.code(), Some(0), "{}", text(&whole.stderr));
    let whole = run.report();

    let first = run.start(&["--save-at", "500000", "--max-cycles", "500000"]);
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    let snapshot = run.report()["saved"][0].as_str().unwrap().to_owned();
    let later = ["--save-at", "600000", "--save-dir", "later"];
    let second = run.start(&[&["--restore", &snapshot][..], &later].concat());
    assert_eq!(second.status.code(), Some(0), "{}", text(&second.stderr));
    assert_eq!(run.report()["end_cycle"], whole["end_cycle"]);

    // In the middle, too: every field, signal and byte of memory. (The bytes of Verilator's context are
    // a C++ struct's, with padding that early versions do not initialise.)
    let [mut one, mut other] = [&whole, &run.report()].map(|report| run.open_saved(report));
    let mut difference = diff(&mut one, &mut other, &Filter::default(), &|_| ()).unwrap();
    difference.sections.retain(|section| section.name != model);
    assert!(difference.is_empty(), "{difference:?}");
    let mut earlier = run.open(Path::new(&snapshot));
    let difference = diff(&mut earlier, &mut other, &Filter::default(), &|_| ()).unwrap();
    assert!(
        !difference.models.is_empty(),
        "100,000 cycles change something"
    );
}

/// As [`assert_restored_run_ends_as_whole`], of runs that fail: `fault` makes them.
///
/// # Panics
/// If they fail in other ways.
pub fn assert_restored_run_fails_as_whole(program: &'static str, fault: &str) {
    let run = Run::new(program);
    let _ = run.start(&["--slots", "0", "--", fault]);
    let whole = run.report();
    let _ = run.start(&["--save-at", "600000", "--max-cycles", "600000", "--", fault]);
    let snapshot = run.report()["saved"][0].as_str().unwrap().to_owned();
    let options = ["--checkpoint-cycles", "20000", "--restore", &snapshot, "--"];
    let _ = run.start(&[&options[..], &[fault]].concat());
    let restored = run.report();
    assert_eq!(restored["failure"], whole["failure"]);
    assert_eq!(restored["end_cycle"], whole["end_cycle"]);
    assert_eq!(restored["reproduced"], true, "{restored}");
}

/// Restores one snapshot for several runs (`--each`), and each of them in a process of its own: reports and waveforms
/// are equal. `lines` are arguments of the harness; a run fails if its line has `fault` in it.
///
/// # Panics
/// If they differ.
pub fn assert_runs_of_one_template_are_as_their_own(program: &'static str, lines: &[&str]) {
    let run = Run::new(program);
    let first = run.start(&[
        "--slots",
        "0",
        "--save-at",
        "500000",
        "--max-cycles",
        "500001",
    ]);
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    let snapshot = run.report()["saved"][0].as_str().unwrap().to_owned();
    let options = ["--checkpoint-cycles", "20000", "--max-cycles", "800000"];
    let all: Vec<String> = lines.iter().map(|line| format!("-- {line}\n")).collect();
    std::fs::write(run.path("runs.txt"), all.concat()).unwrap();
    let each = ["--restore", &snapshot, "--each", "runs.txt", "--jobs", "2"];
    let output = run.start(&[&each[..], &options].concat());
    let results = std::fs::read_to_string(run.path("runs/results.jsonl")).unwrap();
    let results: Vec<Value> = results
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(results.len(), lines.len(), "{}", text(&output.stderr));
    for result in results {
        let line = lines[result["line"].as_u64().unwrap() as usize - 1];
        let expected = if line.contains("fault") {
            "failed"
        } else {
            "passed"
        };
        assert_eq!(result["status"], expected, "{result}");
        let own = [&["--restore", &snapshot], &options[..], &["--", line]].concat();
        let _ = run.start(&own);
        let folder = Path::new(result["folder"].as_str().unwrap()).to_owned();
        let its = std::fs::read(folder.join("report.json")).unwrap();
        let its: Value = serde_json::from_slice(&its).unwrap();
        for figure in [
            "passed",
            "failure",
            "end_cycle",
            "reproduced",
            "replay_from",
            "replay_to",
        ] {
            assert_eq!(its[figure], run.report()[figure], "{line}: {figure}");
        }
        if expected == "failed" {
            let wave = |path: PathBuf| std::fs::read(path).unwrap();
            let [one, other] = [folder.join("failure.fst"), run.path("failure.fst")].map(wave);
            // Behind the date.
            assert!(
                one.len() == other.len(),
                "{line}: {} and {} bytes",
                one.len(),
                other.len()
            );
        }
    }
}
