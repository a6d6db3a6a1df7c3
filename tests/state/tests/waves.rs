//! What differs between two snapshots is what a waveform of the cycle between them shows.

use lightsss_tests_state::{Soc, section};
use lightsss_tests_support::waves::{Skipped, compare};

#[test]
fn differences_are_what_the_waveform_shows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("waves.vcd");
    let mut soc = Soc::new();
    soc.run_to(10);
    soc.dut.open_trace(&path, 99).unwrap();
    let mut states = Vec::new();
    for _ in 0..60 {
        soc.step();
        soc.dut.dump_trace(soc.cycle);
        states.push((soc.cycle, section(&soc.image())));
    }
    soc.dut.close_trace().expect("a whole file");
    let compared = compare(&states, &path);
    // Memories, both kinds of fifo, ports, pipeline.
    assert!(compared.values > 59 * 50, "{compared:?}");
    assert!(compared.changed > 500, "{compared:?}");
    let vectors = compared.skipped.values();
    let skipped = vectors.filter(|why| **why != Skipped::NoVector).count();
    assert!(skipped < compared.compared.len() / 4, "{compared:?}");
}
