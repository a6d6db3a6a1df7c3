//! The soak, for a few seconds. `cargo xtask soak` runs it for longer.

use std::process::Command;

#[test]
fn a_short_soak_leaves_nothing_behind() {
    let output = Command::new(env!("CARGO_BIN_EXE_soak"))
        .args(["--minutes", "0.15", "--seed", "7"])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8_lossy(&output.stdout);
    let summary: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
    assert!(summary["done"]["failures"].as_u64().unwrap() > 0, "{text}");
}
