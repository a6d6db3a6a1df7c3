//! What a run could not write is said, by its report and by its status; the failure is reported all the same.

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, Output},
};

use lightsss_tests_slots::driver::{command, driven, report};

const CHECKPOINTS: [&str; 2] = ["--checkpoint-cycles", "100"];

/// Runs the driver in a folder whose file system has room for 16 KiB, and gives what it put there.
/// None where nobody may mount one.
fn on_a_small_disk(folder: &Path, line: &str) -> Option<Output> {
    let namespace = ["--user", "--map-root-user", "--mount"];
    let probe = Command::new("unshare").args(namespace).arg("true").status();
    if !probe.is_ok_and(|status| status.success()) {
        eprintln!("not run: this system lets nobody make a mount namespace with `unshare`");
        return None;
    }
    fs::create_dir_all(folder.join("disk")).unwrap();
    let script = format!(
        "mount -t tmpfs -o size=16k none disk && {} {line}; status=$?; cp disk/* kept; exit $status",
        env!("CARGO_BIN_EXE_driven")
    );
    fs::create_dir_all(folder.join("kept")).unwrap();
    let mut command = Command::new("unshare");
    command.args(namespace).args(["sh", "-c", &script]);
    Some(command.current_dir(folder).output().unwrap())
}

#[test]
fn a_waveform_on_a_full_disk_is_no_waveform() {
    let folder = tempfile::tempdir().unwrap();
    let line =
        "--checkpoint-cycles 100 --wave disk/wave --report report.json -- fail=1050 pad=100000";
    let Some(output) = on_a_small_disk(folder.path(), line) else {
        return;
    };
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{complaints}");
    assert!(complaints.contains("failed at cycle 1050"), "{complaints}");
    assert!(!complaints.contains("wrote"), "{complaints}");
    let report = report(folder.path()).unwrap();
    assert_eq!(report["reproduced"], true, "{report}");
    assert!(report["wave"].is_null(), "{report}");
    let error = report["wave_error"].as_str().unwrap();
    assert!(
        error.contains("disk/wave") && error.contains("No space left"),
        "{error}"
    );
}

#[test]
fn a_report_on_a_full_disk_is_reported_with_the_failure() {
    let folder = tempfile::tempdir().unwrap();
    for (fault, status, said) in [
        ("-- fail=1050", 4, "failed at cycle 1050"),
        ("--max-cycles 500", 2, "ended well at cycle 500"),
    ] {
        let line = format!(
            "--checkpoint-cycles 100 --wave wave --report disk/report.json {fault}; \
             true > disk/report.json; dd if=/dev/zero of=disk/filler bs=4096 count=8 status=none; \
             {} --checkpoint-cycles 100 --wave wave --report disk/report.json {fault}",
            env!("CARGO_BIN_EXE_driven")
        );
        let Some(output) = on_a_small_disk(folder.path(), &line) else {
            return;
        };
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{fault}: {complaints}");
        assert_eq!(complaints.matches(said).count(), 2, "{fault}: {complaints}");
        assert!(
            complaints.contains("could not write the report"),
            "{complaints}"
        );
    }
}

#[test]
fn a_file_that_is_no_waveform_is_reported() {
    for (fault, signal, status) in [
        ("fail=1050", None, Some(4)),
        ("die=1050", Some(libc::SIGSEGV), None),
    ] {
        let folder = tempfile::tempdir().unwrap();
        // The counter writes a line of text, whatever its name.
        let mut run = Command::new(env!("CARGO_BIN_EXE_driven"));
        run.current_dir(folder.path()).args(CHECKPOINTS);
        run.args(["--wave", "a.fst", "--report", "report.json", "--", fault]);
        let output = run.output().unwrap();
        assert_eq!(output.status.signal(), signal, "{output:?}");
        assert_eq!(output.status.code(), status, "{output:?}");
        let report = report(folder.path()).unwrap();
        assert!(report["wave"].is_null(), "{report}");
        let error = report["wave_error"].as_str().unwrap();
        assert!(error.contains("as an FST file does"), "{report}");
    }
}

#[test]
fn a_slot_that_was_not_saved_is_reported_by_the_status() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        &CHECKPOINTS[..],
        &["--save-on-failure", "a.lsss", "fail=1050", "sealed"],
    ];
    let (status, report) = driven(folder.path(), &args.concat());
    assert_eq!(status.code(), Some(4), "{report}");
}

#[test]
fn a_save_at_a_cycle_that_the_run_does_not_come_to_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["--save-at", "600", "--max-cycles", "500"];
    let (status, report) = driven(folder.path(), &args);
    assert_eq!(status.code(), Some(2), "{report}");
    let error = report["save_errors"][0].as_str().unwrap();
    assert!(error.contains("600") && error.contains("500"), "{error}");
}

#[test]
fn a_run_that_starts_at_its_end_says_that_nothing_was_run() {
    let folder = tempfile::tempdir().unwrap();
    let (_, saved) = driven(folder.path(), &["--save-at", "500", "--max-cycles", "500"]);
    let snapshot = saved["saved"][0].as_str().unwrap();
    let mut again = command(
        folder.path(),
        &["--restore", snapshot, "--max-cycles", "500"],
    );
    let output = again.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(complaints.contains("nothing was run"), "{complaints}");
    // And what was to be saved before it began.
    let early = [
        "--restore",
        snapshot,
        "--save-at",
        "100",
        "--max-cycles",
        "600",
    ];
    let (status, report) = driven(folder.path(), &early);
    assert_eq!(status.code(), Some(2), "{report}");
    assert_eq!(report["saves_failed"], 1, "{report}");
}
