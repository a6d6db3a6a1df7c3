//! What the driver's report says of a replay and its original.

#[path = "common/driver.rs"]
mod driver;

use driver::driven;

fn equality(args: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (_, report) = driven(
        folder.path(),
        &[&["--checkpoint-cycles", "100"], args].concat(),
    );
    let equality = report["equality"].as_str();
    equality.unwrap_or_else(|| panic!("{report}")).to_owned()
}

#[test]
fn states_that_were_compared_are_counted() {
    assert_eq!(
        equality(&["fail=1050"]),
        "equal at all 3 cycles compared",
        "the slot's own, the checkpoint at 1000, and the failure"
    );
    assert_eq!(equality(&["die=1050"]), "equal at all 2 cycles compared");
}

#[test]
fn states_that_can_not_be_saved_are_not_called_equal() {
    for (fault, cycles) in [("fail=1050", 3), ("die=1050", 2)] {
        let equality = equality(&[fault, "sealed"]);
        let expected = format!("not compared at {cycles} cycles: ");
        assert!(equality.starts_with(&expected), "{fault}: {equality}");
        assert!(equality.contains("counter.sealed"), "{fault}: {equality}");
        assert!(
            equality.ends_with("the counter is sealed"),
            "{fault}: {equality}"
        );
    }
}
