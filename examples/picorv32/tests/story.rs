//! The whole story, through the program itself: it fails, an older slot wakes and writes the
//! waveform; it saves itself to a file, and a new process goes on from there.

use lightsss_tests_support::story::{self, Run, text, value_at};
use wellen::simple::read;

const PROGRAM: &str = env!("CARGO_BIN_EXE_picorv32-example");

const FAULT: u64 = 700_000;

#[test]
fn a_flipped_bit_is_shown_by_the_waveform() {
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
    let found = failure.rsplit("found 0x").next().unwrap();
    let found = u64::from_str_radix(&found[..8], 16).unwrap();
    let mut wave = read(run.path("failure.fst")).unwrap();
    assert_eq!(wave.time_table().first(), Some(&(from * 2)));
    // The cycle that failed is the last one that counts.
    let time = (end - 1) * 2;
    assert_eq!(value_at(&mut wave, "mem_valid", time), 1);
    assert_eq!(value_at(&mut wave, "mem_addr", time), 0x1000_0000);
    assert_eq!(value_at(&mut wave, "mem_wdata", time), found, "{failure}");
}

#[test]
fn a_restored_run_ends_as_the_uninterrupted_one_does() {
    story::assert_restored_run_ends_as_whole(PROGRAM, "picorv32");
}

#[test]
fn a_restored_run_fails_as_the_uninterrupted_one_does() {
    story::assert_restored_run_fails_as_whole(PROGRAM, &format!("fault={FAULT}"));
}

#[test]
fn runs_of_one_restored_machine_are_as_runs_of_their_own() {
    let fault = format!("fault={FAULT}");
    story::assert_runs_of_one_template_are_as_their_own(PROGRAM, &["rounds=200", &fault]);
}
