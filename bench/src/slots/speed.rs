//! Speed with two slots, as a share of the speed of the same program without.
//!
//! One process runs slices with checkpoints and slices without in turn, so that what slows the machine
//! slows both, and so does where its pages happen to lie. A sample is an interval's worth of slices, with
//! the checkpoint that begins it; ours and theirs are taken in turns. Meanwhile all else only waits.

use lightsss_bench_rows::{Options, Row, turns};

use crate::{Memory, program::Program, quantile};

/// Milliseconds of a slice: all that a checkpoint makes dearer is over before its end.
const SLICE: u64 = 500;
/// Slices of an interval that are compared with one without.
const PAIRS: u64 = 10;
/// In which all is written but the hot part of it, which is written on.
const MEBIBYTES: u64 = 1024;

/// Of the 1024, those that are written again and again, at random.
const HOT: u64 = 64;

/// Prints the rows.
pub fn rows(options: &Options) {
    for (seconds, samples, target) in [
        (1, options.samples(40, 7), 0.95),
        (10, options.samples(8, 3), 0.99),
    ] {
        let name = format!("slots/speed/{seconds}s/{HOT}mib-hot/ram");
        if !options.wants(&name) {
            continue;
        }
        let interval = 1000 * seconds;
        let shape = format!("speed {MEBIBYTES} {HOT} {SLICE} {interval}");
        let (kind, kind_words) = Memory::Ram.names();
        let mut mine = Program::ours(&format!("{shape} {kind}"));
        let mut plain = Program::theirs(&shape);
        let (ours, theirs) = turns(
            samples,
            || share(interval, &mut mine),
            || share(interval, &mut plain),
        );
        let what = format!(
            "speed with two slots every {seconds} s, {HOT} MiB written at random in 1 GiB, {kind_words}"
        );
        Row::new(name, what, "of the speed without", ours)
            .higher()
            .limit(1.0, "no slots")
            .against("the original's way in C", theirs)
            .target_ours(target)
            .print();
    }
}

/// Speed with checkpoints, as a share of that without.
///
/// All that a checkpoint makes dearer falls into the interval's first slice, and the others are alike: of these
/// the median counts, since the machine's own unrest over ten seconds is larger than what is looked for. Each is
/// compared with a slice without that follows it.
fn share(interval: u64, program: &mut Program) -> f64 {
    let slices = interval.div_ceil(SLICE);
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

/// Writes per nanosecond.
fn speed([writes, nanoseconds]: [f64; 2]) -> f64 {
    writes / nanoseconds
}
