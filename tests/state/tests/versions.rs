//! Snapshots that other builds wrote (`fixtures`, by the program `fixture`): by another version of
//! Verilator, or with a fingerprint that did not cover the state table.

use std::path::{Path, PathBuf};

use lightsss_runtime::durable::{RestoreOptions, restore, restore_with};
use lightsss_runtime::state::Policy;
use lightsss_tests_state::{Soc, section};

/// The cycle at which they were taken.
const CYCLE: u64 = 150;

fn fixture(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/soc-{version}.lsss"))
}

/// Loads a fixture into a model of this build, which then runs on as one that was never saved does.
fn loads_by_name(package: &str, version: &str) {
    let path = fixture(package);
    let mut soc = Soc::new();
    soc.run_to(3);
    let untouched = section(&soc.image());
    let refused = restore(&path, &mut soc.dut).unwrap_err();
    let refused = with_causes(&refused);
    assert!(
        refused.contains("another build of the model") && refused.contains("by name"),
        "{refused}"
    );
    assert_eq!(section(&soc.image()), untouched);

    let by_name = RestoreOptions {
        policy: Policy::ByName {
            most_unmatched: 0.2,
        },
        ..RestoreOptions::default()
    };
    restore_with(&path, &mut soc.dut, &by_name).unwrap();
    soc.cycle = CYCLE;
    let report = soc
        .dut
        .migration()
        .expect("a mark of the migration")
        .clone();
    assert_eq!(report.versions.0, version);
    assert!(report.settled, "{report}");
    assert!(report.reshaped.is_empty(), "{report}");
    assert!(report.matched > 20, "{report}");
    assert_eq!(report.time, Some(2 * CYCLE - 1));

    let mut straight = Soc::new();
    straight.run_to(CYCLE);
    for cycle in CYCLE..CYCLE + 300 {
        assert_eq!(soc.step(), straight.step(), "cycle {cycle}, {report}");
    }
    let (ours, theirs) = (soc.dut.state().unwrap(), straight.dut.state().unwrap());
    for signal in theirs.signals().filter(|signal| !signal.is_helper()) {
        let name = signal.name();
        assert_eq!(
            ours.peek_all(&name).ok(),
            theirs.peek_all(&name).ok(),
            "{name}, {report}"
        );
    }
}

/// An error and what caused it, as text.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

#[test]
fn loads_what_5_006_wrote() {
    loads_by_name("5.006", "5.006");
}

#[test]
fn loads_what_5_048_wrote() {
    // As the package of that version calls itself.
    loads_by_name("5.048", "5.049");
}
