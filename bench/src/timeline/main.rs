//! What questions to the past of the demo's core cost.
//!
//! Prints rows for `cargo xtask bench`. The plain run that a search is held against is stepped in a process that has
//! no slots.

use std::time::Instant;

use lightsss_bench_rows::{Options, Row, pin, turns};
use lightsss_runtime::Simulation as _;
use lightsss_runtime::slots::{Checkpoint, Keep, SlotOptions, Slots, When};
use lightsss_runtime::timeline::{self, Timeline};
use rv32_difftest::harness::Harness;
use rv32_difftest::program::Work;

/// From one slot to the next.
const INTERVAL: u64 = 200_000;
/// Where the run is stopped and asked.
const END: u64 = 1_050_000;
/// Cycles of a waveform.
const WINDOW: u64 = 20_000;
/// Registers that change all the time; the first that there is is asked for.
const SIGNALS: [&str; 2] = ["retire_pc", "soc.fetch_address"];

fn main() {
    let options = Options::from_args();
    pin();
    if options.wants("timeline/run") {
        run_ready(&options);
    }
    let mut harness = harness();
    let slots = run(&mut harness, END);
    let mut timeline = Timeline::new(slots.waker(), END).expect("a timeline");
    timeline.set_side_by_side(1);
    if options.wants("timeline/last/interval") {
        last(&options, &mut timeline);
    }
    if options.wants("timeline/back-1") {
        back(&options, &mut timeline);
    }
    if options.wants("timeline/wave/20000-cycles") {
        wave(&options, &mut timeline);
    }
}

fn harness() -> Harness {
    Harness::new([""; 0], Work::FULL).expect("the demo's machine")
}

fn run(harness: &mut Harness, to: u64) -> Slots {
    let mut options = SlotOptions::default();
    options.when = When::Cycles(INTERVAL);
    options.keep = Keep::Newest(8);
    let mut slots = Slots::new(options).expect("slots");
    while harness.cycle() < to {
        let cycle = harness.cycle();
        let offered = slots.offer_with(cycle, &|| timeline::state_hash(harness));
        if let Checkpoint::Replay(replay) = offered {
            timeline::serve(harness, &mut slots, replay);
        }
        harness.step().expect("a step");
    }
    slots
}

fn seconds(call: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    call();
    begun.elapsed().as_secs_f64()
}

/// A run whose past can be asked about pays for its slots and nothing else: the same loop, whose replays are not served.
fn run_ready(options: &Options) {
    let cycles = if options.quick { END / 4 } else { END };
    let speed = |serves: bool| {
        let mut harness = harness();
        let mut slot_options = SlotOptions::default();
        slot_options.when = When::Cycles(INTERVAL);
        let mut slots = Slots::new(slot_options).expect("slots");
        let took = seconds(|| {
            while harness.cycle() < cycles {
                let cycle = harness.cycle();
                let hash = || timeline::state_hash(&harness);
                match slots.offer_with(cycle, &hash) {
                    Checkpoint::Replay(replay) if serves => {
                        timeline::serve(&mut harness, &mut slots, replay)
                    }
                    _ => {}
                }
                harness.step().expect("a step");
            }
        });
        cycles as f64 / took
    };
    let (ours, theirs) = turns(options.samples(9, 3), || speed(true), || speed(false));
    Row::new(
        "timeline/run",
        "speed of the demo's core, ready to be asked about its past",
        "cycles/s",
        ours,
    )
    .higher()
    .against("with slots that nobody asks", theirs)
    .target_ratio(0.99)
    .print();
}

/// The last change of a register within one interval between slots, which has not been searched.
fn last(options: &Options, timeline: &mut Timeline) {
    let from = timeline.slots()[2];
    let mut plain = harness();
    while plain.cycle() < from {
        plain.step().expect("a step");
    }
    let name = known(timeline);
    let mut offset = 0;
    let (ours, theirs) = turns(
        options.samples(9, 3),
        || {
            // A later end each time, so that nothing is remembered.
            offset += 1;
            let to = from + INTERVAL - 100 + offset;
            let begun = Instant::now();
            let found = timeline.last_change(name, to).expect("an answer");
            let took = begun.elapsed().as_secs_f64();
            assert!(found.is_some_and(|change| change.cycle > from));
            took
        },
        || {
            let begun = Instant::now();
            let to = plain.cycle() + INTERVAL;
            while plain.cycle() < to {
                plain.step().expect("a step");
            }
            begun.elapsed().as_secs_f64()
        },
    );
    Row::new(
        "timeline/last/interval",
        "time to search an interval of 200,000 cycles for the last change of a register",
        "s",
        ours,
    )
    .against("a plain run of as many cycles", theirs)
    .target_ratio(1.3)
    .print();
}

/// A signal of the list that there is.
fn known(timeline: &mut Timeline) -> &'static str {
    let first = timeline.slots()[0];
    let known = SIGNALS
        .iter()
        .find(|name| timeline.value(name, first).is_ok());
    known.expect("a signal of the core")
}

/// A step back from where the last question was.
fn back(options: &Options, timeline: &mut Timeline) {
    let name = known(timeline);
    let mut cycle = END - 1;
    timeline.value(name, cycle).expect("an answer");
    let steps = (0..options.samples(50, 10)).map(|_| {
        cycle -= 1;
        1e3 * seconds(|| {
            timeline.value(name, cycle).expect("an answer");
        })
    });
    Row::new(
        "timeline/back-1",
        "time of a step back by one cycle",
        "ms",
        steps.collect(),
    )
    .target_ours(50.0)
    .print();
}

/// A waveform of the last cycles, against one of the whole stretch from the oldest slot.
fn wave(options: &Options, timeline: &mut Timeline) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("window.fst");
    let first = timeline.slots()[0];
    let timeline = std::cell::RefCell::new(timeline);
    let window = |from: u64| {
        seconds(|| {
            let mut timeline = timeline.borrow_mut();
            timeline.wave(from..END, &path).expect("a waveform");
        })
    };
    let (ours, theirs) = turns(
        options.samples(5, 1),
        || window(END - WINDOW),
        || window(first),
    );
    Row::new(
        "timeline/wave/20000-cycles",
        "time to a waveform of the last 20,000 cycles",
        "s",
        ours,
    )
    .against("of the whole stretch from the oldest slot", theirs)
    .target_ratio(0.2)
    .print();
}
