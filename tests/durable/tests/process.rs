//! What happens to files when processes die, starve, race, or save in the background. Each in its own process.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

const SAVER: &str = env!("CARGO_BIN_EXE_saver");

fn saver(arguments: &[&str]) -> Output {
    Command::new(SAVER).args(arguments).output().unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The seed of the harness in a file.
fn seed(file: &Path) -> String {
    let output = saver(&["restore", path(file)]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[test]
fn saves_in_the_background_are_whole_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let output = saver(&["background", path(folder.path())]);
    let text = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{errors}");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("saved "), "{text}");
    assert_eq!(lines[1], "1");
    assert!(lines[2].contains("No such file or directory"), "{text}");
    assert!(lines[3].starts_with("threads bystander"), "{text}");
    assert_eq!(
        lines[4..],
        [
            "depth 0", "depth 1", "depth 2", "depth 3", "depth 4", "depth 0"
        ]
    );
}

#[test]
fn a_full_disk_leaves_the_previous_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.lsss");
    assert!(saver(&["save", path(&file), "1"]).status.success());
    for limit in ["0", "64", "100000", "1048576"] {
        let output = saver(&["save", path(&file), "2", "--file-limit", limit]);
        assert!(!output.status.success(), "limit {limit}");
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(errors.contains("could not write"), "{errors}");
        assert_eq!(seed(&file), "1");
        assert_eq!(files(folder.path()), 1);
    }
}

#[test]
fn a_disk_that_fills_up_leaves_the_previous_file() {
    let folder = tempfile::tempdir().unwrap();
    let output = saver(&["full-disk", path(folder.path())]);
    let errors = String::from_utf8_lossy(&output.stderr);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{errors}");
    let (disk, rest) = text.split_once('\n').unwrap();
    // A container may allow no mount at all; then this is said, and a limit on files stands in for the disk.
    println!("the disk is {disk}");
    let problem = if disk == "a tmpfs" {
        "No space left on device"
    } else {
        "File too large"
    };
    let lines: Vec<&str> = rest.lines().collect();
    for attempt in lines[..9].chunks(3) {
        assert!(attempt[0].contains("could not write"), "{text}");
        assert!(attempt[0].contains(problem), "{text}");
        assert_eq!(attempt[1..], ["1", "files 1"], "{text}");
    }
    assert_eq!(lines[9..], ["small true"]);
}

#[test]
fn a_folder_that_is_read_only_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    let file = inner.join("a.lsss");
    assert!(saver(&["save", path(&file), "1"]).status.success());
    std::fs::set_permissions(&inner, PermissionsExt::from_mode(0o555)).unwrap();
    // Root may write everywhere, unless it gives that right up.
    let output = saver(&["save", path(&file), "2", "--without-capabilities"]);
    std::fs::set_permissions(&inner, PermissionsExt::from_mode(0o755)).unwrap();
    assert!(!output.status.success());
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("could not create"), "{errors}");
    assert!(errors.contains("Permission denied"), "{errors}");
    assert!(errors.contains(path(&inner)), "{errors}");
    assert_eq!(seed(&file), "1");
    assert_eq!(files(&inner), 1);
}

#[test]
fn two_writers_of_one_name_leave_one_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.lsss");
    let writer = |seed: &str| {
        Command::new(SAVER)
            .args(["save", path(&file), seed, "--times", "15"])
            .spawn()
            .unwrap()
    };
    let mut writers = [writer("1"), writer("2"), writer("3")];
    for _ in 0..10 {
        if file.exists() {
            assert!(["1", "2", "3"].contains(&seed(&file).as_str()));
        }
    }
    for writer in &mut writers {
        assert!(writer.wait().unwrap().success());
    }
    assert!(["1", "2", "3"].contains(&seed(&file).as_str()));
    assert_eq!(files(folder.path()), 1);
}

/// Kills a writer at the start of each of its system calls, one after the other, until it comes to its end.
#[test]
fn a_kill_between_any_two_system_calls_leaves_a_good_file() {
    use nix::sys::ptrace;
    use nix::sys::signal::{Signal, kill};
    use nix::sys::wait::{WaitStatus, waitpid};
    use nix::unistd::Pid;
    use std::os::unix::process::CommandExt;

    // Which stops there are is found in a first run. Stops before the first file is made are all alike, and those of a
    // program that starts are many: of them, every tenth is tried.
    let run = |file: &Path, kill_at: Option<usize>, see: &mut dyn FnMut(usize)| -> usize {
        let mut command = Command::new(SAVER);
        command.args(["save", path(file), "2"]);
        // SAFETY: `PTRACE_TRACEME` is one system call, which is all that may be done between fork and exec.
        unsafe { command.pre_exec(|| ptrace::traceme().map_err(Into::into)) };
        #[allow(clippy::zombie_processes)] // waited for below, by its number
        let child = Pid::from_raw(command.spawn().unwrap().id() as i32);
        let mut stops = 0;
        waitpid(child, None).unwrap();
        loop {
            if kill_at == Some(stops) {
                kill(child, Signal::SIGKILL).unwrap();
                waitpid(child, None).unwrap();
                return stops;
            }
            ptrace::syscall(child, None).unwrap();
            match waitpid(child, None).unwrap() {
                WaitStatus::Exited(_, 0) => return stops,
                WaitStatus::Stopped(..) => {
                    stops += 1;
                    see(stops);
                }
                other => panic!("{other:?}"),
            }
        }
    };
    let begin = || {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.lsss");
        assert!(saver(&["save", path(&file), "1"]).status.success());
        (folder, file)
    };
    let (folder, file) = begin();
    let mut unfinished = Vec::new();
    let all = run(&file, None, &mut |stop| {
        if files(folder.path()) > 1 {
            unfinished.push(stop);
        }
    });
    assert_eq!(seed(&file), "2");
    let (mut old, mut new, mut left) = (0, 0, 0);
    let late = all.saturating_sub(120);
    // From before the temporary file is made until after it has its name, every stop is tried; a run may have a few
    // stops more than another.
    let (made, named) = (unfinished[0], unfinished[unfinished.len() - 1]);
    assert!(
        late + 5 < made && made < named && named < all,
        "of {all} stops, from {late} on every one is tried; the temporary file is there from {made} to {named}"
    );
    for kill_at in (0..late).step_by(10).chain(late..all) {
        let (folder, file) = begin();
        run(&file, Some(kill_at), &mut |_| ());
        match seed(&file).as_str() {
            "1" => old += 1,
            "2" => new += 1,
            other => panic!("seed {other} after a kill at stop {kill_at}"),
        }
        left += files(folder.path()) - 1;
        assert!(saver(&["save", path(&file), "3"]).status.success());
        // A file that was made and not yet locked is empty, and left alone for a minute.
        let leftover = std::fs::read_dir(folder.path()).unwrap().any(|entry| {
            let entry = entry.unwrap();
            entry.path() != file && entry.metadata().unwrap().len() > 0
        });
        assert!(
            !leftover,
            "a leftover of a kill at stop {kill_at} was not cleaned"
        );
    }
    println!("{all} stops, the temporary file from {made} to {named}, {left} leftovers");
    // Both sides of the rename were seen, and a leftover for nearly every stop between.
    assert!(
        old > 20 && new > 2 && left > 5 && left + 5 > named - made,
        "{old} kills before the rename, {new} after, {left} leftovers"
    );
}
