//! Files that a fork shares: a replay reads what the original read, and writes nothing twice.

use std::{fs, process::Command};

use serde_json::Value;

#[test]
fn a_replay_reads_what_the_original_read_and_writes_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_files"))
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let reports: Vec<Value> = text
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(reports.len(), 2);
    for report in &reports {
        // The sum over all that was read, through C, C++ and Rust, buffered and not, is compared
        // by the program itself; here, that states were compared, too.
        assert_eq!(report["outcome"], "same_failure");
        assert_eq!(report["from_cycle"], 4000);
        assert_eq!(report["equality"]["compared"], 2);
        assert_eq!(report["equality"]["divergence"], Value::Null);
    }
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    assert_eq!(log.lines().count(), 11, "every 500 cycles once: {log}");
    // Of what the buffer held at the checkpoint, nothing is written by a replay.
    let journal = fs::read_to_string(folder.path().join("journal")).unwrap();
    assert_eq!(journal, log);
    let image = fs::read(folder.path().join("image")).unwrap();
    assert_eq!(image[..11], [1; 11], "no replay wrote into the image");
    let console = text
        .lines()
        .filter(|line| line.starts_with("console"))
        .count();
    assert_eq!(console, 11);
    let complaints = String::from_utf8(output.stderr).unwrap();
    // What the model had printed of a line at the checkpoint is the original's.
    for (cycle, replays) in [(999, 0), (3999, 0), (4999, 2)] {
        let half = format!("<{cycle}");
        assert_eq!(text.matches(&half).count(), 1, "{half}: {text}");
        assert_eq!(complaints.matches(&half).count(), replays, "{half}");
    }
    let again = complaints
        .lines()
        .filter(|line| line.starts_with("[replay] console"))
        .count();
    assert_eq!(
        again, 6,
        "two replays of 1500 cycles, each line behind its prefix: {complaints}"
    );
}

#[test]
fn a_replay_s_output_goes_to_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("replay.log");
    let output = Command::new(env!("CARGO_BIN_EXE_files"))
        .arg(folder.path())
        .arg("--output")
        .arg(&own)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stderr, b"");
    let written = fs::read_to_string(own).unwrap();
    assert_eq!(
        written,
        ">\nconsole 4499\nconsole 4999\n<4999>\nconsole 5499\n"
    );
}
