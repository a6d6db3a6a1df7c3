//! Measurements of ours, in a process of their own: one for each line of input, which it answers by a line of numbers.

use std::time::{Duration, Instant};

use lightsss_runtime::{
    ram::{Pages, Ram},
    slots::{
        Checkpoint, Choice, ReplayOrder, ReplayOutcome, ReplayOutput, SlotOptions, Slots, When,
    },
};

use crate::{Memory, Sample, cpp};

const PAGE: u64 = 4096;
/// Checkpoints before speed is measured: what the first ones need, the system must find first, which in a virtual
/// machine costs many times what it costs to get it back from a slot that was dropped.
const EARLY: u64 = 8;

fn dice(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Memory of this kind, all of it in use.
fn memory(mebibytes: u64, kind: Memory) -> Ram {
    let pages = match kind {
        Memory::Small => Pages::Small,
        Memory::Ram => Pages::Huge,
    };
    let mut ram = Ram::with_pages(0, mebibytes << 20, pages).expect("memory");
    ram.fill(0, mebibytes << 20, 1).expect("all of it");
    ram
}

fn slots() -> Slots {
    let mut options = SlotOptions::default();
    options.when = When::OnDemand;
    Slots::new(options).expect("slots")
}

fn take(slots: &mut Slots, cycle: u64) {
    if let Checkpoint::Replay(replay) = slots.checkpoint(cycle).expect("a slot") {
        replay.finish(&ReplayOutcome::Done);
    }
}

/// Calls `once` for each line of input.
fn on_orders(mut once: impl FnMut(&str)) {
    for order in std::io::stdin().lines() {
        once(&order.expect("a line"));
    }
}

/// Takes samples until the input ends.
pub fn take_samples(sample: &Sample) {
    match *sample {
        Sample::Pause {
            mebibytes,
            memory: kind,
        } => {
            let mut ram = memory(mebibytes, kind);
            let mut slots = slots();
            let pages = (mebibytes << 20) / PAGE;
            let mut state = 88_172_645_463_325_252;
            let mut scatter = || {
                for _ in 0..pages / 100 {
                    ram.write_u8(dice(&mut state) % pages * PAGE, 2)
                        .expect("in range");
                }
            };
            // The first checkpoint looks at the machine's memory; the figures of a run are those
            // of the ones that follow.
            take(&mut slots, 0);
            let mut cycle = 0;
            on_orders(|_| {
                scatter();
                cycle += 1;
                // The slot dropped last goes away meanwhile, as it does in a run.
                std::thread::sleep(Duration::from_millis(10 + mebibytes / 8));
                let begun = Instant::now();
                take(&mut slots, cycle);
                println!("{}", begun.elapsed().as_nanos());
            });
        }
        Sample::Wake {
            mebibytes,
            memory: kind,
        } => {
            let _ram = memory(mebibytes, kind);
            let mut slots = slots();
            take(&mut slots, 0);
            let mut order = ReplayOrder::new(1);
            order.output = ReplayOutput::Inherit;
            on_orders(|_| {
                let report = slots.wake(&Choice::Oldest, &order).expect("a replay");
                println!("{}", report.wake_latency.as_nanos());
            });
        }
        Sample::Drop { mebibytes } => {
            let mut ram = memory(mebibytes, Memory::Small);
            on_orders(|_| {
                let mut slots = slots();
                if let Checkpoint::Replay(replay) = slots.pin(0, "dropped").expect("a slot") {
                    replay.finish(&ReplayOutcome::Done);
                }
                ram.fill(0, mebibytes << 20, 3).expect("all of it");
                let begun = Instant::now();
                assert!(slots.unpin("dropped"));
                println!("{}", begun.elapsed().as_nanos());
            });
        }
        Sample::Speed {
            mebibytes,
            hot,
            slice_ms,
            interval_ms,
            memory: kind,
        } => speed(memory(mebibytes, kind), hot, slice_ms, interval_ms),
        Sample::Cpp {
            class,
            ref what,
            mebibytes,
        } => cpp::take_samples(class, what, mebibytes),
    }
}

/// Runs a slice for each line of input, with checkpoints for `with` and without for all else, and says
/// how often it wrote to `hot` MiB at random, and in how many nanoseconds. The interval is one of the time
/// with checkpoints.
fn speed(mut ram: Ram, hot: u64, slice_ms: u64, interval_ms: u64) {
    let mut slots = slots();
    let words = (hot << 20) / 8;
    let mut state = 88_172_645_463_325_252;
    let mut write = |ram: &mut Ram, times| {
        for _ in 0..times {
            let address = dice(&mut state) % words * 8;
            let value = ram.read_u64(address).expect("in range");
            ram.write_u64(address, value.wrapping_add(1))
                .expect("in range");
        }
    };
    for early in 1..=EARLY {
        write(&mut ram, 4 * words);
        take(&mut slots, early);
    }
    let [slice, interval] = [slice_ms, interval_ms].map(Duration::from_millis);
    let (mut cycle, mut ran, mut due) = (EARLY, Duration::ZERO, Duration::ZERO);
    on_orders(|order| {
        let with = order == "with";
        let (begun, before) = (Instant::now(), cycle);
        let mut passed = Duration::ZERO;
        while passed < slice {
            if with && ran + passed >= due {
                take(&mut slots, cycle);
                due = ran + passed + interval;
            }
            write(&mut ram, 4096);
            cycle += 4096;
            if with && let Checkpoint::Replay(replay) = slots.offer(cycle) {
                replay.finish(&ReplayOutcome::Done);
            }
            passed = begun.elapsed();
        }
        if with {
            ran += passed;
        }
        println!("{} {}", cycle - before, passed.as_nanos());
    });
}
