//! Runs the command.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The command.
pub fn codegen() -> Command {
    Command::new(env!("CARGO_BIN_EXE_lightsss-codegen"))
}

/// A design of this folder.
pub fn design(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/designs")
        .join(name)
}

/// A folder that is gone at the end.
pub fn folder() -> TempDir {
    TempDir::new().expect("a temporary folder")
}

/// What was said, after a run that had to end with `code`.
#[track_caller]
pub fn ends_with(command: &mut Command, code: i32) -> (String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("the command runs");
    let stdout = String::from_utf8(stdout).expect("text");
    let stderr = String::from_utf8(stderr).expect("text");
    assert_eq!(status.code(), Some(code), "{command:?}\n{stdout}\n{stderr}");
    (stdout, stderr)
}
