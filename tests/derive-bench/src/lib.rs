//! How the benchmarks measure: two contestants in turns, in one run, so that what disturbs one disturbs
//! the other.

use std::time::Instant;

/// Prints a row as a line of JSON: nanoseconds per call of both (median), their ratio (median, least and
/// greatest of the rounds), and the ratio that is to be kept, if any.
pub fn compare(
    name: &str,
    limit: Option<f64>,
    rounds: usize,
    mut ours: impl FnMut(),
    mut theirs: impl FnMut(),
) {
    let calls = calibrate(&mut ours).min(calibrate(&mut theirs));
    let (mut our_times, mut their_times, mut ratios) = (vec![], vec![], vec![]);
    for round in 0..rounds {
        let (a, b) = if round % 2 == 0 {
            let a = time(calls, &mut ours);
            (a, time(calls, &mut theirs))
        } else {
            let b = time(calls, &mut theirs);
            (time(calls, &mut ours), b)
        };
        our_times.push(a);
        their_times.push(b);
        ratios.push(a / b);
    }
    row(
        name,
        median(&mut our_times),
        median(&mut their_times),
        &mut ratios,
        limit,
    );
}

/// Prints a row of two sizes in bytes.
pub fn sizes(name: &str, ours: usize, theirs: usize, limit: Option<f64>) {
    let ratio = ours as f64 / theirs as f64;
    let limit = limit.map_or("null".to_owned(), |limit| limit.to_string());
    println!(
        "{{\"name\":\"{name}\",\"ours_bytes\":{ours},\"theirs_bytes\":{theirs},\"ratio\":{ratio:.3},\"min\":{ratio:.3},\"max\":{ratio:.3},\"limit\":{limit}}}"
    );
}

/// Prints a row of measured times.
pub fn row(name: &str, ours: f64, theirs: f64, ratios: &mut [f64], limit: Option<f64>) {
    let ratio = median(ratios);
    let (min, max) = (ratios[0], ratios[ratios.len() - 1]);
    let limit = limit.map_or("null".to_owned(), |limit| limit.to_string());
    println!(
        "{{\"name\":\"{name}\",\"ours_ns\":{ours:.0},\"theirs_ns\":{theirs:.0},\"ratio\":{ratio:.3},\"min\":{min:.3},\"max\":{max:.3},\"limit\":{limit}}}"
    );
}

/// The middle one, after sorting.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
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
