//! Every small design: its replay has the state of its run, what is saved comes back, and two runs that
//! reach one cycle have nothing that differs.

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use lightsss_runtime::durable::{RestoreOptions, Snapshot, diff};
use lightsss_runtime::state::Filter;
use lightsss_tests_runs::small::DESIGNS;
use serde_json::Value;

#[test]
fn every_design_replays_and_comes_back_as_it_was() {
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
    assert!(
        failed.is_empty(),
        "{} designs:\n{}",
        failed.len(),
        some.join("\n")
    );
}

fn one(design: usize) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let at = |name: &str| folder.path().join(name);
    if let Some(extension) = DESIGNS[design].traced {
        replays(
            design,
            &at("report.json"),
            &at(&format!("wave.{extension}")),
        )?;
    }
    let [a, b, c] = ["a.lsss", "b.lsss", "c.lsss"].map(at);
    small(design, 0, &["save"], &[&a])?;
    small(design, 0, &["save"], &[&b])?;
    same("two runs", &a, &b)?;
    small(design, 0, &["trip"], &[&b, &c])?;
    same("a run and what was restored", &b, &c)
}

fn replays(design: usize, report: &Path, wave: &Path) -> Result<(), String> {
    let run = [
        "--quiet",
        "--slots",
        "3",
        "--checkpoint-cycles",
        "20",
        "--compare-every",
        "10",
    ];
    let paths = [Path::new("--wave"), wave, Path::new("--report"), report];
    small(design, 1, &run, &paths)?;
    let text = std::fs::read_to_string(report).map_err(|error| error.to_string())?;
    let report: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let differences = report["differences"].as_array();
    let equal = report["equality"]
        .as_str()
        .is_some_and(|text| text.starts_with("equal"));
    if !equal || differences.is_some_and(|list| !list.is_empty()) || !wave.is_file() {
        return Err(format!("the replay: {text}"));
    }
    Ok(())
}

fn small(design: usize, code: i32, arguments: &[&str], paths: &[&Path]) -> Result<(), String> {
    let output = Command::new(env!("CARGO_BIN_EXE_small"))
        .env("SMALL_DESIGN", design.to_string())
        .args(arguments)
        .args(paths)
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.code() == Some(code) {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(format!("{arguments:?}: {}: {text}", output.status))
}

fn same(what: &str, a: &Path, b: &Path) -> Result<(), String> {
    let open = |path: &Path| {
        Snapshot::open(path, &RestoreOptions::default()).map_err(|error| error.to_string())
    };
    let found = diff(&mut open(a)?, &mut open(b)?, &Filter::default(), &|_| ())
        .map_err(|error| error.to_string())?;
    if found.is_empty() {
        return Ok(());
    }
    Err(format!("{what}: {found:#?}"))
}
