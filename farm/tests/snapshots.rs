//! Campaigns from a snapshot, and snapshots in stores.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use common::{Farm, text};
use lightsss_farm::content::{list_named, put_named};
use lightsss_farm::store::Store;

/// The example `regression`, which cargo builds with the tests, but for a choice of them.
fn regression() -> PathBuf {
    let tests = std::env::current_exe().expect("this program");
    let target = tests.ancestors().nth(2).expect("the target folder");
    let path = target.join("examples/regression");
    assert!(
        path.is_file(),
        "run `cargo build -p lightsss-farm --example regression` first"
    );
    path
}

/// Snapshots of a run: NAME-CYCLE-NUMBER.lsss, in their order.
fn snapshots(folder: &Path, words: &[&str]) -> Vec<PathBuf> {
    let status = Command::new(regression())
        .args(["--quiet", "--slots", "0", "--save-dir"])
        .arg(folder)
        .args(words)
        .current_dir(folder.parent().expect("a folder"))
        .status()
        .expect("the program");
    assert!(status.success());
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .expect("snapshots")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "lsss")
        })
        .collect();
    found.sort();
    found
}

fn plan(farm: &Farm, snapshot: &Path) {
    let text = format!(
        "name = 'test'\n[[matrix]]\nprograms = ['{}']\nsnapshots = ['{}']\nseeds = '1..=6'\n\
         arguments = ['+seed={{seed}} --wave failure.vcd --max-cycles 2500']\n",
        regression().display(),
        snapshot.display()
    );
    fs::write(farm.path("plan.toml"), text).expect("the plan");
}

#[test]
fn runs_from_a_snapshot_that_fail_leave_waveform_and_failing_snapshot() {
    let farm = Farm::new(common::QUICK, "1..=1");
    let found = snapshots(
        &farm.path("booted"),
        &["--save-at", "1000", "--max-cycles", "1001"],
    );
    plan(&farm, &found[0]);
    let ran = farm.campaign(&[]);
    assert_eq!(ran.status.code(), Some(1), "{}", text(&ran.stderr));
    assert_eq!(
        farm.statuses(),
        ["passed", "passed", "failed", "passed", "passed", "failed"]
    );
    let results = farm.run(&["results", "test", "--json"]);
    let results: serde_json::Value = serde_json::from_slice(&results.stdout).unwrap();
    let failures = results["failures"].as_array().unwrap();
    // The counters differ, the failure is one.
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert_eq!(failures[0]["place"], "rtl/counter.sv:7");
    assert_eq!(failures[0]["waveform"], "failure.vcd");
    assert_eq!(failures[0]["snapshot"], "failing.lsss");
    assert_eq!(results["tasks"][2]["outcome"]["cycles"], 2000);

    let task = results["tasks"][2]["id"].as_str().unwrap();
    let kept = farm.run(&["reproduce", "test", task, "--no-run", "--to", "kept"]);
    assert!(kept.status.success(), "{}", text(&kept.stderr));
    let wave = fs::read_to_string(farm.path("kept/failure.vcd")).unwrap();
    assert!(wave.contains("#1999"), "{wave}");
    // What the failing snapshot holds fails again.
    let again = Command::new(farm.path("kept/regression"))
        .args([
            "--quiet",
            "--restore",
            "failing.lsss",
            "--wave",
            "again.vcd",
            "+seed=3",
            "--max-cycles",
            "2500",
        ])
        .current_dir(farm.path("kept"))
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(1), "{}", text(&again.stderr));
}

#[test]
fn a_snapshot_of_a_series_brings_its_parents_along() {
    let farm = Farm::new(common::QUICK, "1..=1");
    let found = snapshots(
        &farm.path("series"),
        &["--save-every", "500", "--max-cycles", "1600", "+ram=4"],
    );
    let last = found.last().unwrap();
    let address = format!("{}/booted.lsss", farm.store);
    let put = farm.run(&["put", last.to_str().unwrap(), &address]);
    assert!(put.status.success(), "{}", text(&put.stderr));
    let listed = text(&farm.run(&["snapshots", &farm.store]).stdout);
    assert!(listed.starts_with("booted.lsss"), "{listed}");
    let fetched = farm.run(&["fetch", &address, "fetched"]);
    assert!(fetched.status.success(), "{}", text(&fetched.stderr));
    assert_eq!(
        fs::read(farm.path("fetched/booted.lsss")).unwrap(),
        fs::read(last).unwrap()
    );
    let parents = list_named(&Store::open(&farm.store).unwrap())
        .unwrap()
        .remove(0)
        .1
        .parents;
    for (name, _) in &parents {
        assert!(farm.path("fetched").join(name).is_file(), "{name}");
    }
    let ran = Command::new(regression())
        .args([
            "--quiet",
            "--slots",
            "0",
            "--max-cycles",
            "10",
            "+ram=4",
            "--restore",
        ])
        .arg(farm.path("fetched/booted.lsss"))
        .current_dir(farm.folder.path())
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", text(&ran.stderr));
}

#[test]
fn whole_snapshots_of_one_run_share_what_did_not_change() {
    use lightsss_runtime::durable::{SaveOptions, save};
    use lightsss_runtime::ram::Ram;

    let farm = Farm::new(common::QUICK, "1..=1");
    let mut ram = Ram::new(0, 32 << 20).unwrap();
    let mut random = fastrand::Rng::with_seed(5);
    let noise: Vec<u8> = std::iter::repeat_with(|| random.u8(..))
        .take(24 << 20)
        .collect();
    ram.write_bytes(0, &noise).unwrap();
    let store = Store::open(&farm.store).unwrap();
    let (mut whole, mut sent) = (0, Vec::new());
    for number in 0..5_u64 {
        let path = farm.path(&format!("{number}.lsss"));
        ram.write_u64(number * (5 << 20), number).unwrap();
        save(&path, &ram, &SaveOptions::new().cycle(number)).unwrap();
        let put = put_named(&store, &format!("{number}.lsss"), &path).unwrap();
        whole += put.length;
        sent.push(put.sent);
    }
    // A page that changed costs its chunk of 1 MiB, wherever frames move in the file.
    assert!(sent[1..].iter().all(|sent| *sent < 3 << 20), "{sent:?}");
    assert!(sent.iter().sum::<u64>() * 3 < whole, "{sent:?} of {whole}");
}

#[test]
fn an_upload_that_is_killed_is_not_seen_and_goes_on_where_it_stopped() {
    let farm = Farm::new(common::QUICK, "1..=1");
    let mut random = fastrand::Rng::with_seed(6);
    let noise: Vec<u8> = std::iter::repeat_with(|| random.u8(..))
        .take(64 << 20)
        .collect();
    fs::write(farm.path("big"), noise).unwrap();
    let address = format!("{}/big", farm.store);
    let pieces = farm.path("store/pieces");
    let mut put = farm.start(&["put", "big", &address]);
    let some = || fs::read_dir(&pieces).is_ok_and(|found| found.count() > 8);
    while !some() && put.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    put.kill().unwrap();
    put.wait().unwrap();
    let fetched = farm.run(&["fetch", &address, "fetched"]);
    assert_eq!(fetched.status.code(), Some(3));
    assert!(
        text(&fetched.stderr).contains("not in the store"),
        "{}",
        text(&fetched.stderr)
    );
    let put = text(&farm.run(&["put", "big", &address]).stdout);
    let sent: u64 = put
        .split(", ")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!(sent > 0 && sent < 64 << 20, "{put}");
    assert!(farm.run(&["fetch", &address, "fetched"]).status.success());
    assert_eq!(
        fs::read(farm.path("fetched/big")).unwrap(),
        fs::read(farm.path("big")).unwrap()
    );
}

#[test]
fn a_full_disk_is_named_and_the_campaign_goes_on_where_there_is_room() {
    let farm = Farm::new(common::QUICK, "1..=3");
    fs::write(farm.path("large"), vec![7; 3 << 20]).unwrap();
    let plan = fs::read_to_string(farm.path("plan.toml")).unwrap();
    fs::write(farm.path("plan.toml"), plan + "inputs = ['large']\n").unwrap();
    fs::create_dir(farm.path("full")).unwrap();
    let line = format!(
        "mount -t tmpfs -o size=1m none full && {} run plan.toml --jobs 1 --every 20ms --cache full",
        env!("CARGO_BIN_EXE_lightsss-farm")
    );
    let mut command = Command::new("unshare");
    command.args(["--mount", "--map-root-user", "sh", "-c", &line]);
    command
        .current_dir(farm.folder.path())
        .env("LIGHTSSS_FARM_STORE", &farm.store);
    let ran = command.output().unwrap();
    assert_eq!(ran.status.code(), Some(3), "{}", text(&ran.stderr));
    assert!(
        text(&ran.stderr).contains("No space left"),
        "{}",
        text(&ran.stderr)
    );
    farm.assert_nothing_runs();
    assert_eq!(farm.campaign(&[]).status.code(), Some(0));
}
