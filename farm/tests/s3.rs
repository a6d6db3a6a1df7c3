//! Campaigns and snapshots in an object store: a server of S3 on this machine.

mod common;
#[path = "common/s3.rs"]
mod s3;

use std::fs;
use std::process::Output;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use common::{Farm, PROGRAM, holds, text};
use s3::{Proxy, SECRET, Server, variables};

fn farm(program: &str, seeds: &str, port: u16) -> Farm {
    let mut farm = Farm::new(program, seeds);
    "s3://farm/campaigns".clone_into(&mut farm.store);
    farm.variables = variables(port);
    farm
}

fn assert_no_secret(farm: &Farm, output: &Output) {
    let printed = text(&output.stdout) + &text(&output.stderr);
    assert!(!printed.contains(SECRET), "{printed}");
    assert_eq!(holds(farm.folder.path(), SECRET), None);
}

#[test]
fn a_campaign_in_a_bucket_runs_every_task_once_and_holds_no_credential() {
    let server = Server::start();
    let proxy = Proxy::start(server.port, 0);
    let leaky =
        format!("{PROGRAM}\nenv >> result.txt; cat /proc/$PPID/environ >> result.txt; env\n");
    let farm = farm(&leaky, "1..=12", proxy.port);
    let ran = farm.campaign(&[
        "--junit",
        "results.xml",
        "--html",
        "results.html",
        "--every",
        "200ms",
    ]);
    assert_eq!(ran.status.code(), Some(1), "{}", text(&ran.stderr));
    assert_eq!(farm.statuses(), Farm::expected(12));
    assert_no_secret(&farm, &ran);
    assert_no_secret(&farm, &farm.run(&["results", "test", "--json"]));
    let listed = text(&farm.run(&["list", "test"]).stdout);
    let task = listed.split_whitespace().next().unwrap().to_owned();
    let kept = farm.run(&["reproduce", "test", &task, "--no-run", "--to", "kept"]);
    assert!(kept.status.success(), "{}", text(&kept.stderr));
    assert!(
        fs::read_to_string(farm.path("kept/result.txt"))
            .unwrap()
            .contains("PATH=")
    );
    assert_no_secret(&farm, &kept);
    // All that lies in the store has come this way.
    assert!(proxy.has_seen("PATH="));
    assert!(!proxy.has_seen(SECRET));
    farm.assert_nothing_runs();
}

#[test]
fn a_store_that_refuses_and_cuts_off_spoils_no_result() {
    let server = Server::start();
    let proxy = Proxy::start(server.port, 12);
    let farm = farm(PROGRAM, "1..=20", proxy.port);
    farm.plan("1..=20", "retries = 100");
    let ran = farm.campaign(&["--every", "200ms"]);
    assert_eq!(ran.status.code(), Some(1), "{}", text(&ran.stderr));
    assert_eq!(farm.statuses(), Farm::expected(20));
    assert!(proxy.spoilt() > 5);
    assert_no_secret(&farm, &ran);
    farm.assert_nothing_runs();
}

#[test]
fn workers_and_the_command_are_killed_while_the_store_fails() {
    let server = Server::start();
    let proxy = Proxy::start(server.port, 20);
    let farm = farm(
        &PROGRAM.replace("*9) sleep", "*) sleep"),
        "1..=12",
        proxy.port,
    );
    farm.plan("1..=12", "retries = 100");
    let line = [
        "run",
        "plan.toml",
        "--jobs",
        "2",
        "--lease",
        "2s",
        "--every",
        "200ms",
        "--quiet",
    ];
    for pause in [1200, 1500] {
        let mut run = farm.start(&line);
        std::thread::sleep(Duration::from_millis(pause));
        let is_worker = |line: &str| line.contains(" worker ");
        if let Some((worker, _)) = farm
            .processes()
            .into_iter()
            .find(|(_, line)| is_worker(line))
        {
            // It may have ended since.
            let _ = kill(Pid::from_raw(worker), Signal::SIGKILL);
        }
        std::thread::sleep(Duration::from_millis(300));
        run.kill().unwrap();
        run.wait().unwrap();
        farm.assert_nothing_runs();
    }
    let ran = farm.run(&line);
    assert_eq!(ran.status.code(), Some(1), "{}", text(&ran.stderr));
    assert_eq!(farm.statuses(), Farm::expected(12));
    farm.assert_nothing_runs();
}

#[test]
fn a_store_that_is_not_there_is_named_without_the_credential() {
    let mut farm = farm(PROGRAM, "1..=1", 9);
    farm.variables
        .push(("AWS_MAX_RETRIES".to_owned(), "1".to_owned()));
    "ftp://host/path".clone_into(&mut farm.store);
    let ran = farm.campaign(&[]);
    assert_eq!(ran.status.code(), Some(2));
    assert!(text(&ran.stderr).contains("s3://"), "{}", text(&ran.stderr));
    assert_no_secret(&farm, &ran);
}
