//! A system that refuses costs slots, never the run.

use std::process::Command;

use serde_json::Value;

fn faults(args: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faults"));
    let output = command.args(args).output().unwrap();
    assert!(output.status.success(), "the run ends well: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("a text, not {value}"))
}

#[test]
fn a_fork_that_fails_is_a_figure_and_the_slots_from_before_still_replay() {
    for (errno, evicted) in [("EAGAIN", 0), ("ENOMEM", 1)] {
        let run = faults(&["--fork-fails-from", "7", "--fork-fails-with", errno]);
        let stats = &run["stats"];
        assert_eq!(stats["taken"], 7, "{errno}");
        assert_eq!(stats["missed"], 3, "{errno}");
        assert!(text(&stats["last_miss"]).contains(errno), "{stats}");
        // Short of memory, one slot is given up; the last one is not.
        assert_eq!(stats["evictions"]["memory"], evicted, "{errno}");
        // A slot inherits the failure from nobody: the filter came after it was forked. It can
        // fork its replay.
        assert_eq!(
            run["replay"]["Ok"]["outcome"], "same_failure",
            "{errno}: {run}"
        );
        assert_eq!(run["replay"]["Ok"]["from_cycle"], 5 + evicted, "{errno}");
    }
}

#[test]
fn a_slot_that_cannot_fork_its_replay_says_so() {
    let run = faults(&["--fork-fails-from", "0"]);
    assert_eq!(run["stats"]["taken"], 0);
    assert!(
        text(&run["replay"]["Err"]).contains("none is held"),
        "{run}"
    );
}

#[test]
fn a_limit_of_processes_is_a_figure() {
    if !nix::unistd::Uid::effective().is_root() {
        eprintln!("not run: only root can become a user who has no other processes");
        return;
    }
    // The process itself and one slot.
    let run = faults(&["--processes", "2"]);
    assert_eq!(run["stats"]["taken"], 1, "{run}");
    assert_eq!(run["stats"]["missed"], 9);
    assert!(
        text(&run["stats"]["last_miss"]).contains("ulimit -u"),
        "{run}"
    );
    // The slot has no process left for its replay either.
    assert!(
        text(&run["replay"]["Err"]).contains("could not fork its replay"),
        "{run}"
    );
}

#[test]
fn without_pidfds_all_works() {
    let run = faults(&["--no-pidfd"]);
    assert_eq!(run["stats"]["taken"], 10);
    assert_eq!(run["replay"]["Ok"]["outcome"], "same_failure");
    assert_eq!(run["late"]["children"], 0);
}

#[test]
fn a_fork_is_refused_while_another_thread_lives_and_the_thread_is_named() {
    let run = faults(&["--thread", "lock-holder"]);
    assert_eq!(run["stats"]["taken"], 0);
    assert_eq!(run["stats"]["missed"], 10);
    assert!(
        text(&run["stats"]["last_miss"]).contains("lock-holder"),
        "{run}"
    );
}

#[test]
fn ten_thousand_checkpoints_leave_no_trace() {
    let run = faults(&["--checkpoints", "10000"]);
    assert_eq!(run["stats"]["taken"], 10_000);
    let (early, full, late) = (&run["early"], &run["full"], &run["late"]);
    // Two slots, and such as were killed and are still on their way out: as many as there are places.
    assert!(full["children"].as_u64() <= Some(16), "{run}");
    // Slots hold one each.
    let descriptors = |held: &Value| held["descriptors"].as_u64().unwrap();
    assert!(descriptors(full) <= descriptors(early) + 16, "{run}");
    // Late is after the slots were dropped; what is left is less than what there was.
    assert!(
        late["descriptors"].as_u64() <= early["descriptors"].as_u64(),
        "{run}"
    );
    assert_eq!(late["children"], 0, "{run}");
    let grown = late["resident_kib"]
        .as_u64()
        .unwrap()
        .saturating_sub(early["resident_kib"].as_u64().unwrap());
    assert!(grown < 512, "resident memory grew by {grown} KiB: {run}");
}

#[test]
fn a_reserve_that_is_not_there_refuses_slots_and_not_the_run() {
    // More than any machine has.
    let run = faults(&["--reserve", "1000000000"]);
    assert_eq!(run["stats"]["taken"], 0);
    assert!(
        text(&run["stats"]["last_miss"]).contains("memory is short"),
        "{run}"
    );
}

#[test]
fn slots_beyond_the_budget_are_dropped_down_to_one() {
    let args = [
        "--keep", "4", "--dirty", "32", "--budget", "48", "--pause", "1200",
    ];
    let run = faults(&[&args[..], &["--checkpoints", "4"]].concat());
    assert_eq!(run["stats"]["taken"], 4);
    // Each slot holds 32 MiB of its own, so that one fits and two do not.
    assert!(
        run["stats"]["evictions"]["memory"].as_u64() >= Some(2),
        "{run}"
    );
    assert!(
        run["stats"]["extra_bytes"].as_u64() > Some(30 << 20),
        "{run}"
    );
}

#[test]
fn the_budget_holds_without_offers() {
    let args = [
        "--by-hand",
        "--keep",
        "5",
        "--dirty",
        "32",
        "--budget",
        "48",
        "--pause",
        "700",
    ];
    let run = faults(&[&args[..], &["--checkpoints", "7"]].concat());
    assert_eq!(run["stats"]["taken"], 7);
    // What is measured at one checkpoint is acted upon at the next.
    assert!(
        run["stats"]["evictions"]["memory"].as_u64() >= Some(3),
        "{run}"
    );
    let held = run["stats"]["slots"].as_array().unwrap().len();
    assert!((1..=3).contains(&held), "{held} slots are left: {run}");
}
