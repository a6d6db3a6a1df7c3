//! Campaigns with processes of this machine and a folder.

mod common;

use std::fs;
use std::time::{Duration, Instant};

use common::{Farm, PROGRAM, QUICK, text};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

#[test]
fn a_campaign_runs_every_task_once_and_tells_each_failure_once() {
    let farm = Farm::new(PROGRAM, "1..=30");
    let ran = farm.campaign(&["--junit", "results.xml", "--html", "results.html"]);
    assert_eq!(ran.status.code(), Some(1), "{}", text(&ran.stderr));
    assert_eq!(farm.statuses(), Farm::expected(30));
    let runs = fs::read_to_string(farm.path("runs.txt")).unwrap();
    assert_eq!(runs.lines().count(), 30);
    // A second run has nothing to do.
    assert_eq!(farm.campaign(&[]).status.code(), Some(1));
    assert_eq!(fs::read_to_string(farm.path("runs.txt")).unwrap(), runs);

    let results = farm.run(&["results", "test", "--json"]);
    let results: serde_json::Value = serde_json::from_slice(&results.stdout).unwrap();
    let failures = results["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 2, "{failures:?}");
    let failed = failures
        .iter()
        .find(|failure| failure["status"] == "failed")
        .unwrap();
    assert_eq!(failed["place"], "rtl/soc.sv:12");
    assert_eq!(failed["tasks"].as_array().unwrap().len(), 3);
    assert!(
        fs::read_to_string(farm.path("results.xml"))
            .unwrap()
            .contains("failures=\"3\" errors=\"3\"")
            || fs::read_to_string(farm.path("results.xml"))
                .unwrap()
                .contains("errors=\"3\" failures=\"3\"")
    );
    let page = fs::read_to_string(farm.path("results.html")).unwrap();
    assert!(page.contains("<svg") && page.contains("Speed-up") && !page.contains("http"));
    farm.assert_nothing_runs();
}

#[test]
fn a_reproduced_task_fails_in_the_same_way() {
    let farm = Farm::new(PROGRAM, "3..=3");
    farm.campaign(&[]);
    let listed = text(&farm.run(&["list", "test"]).stdout);
    let task = listed.split_whitespace().next().unwrap().to_owned();
    let ran = farm.run(&["reproduce", "test", &task, "--to", "here"]);
    assert_eq!(ran.status.code(), Some(1));
    assert!(
        text(&ran.stderr).contains("rtl/soc.sv:12"),
        "{}",
        text(&ran.stderr)
    );
    assert_eq!(
        fs::read_to_string(farm.path("here/result.txt")).unwrap(),
        "seed 3\n"
    );
}

#[test]
fn a_cleaned_store_keeps_what_another_campaign_needs() {
    let farm = Farm::new(PROGRAM, "1..=3");
    farm.campaign(&[]);
    let plan = fs::read_to_string(farm.path("plan.toml")).unwrap();
    fs::write(
        farm.path("other.toml"),
        plan.replace("'test'", "'other'").replace("1..=3", "4..=5"),
    )
    .unwrap();
    farm.run(&["run", "other.toml", "--quiet"]);
    let files = || fs::read_dir(farm.path("store/files")).unwrap().count();
    assert_eq!(files(), 6);
    assert!(farm.run(&["clean", "test", "--files"]).status.success());
    // All of it was written just now.
    assert_eq!(files(), 6);
    farm.campaign(&[]);
    std::thread::sleep(Duration::from_millis(20));
    let cleaned = farm.run(&["clean", "test", "--files", "--age", "1ms"]);
    assert!(cleaned.status.success(), "{}", text(&cleaned.stderr));
    // The program, and what the other campaign's two tasks left.
    assert_eq!(files(), 3);
    let again = farm.run(&["run", "other.toml", "--quiet"]);
    assert!(again.status.success(), "{}", text(&again.stderr));
    farm.assert_nothing_runs();
}

#[test]
fn only_what_failed_runs_again_after_a_retry() {
    let farm = Farm::new(PROGRAM, "1..=5");
    farm.campaign(&[]);
    assert!(text(&farm.run(&["retry", "test"]).stdout).starts_with("1 tasks"));
    let dry = text(&farm.run(&["run", "plan.toml", "--dry-run"]).stdout);
    assert!(dry.contains("1 of 5 tasks would run"), "{dry}");
    farm.campaign(&[]);
    assert_eq!(
        fs::read_to_string(farm.path("runs.txt"))
            .unwrap()
            .lines()
            .count(),
        6
    );
}

#[test]
fn a_task_that_hangs_ends_at_its_deadline_with_all_that_it_started() {
    let program = "#!/bin/sh\ntrap '' TERM\n(setsid sleep 1000 &)\nsleep 1000\n";
    let farm = Farm::new(program, "1..=2");
    farm.plan("1..=2", "deadline = '300ms'");
    let begun = Instant::now();
    assert_eq!(farm.campaign(&[]).status.code(), Some(1));
    assert!(begun.elapsed() < Duration::from_mins(1));
    assert_eq!(farm.statuses(), ["deadline", "deadline"]);
    farm.assert_nothing_runs();
}

#[test]
fn workers_and_programs_are_killed_at_random_and_each_task_has_one_right_result() {
    let farm = Farm::new(&PROGRAM.replace("*9) sleep", "*) sleep"), "1..=40");
    farm.plan("1..=40", "retries = 100");
    let mut run = farm.start(&[
        "run",
        "plan.toml",
        "--jobs",
        "4",
        "--lease",
        "300ms",
        "--quiet",
    ]);
    let mut random = fastrand::Rng::with_seed(24);
    for _ in 0..12 {
        std::thread::sleep(Duration::from_millis(random.u64(50..200)));
        let workers: Vec<i32> = farm
            .processes()
            .into_iter()
            .filter(|(_, line)| line.contains(" worker "))
            .map(|(number, _)| number)
            .collect();
        if let Some(worker) = random.choice(&workers) {
            // It may have ended since.
            let _ = kill(Pid::from_raw(*worker), Signal::SIGKILL);
        }
    }
    assert_eq!(run.wait().unwrap().code(), Some(1));
    assert_eq!(farm.statuses(), Farm::expected(40));
    farm.assert_nothing_runs();
}

#[test]
fn a_run_that_is_killed_leaves_nothing_and_the_next_one_goes_on() {
    let farm = Farm::new(&PROGRAM.replace("*9) sleep", "*) sleep"), "1..=20");
    farm.plan("1..=20", "retries = 100");
    for pause in [150, 300, 450] {
        let mut run = farm.start(&[
            "run",
            "plan.toml",
            "--jobs",
            "3",
            "--lease",
            "300ms",
            "--quiet",
        ]);
        std::thread::sleep(Duration::from_millis(pause));
        run.kill().unwrap();
        run.wait().unwrap();
        farm.assert_nothing_runs();
    }
    assert_eq!(farm.campaign(&["--lease", "300ms"]).status.code(), Some(1));
    assert_eq!(farm.statuses(), Farm::expected(20));
}

#[test]
fn a_run_that_is_interrupted_ends_with_130_and_gives_its_tasks_back() {
    let farm = Farm::new("#!/bin/sh\nsleep 1000\n", "1..=4");
    let mut run = farm.start(&["run", "plan.toml", "--jobs", "2", "--quiet"]);
    while farm
        .processes()
        .iter()
        .filter(|(_, line)| line.contains("sleep"))
        .count()
        < 2
    {
        std::thread::sleep(Duration::from_millis(10));
    }
    kill(Pid::from_raw(run.id() as i32), Signal::SIGINT).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(130));
    farm.assert_nothing_runs();
    // Released, not expired: nothing waits for a lease of 30 seconds.
    let claims: Vec<_> = fs::read_dir(farm.path("store/claims"))
        .unwrap()
        .flatten()
        .map(|e| e.file_name())
        .collect();
    assert_eq!(
        claims
            .iter()
            .filter(|name| name.to_string_lossy().ends_with(".released"))
            .count(),
        2,
        "{claims:?}"
    );
}

#[test]
fn two_runs_of_one_campaign_work_together() {
    let farm = Farm::new(PROGRAM, "1..=60");
    let mut first = farm.start(&["run", "plan.toml", "--jobs", "2", "--quiet"]);
    let mut second = farm.start(&["run", "plan.toml", "--jobs", "2", "--quiet"]);
    assert_eq!(first.wait().unwrap().code(), Some(1));
    assert_eq!(second.wait().unwrap().code(), Some(1));
    assert_eq!(farm.statuses(), Farm::expected(60));
    assert_eq!(
        fs::read_to_string(farm.path("runs.txt"))
            .unwrap()
            .lines()
            .count(),
        60
    );
    farm.assert_nothing_runs();
}

#[test]
fn a_task_that_kills_its_workers_is_given_up() {
    // The guard's parent is the worker.
    let program = "#!/bin/sh\nkill -KILL $(awk '{print $4}' /proc/$PPID/stat)\nsleep 1000\n";
    let farm = Farm::new(program, "1..=1");
    farm.plan("1..=1", "retries = 1");
    assert_eq!(farm.campaign(&["--lease", "300ms"]).status.code(), Some(1));
    assert_eq!(farm.statuses(), ["lost"]);
    farm.assert_nothing_runs();
}

#[test]
fn a_program_that_cannot_be_started_is_an_outcome() {
    let farm = Farm::new("#!/no/such/interpreter\n", "1..=1");
    assert_eq!(farm.campaign(&[]).status.code(), Some(1));
    assert_eq!(farm.statuses(), ["not-run"]);
}

#[test]
fn a_store_that_loses_a_file_is_named_and_the_run_ends() {
    let farm = Farm::new(QUICK, "1..=3");
    farm.run(&["run", "plan.toml", "--dry-run"]);
    let mut run = farm.command(&["run", "plan.toml", "--jobs", "1", "--quiet"]);
    run.env("LIGHTSSS_FARM_CACHE", farm.path("other-cache"));
    // The manifest is there, and says another content.
    assert_eq!(run.status().unwrap().code(), Some(0));
    for file in fs::read_dir(farm.path("store/files")).unwrap().flatten() {
        fs::write(file.path(), r#"{"length":1,"pieces":[{"bytes":"41"}]}"#).unwrap();
    }
    farm.plan("1..=4", "");
    let ran = farm.campaign(&[]);
    assert_eq!(ran.status.code(), Some(3));
    assert!(
        text(&ran.stderr).contains("damaged"),
        "{}",
        text(&ran.stderr)
    );
    farm.assert_nothing_runs();
}
