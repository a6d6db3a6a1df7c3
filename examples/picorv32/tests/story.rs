//! The whole story, through the program itself: it fails, an older slot wakes and writes the
//! waveform; it saves itself to a file, and a new process goes on from there.

use std::path::PathBuf;
use std::process::{Command, Output};

use lightsss_runtime::durable::{RestoreOptions, Snapshot, diff};
use lightsss_runtime::state::Filter;
use serde_json::Value;
use tempfile::TempDir;
use wellen::simple::{Waveform, read};

const FAULT: u64 = 700_000;

struct Run {
    folder: TempDir,
}

impl Run {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self, options: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_picorv32-example"))
            .current_dir(self.folder.path())
            .args(["--report", "report.json"])
            .args(options)
            .output()
            .unwrap()
    }

    fn report(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.path("report.json")).unwrap()).unwrap()
    }
}

fn opened(run: &Run, snapshot: &str) -> Snapshot {
    Snapshot::open(run.path(snapshot), &RestoreOptions::default()).unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The value of `name`, the first variable of that name, at `time`.
fn value_at(wave: &mut Waveform, name: &str, time: u64) -> u64 {
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

#[test]
fn a_flipped_bit_is_shown_by_the_waveform() {
    let run = Run::new();
    let fault = format!("fault={FAULT}");
    let options = ["--checkpoint-cycles", "20000", "--", &fault];
    let output = run.start(&options);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));

    let report = run.report();
    let number = |name: &str| report[name].as_u64().unwrap();
    assert_eq!(report["reproduced"], true, "{report}");
    let equality = report["equality"].as_str().unwrap();
    assert!(equality.starts_with("equal at all"), "{equality}");
    let end = number("end_cycle");
    assert!(end > FAULT && end < FAULT + 40_000, "{report}");
    let from = number("replay_from");
    assert!(from < end && end - from <= 40_000, "{report}");

    let failure = report["failure"].as_str().unwrap();
    let found = failure.rsplit("found 0x").next().unwrap();
    let found = u64::from_str_radix(&found[..8], 16).unwrap();
    let mut wave = read(run.path("failure.fst")).unwrap();
    assert_eq!(wave.time_table().first(), Some(&(from * 2)));
    // The cycle that failed is the last one that counts.
    let time = (end - 1) * 2;
    assert_eq!(value_at(&mut wave, "mem_valid", time), 1);
    assert_eq!(value_at(&mut wave, "mem_addr", time), 0x1000_0000);
    assert_eq!(value_at(&mut wave, "mem_wdata", time), found, "{failure}");
}

#[test]
fn a_restored_run_ends_as_the_uninterrupted_one_does() {
    let run = Run::new();
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
    let [mut one, mut other] =
        [&whole, &run.report()].map(|report| opened(&run, report["saved"][0].as_str().unwrap()));
    let mut difference = diff(&mut one, &mut other, &Filter::default(), &|_| ()).unwrap();
    difference
        .sections
        .retain(|section| section.name != "picorv32");
    assert!(difference.is_empty(), "{difference:?}");
    let mut earlier = opened(&run, &snapshot);
    let difference = diff(&mut earlier, &mut other, &Filter::default(), &|_| ()).unwrap();
    assert!(
        !difference.models.is_empty(),
        "100,000 cycles change something"
    );
}

#[test]
fn a_restored_run_fails_as_the_uninterrupted_one_does() {
    let run = Run::new();
    let fault = format!("fault={FAULT}");
    run.start(&["--slots", "0", "--", &fault]);
    let whole = run.report();
    run.start(&[
        "--save-at",
        "600000",
        "--max-cycles",
        "600000",
        "--",
        &fault,
    ]);
    let snapshot = run.report()["saved"][0].as_str().unwrap().to_owned();
    let options = ["--checkpoint-cycles", "20000", "--restore", &snapshot, "--"];
    run.start(&[&options[..], &[&fault]].concat());
    let restored = run.report();
    assert_eq!(restored["failure"], whole["failure"]);
    assert_eq!(restored["end_cycle"], whole["end_cycle"]);
    assert_eq!(restored["reproduced"], true, "{restored}");
}
