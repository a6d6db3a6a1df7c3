//! Rows of the derive macro's benchmarks.

use lightsss_tests_bench::{Options, Row, calls_in_turns};

/// Measures and prints a row, if it is wanted: nanoseconds per call of both, in turns.
pub fn compare(
    options: &Options,
    row: Row,
    theirs_is: &str,
    rounds: usize,
    ours: impl FnMut(),
    theirs: impl FnMut(),
) {
    if !options.wants(&row.row) {
        return;
    }
    let (ours, theirs) = calls_in_turns(rounds, ours, theirs);
    Row { ours, ..row }.against(theirs_is, theirs).print();
}

/// A row whose samples are still to be measured.
#[must_use]
pub fn timed(name: &str, what: &str) -> Row {
    Row::new(format!("derive/{name}"), what, "ns", Vec::new())
}
