//! Which slot wakes where slots are spaced, and what the report suggests where the waveform may begin
//! behind the cause.

use lightsss_tests_slots::driver::driven;
use serde_json::Value;

/// The report of a run that fails, or dies, with a checkpoint every 1000 cycles.
fn fails(args: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let checkpoints = ["--checkpoint-cycles", "1000"];
    let (status, report) = driven(folder.path(), &[&checkpoints[..], args].concat());
    assert!(!status.success(), "{report}");
    assert_eq!(report["reproduced"], true, "{report}");
    report
}

fn hint(report: &Value) -> &str {
    report["hint"].as_str().unwrap_or_default()
}

#[test]
fn spaced_slots_are_woken_ten_thousand_cycles_before_the_failure_and_others_are_named() {
    for fault in ["fail=40500", "die=40500"] {
        let report = fails(&["--slots", "30", "--spaced", fault]);
        let from = report["replay_from"].as_u64().unwrap();
        assert!((25_000..=30_500).contains(&from), "{report}");
        let slots = report["slots"]["slots"].as_array().unwrap();
        let cycles = slots.iter().map(|slot| slot["cycle"].as_u64().unwrap());
        let older: Vec<u64> = cycles.filter(|cycle| *cycle < from).collect();
        let nearest = *older.last().expect("slots reach back to the first");
        let option = format!("`--wake-before {}`", 40_500 - nearest);
        assert!(hint(&report).contains(&option), "{report}");
        for cycle in older {
            assert!(
                hint(&report).contains(&cycle.to_string()),
                "{cycle}: {report}"
            );
        }
        // It does what it says.
        let before = (40_500 - nearest).to_string();
        let args = ["--slots", "30", "--spaced", "--wake-before", &before, fault];
        assert_eq!(fails(&args)["replay_from"], nearest);
    }
}

#[test]
fn the_oldest_slot_wakes_where_none_is_old_enough() {
    for fault in ["fail=4500", "die=4500"] {
        for choice in [&["--spaced"][..], &["--wake-before", "20k"]] {
            let report = fails(&[&["--slots", "9"], choice, &[fault]].concat());
            assert_eq!(report["replay_from"], 0, "{report}");
            assert_eq!(
                report["hint"],
                Value::Null,
                "there is no more to show: {report}"
            );
        }
    }
}

#[test]
fn more_is_suggested_where_the_waveform_begins_behind_the_start_of_the_run() {
    for fault in ["fail=4500", "die=4500"] {
        let report = fails(&[fault]);
        assert_eq!(report["replay_from"], 3000, "{report}");
        for part in [
            "1500 cycles before the failure",
            "`--slots N`",
            "`--spaced`",
        ] {
            assert!(hint(&report).contains(part), "{part}: {report}");
        }
        let report = fails(&["--wave-cycles", "20", fault]);
        for part in ["begins 20 cycles before", "a larger `--wave-cycles`"] {
            assert!(hint(&report).contains(part), "{part}: {report}");
        }
    }
    assert_eq!(fails(&["fail=1500"])["hint"], Value::Null, "all is shown");
}
