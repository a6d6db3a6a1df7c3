//! Standard error that cannot be written: the status and the report of a run do not depend on it.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::process::{CommandExt, ExitStatusExt},
    path::Path,
    process::{Command, ExitStatus, Stdio},
};

use lightsss_tests_slots::driver::{command, report};
use nix::sys::stat::{Mode, SFlag, makedev, mknod};
use serde_json::Value;

/// What stands in the place of standard error.
#[derive(Clone, Copy, Debug)]
enum Obstacle {
    Closed,
    /// A device that is always full.
    Full,
    /// A pipe whose reader is gone.
    Broken,
    /// A file that was opened for reading.
    ReadOnly,
}

/// False where the system does not let us.
fn put(obstacle: Obstacle, folder: &Path, command: &mut Command) -> bool {
    match obstacle {
        Obstacle::Closed => {
            // SAFETY: may be called between a fork and an exec.
            unsafe {
                command.pre_exec(|| {
                    libc::close(libc::STDERR_FILENO);
                    Ok(())
                });
            }
        }
        Obstacle::Full => {
            // The number of `/dev/full`, in a folder of ours.
            let node = folder.join("full");
            if mknod(&node, SFlag::S_IFCHR, Mode::S_IRWXU, makedev(1, 7)).is_err() {
                eprintln!("not run: only root may make a device");
                return false;
            }
            command.stderr(OpenOptions::new().write(true).open(node).unwrap());
        }
        Obstacle::Broken => {
            command.stderr(io::pipe().unwrap().1);
        }
        Obstacle::ReadOnly => {
            let file = folder.join("read-only");
            std::fs::write(&file, "").unwrap();
            command.stderr(File::open(file).unwrap());
        }
    }
    true
}

fn run(obstacle: Obstacle, options: &[&str], harness: &[&str]) -> Option<(ExitStatus, Value)> {
    let folder = tempfile::tempdir().unwrap();
    let options = [&["--checkpoint-cycles", "100"], options, harness].concat();
    let mut command = command(folder.path(), &options);
    command.stdout(Stdio::null());
    if !put(obstacle, folder.path(), &mut command) {
        return None;
    }
    let status = command.status().unwrap();
    let report = report(folder.path());
    Some((
        status,
        report.unwrap_or_else(|| panic!("{obstacle:?}: {status}")),
    ))
}

#[test]
fn the_status_and_the_report_are_what_they_are_elsewhere() {
    for obstacle in [
        Obstacle::Closed,
        Obstacle::Full,
        Obstacle::Broken,
        Obstacle::ReadOnly,
    ] {
        for supervision in [&[][..], &["--no-supervisor"]] {
            let what = format!("{obstacle:?} {supervision:?}");
            let Some((status, report)) = run(
                obstacle,
                &[&["--max-cycles", "500"], supervision].concat(),
                &[],
            ) else {
                continue;
            };
            assert_eq!(status.code(), Some(0), "{what}: {report}");
            assert_eq!(report["passed"], true, "{what}: {report}");

            let (status, report) = run(obstacle, supervision, &["fail=1050"]).unwrap();
            assert_eq!(status.code(), Some(1), "{what}: {report}");
            assert_eq!(report["reproduced"], true, "{what}: {report}");
        }
        let Some((status, report)) = run(obstacle, &[], &["die=1050"]) else {
            continue;
        };
        assert_eq!(status.signal(), Some(libc::SIGSEGV), "{obstacle:?}");
        assert_eq!(report["crashed"], true, "{obstacle:?}: {report}");
        assert_eq!(report["reproduced"], true, "{obstacle:?}: {report}");
    }
}
