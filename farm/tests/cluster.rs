//! Campaigns through Slurm, and through commands of the user.

mod common;
#[path = "common/slurm.rs"]
mod slurm;

use std::fs;
use std::thread;
use std::time::Duration;

use common::{Farm, PROGRAM, text};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use slurm::Cluster;

const SLURM: [&str; 4] = ["--executor", "slurm", "--every", "300ms"];

fn wait_for(farm: &Farm, word: &str, count: usize) -> Vec<i32> {
    loop {
        let found: Vec<i32> = farm
            .processes()
            .into_iter()
            .filter(|(_, line)| line.starts_with(word))
            .map(|(number, _)| number)
            .collect();
        if found.len() >= count {
            return found;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn slurm_runs_a_campaign_takes_over_from_a_killed_worker_and_cancels() {
    let mut cluster = Cluster::start();
    let mut farm = Farm::new(PROGRAM, "1..=10");
    farm.variables = cluster.variables();
    let ran = farm.campaign(&SLURM);
    assert_eq!(ran.status.code(), Some(1), "{}", text(&ran.stderr));
    assert_eq!(farm.statuses(), Farm::expected(10));

    // The command does not wait; a job behind the workers does.
    let mut alone = Farm::new(PROGRAM, "1..=10");
    alone.variables = cluster.variables();
    let begun = alone.campaign(&["--executor", "slurm", "--detach", "--junit", "joined.xml"]);
    assert!(begun.status.success(), "{}", text(&begun.stderr));
    while !alone.path("joined.xml").exists() {
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(alone.statuses(), Farm::expected(10));
    assert!(
        fs::read_to_string(alone.path("joined.xml"))
            .unwrap()
            .contains("tests=\"10\"")
    );
    alone.assert_nothing_runs();

    // A worker is killed.
    let mut slow = Farm::new(&PROGRAM.replace("*9) sleep", "*) sleep"), "1..=12");
    slow.variables = cluster.variables();
    slow.plan("1..=12", "retries = 100");
    let line = [
        &[
            "run",
            "plan.toml",
            "--jobs",
            "2",
            "--lease",
            "1s",
            "--quiet",
        ],
        &SLURM[..],
    ]
    .concat();
    let mut run = slow.start(&line);
    let worker = format!("{} worker", env!("CARGO_BIN_EXE_lightsss-farm"));
    let workers = wait_for(&slow, &worker, 1);
    kill(Pid::from_raw(workers[0]), Signal::SIGKILL).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(1), "{}", slow.errors());
    assert_eq!(slow.statuses(), Farm::expected(12));
    slow.assert_nothing_runs();

    // The controller is killed.
    let mut slow = Farm::new(&PROGRAM.replace("*9) sleep", "*) sleep"), "1..=12");
    slow.variables = cluster.variables();
    slow.plan("1..=12", "retries = 100");
    let mut run = slow.start(&line);
    wait_for(&slow, &worker, 1);
    cluster.restart_controller();
    assert_eq!(run.wait().unwrap().code(), Some(1), "{}", slow.errors());
    assert_eq!(slow.statuses(), Farm::expected(12));
    slow.assert_nothing_runs();

    // The command is interrupted.
    let mut endless = Farm::new("#!/bin/sh\nsleep 1000\n", "1..=4");
    endless.variables = cluster.variables();
    let mut run = endless.start(&line);
    wait_for(&endless, "sleep", 1);
    kill(Pid::from_raw(run.id() as i32), Signal::SIGINT).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(130));
    endless.assert_nothing_runs();
    // Of jobs before, a controller that was killed may learn late that they have ended.
    let session = fs::read_dir(endless.path("store/workers"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .file_name();
    let name = format!("--name=farm-{}", session.to_string_lossy());
    let queue = cluster.call("squeue", &["--noheader", "--states=PENDING,RUNNING", &name]);
    assert_eq!(queue, "");
}

#[test]
fn a_command_that_waits_for_its_worker_runs_a_campaign() {
    let farm = Farm::new(PROGRAM, "1..=10");
    let ran = farm.campaign(&[
        "--executor",
        "command",
        "--template",
        "nice {command}",
        "--every",
        "100ms",
    ]);
    assert_eq!(ran.status.code(), Some(1), "{}", text(&ran.stderr));
    assert_eq!(farm.statuses(), Farm::expected(10));
    farm.assert_nothing_runs();
}

#[test]
fn a_command_that_only_submits_its_worker_runs_a_campaign_and_can_be_stopped() {
    let template = "(setsid {command} > /dev/null 2>&1 &)";
    let options = [
        "--executor",
        "command",
        "--template",
        template,
        "--every",
        "100ms",
    ];
    let farm = Farm::new(PROGRAM, "1..=10");
    let ran = farm.campaign(&options);
    assert_eq!(ran.status.code(), Some(1), "{}", text(&ran.stderr));
    assert_eq!(farm.statuses(), Farm::expected(10));

    let endless = Farm::new("#!/bin/sh\nsleep 1000\n", "1..=4");
    let line = [
        &[
            "run",
            "plan.toml",
            "--jobs",
            "2",
            "--lease",
            "1s",
            "--quiet",
        ],
        &options[..],
    ]
    .concat();
    let mut run = endless.start(&line);
    wait_for(&endless, "sleep", 2);
    kill(Pid::from_raw(run.id() as i32), Signal::SIGTERM).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(130));
    endless.assert_nothing_runs();
    assert!(fs::read_dir(endless.path("store/workers")).unwrap().count() > 0);
}

#[test]
fn a_template_without_a_place_for_the_command_is_refused_before_anything_runs() {
    let farm = Farm::new(PROGRAM, "1..=2");
    let ran = farm.campaign(&["--executor", "command", "--template", "bsub"]);
    assert_eq!(ran.status.code(), Some(2));
    assert!(
        text(&ran.stderr).contains("{command}"),
        "{}",
        text(&ran.stderr)
    );
}

#[test]
fn a_command_that_fails_is_reported_with_its_output() {
    let farm = Farm::new(PROGRAM, "1..=2");
    let template = "echo no such queue >&2; false {command}";
    let ran = farm.campaign(&[
        "--executor",
        "command",
        "--template",
        template,
        "--every",
        "20ms",
    ]);
    assert_eq!(ran.status.code(), Some(3));
    assert!(
        text(&ran.stderr).contains("no such queue"),
        "{}",
        text(&ran.stderr)
    );
}
