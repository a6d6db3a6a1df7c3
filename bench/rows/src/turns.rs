//! Measuring in turns.

use std::time::Instant;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// Takes `rounds` samples of each, alternating which comes first.
pub fn turns(
    rounds: usize,
    mut ours: impl FnMut() -> f64,
    mut theirs: impl FnMut() -> f64,
) -> (Vec<f64>, Vec<f64>) {
    let (mut our_samples, mut their_samples) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        if round % 2 == 0 {
            our_samples.push(ours());
            their_samples.push(theirs());
        } else {
            their_samples.push(theirs());
            our_samples.push(ours());
        }
    }
    (our_samples, their_samples)
}

/// Nanoseconds per call of both, in turns of about 10 ms or one call, whichever is longer.
pub fn calls_in_turns(
    rounds: usize,
    mut ours: impl FnMut(),
    mut theirs: impl FnMut(),
) -> (Vec<f64>, Vec<f64>) {
    let calls = calibrate(&mut ours).min(calibrate(&mut theirs));
    turns(
        rounds,
        || time(calls, &mut ours),
        || time(calls, &mut theirs),
    )
}

/// Calls that take about 10 ms.
fn calibrate(run: &mut impl FnMut()) -> u32 {
    let mut calls = 1;
    loop {
        let took = time(calls, run) * f64::from(calls);
        if took > 5e6 || calls > 1 << 24 {
            return calls
                .max((f64::from(calls) * 1e7 / took.max(1.0)) as u32)
                .max(1);
        }
        calls *= 4;
    }
}

fn time(calls: u32, run: &mut impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        run();
    }
    start.elapsed().as_nanos() as f64 / f64::from(calls)
}

/// Keeps this process, and those that it starts, on the last core that it may use. Where the
/// system refuses, it stays where it is.
pub fn pin() {
    let this = Pid::from_raw(0);
    let Ok(allowed) = sched_getaffinity(this) else {
        return;
    };
    let last = (0..CpuSet::count())
        .rev()
        .find(|core| allowed.is_set(*core).unwrap_or(false));
    let mut one = CpuSet::new();
    if last.is_some_and(|core| one.set(core).is_ok()) {
        let _ = sched_setaffinity(this, &one);
    }
}
