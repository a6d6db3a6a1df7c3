//! The slots of a failed run trace their stretches side by side.

mod common;

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use common::Run;
use lightsss_tests_support::processes::Mark;
use lightsss_tests_support::same_waves::{Wave, assert_same};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

const OPTIONS: [&str; 10] = [
    "--slots",
    "5",
    "--checkpoint-cycles",
    "200",
    "--margin",
    "0",
    "--wave",
    "failure.fst",
    "--report",
    "report.json",
];

fn report(run: &Run) -> Value {
    serde_json::from_slice(&fs::read(run.path("report.json")).unwrap()).unwrap()
}

fn of_the_wave(run: &Run) -> Vec<String> {
    let mut names = run.names();
    names.retain(|name| name.starts_with("failure.") && name.ends_with("fst"));
    names
}

#[test]
fn stretches_are_joined_to_the_waveform_of_the_whole() {
    let run = Run::new(&["core=demo", "fail=1500"]);
    let whole = run.whole();
    for (jobs, from) in [("1", 600), ("2", 600), ("5", 600), ("16", 600)] {
        let output = run.start(&[&OPTIONS[..], &["--replay-jobs", jobs]].concat());
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let report = report(&run);
        assert_eq!(report["replay_from"], from);
        assert_eq!(report["reproduced"], true);
        let equality = report["equality"].as_str().unwrap();
        assert!(equality.starts_with("equal at all"), "{jobs}: {equality}");
        let wave = Wave::read(&run.path("failure.fst"));
        assert_eq!(
            (wave.times()[0], wave.times().last()),
            (2 * from, Some(&2999))
        );
        assert!(assert_same(&whole, &wave) > 1000);
        assert_eq!(of_the_wave(&run), ["failure.fst"]);
    }
}

/// The process that writes a file.
fn writer(mark: &Mark, file: &Path) -> Option<Pid> {
    let has = |pid: &Pid| {
        let open = fs::read_dir(format!("/proc/{pid}/fd")).ok()?;
        let mut targets = open
            .flatten()
            .filter_map(|entry| fs::read_link(entry.path()).ok());
        targets.find(|target| target == file)
    };
    let processes = mark.processes().into_iter().map(|(pid, _)| pid);
    processes.filter(|pid| has(pid).is_some()).max()
}

/// Runs, and kills the replay of a stretch.
fn killed(run: &Run, number: usize) -> Output {
    let mark = Mark::new();
    let mut command = run.command(
        &[&OPTIONS[..], &["--replay-jobs", "5"]].concat(),
        &["pace=1500"],
    );
    mark.put_on(&mut command);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let wave = run.path(&format!("failure.{number}.fst"));
    let replay = (0..2000).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(5));
        writer(&mark, &wave)
    });
    kill(replay.expect("a replay"), Signal::SIGKILL).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(mark.processes(), []);
    output
}

#[test]
fn what_a_killed_stretch_leaves_out_is_said_and_the_others_are_joined() {
    let run = Run::new(&["core=demo", "fail=1500"]);
    let whole = run.whole();
    // The slots are of cycles 600, 800, 1000, 1200 and 1400.
    for (number, lacks, shown, code) in [
        (1, "cycles 800 to 1000", (2000, 2999), 1),
        (4, "cycles 1400 to 1500", (1200, 2799), 3),
    ] {
        let output = killed(&run, number);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let report = report(&run);
        let remark = report["remarks"][0].as_str().unwrap();
        assert!(
            remark.starts_with(&format!("the waveform lacks {lacks}: ")),
            "{remark}"
        );
        assert!(remark.contains("SIGKILL"), "{remark}");
        let wave = Wave::read(&run.path("failure.fst"));
        assert_eq!(
            (wave.times()[0], wave.times()[wave.times().len() - 1]),
            shown
        );
        assert!(assert_same(&whole, &wave) > 100);
        assert_eq!(of_the_wave(&run), ["failure.fst"]);
    }
}
