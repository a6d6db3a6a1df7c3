//! Replays: the same way as the original, any number of times, and caught when they are not.

use std::process::Command;

use serde_json::Value;

fn cycles(args: &[&str]) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_cycles"))
        .args(args)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .filter(|line| line.starts_with('{'))
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

#[test]
fn a_slot_replays_any_number_of_times_and_equals_the_original() {
    let lines = cycles(&["--replays", "3"]);
    let (stats, reports) = lines.split_last().unwrap();
    assert_eq!(reports.len(), 3);
    for report in reports {
        assert_eq!(report["outcome"], "same_failure");
        assert_eq!(report["from_cycle"], 900, "the older of the newest two");
        assert_eq!(report["reached_cycle"], 1049);
        assert_eq!(report["note"], reports[0]["note"]);
        // The slot's own cycle is behind it; 1000 and the failure are ahead.
        assert_eq!(report["equality"]["compared"], 2);
        assert_eq!(report["equality"]["divergence"], Value::Null);
    }
    assert_eq!(stats["taken"], 11);
    assert_eq!(stats["evictions"]["policy"], 9);
}

#[test]
fn a_difference_is_reported_with_the_interval_in_which_it_began() {
    let lines = cycles(&["--diverge-at", "950"]);
    let divergence = &lines[0]["equality"]["divergence"];
    assert_eq!(divergence["equal_at"], 900);
    assert_eq!(divergence["differs_at"], 1000);
    assert_eq!(divergence["model"], true);
    assert_eq!(divergence["harness"], false);
}
