//! Who wakes a slot draws it to its own processor; the replay runs wherever the original might.

use lightsss_runtime::slots::{
    Checkpoint, Choice, ReplayOrder, ReplayOutcome, SlotOptions, Slots, When, isolated,
};
use nix::sched::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};
use nix::unistd::Pid;

fn allowed(process: Pid) -> Vec<usize> {
    let set = sched_getaffinity(process).unwrap();
    let all = 0..CpuSet::count();
    all.filter(|&cpu| set.is_set(cpu).unwrap()).collect()
}

/// Wakes a slot some times; each replay says where it may run.
fn replays_may_run_on(expected: &[usize]) {
    let mut options = SlotOptions::default();
    options.when = When::OnDemand;
    let mut slots = Slots::new(options).unwrap();
    if let Checkpoint::Replay(replay) = slots.checkpoint(1).unwrap() {
        replay.finish(&ReplayOutcome::OtherFailure(format!(
            "{:?}",
            allowed(Pid::this())
        )));
    }
    for _ in 0..3 {
        let report = slots.wake(&Choice::Oldest, &ReplayOrder::new(2)).unwrap();
        let same = ReplayOutcome::OtherFailure(format!("{expected:?}"));
        assert_eq!(report.outcome, same);
    }
    let slot = Pid::from_raw(slots.list()[0].pid);
    assert_eq!(allowed(slot), expected, "the slot itself");
}

#[test]
fn a_replay_may_run_wherever_its_original_might() {
    isolated(|| {
        let all = allowed(Pid::this());
        if all.len() < 2 {
            eprintln!("there is one processor only, to which nobody can be drawn");
        }
        replays_may_run_on(&all);
        assert_eq!(allowed(Pid::this()), all, "the original is left alone");
        // As `taskset` would.
        let mut one = CpuSet::new();
        let here = sched_getcpu().unwrap();
        one.set(here).unwrap();
        sched_setaffinity(Pid::this(), &one).unwrap();
        replays_may_run_on(&[here]);
    });
}
