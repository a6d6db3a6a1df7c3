//! Runs the command.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The command.
#[allow(dead_code, reason = "not every test calls it")]
pub fn codegen() -> Command {
    Command::new(env!("CARGO_BIN_EXE_lightsss-codegen"))
}

/// A design of this folder.
#[allow(dead_code, reason = "not every test calls it")]
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
#[allow(dead_code, reason = "not every test calls the command")]
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

/// Verilator under another root, where its headers name another version.
#[allow(dead_code, reason = "not every test wants one")]
pub fn root_of_version(root: &Path, version: &str) -> PathBuf {
    let found = lightsss_codegen::verilator_include().expect("Verilator");
    let include = root.join("include");
    std::fs::create_dir_all(&include).expect("a folder");
    for entry in std::fs::read_dir(&found).expect("a folder") {
        let entry = entry.expect("an entry");
        let to = include.join(entry.file_name());
        if entry.file_name() == "verilated_config.h" {
            let text = std::fs::read_to_string(entry.path()).expect("text");
            let line = text
                .lines()
                .find(|line| line.contains("VERILATOR_VERSION "));
            let changed = format!("#define VERILATOR_VERSION \"{version}\"");
            std::fs::write(to, text.replace(line.expect("a version"), &changed)).expect("file");
        } else {
            std::os::unix::fs::symlink(entry.path(), to).expect("a link");
        }
    }
    let programs = found.with_file_name("bin");
    if programs.join("verilator_bin").is_file() {
        std::os::unix::fs::symlink(programs, root.join("bin")).expect("a link");
    }
    root.to_owned()
}
