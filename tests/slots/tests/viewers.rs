//! What a run hands to the viewers of waveforms, and the page about it.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::thread::sleep;
use std::time::{Duration, Instant};

use lightsss_tests_slots::driver::{command_with, report};
use serde_json::Value;
use tempfile::TempDir;

/// Runs with checkpoints every 100 cycles, a waveform that viewers read, and a page.
fn run(args: &[&str]) -> (TempDir, Output, Value) {
    let folder = tempfile::tempdir().unwrap();
    let (output, report) = run_in(folder.path(), args);
    (folder, output, report)
}

fn run_in(folder: &Path, args: &[&str]) -> (Output, Value) {
    let page = ["--checkpoint-cycles", "100", "--report-html", "page.html"];
    let args = [&page[..], args].concat();
    let output = command_with(folder, "wave.vcd", &args).output().unwrap();
    let report = report(folder).unwrap_or_else(|| panic!("{output:?}"));
    (output, report)
}

fn text(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap()
}

#[test]
fn both_files_show_what_the_failure_names_and_mark_it() {
    let (folder, output, report) = run(&["fail=450"]);
    // The last time of cycle 449, whose step failed.
    assert_eq!(report["wave_failure_time"], 899, "{report}");
    assert_eq!(report["wave_unit"], "1ns");
    assert_eq!(
        report["shown"],
        serde_json::json!(["clk", "counter"]),
        "{report}"
    );
    let gtkwave = text(&folder, "wave.gtkw");
    assert!(gtkwave.contains("\n@22\nTOP.counter[63:0]\n"), "{gtkwave}");
    assert!(gtkwave.contains("\n[timestart] 820\n"), "{gtkwave}");
    let zoom = gtkwave.lines().find(|line| line.starts_with('*')).unwrap();
    assert_eq!(zoom.split(' ').nth(1), Some("899"), "{zoom}");
    let surfer = text(&folder, "wave.sucl");
    assert!(surfer.contains("\nvariable_add TOP.counter\n"), "{surfer}");
    assert!(
        surfer.contains("\ncursor_set 899\nmarker_set failure 899\n"),
        "{surfer}"
    );
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().last().unwrap();
    assert_eq!(
        last,
        "open it with: surfer wave.vcd -c wave.sucl, or gtkwave wave.gtkw"
    );
}

#[test]
fn a_crash_is_marked_at_the_last_time_that_was_written() {
    let (folder, _, report) = run(&["--wave-cycles", "20", "die=450"]);
    assert_eq!(report["crashed"], true);
    assert_eq!(report["wave_failure_time"], 899, "{report}");
    assert!(text(&folder, "wave.sucl").contains("marker_set failure 899\n"));
    let page = text(&folder, "page.html");
    assert!(page.contains("crashed") && page.contains("<svg"), "{page}");
}

#[test]
fn a_pattern_that_means_nothing_is_a_remark_with_a_near_name() {
    let (_folder, _, report) = run(&["--show", "TOP.clk", "--show", "countre", "fail=450"]);
    assert_eq!(
        report["remarks"][0],
        "`--show countre`: the waveform has no such signal; did you mean `counter`?"
    );
    assert_eq!(report["shown"][0], "clk");
}

#[test]
fn a_view_that_was_saved_from_a_viewer_stays() {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), &["fail=450"]);
    fs::write(
        folder.path().join("wave.gtkw"),
        "[*] GTKWave Analyzer\nmine",
    )
    .unwrap();
    run_in(folder.path(), &["fail=250"]);
    assert!(text(&folder, "wave.gtkw").ends_with("mine"));
    assert!(text(&folder, "wave.sucl").contains("marker_set failure 499\n"));
}

#[test]
fn files_of_an_earlier_run_do_not_stay_beside_no_waveform() {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), &["fail=450"]);
    let (_, report) = run_in(folder.path(), &["--max-cycles", "50"]);
    assert_eq!(report["passed"], true);
    assert!(!folder.path().join("wave.gtkw").exists());
    assert!(!folder.path().join("wave.sucl").exists());
}

#[test]
fn the_page_tells_what_the_replay_printed_and_how_to_run_it_again() {
    let (folder, output, _) = run(&["fail=450"]);
    let page = text(&folder, "page.html");
    assert!(page.contains("replays from 300\n"), "{page}");
    assert!(page.contains("the counter is 0x"), "{page}");
    assert!(
        page.contains("--report-html page.html -- fail=450"),
        "{page}"
    );
    assert!(page.contains("equal at all"), "{page}");
    assert!(!folder.path().join("page.html.output").exists());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("replays from"), "once is enough: {said}");
}

#[test]
fn a_run_that_ends_well_has_a_page_too() {
    let (folder, output, report) = run(&["--max-cycles", "450", "--wave-from", "200"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(report["wave_failure_time"], Value::Null);
    let page = text(&folder, "page.html");
    assert!(
        page.contains("ended well") && page.contains("<svg"),
        "{page}"
    );
}

#[test]
fn a_waveform_of_another_format_has_no_files_for_viewers() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "--checkpoint-cycles",
        "100",
        "--report-html",
        "page.html",
        "fail=450",
    ];
    let output = command_with(folder.path(), "wave", &args).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(!folder.path().join("wave.gtkw").exists());
    assert!(text(&folder, "page.html").contains("a format that only the harness reads"));
}

#[test]
fn a_command_of_the_user_opens_the_waveform() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("opened")).unwrap();
    run_in(folder.path(), &["--view", "cp -t opened", "fail=450"]);
    let opened = folder.path().join("opened/wave.vcd");
    let begun = Instant::now();
    while !opened.exists() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "nothing was opened"
        );
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_cannot_be_opened_or_written_is_refused_before_the_run() {
    for (args, expected) in [
        (
            &["--view", "no-such-viewer"][..],
            "`no-such-viewer` is not there",
        ),
        (&["--view", ""], "is not there"),
        (&["--view", "sh", "--slots", "0"], "keep one slot at least"),
        (&["--report-html", "."], "--report-html"),
        (&["--report-html", "report.json"], "both name"),
        (&["--report-html", "wave.vcd"], "both name"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output = command_with(folder.path(), "wave.vcd", args)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(expected), "{args:?}: {said}");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
}
