//! Speed with two slots, as a share of the speed of the same program without.
//!
//! One process runs slices with checkpoints and slices without in turn, so that what slows the machine
//! slows both, and so does where its pages happen to lie. A sample is an interval's worth of slices, with
//! the checkpoint that begins it; ours and theirs are taken in turns. Meanwhile all else only waits.

use lightsss_tests_bench::{Options, Row, Target, turns};

use crate::{ADAPTIVE, Memory, program::Program, quantile};

/// Milliseconds of a slice: all that a checkpoint makes dearer is over before its end.
const SLICE: u64 = 500;
/// Slices of an interval that are compared with one without.
const PAIRS: u64 = 10;
/// Of a slice where all of the memory is written, which takes longer.
const LONG_SLICE: u64 = 1000;
/// Of a slice where the slots themselves choose the moment, by the clock on the wall.
const ADAPTIVE_SLICE: u64 = 6000;
/// In which all is written but the hot part of it, which is written on.
const MEBIBYTES: u64 = 1024;

/// What a row is of.
struct Speed {
    hot: u64,
    memory: Memory,
    interval_ms: u64,
    samples: usize,
}

/// Prints the rows.
pub fn rows(options: &Options) {
    let quick = [(64, Memory::Ram, 1000, 7), (64, Memory::Ram, 10_000, 3)];
    let full = [
        (64, Memory::Ram, 500, 30),
        (64, Memory::Ram, 1000, 40),
        (64, Memory::Ram, 2000, 15),
        (64, Memory::Ram, 5000, 8),
        (64, Memory::Ram, 10_000, 8),
        (64, Memory::Small, 1000, 20),
        (64, Memory::Small, 10_000, 6),
        (64, Memory::Ram, ADAPTIVE, 6),
        (1024, Memory::Ram, ADAPTIVE, 6),
        (1024, Memory::Ram, 1000, 10),
        (1024, Memory::Ram, 10_000, 4),
    ];
    let list: &[_] = if options.quick { &quick } else { &full };
    for &(hot, memory, interval_ms, samples) in list {
        let speed = Speed {
            hot,
            memory,
            interval_ms,
            samples,
        };
        speed.row(options);
    }
}

impl Speed {
    fn row(&self, options: &Options) {
        let (kind, kind_words) = self.memory.names();
        let (hot, interval) = (self.hot, self.interval_ms as f64 / 1e3);
        let (when, when_words) = match self.interval_ms {
            ADAPTIVE => (
                "adaptive".to_owned(),
                "as often as 1 % of the time allows".to_owned(),
            ),
            _ => (format!("{interval}s"), format!("every {interval} s")),
        };
        let name = format!("slots/speed/{when}/{hot}mib-hot/{kind}");
        if !options.wants(&name) {
            return;
        }
        let what = format!(
            "speed with two slots {when_words}, {hot} MiB written at random in 1 GiB, {kind_words}"
        );
        let (kind, _) = self.memory.names();
        // The original knows intervals only: where ours adapts, theirs is one of a second.
        let their_interval = if self.interval_ms == ADAPTIVE {
            1000
        } else {
            self.interval_ms
        };
        let shape = format!("speed {} {kind}", self.shape(self.interval_ms));
        let mut mine = Program::ours(&shape);
        let mut plain = Program::theirs(&format!("speed {}", self.shape(their_interval)));
        let (ours, theirs) = turns(
            self.samples,
            || self.share(self.interval_ms, &mut mine),
            || self.share(their_interval, &mut plain),
        );
        let mut row = Row::new(name, what, "of the speed without", ours)
            .higher()
            .limit(1.0, "no slots")
            .against("the original's way in C", theirs);
        row.target = match (hot, self.interval_ms) {
            (64, 10_000) => Some(Target::Ours(0.99)),
            (64, 1000) => Some(Target::Ours(0.95)),
            _ => None,
        };
        if hot == 64 && self.memory == Memory::Ram && self.interval_ms != ADAPTIVE {
            row = row.plot("overhead", "Ram", interval);
        }
        row.print();
    }

    fn shape(&self, interval: u64) -> String {
        format!(
            "{MEBIBYTES} {} {} {interval}",
            self.hot,
            self.slice(interval)
        )
    }

    fn slice(&self, interval: u64) -> u64 {
        match interval {
            ADAPTIVE => ADAPTIVE_SLICE,
            _ if self.hot > 64 => LONG_SLICE,
            _ => SLICE,
        }
    }

    /// Speed with checkpoints, as a share of that without.
    ///
    /// All that a checkpoint makes dearer falls into the interval's first slice, and the others are alike: of these
    /// the median counts, since the machine's own unrest over ten seconds is larger than what is looked for. Each is
    /// compared with a slice without that follows it.
    fn share(&self, interval: u64, program: &mut Program) -> f64 {
        let slices = match interval {
            ADAPTIVE => 1,
            _ => interval.div_ceil(self.slice(interval)),
        };
        let (mut first, mut others) = (f64::NAN, Vec::new());
        for slice in 0..slices {
            let with = speed(program.run("with"));
            if slice == 0 {
                first = with / speed(program.run("without"));
            } else if slice % slices.div_ceil(PAIRS) == 0 || slices <= PAIRS {
                others.push(with / speed(program.run("without")));
            }
        }
        // Times add up, not speeds.
        let others = (slices - 1) as f64
            / if others.is_empty() {
                1.0
            } else {
                quantile(&others, 0.5)
            };
        slices as f64 / (1.0 / first + others)
    }
}

/// Writes per nanosecond.
fn speed([writes, nanoseconds]: [f64; 2]) -> f64 {
    writes / nanoseconds
}
