//! Replays from one slot.

use std::time::Instant;

use lightsss_bench_rows::{Options, Row, turns};
use lightsss_runtime::Simulation;
use lightsss_runtime::slots::{
    Checkpoint, Choice, ReplayOrder, ReplayOutcome, ReplayOutput, SlotOptions, Slots, When,
};
use picorv32_example::harness::{Harness, Settings};

/// Cycles of a replay.
const CYCLES: u64 = 1000;
/// Replays of a sample.
const REPLAYS: u32 = 50;

/// Replays of picorv32 per second, beside the cycles alone.
pub fn rows(options: &Options) {
    let row = "replay/picorv32/1000-cycles";
    if !options.wants(row) {
        return;
    }
    let mut harness = Harness::new(Settings::default()).expect("the harness can be made");
    run(&mut harness, 100_000);
    let mut slot_options = SlotOptions::default();
    slot_options.when = When::OnDemand;
    let mut slots = Slots::new(slot_options).expect("slots");
    if let Checkpoint::Replay(replay) = slots.checkpoint(harness.cycle()).expect("a slot") {
        run(&mut harness, CYCLES);
        replay.finish(&ReplayOutcome::Done);
    }
    let mut order = ReplayOrder::new(harness.cycle() + CYCLES);
    order.output = ReplayOutput::Inherit;
    let (ours, theirs) = turns(
        options.samples(31, 15),
        || {
            per_second(|| {
                let report = slots.wake(&Choice::Oldest, &order).expect("a replay");
                assert_eq!(report.outcome, ReplayOutcome::Done, "{report:?}");
            })
        },
        || per_second(|| run(&mut harness, CYCLES)),
    );
    Row::new(
        row,
        "replays of 1000 cycles from one slot of picorv32, one after the other",
        "1/s",
        ours,
    )
    .higher()
    .against("the same cycles in place, no replay", theirs)
    .note(
        "A replay is two forks (the slot stays as it was), the copying of what it writes, and its \
         end; the peer, which is the limit, is none of it.",
    )
    .print();
}

fn run(harness: &mut Harness, cycles: u64) {
    for _ in 0..cycles {
        harness.step().expect("the core runs on");
    }
}

fn per_second(mut once: impl FnMut()) -> f64 {
    let begun = Instant::now();
    for _ in 0..REPLAYS {
        once();
    }
    f64::from(REPLAYS) / begun.elapsed().as_secs_f64()
}
