//! What differs between two states with a cycle between is what a waveform of that cycle shows.

use lightsss_runtime::Savable;
use lightsss_runtime::savable::{Source as _, save_to_image};
use lightsss_tests_models::drive::{Driven, Inputs, cycle, make};
use lightsss_tests_models::{for_each_traced_model, models};
use lightsss_tests_support::waves::{Skipped, compare};

const CYCLES: usize = 100;

fn waves<M: Driven + Savable>() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let waveform = folder.path().join("waves.vcd");
    let (mut model, _lines) = make::<M>(11);
    let (mut inputs, mut records) = (Inputs::default(), Vec::new());
    model.start_trace(&waveform);
    let mut states = Vec::new();
    for _ in 0..CYCLES {
        cycle(&mut model, &mut inputs, &mut records);
        let image = save_to_image(&model).expect("a savable model");
        let section = image.section_bytes(0).expect("a section").into_owned();
        // The time at which the waveform was written last.
        states.push((model.context().time() - 1, section));
    }
    // Closes the waveform.
    drop(model);
    let mut compared = compare(&states, &waveform);
    // Pins that `--pins-inout-enables` adds are not the designer's.
    let pin = |name: &String| name.ends_with("__en") || name.ends_with("__out");
    compared.untraced.retain(|name| !pin(name));
    println!("{}: {compared:?}", M::NAME);
    // Early versions keep nothing of a design without ports.
    let empty = M::NAME == "empty";
    assert!(compared.values > 0 || empty, "nothing was in both");
    assert!(compared.changed > 0 || empty, "nothing changed");
    assert!(compared.untraced.is_empty(), "{compared:?}");
    // Except for what is no vector, most of what the designer named was compared.
    let vectors = compared.skipped.values();
    let skipped = vectors.filter(|why| **why != Skipped::NoVector).count();
    assert!(skipped <= compared.compared.len(), "{:?}", compared.skipped);
    if M::NAME == "internals" {
        for name in ["total", "history", "memory", "u_kept.state"] {
            let name = format!("internals.{name}");
            assert!(compared.compared.contains(&name), "{name}: {compared:?}");
        }
    }
}

macro_rules! test_of {
    ($name:ident) => {
        #[test]
        fn $name() {
            waves::<models::$name::Model>();
        }
    };
}

for_each_traced_model!(test_of);
