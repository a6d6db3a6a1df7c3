//! The whole story, through the program itself: it fails, an older slot wakes and writes the
//! waveform; it saves itself to a file, and a new process goes on from there.

use lightsss_tests_support::story::{self, Run, text, value_at};
use wellen::simple::read;

const PROGRAM: &str = env!("CARGO_BIN_EXE_serv-example");

const FAULT: u64 = 700_000;

#[test]
fn a_wrong_bit_on_the_bus_is_shown_by_the_waveform() {
    let run = Run::new(PROGRAM);
    let fault = format!("fault={FAULT}");
    let options = ["--checkpoint-cycles", "20000", "--", &fault];
    let output = run.start(&options);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));

    let report = run.report();
    let number = |name: &str| report[name].as_u64().unwrap();
    assert_eq!(report["reproduced"], true, "{report}");
    let equality = report["equality"].as_str().unwrap();
    assert!(equality.starts_with("equal at all"), "{equality}");
    let end = number("end_cycle");
    assert!(end > FAULT && end < FAULT + 40_000, "{report}");
    let from = number("replay_from");
    assert!(from < end && end - from <= 40_000, "{report}");

    let failure = report["failure"].as_str().unwrap();
    let found: u64 = failure.rsplit("found ").next().unwrap().parse().unwrap();
    let mut wave = read(run.path("failure.fst")).unwrap();
    assert_eq!(wave.time_table().first(), Some(&(from * 2)));
    // The cycle that failed is the last one that counts.
    let time = (end - 1) * 2;
    assert_eq!(value_at(&mut wave, "o_dbus_cyc", time), 1);
    assert_eq!(value_at(&mut wave, "o_dbus_adr", time), 0x1000_0000);
    assert_eq!(value_at(&mut wave, "o_dbus_dat", time), found, "{failure}");
}

#[test]
fn a_restored_run_ends_as_the_uninterrupted_one_does() {
    story::assert_restored_run_ends_as_whole(PROGRAM, "serv");
}

#[test]
fn a_restored_run_fails_as_the_uninterrupted_one_does() {
    story::assert_restored_run_fails_as_whole(PROGRAM, &format!("fault={FAULT}"));
}
