//! Each design under random inputs: the bindings and a C++ program of the same model agree in every
//! port, after every evaluation, and in what the design prints.

use lightsss_runtime::slots::isolated;
use lightsss_tests_models::drive::{Driven, compare, through_bindings, through_cpp};
use lightsss_tests_models::{for_each_model, models};

const CYCLES: u64 = 10_000;

fn drive<M: Driven>() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let bindings = through_bindings::<M>(CYCLES, &folder.path().join("rust.trace"));
    let cpp = through_cpp(M::NAME, CYCLES, folder.path());
    compare::<M>(&bindings, &cpp);
    if M::NAME == "traced_vcd" {
        let waveform = |path| {
            let text = std::fs::read_to_string(path).expect("the waveform is there");
            // The header tells the date.
            text.split_once("$timescale")
                .map(|(_, rest)| rest.to_owned())
        };
        let ours = waveform(&bindings.trace);
        assert!(ours.as_ref().is_some_and(|text| text.len() > 100_000));
        assert!(ours == waveform(&cpp.trace), "the waveforms differ");
    }
}

macro_rules! test_of {
    ($name:ident) => {
        #[test]
        fn $name() {
            // In a process of its own, as the C++ program is: Verilator before 5.030 starts the random
            // numbers of all threads anew when one seeds a context.
            isolated(drive::<models::$name::Model>);
        }
    };
}

for_each_model!(test_of);
