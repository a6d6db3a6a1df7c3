//! Measurements of ours, in a process of their own: one for each line of input, which it answers by a line of numbers.

use std::time::{Duration, Instant};

use lightsss_runtime::{
    ram::{Pages, Ram},
    slots::{
        Checkpoint, Choice, ReplayOrder, ReplayOutcome, ReplayOutput, SlotOptions, Slots, When,
    },
};

use crate::{ADAPTIVE, Memory, Sample, Writes, crash};

const PAGE: u64 = 4096;
/// Checkpoints after which writes were long ago.
const LONG: u64 = 600;
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
pub fn memory(mebibytes: u64, kind: Memory) -> Ram {
    let pages = match kind {
        Memory::Small => Pages::Small,
        Memory::Ram | Memory::File => Pages::Huge,
        Memory::Scratch => Pages::Scratch,
    };
    let mut ram = Ram::with_pages(0, mebibytes << 20, pages).expect("memory");
    if kind == Memory::File {
        map_image(&mut ram);
        return ram;
    }
    ram.fill(0, mebibytes << 20, 1).expect("all of it");
    ram
}

/// Maps an image over all of the memory and reads it once, as a guest does.
fn map_image(ram: &mut Ram) {
    let image = tempfile::NamedTempFile::new().expect("a file");
    // A hole reads as zeros and takes no room on the disk; its pages are in memory all the same.
    image.as_file().set_len(ram.size()).expect("its length");
    ram.map_file(0, image.path()).expect("the file is mapped");
    for address in (0..ram.size()).step_by(PAGE as usize) {
        std::hint::black_box(ram.read_u8(address).expect("in range"));
    }
}

fn slots(when: When) -> Slots {
    let mut options = SlotOptions::default();
    options.when = when;
    Slots::new(options).expect("slots")
}

fn take(slots: &mut Slots, cycle: u64) {
    if let Checkpoint::Replay(replay) = slots.checkpoint(cycle).expect("a slot") {
        replay.finish(&ReplayOutcome::Done);
    }
}

/// Calls `once` for each line of input.
pub fn on_orders(mut once: impl FnMut(&str)) {
    for order in std::io::stdin().lines() {
        once(&order.expect("a line"));
    }
}

/// Takes samples until the input ends.
pub fn take_samples(sample: &Sample) {
    match *sample {
        Sample::Pause {
            mebibytes,
            writes,
            memory: kind,
        } => {
            let mut ram = memory(mebibytes, kind);
            let mut slots = slots(When::OnDemand);
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
            if writes == Writes::LongAgo {
                scatter();
                for _ in 0..LONG {
                    cycle += 1;
                    take(&mut slots, cycle);
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
            on_orders(|_| {
                if writes == Writes::Scattered {
                    scatter();
                }
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
            let mut slots = slots(When::OnDemand);
            take(&mut slots, 0);
            let mut order = ReplayOrder::new(1);
            order.output = ReplayOutput::Inherit;
            on_orders(|_| {
                let report = slots.wake(&Choice::Oldest, &order).expect("a replay");
                let (woken, begun) = (report.wake_latency, report.start_latency);
                println!("{} {}", woken.as_nanos(), begun.as_nanos());
            });
        }
        Sample::Crash { mebibytes } => crash::take_samples(mebibytes),
        Sample::Drop { mebibytes } => {
            let mut ram = memory(mebibytes, Memory::Small);
            on_orders(|_| {
                let mut slots = slots(When::OnDemand);
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
    }
}

/// Runs a slice for each line of input, with checkpoints for `with` and without for all else, and says
/// how often it wrote to `hot` MiB at random, and in how many nanoseconds. The interval is one of the time
/// with checkpoints.
fn speed(mut ram: Ram, hot: u64, slice_ms: u64, interval_ms: u64) {
    let mut slots = slots(if interval_ms == ADAPTIVE {
        When::default()
    } else {
        When::OnDemand
    });
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
            if with && interval_ms != ADAPTIVE && ran + passed >= due {
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
