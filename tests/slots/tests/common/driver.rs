//! A run of the program `driven`, and its report.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::{
    fs,
    path::Path,
    process::{Command, ExitStatus},
};

use serde_json::Value;

/// Runs the driver in this folder, with its waveform in `wave`; its status and its report.
pub fn driven(folder: &Path, args: &[&str]) -> (ExitStatus, Value) {
    let output = command(folder, args).output().unwrap();
    let report = report(folder).unwrap_or_else(|| panic!("{output:?}"));
    (output.status, report)
}

/// The driver in this folder.
pub fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driven"));
    command.current_dir(folder);
    command.args(["--wave", "wave", "--report", "report.json"]);
    let words = args.iter().position(|arg| is_for_the_harness(arg));
    let (options, words) = args.split_at(words.unwrap_or(args.len()));
    command.args(options).arg("--").args(words);
    command
}

/// What the program `driven` reads itself: `fail=1050`, or a word.
fn is_for_the_harness(arg: &str) -> bool {
    ["hook", "sealed"].contains(&arg) || (!arg.starts_with('-') && arg.contains('='))
}

/// What a run in this folder has reported.
pub fn report(folder: &Path) -> Option<Value> {
    let text = fs::read_to_string(folder.join("report.json")).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}
