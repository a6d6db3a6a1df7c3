//! The whole story, through the program itself: it fails, an older snapshot wakes and writes the
//! waveform; it saves itself to a file and runs on from there in a new process.

use std::path::{Path, PathBuf};

use lightsss_tests_support::story::{Run, text, value_at};
use wellen::simple::read;

/// The example's harness gives each cycle two units of time; the clock rises in the second.
const TIME_PER_CYCLE: u64 = 2;

const PROGRAM: &str = env!("CARGO_BIN_EXE_rv32-difftest");

/// The one snapshot in `folder`.
fn snapshot(run: &Run, folder: &str) -> PathBuf {
    let mut files = std::fs::read_dir(run.path(folder)).unwrap();
    let file = files.next().expect("a snapshot").unwrap().path();
    assert!(files.next().is_none(), "more than one snapshot");
    file
}

/// The numbers behind `expected xN =` and `found xN =` in the failure's message.
fn expected_and_found(failure: &str) -> (u64, u64) {
    let numbers: Vec<u64> = failure
        .split(" = 0x")
        .skip(1)
        .map(|rest| {
            let digits = rest.split(|c: char| !c.is_ascii_hexdigit()).next().unwrap();
            u64::from_str_radix(digits, 16).unwrap()
        })
        .collect();
    let &[expected, found] = numbers.as_slice() else {
        panic!("expected two values in `{failure}`");
    };
    (expected, found)
}

#[test]
fn a_failure_wakes_a_snapshot_that_writes_the_waveform() {
    let run = Run::new(PROGRAM);
    let output = run.start(&[
        "--checkpoint-cycles",
        "50000",
        "--wave",
        "failure.fst",
        "--",
        "+bug",
    ]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));

    let report = run.report();
    let number = |name: &str| {
        report[name]
            .as_u64()
            .unwrap_or_else(|| panic!("{name}: {report}"))
    };
    let (from, end, to) = (
        number("replay_from"),
        number("end_cycle"),
        number("replay_to"),
    );
    assert_eq!(report["reproduced"], true, "{report}");
    assert_eq!(report["wave"], "failure.fst");
    assert!(end > 3_000_000, "the bug bit too early, at cycle {end}");
    assert!(
        from < end && end - from <= 100_000,
        "replayed from {from}, failed at {end}"
    );
    assert_eq!(to, end + 100);
    // One at the start, one at each multiple of the interval.
    assert_eq!(number("snapshots_taken"), end / 50_000 + 1);
    assert!(report["snapshot_pause_us"].as_f64().unwrap() > 0.0);
    let equality = report["equality"].as_str().unwrap();
    assert!(equality.starts_with("equal at all"), "{equality}");

    let mut wave = read(run.path("failure.fst")).unwrap();
    let times = wave.time_table();
    assert_eq!(times.first(), Some(&(from * TIME_PER_CYCLE)));
    // The cycles beyond the failure are there too.
    assert!(
        *times.last().unwrap() >= end * TIME_PER_CYCLE,
        "{:?}",
        times.last()
    );

    let (expected, found) = expected_and_found(report["failure"].as_str().unwrap());
    assert_ne!(expected, found);
    let failed_at = (end - 1) * TIME_PER_CYCLE + 1;
    assert_eq!(value_at(&mut wave, "retire_valid", failed_at), 1);
    assert_eq!(value_at(&mut wave, "retire_rd_value", failed_at), found);
}

#[test]
fn without_its_bug_the_core_ends_well() {
    let run = Run::new(PROGRAM);
    let output = run.start(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let console = text(&output.stdout);
    assert!(console.contains("done: checksum"), "{console}");
    let report = run.report();
    assert_eq!(report["passed"], true);
    assert!(report["wave"].is_null(), "{report}");
    assert!(!run.path("failure.fst").exists());
}

#[test]
fn a_run_can_be_traced_as_a_whole() {
    let run = Run::new(PROGRAM);
    let options = ["--trace-all", "--wave", "whole.fst", "--max-cycles", "2000"];
    let output = run.start(&options);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let report = run.report();
    assert_eq!(report["snapshots_taken"], 0);
    assert_eq!(report["wave"], "whole.fst");
    let wave = read(run.path("whole.fst")).unwrap();
    assert_eq!(wave.time_table().first(), Some(&0));
    assert_eq!(wave.time_table().last(), Some(&(2000 * TIME_PER_CYCLE - 1)));
}

#[test]
fn a_restored_run_prints_what_the_uninterrupted_one_prints() {
    let run = Run::new(PROGRAM);
    let whole = run.start(&[]);
    let first = run.start(&["--save-at", "3000000", "--max-cycles", "3000000"]);
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    let snapshot = snapshot(&run, "snapshots");
    let second = run.start(&["--restore", snapshot.to_str().unwrap()]);
    assert_eq!(second.status.code(), Some(0), "{}", text(&second.stderr));
    assert!(!first.stdout.is_empty() && !second.stdout.is_empty());
    assert_eq!(
        text(&first.stdout) + &text(&second.stdout),
        text(&whole.stdout)
    );
}

#[test]
fn a_restored_run_fails_where_the_uninterrupted_one_fails() {
    let run = Run::new(PROGRAM);
    let _ = run.start(&["--slots", "0", "--", "+bug"]);
    let whole = run.report();
    let _ = run.start(&[
        "--save-at",
        "4000000",
        "--max-cycles",
        "4000000",
        "--",
        "+bug",
    ]);
    let snapshot = snapshot(&run, "snapshots");
    let options = ["--checkpoint-cycles", "50000", "--restore"];
    let restored = run.start(&[&options[..], &[snapshot.to_str().unwrap(), "--", "+bug"]].concat());
    assert_eq!(
        restored.status.code(),
        Some(1),
        "{}",
        text(&restored.stderr)
    );
    let report = run.report();
    assert_eq!(report["end_cycle"], whole["end_cycle"]);
    assert_eq!(report["failure"], whole["failure"]);
    assert_eq!(report["reproduced"], true, "{report}");
}

/// A slot wakes and writes the model and the memory to a file, from which another process meets the same failure.
#[test]
fn a_slot_that_saved_itself_fails_again_in_a_new_process() {
    let run = Run::new(PROGRAM);
    let options = ["--checkpoint-cycles", "50000", "--save-on-failure"];
    let failed = run.start(&[&options[..], &["failing.lsss", "--", "+bug"]].concat());
    assert_eq!(failed.status.code(), Some(1), "{}", text(&failed.stderr));
    let whole = run.report();
    assert!(whole["saved_slot_error"].is_null(), "{whole}");
    assert_eq!(whole["reproduced"], true, "{whole}");
    let from = whole["saved_slot"]["cycle"].as_u64().unwrap();
    let end = whole["end_cycle"].as_u64().unwrap();
    assert!(from < end && from.is_multiple_of(50_000), "{whole}");

    let snapshot = run.open(Path::new("failing.lsss"));
    assert_eq!(snapshot.header().cycle, from);
    assert_eq!(snapshot.header().labels["failure-cycle"], end.to_string());
    assert_eq!(snapshot.header().models.len(), 1);
    let memories = snapshot.sections().filter(|it| it.len == 16 << 20);
    assert_eq!(memories.count(), 2, "the core's memory and the reference's");
    drop(snapshot);

    let again = run.start(&["--restore", "failing.lsss", "--", "+bug"]);
    assert_eq!(again.status.code(), Some(1), "{}", text(&again.stderr));
    let report = run.report();
    assert_eq!(report["end_cycle"], end);
    assert_eq!(report["cycles_run"], end - from);
    assert_eq!(report["failure"], whole["failure"]);
    assert_eq!(report["reproduced"], true, "{report}");
}

#[test]
fn one_booted_machine_starts_different_runs() {
    let run = Run::new(PROGRAM);
    // The mailbox is read after boot.
    let booted = run.start(&[
        "--save-at",
        "20000",
        "--max-cycles",
        "20000",
        "--",
        "work=sort:1",
    ]);
    assert_eq!(booted.status.code(), Some(0), "{}", text(&booted.stderr));
    let snapshot = snapshot(&run, "snapshots");
    let from_boot = |work: &str| {
        let output = run.start(&["--restore", snapshot.to_str().unwrap(), "--", work]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&booted.stdout) + &text(&output.stdout)
    };
    for work in ["work=sort,crc:2", "work=muldiv:3"] {
        let alone = run.start(&["--", work]);
        assert_eq!(from_boot(work), text(&alone.stdout), "{work}");
    }
    assert_ne!(from_boot("work=sort,crc:2"), from_boot("work=muldiv:3"));

    // The same from one process, which is forked for each.
    let lines = "one: -- work=sort,crc:2\nother: -- work=muldiv:3\nlate: +bug\n";
    std::fs::write(run.path("works.txt"), lines).unwrap();
    let each = ["--each", "works.txt", "--restore"];
    let output = run.start(&[&each[..], &[snapshot.to_str().unwrap()]].concat());
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    for (name, work) in [("one", "work=sort,crc:2"), ("other", "work=muldiv:3")] {
        let printed = std::fs::read_to_string(run.path(&format!("works/{name}/output.txt")));
        let all = text(&booted.stdout) + &printed.unwrap();
        assert!(all.starts_with(&from_boot(work)), "{all}");
    }
    let results = std::fs::read_to_string(run.path("works/results.jsonl")).unwrap();
    assert!(results.contains("`+bug`: expected `work=...`"), "{results}");
}

#[test]
fn a_damaged_snapshot_is_refused_by_name() {
    let run = Run::new(PROGRAM);
    let _ = run.start(&["--save-at", "1000", "--max-cycles", "1000"]);
    let snapshot = snapshot(&run, "snapshots");
    flip_a_bit(&snapshot);
    let output = run.start(&["--restore", snapshot.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(
        message.contains(snapshot.file_name().unwrap().to_str().unwrap()),
        "{message}"
    );
}

fn flip_a_bit(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).unwrap();
}
