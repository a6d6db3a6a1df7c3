//! A template in a loop of one's own.

use std::{fs, process::Command};

use lightsss_tests_support::processes::Mark;

#[test]
fn runs_of_a_loop_of_one_s_own_share_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mark = Mark::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_templates"));
    command
        .current_dir(folder.path())
        .env("RUST_BACKTRACE", "0");
    mark.put_on(&mut command);
    let output = command.output().unwrap();
    mark.assert_gone("the template has ended");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    for line in [
        "passes: exited with status 0, Itself, begun true, None",
        "fails: exited with status 1, Itself, begun true, None",
        "dies: was killed by SIGSEGV, Itself, begun true, None",
        "panics: exited with status 101, Itself, begun false, None",
        "refuses: exited with status 2, Itself, begun false, Some(\"there is nothing to run\")",
        "hangs: was killed by SIGKILL, Deadline, begun false, None",
        "killed: was killed by SIGKILL, Template, begun false, None",
        "leaves: exited with status 0, Itself, begun true, None",
        "cycle 200",
    ] {
        assert!(
            printed.lines().any(|found| found == line),
            "{line}: {printed}"
        );
    }
    assert!(printed.contains("other threads live: clerk"), "{printed}");
    // The template's own harness is dropped in it, and each run's in the run.
    assert_eq!(
        printed.matches("dropped at cycle 200").count(),
        1,
        "{printed}"
    );
    let of = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let (passes, fails) = (of("passes.txt"), of("fails.txt"));
    assert!(
        passes.contains("state 0x") && passes.contains("dropped at cycle 400"),
        "{passes}"
    );
    assert!(fails.contains("[replay] replays from 200"), "{fails}");
    assert!(
        fails.contains("the replay: the same failure came again"),
        "{fails}"
    );
    assert!(
        of("dies.txt").contains("killed by SIGSEGV"),
        "{}",
        of("dies.txt")
    );
    let state = |text: &str| {
        text.lines()
            .find(|line| line.starts_with("state"))
            .map(str::to_owned)
    };
    assert_eq!(state(&passes), state(&of("leaves.txt")), "all begin alike");
}
