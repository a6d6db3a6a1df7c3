//! Designs whose state Verilator does not save whole are refused when they are built, with the
//! reason.

use lightsss_tests_models::table::REFUSED;

#[test]
fn what_cannot_be_saved_is_refused_with_the_reason() {
    let text = include_str!(concat!(env!("OUT_DIR"), "/refusals.json"));
    let said: Vec<(String, Option<String>)> =
        serde_json::from_str(text).expect("the build script wrote it");
    for (refused, (name, said)) in REFUSED.iter().zip(said) {
        assert_eq!(refused.name, name);
        let said = said.unwrap_or_else(|| panic!("`{name}` was built"));
        assert!(said.contains(refused.reason), "`{name}`: {said}");
    }
}
