//! A run of the program `driven`, and its report.

use std::{
    env, fs,
    path::Path,
    process::{Command, ExitStatus},
};

use serde_json::Value;

/// Runs the driver in this folder, with its waveform in `wave`; its status and its report.
///
/// # Panics
/// If the program does not start, or leaves no report.
#[must_use]
pub fn driven(folder: &Path, args: &[&str]) -> (ExitStatus, Value) {
    let output = command(folder, args).output().unwrap();
    let report = report(folder).unwrap_or_else(|| panic!("{output:?}"));
    (output.status, report)
}

/// The driver in this folder. Cargo puts the program above the folder of the tests.
///
/// # Panics
/// If this process has no path.
#[must_use]
pub fn command(folder: &Path, args: &[&str]) -> Command {
    command_with(folder, "wave", args)
}

/// As [`command`], with its waveform elsewhere.
///
/// # Panics
/// If this process has no path.
#[must_use]
pub fn command_with(folder: &Path, wave: &str, args: &[&str]) -> Command {
    let test = env::current_exe().unwrap();
    let program = test.ancestors().nth(2).unwrap().join("driven");
    let mut command = Command::new(program);
    command.current_dir(folder);
    command.args(["--wave", wave, "--report", "report.json"]);
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
///
/// # Panics
/// If it is no JSON.
#[must_use]
pub fn report(folder: &Path) -> Option<Value> {
    let text = fs::read_to_string(folder.join("report.json")).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}
