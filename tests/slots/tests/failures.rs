//! What a run fails with is reported in full, and known again in the replay.

use std::{fs, path::Path};

use lightsss_tests_slots::driver::{command, driven, report};

/// The line of the panic in the program.
fn line_of_the_panic() -> usize {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin/driven.rs");
    let text = fs::read_to_string(source).unwrap();
    let mark = "// place: panic";
    1 + text.lines().position(|line| line.ends_with(mark)).unwrap()
}

#[test]
fn a_panic_that_the_driver_catches_has_a_place_whoever_else_has_a_hook() {
    let expected = format!(
        "panicked at tests/slots/src/bin/driven.rs:{}:",
        line_of_the_panic()
    );
    for options in [&["hook"][..], &["--no-supervisor", "hook"]] {
        let folder = tempfile::tempdir().unwrap();
        let (before, behind) = options.split_at(options.len() - 1);
        let output = command(folder.path(), before)
            .args(["--checkpoint-cycles", "100", "panic=250"])
            .args(behind)
            .output()
            .unwrap();
        let report = report(folder.path()).unwrap_or_else(|| panic!("{output:?}"));
        assert_eq!(output.status.code(), Some(1), "{report}");
        let failure = report["failure"].as_str().unwrap();
        assert!(failure.starts_with(&expected), "{expected}: {failure}");
        assert!(failure.ends_with(": the counter panics"), "{failure}");
        assert_eq!(report["end_cycle"], 250);
        assert_eq!(report["reproduced"], true, "{report}");
        // The replay steps on after it, to show what follows.
        let errors = String::from_utf8_lossy(&output.stderr);
        let hook = "the hook of the harness: panicked at";
        let in_original = errors.lines().filter(|line| line.starts_with(hook));
        assert_eq!(in_original.count(), 1, "{errors}");
        assert!(errors.contains(&format!("[replay] {hook}")), "{errors}");
    }
}

#[test]
fn a_message_that_is_too_long_to_be_passed_on_is_known_again() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["--checkpoint-cycles", "100", "fail=250", "long=5000"];
    let (status, report) = driven(folder.path(), &args);
    assert!(report["failure"].as_str().unwrap().len() > 5000, "{report}");
    assert_eq!(report["reproduced"], true, "{}", report["replay_outcome"]);
    assert_eq!(status.code(), Some(1));
}
