//! Every design: its bindings do what a C++ program does, its replay has the state of its run, what is saved comes
//! back, and two runs that reach one cycle have nothing that differs.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use lightsss_runtime::durable::{RestoreOptions, Snapshot, diff};
use lightsss_runtime::state::Filter;
use lightsss_tests_random::{CYCLES, DESIGNS, Entry, REFUSED};
use serde_json::Value;

#[test]
fn every_design_is_built_unless_verilator_refuses_it() {
    let (verilator, ours): (Vec<_>, Vec<_>) = REFUSED
        .iter()
        .partition(|(_, by_verilator, _)| *by_verilator);
    for (about, _, text) in &verilator {
        println!(
            "refused by Verilator: {about}: {}",
            text.lines().next().unwrap_or_default()
        );
    }
    assert!(
        verilator.len() * 10 <= DESIGNS.len(),
        "Verilator refuses too many: {verilator:#?}"
    );
    let texts: Vec<String> = ours
        .iter()
        .map(|(about, _, text)| format!("{about}: {text}"))
        .collect();
    assert!(
        ours.is_empty(),
        "{} designs:\n{}",
        ours.len(),
        texts.join("\n")
    );
}

#[test]
fn every_design_does_what_it_does_in_cpp_replays_and_comes_back_as_it_was() {
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let design = next.fetch_add(1, Ordering::Relaxed)
                    && design < DESIGNS.len()
                {
                    if let Err(error) = one(design) {
                        let entry = &DESIGNS[design];
                        let text = format!("{}: {error}\n{}", entry.about, entry.source);
                        failed.lock().unwrap().push(text);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    let some: Vec<_> = failed.iter().take(5).cloned().collect();
    let names: Vec<_> = failed
        .iter()
        .filter_map(|text| text.lines().next())
        .collect();
    assert!(
        failed.is_empty(),
        "{} of {} designs:\n{}\n\n{}",
        failed.len(),
        DESIGNS.len(),
        names.join("\n"),
        some.join("\n")
    );
}

/// A design, and a folder of its own, in which it is run.
struct Run {
    design: usize,
    folder: PathBuf,
}

fn one(design: usize) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let entry = &DESIGNS[design];
    let run = Run {
        design,
        folder: folder.path().to_owned(),
    };
    run.rust(0, &["save", "half", "end", "records"])?;
    let output = run.cpp(entry)?;
    same_records("C++", entry, &run.read("records")?, &run.read("cpp")?)?;
    same_lines(
        "C++",
        &run.text("records.txt")?,
        &String::from_utf8_lossy(&output.stdout),
    )?;
    if entry.check.is_some() {
        run.rust(0, &["restore", "half", "again", "restored", "after"])?;
        same_records(
            "what was restored",
            entry,
            &run.read("records")?,
            &run.read("after")?,
        )?;
        same_lines(
            "what was restored",
            &run.text("records.txt")?,
            &run.text("after.txt")?,
        )?;
        run.same("two runs", "half", "again")?;
        run.same("a run and what was restored", "end", "restored")?;
    }
    match entry.traced {
        // In a replay such a file is a copy as it is when the replay begins (`docs/limits.md`).
        Some(_) if entry.source.contains("\"w+\"") => Ok(()),
        Some(extension) => run.replays(&format!("wave.{extension}"), entry.check.is_some()),
        None => Ok(()),
    }
}

impl Run {
    fn read(&self, file: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.folder.join(file)).map_err(|error| format!("{file}: {error}"))
    }

    fn text(&self, file: &str) -> Result<String, String> {
        Ok(String::from_utf8_lossy(&self.read(file)?).into_owned())
    }

    fn rust(&self, code: i32, arguments: &[&str]) -> Result<(), String> {
        let output = Command::new(env!("CARGO_BIN_EXE_design"))
            .env("DESIGN", self.design.to_string())
            .args(arguments)
            .current_dir(&self.folder)
            .output()
            .map_err(|error| error.to_string())?;
        if output.status.code() == Some(code) {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&output.stderr);
        Err(format!("{arguments:?}: {}: {text}", output.status))
    }

    /// The same in C++.
    fn cpp(&self, entry: &Entry) -> Result<Output, String> {
        let program = Path::new(env!("OUT_DIR")).join("drive");
        let output = Command::new(program)
            .args([entry.name, &CYCLES.to_string(), "cpp"])
            .current_dir(&self.folder)
            .output()
            .map_err(|error| error.to_string())?;
        if output.status.success() {
            return Ok(output);
        }
        let text = String::from_utf8_lossy(&output.stderr);
        Err(format!("the C++ program: {}: {text}", output.status))
    }

    fn replays(&self, wave: &str, savable: bool) -> Result<(), String> {
        let mut run = vec!["--quiet", "--slots", "3", "--checkpoint-cycles", "20"];
        if savable {
            run.extend(["--compare-every", "10"]);
        }
        run.extend(["--wave", wave, "--report", "report.json"]);
        self.rust(1, &run)?;
        let text = self.text("report.json")?;
        let report: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let differences = report["differences"].as_array();
        let equal = report["equality"]
            .as_str()
            .is_some_and(|text| text.starts_with("equal"));
        let fine = differences.is_none_or(Vec::is_empty) && (equal || !savable);
        if !fine || !self.folder.join(wave).is_file() {
            return Err(format!("the replay: {text}"));
        }
        Ok(())
    }

    fn same(&self, what: &str, a: &str, b: &str) -> Result<(), String> {
        let open = |file: &str| {
            Snapshot::open(self.folder.join(file), &RestoreOptions::default())
                .map_err(|error| error.to_string())
        };
        let found = diff(&mut open(a)?, &mut open(b)?, &Filter::default(), &|_| ())
            .map_err(|error| error.to_string())?;
        if found.is_empty() {
            return Ok(());
        }
        Err(format!("{what}: {found:#?}"))
    }
}

/// The first difference, by cycle and port.
fn same_records(what: &str, entry: &Entry, run: &[u8], other: &[u8]) -> Result<(), String> {
    if run == other {
        return Ok(());
    }
    let ports: u32 = entry.ports.iter().map(|(_, bytes)| bytes).sum();
    // Two evaluations with a byte for halts each, and what exports give.
    let cycle = 2 * (ports as usize + 1) + 4 * entry.exports;
    let at = run
        .iter()
        .zip(other)
        .position(|(a, b)| a != b)
        .unwrap_or(run.len().min(other.len()));
    let mut place = at % cycle % (ports as usize + 1);
    let port = entry.ports.iter().find(|(_, bytes)| {
        let found = place < *bytes as usize;
        place = place.saturating_sub(*bytes as usize);
        found
    });
    Err(format!(
        "{what} differs in cycle {} at port {port:?} ({} and {} bytes)",
        at / cycle,
        run.len(),
        other.len()
    ))
}

fn same_lines(what: &str, run: &str, other: &str) -> Result<(), String> {
    let mut pairs = run.lines().zip(other.lines()).enumerate();
    match pairs.find(|(_, (a, b))| a != b) {
        Some((at, (a, b))) => Err(format!("{what} prints {b:?} for {a:?} in line {at}")),
        None if run.lines().count() != other.lines().count() => Err(format!(
            "{what} prints {} lines for {}",
            other.lines().count(),
            run.lines().count()
        )),
        None => Ok(()),
    }
}
