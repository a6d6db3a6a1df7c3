//! A replay that goes another way than its original names what differs.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Runs the harness with a hidden nondeterminism; gives its report and what it printed.
fn run(folder: &Path, arguments: &[&str]) -> (Value, String) {
    let report = folder.join("report.json");
    let output = Command::new(env!("CARGO_BIN_EXE_hidden"))
        .args(["--slots", "4", "--checkpoint-cycles", "100", "--quiet"])
        .args(arguments)
        .arg("--wave")
        .arg(folder.join("failure.vcd"))
        .arg("--report")
        .arg(&report)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    let report = std::fs::read_to_string(report).unwrap();
    (serde_json::from_str(&report).unwrap(), text)
}

#[test]
fn names_fields_and_signals_with_both_values() {
    let folder = tempfile::tempdir().unwrap();
    let (report, text) = run(folder.path(), &[]);
    let equality = report["equality"].as_str().unwrap();
    assert!(
        equality.contains("equal at cycle 300, different at cycle 400"),
        "{equality}"
    );
    let differences: Vec<&str> = report["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|difference| difference.as_str().unwrap())
        .collect();
    // The number is in the harness and, in hexadecimal, in the model's memory.
    let (original, replay) = differences[0]
        .strip_prefix("jitter: ")
        .and_then(|values| values.split_once(" -> "))
        .unwrap_or_else(|| panic!("{text}"));
    let number = |text: &str| text.split(' ').next().unwrap().parse::<u32>().unwrap();
    let (original, replay) = (number(original), number(replay));
    assert_ne!(original, replay);
    let hex = |number: u32| format!("0x{:04x}_{:04x}", number >> 16, number & 0xffff);
    let expected = format!("soc.ram[17][31:0]: {} -> {}", hex(original), hex(replay));
    assert!(differences.contains(&expected.as_str()), "{differences:#?}");
    assert!(
        text.contains(&expected) && text.contains("lightsss diff"),
        "{text}"
    );
    for state in report["states"].as_array().unwrap() {
        assert!(Path::new(state.as_str().unwrap()).exists());
    }
}

#[test]
fn finds_the_first_cycle_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let (report, text) = run(folder.path(), &["--compare-every", "1"]);
    let equality = report["equality"].as_str().unwrap();
    // The step from 333 to 334 looks at the number.
    assert!(
        equality.contains("equal at cycle 333, different at cycle 334"),
        "{equality}"
    );
    // By name at that cycle, where the number is in the harness and not yet in the model's memory.
    assert_eq!(report["differences_at"], 334, "{text}");
    let differences = report["differences"].as_array().unwrap();
    assert!(
        differences[0].as_str().unwrap().starts_with("jitter: "),
        "{text}"
    );
    assert!(
        text.contains("different at cycle 334, original -> replay:"),
        "{text}"
    );
    let states = report["states"].as_array().unwrap();
    assert_eq!(states.len(), 2, "{text}");
    for state in states {
        let snapshot = std::fs::read(state.as_str().unwrap()).unwrap();
        assert!(!snapshot.is_empty());
    }
    let kept = std::fs::read_dir(folder.path()).unwrap();
    let kept = kept.filter(|entry| {
        let path = entry.as_ref().unwrap().path();
        path.extension()
            .is_some_and(|extension| extension == "lsss")
    });
    assert_eq!(
        kept.count(),
        2,
        "the pair of the failure is not left behind"
    );
}

/// Without memory for a state, what differs is named where both sides have one: at the failure.
#[test]
fn names_what_differs_at_the_failure_when_nothing_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--compare-every", "1", "--compare-memory", "0"];
    let (report, text) = run(folder.path(), &arguments);
    let equality = report["equality"].as_str().unwrap();
    assert!(equality.contains("different at cycle 334"), "{equality}");
    assert_eq!(report["differences_at"], report["end_cycle"], "{text}");
    assert!(!report["differences"].as_array().unwrap().is_empty());
}
