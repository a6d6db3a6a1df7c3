//! A threaded model goes through a hundred forks, and its replays equal the original.

use std::process::Command;

use serde_json::Value;

#[test]
fn a_threaded_model_goes_through_a_hundred_forks() {
    let program = env!("CARGO_BIN_EXE_threaded");
    let output = Command::new(program).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    if let Some(refused) = text.strip_prefix("refused: ") {
        assert!(refused.contains("Verilator 5.016 or newer"), "{refused}");
        return;
    }
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [oldest, youngest, stats] = &lines[..] else {
        panic!("three lines: {text}")
    };
    assert_eq!(stats["taken"], 100, "no fork was refused: {stats}");
    assert_eq!(stats["missed"], 0);
    for (report, from) in [(oldest, 980), (youngest, 990)] {
        assert_eq!(report["outcome"], "same_failure");
        assert_eq!(report["from_cycle"], from);
        assert_eq!(report["equality"]["divergence"], Value::Null);
    }
    assert_eq!(oldest["equality"]["compared"], 2);
}
