//! The run of a model on two threads: a hundred checkpoints, then two replays.

lightsss_runtime::model!(mixer);

use lightsss_runtime::{
    model::ContextOptions,
    slots::{Checkpoint, Choice, ReplayOrder, ReplayOutcome, SlotOptions, Slots, StateHash, When},
};

const CYCLES: u64 = 1000;

/// Runs it, and prints the reports and the figures.
///
/// # Panics
/// If a fork or a replay fails, or ends in another state.
pub fn run() {
    let mut dut = mixer::Model::new(&ContextOptions::new()).expect("a model");
    let mut options = SlotOptions::default();
    options.when = When::Cycles(10);
    let mut slots = Slots::new(options).expect("slots");
    let mut replay = None;
    let mut history = 0_u64;
    for cycle in 0..CYCLES {
        let hash = || StateHash {
            model: dut.digest(),
            harness: history,
        };
        if let Checkpoint::Replay(woken) = slots.offer_with(cycle, &hash) {
            replay = Some(woken);
        }
        dut.set_reset(u8::from(cycle < 2));
        dut.set_seed(0x1234_5678_9abc_def0);
        for clock in [0, 1] {
            dut.set_clk(clock);
            dut.eval().expect("no halt");
        }
        history = history.rotate_left(7) ^ dut.digest();
    }
    slots.state_at(
        CYCLES,
        StateHash {
            model: dut.digest(),
            harness: history,
        },
    );
    if let Some(replay) = replay {
        replay.note(&format!("{history:016x}"));
        replay.finish(&ReplayOutcome::SameFailure);
    }
    for choice in [Choice::Oldest, Choice::YoungestBeforeEnd(1)] {
        let report = slots
            .wake(&choice, &ReplayOrder::new(CYCLES))
            .expect("a replay");
        assert_eq!(
            report.note,
            format!("{history:016x}"),
            "the replay equals the original"
        );
        println!("{}", serde_json::to_string(&report).expect("a report"));
    }
    println!(
        "{}",
        serde_json::to_string(&slots.stats()).expect("figures")
    );
}
