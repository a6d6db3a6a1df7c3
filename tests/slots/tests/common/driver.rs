//! A run of the program `driven`, and its report.

use std::{
    fs,
    path::Path,
    process::{Command, ExitStatus},
};

use serde_json::Value;

/// Runs the driver in this folder, with its waveform in `wave`; its status and its report.
pub fn driven(folder: &Path, args: &[&str]) -> (ExitStatus, Value) {
    let report = folder.join("report.json");
    let output = Command::new(env!("CARGO_BIN_EXE_driven"))
        .current_dir(folder)
        .args(["--wave", "wave", "--report"])
        .arg(&report)
        .args(args)
        .output()
        .unwrap();
    let text = fs::read_to_string(&report).unwrap_or_else(|_| panic!("{output:?}"));
    (output.status, serde_json::from_str(&text).unwrap())
}
