//! Many runs from one harness (`--each`): each is as in a process of its own, and what happens to one is its alone.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::{
        fs::PermissionsExt,
        process::{CommandExt, ExitStatusExt},
    },
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use lightsss_runtime::{
    durable::{RestoreOptions, Snapshot, diff},
    state::Filter,
};
use lightsss_tests_support::processes::Mark;
use nix::{
    sys::signal::{SigHandler, Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use tempfile::TempDir;

/// A folder with the snapshot of cycle 500 in it.
struct Place {
    folder: TempDir,
    snapshot: PathBuf,
}

impl Place {
    fn new(harness: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let saved = Command::new(env!("CARGO_BIN_EXE_driven"))
            .current_dir(folder.path())
            .args(["--slots", "0", "--save-at", "500", "--max-cycles", "501"])
            .arg("--")
            .args(harness)
            .output()
            .unwrap();
        assert!(saved.status.success(), "{saved:?}");
        let mut snapshots = fs::read_dir(folder.path().join("snapshots")).unwrap();
        let snapshot = snapshots.next().unwrap().unwrap().path();
        Self { folder, snapshot }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_driven"));
        command
            .current_dir(self.folder.path())
            .env("RUST_BACKTRACE", "0")
            .arg("--restore")
            .arg(&self.snapshot)
            .args(args);
        command
    }

    /// Writes the lines to `runs.txt`, and runs them.
    fn each(&self, lines: &str, args: &[&str]) -> Output {
        fs::write(self.path("runs.txt"), lines).unwrap();
        let mut command = self.command(&["--each", "runs.txt"]);
        command.args(args).output().unwrap()
    }

    /// The results in the folder, by their order in the file.
    fn results(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.path("runs/results.jsonl")).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn result(&self, name: &str) -> Value {
        let mut results = self.results().into_iter();
        let found = results.find(|result| result["name"] == name);
        found.unwrap_or_else(|| panic!("{name}: {:?}", self.results()))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What the harness printed, and what the run failed with: the rest has times in it.
fn story(output: &str) -> Vec<&str> {
    let kept = |line: &&str| {
        line.starts_with(|first: char| first.is_ascii_digit()) || line.contains("failed at")
    };
    output.lines().filter(kept).collect()
}

#[test]
fn two_hundred_runs_are_as_in_processes_of_their_own() {
    let place = Place::new(&[]);
    let lines: Vec<String> = (0..200)
        .map(|number| {
            let last = 600 + 3 * number;
            let end = if number % 4 == 0 {
                format!("fail={last}")
            } else {
                "+well".to_owned()
            };
            format!(
                "--wave w.vcd --max-cycles {last} --save-at {} -- seed={number} print=50 {end}\n",
                last - 1
            )
        })
        .collect();
    let output = place.each(&lines.concat(), &["--jobs", "4", "--quiet"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let results = place.results();
    assert_eq!(results.len(), 200);
    for result in &results {
        let ordinal = result["line"].as_u64().unwrap();
        assert_eq!(result["name"], format!("{ordinal:04}"));
        let status = if ordinal % 4 == 1 { "failed" } else { "passed" };
        assert_eq!(result["status"], status, "{result}");
        assert_eq!(result["cycles"], 100 + 3 * (ordinal - 1), "{result}");
        assert!(result["start_us"].as_f64().unwrap() > 0.0, "{result}");
    }
    for result in results.iter().step_by(7) {
        let own = tempfile::tempdir().unwrap();
        let output = Command::new("sh")
            .args(["-c", result["command"].as_str().unwrap()])
            .current_dir(own.path())
            .output()
            .unwrap();
        let folder = Path::new(result["folder"].as_str().unwrap());
        let printed = fs::read_to_string(folder.join("output.txt")).unwrap();
        let alone = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(story(&printed), story(&alone), "{result}");
        assert_eq!(
            output.status.code(),
            Some(result["exit_status"].as_i64().unwrap() as i32)
        );
        let wave = |folder: &Path| fs::read(folder.join("w.vcd")).ok();
        assert!(wave(folder) == wave(own.path()), "{result}");
        assert_eq!(wave(folder).is_some(), result["status"] == "failed");
        let saved = result["saved"][0].as_str().unwrap();
        let name = Path::new(saved).file_name().unwrap();
        let alone = own.path().join("snapshots").join(name);
        let mut states = [Path::new(saved), &alone]
            .map(|path| Snapshot::open(path, &RestoreOptions::default()).unwrap());
        let [one, other] = &mut states;
        let difference = diff(one, other, &Filter::default(), &|_| ()).unwrap();
        assert!(difference.is_empty(), "{result}: {difference:?}");
    }
}

#[test]
fn what_happens_to_a_run_is_its_alone() {
    let place = Place::new(&[]);
    let mark = Mark::new();
    let lines = "\
        well: --max-cycles 2000 -- pace=100\n\
        fails: --max-cycles 2000 +x -- fail=1500\n\
        dies: -- die=1200\n\
        exits: -- exit=1300\n\
        panics: -- panic=800\n\
        hangs: --deadline 0.7 -- hang=900 spawn\n\
        leaves: --max-cycles 700 --slots 0 -- spawn\n\
        unsupervised: --no-supervisor -- die=1200\n\
        stray: -- nonsense=1\n\
        unwritable: --report none/report.json\n\
        traced: --trace-all --max-cycles 700\n";
    fs::write(place.path("runs.txt"), lines).unwrap();
    let mut command = place.command(&["--each", "runs.txt", "--jobs", "3", "--wave", "w.vcd"]);
    mark.put_on(&mut command);
    let output = command.output().unwrap();
    mark.assert_gone("all runs have ended");
    for (name, status, exit, message) in [
        ("well", "passed", 0, ""),
        ("fails", "failed", 1, "the counter is 0x"),
        ("dies", "crashed", 139, "killed by SIGSEGV"),
        ("exits", "crashed", 7, "exited with status 7"),
        ("panics", "failed", 1, "the counter panics"),
        (
            "hangs",
            "deadline",
            137,
            "not done at its deadline of 0.7 s",
        ),
        ("leaves", "passed", 0, ""),
        ("unsupervised", "crashed", 139, "SIGSEGV"),
        ("stray", "error", 2, "`nonsense=1` is not known"),
        ("unwritable", "error", 2, "--report"),
        ("traced", "passed", 0, ""),
    ] {
        let result = place.result(name);
        assert_eq!(result["status"], status, "{result}");
        assert_eq!(result["exit_status"], exit, "{result}");
        let found = result["message"].as_str().unwrap_or_default();
        assert!(found.contains(message), "{result}");
        let waved = ["fails", "dies", "exits", "panics", "traced"].contains(&name);
        assert_eq!(result["wave"].is_string(), waved, "{result}");
        assert_eq!(
            result["reproduced"] == true,
            waved && name != "traced",
            "{result}"
        );
    }
    let place_of_crash = place.result("dies")["place"].as_str().unwrap().to_owned();
    assert!(place_of_crash.contains("deaths.cpp"), "{place_of_crash}");
    // That of the first one in the file that did not pass.
    assert_eq!(output.status.code(), Some(1));
    let table = text(&output.stderr);
    assert!(
        table.contains("11 runs: 3 passed, 2 failed, 3 crashed, 2 error, 1 deadline"),
        "{table}"
    );
}

#[test]
fn a_mistake_is_named_with_its_place_before_anything_starts() {
    let place = Place::new(&[]);
    for (lines, expected) in [
        (
            "# first\n+a --slotz 3\n",
            "runs.txt:2:4: unexpected argument '--slotz'",
        ),
        ("+a 'open\n", "runs.txt:1:4: a quote"),
        ("a: +x\n\na: +y\n", "runs.txt:3:"),
        ("0002: +x\n+y\n", "two runs are called `0002`"),
        (
            "+a --restore b.lsss\n",
            "runs.txt:1:4: `--restore` is for the whole command",
        ),
        (
            "+a --serve 0\n",
            "runs.txt:1:4: `--serve` is for somebody who looks on",
        ),
        ("# nothing\n\n", "describes no run"),
    ] {
        let output = place.each(lines, &[]);
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(expected), "{lines}: {error}");
        assert!(!place.path("runs").exists(), "{lines}");
    }
    for (args, expected) in [
        (&["--jobs", "2"][..], "give `--each FILE`"),
        (&["--each", "none.txt"], "none.txt` cannot be read"),
        (
            &["--each", "runs.txt", "--report", "/tmp/r.json"],
            "would be written by every run",
        ),
        (
            &["--each", "runs.txt", "--serve", "0"],
            "for somebody who looks on",
        ),
        (
            &["--each", "runs.txt", "--view", "surfer"],
            "for somebody who looks on",
        ),
    ] {
        let output = place.command(args).output().unwrap();
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(expected), "{args:?}: {error}");
    }
}

#[test]
fn a_folder_or_a_snapshot_that_cannot_be_used_is_refused() {
    let place = Place::new(&[]);
    fs::write(place.path("one.txt"), "a: --max-cycles 600\n").unwrap();
    let refused = |args: &[&str], expected: &str| {
        let output = place.command(&[&["--each", "one.txt"], args].concat());
        let mut output = output;
        let output = output.output().unwrap();
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(expected), "{args:?}: {error}");
    };
    fs::create_dir(place.path("full")).unwrap();
    fs::write(place.path("full/mine"), "mine").unwrap();
    refused(&["--out", "full"], "is not empty");
    refused(&["--out", "full", "--continue"], "nothing to go on with");
    refused(&["--out", "one.txt"], "is no folder");
    refused(&["--out", "one.txt/below"], "cannot be used");
    fs::remove_file(&place.snapshot).unwrap();
    refused(&["--out", "new"], "snapshot");
    // Who may do everything is refused nothing.
    if !nix::unistd::geteuid().is_root() {
        fs::create_dir(place.path("closed")).unwrap();
        let closed = fs::Permissions::from_mode(0o500);
        fs::set_permissions(place.path("closed"), closed).unwrap();
        refused(&["--out", "closed/below"], "cannot be used");
    }
}

/// Waits for a condition.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn ended(mut child: Child) -> (std::process::ExitStatus, String) {
    let mut error = String::new();
    let mut pipe = child.stderr.take().unwrap();
    std::io::Read::read_to_string(&mut pipe, &mut error).unwrap();
    (child.wait().unwrap(), error)
}

#[test]
fn an_interruption_ends_all_and_the_next_command_goes_on() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let place = Place::new(&[]);
        let mark = Mark::new();
        let lines = "a: --max-cycles 600\nlong: --max-cycles 1000000 -- pace=1000 spawn\nb: --max-cycles 700\n";
        fs::write(place.path("runs.txt"), lines).unwrap();
        let mut command = place.command(&["--each", "runs.txt", "--jobs", "2"]);
        mark.put_on(&mut command);
        // In the background of a script SIGINT is ignored from the start, and the runs go on as they should.
        // SAFETY: `signal` may be called between a fork and an exec, and sets no handler of this program.
        unsafe {
            command.pre_exec(move || {
                nix::sys::signal::signal(signal, SigHandler::SigDfl)?;
                Ok(())
            });
        }
        let child = command.stderr(Stdio::piped()).spawn().unwrap();
        let results = || fs::read_to_string(place.path("runs/results.jsonl")).unwrap_or_default();
        until("two results", || results().lines().count() == 2);
        let second = place
            .command(&["--each", "runs.txt", "--continue"])
            .output()
            .unwrap();
        assert!(
            text(&second.stderr).contains("another command writes to"),
            "{second:?}"
        );
        kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
        let (status, error) = ended(child);
        assert_eq!(status.signal(), Some(signal as i32), "{error}");
        mark.assert_gone("the command was interrupted");
        assert!(error.contains("3 runs: 2 passed, 1 interrupted"), "{error}");
        assert_eq!(place.result("long")["status"], "interrupted");

        // What has a result is not run again.
        let kept = fs::metadata(place.path("runs/a/report.json"))
            .unwrap()
            .modified()
            .unwrap();
        fs::write(
            place.path("runs.txt"),
            lines.replace("1000000 -- pace=1000 spawn", "900"),
        )
        .unwrap();
        let output = place
            .command(&["--each", "runs.txt", "--continue"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains("3 runs: 3 passed"));
        let now = fs::metadata(place.path("runs/a/report.json"))
            .unwrap()
            .modified()
            .unwrap();
        assert_eq!(kept, now);
        assert_eq!(place.results().len(), 4);
    }
}

#[test]
fn whoever_kills_the_template_leaves_nothing_behind() {
    let place = Place::new(&["ram=16"]);
    let lines: String = (0..40)
        .map(|number| match number % 4 {
            0 => format!(
                "--checkpoint-cycles 20 -- ram=16 fail={} pace=200",
                550 + number
            ),
            1 => format!("--checkpoint-cycles 20 -- die={} pace=200", 550 + number),
            2 => "--slots 0 --max-cycles 560 -- pace=200".to_owned(),
            _ => "--max-cycles 620 --save-every 10 -- pace=200".to_owned(),
        })
        .map(|line| line.replace("ram=16 ", "") + "\n")
        .collect();
    fs::write(place.path("runs.txt"), lines).unwrap();
    for round in 0..12_u64 {
        let mark = Mark::new();
        let out = format!("out-{round}");
        let mut command = place.command(&["--each", "runs.txt", "--jobs", "4", "--out", &out]);
        command.args(["--", "ram=16"]);
        command.stderr(Stdio::null()).stdout(Stdio::null());
        mark.put_on(&mut command);
        let mut child = command.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(20 + 37 * round % 400));
        child.kill().unwrap();
        child.wait().unwrap();
        // Four runs end at once, with the copies of their memory: what is left behind stays for ever.
        until(&format!("all are gone in round {round}"), || {
            mark.processes().is_empty()
        });
        // What is there of results is whole, but perhaps for the last line.
        let text = fs::read_to_string(place.path(&out).join("results.jsonl")).unwrap_or_default();
        for line in text.lines() {
            serde_json::from_str::<Value>(line).unwrap();
        }
    }
}

#[test]
fn lines_of_standard_input_are_run_as_they_come() {
    let place = Place::new(&[]);
    let mut command = place.command(&["--each", "-", "--jobs", "2", "--out", "served"]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut answer = || serde_json::from_str::<Value>(&answers.next().unwrap().unwrap()).unwrap();
    let ready = answer();
    assert_eq!(
        (&ready["event"], &ready["cycle"]),
        (&"ready".into(), &500.into()),
        "{ready}"
    );
    for round in 0..3 {
        writeln!(
            input,
            "r{round}: --max-cycles {} -- seed={round}",
            600 + round
        )
        .unwrap();
        let result = answer();
        assert_eq!(result["event"], "result", "{result}");
        assert_eq!(
            (&result["name"], &result["status"]),
            (&format!("r{round}").into(), &"passed".into())
        );
        assert_eq!(result["end_cycle"], 600 + round, "{result}");
    }
    writeln!(input, "--slotz").unwrap();
    let refused = answer();
    assert_eq!(
        (&refused["event"], &refused["line"]),
        (&"refused".into(), &4.into())
    );
    assert!(
        refused["message"]
            .as_str()
            .unwrap()
            .contains("standard input:4:1"),
        "{refused}"
    );
    // Without an end of line.
    write!(input, "last: -- fail=700").unwrap();
    drop(input);
    assert_eq!(answer()["status"], "failed");
    let (status, error) = ended(child);
    assert_eq!(status.code(), Some(4), "the waveform is none: {error}");
}

#[test]
fn files_that_the_harness_has_open_are_each_run_s_own() {
    let place = Place::new(&["files=."]);
    let log = fs::read_to_string(place.path("log")).unwrap();
    let lines: Vec<String> = (0..8)
        .map(|run| format!("--max-cycles {}\n", 600 + 10 * run))
        .collect();
    let output = place.each(&lines.concat(), &["--jobs", "4", "--", "files=."]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(fs::read_to_string(place.path("log")).unwrap(), log);
    for run in 0..8 {
        let folder = place.path(&format!("runs/{:04}", run + 1));
        for name in ["log", "table"] {
            let own = fs::read_to_string(folder.join(name)).unwrap();
            let cycles: Vec<u64> = own
                .lines()
                // What was there before it was made anew is a hole.
                .filter_map(|line| {
                    line.trim_start_matches('\0')
                        .strip_prefix("cycle ")?
                        .parse()
                        .ok()
                })
                .collect();
            let last: Vec<u64> = (51..=60 + run).map(|ten| 10 * ten).collect();
            assert!(cycles.ends_with(&last), "{name} of run {run}: {cycles:?}");
        }
    }
}
