//! The builder of a design, told what the table says.

use lightsss_codegen::{Model, Trace};

use crate::table::Setting;

/// A model of the source `<designs>/<source>.sv` with its options.
pub fn model(name: &str, designs: &str, source: &str, options: &[Setting]) -> Model {
    let mut model = Model::new(name)
        .source(format!("{designs}/{source}.sv"))
        // Ranges that ascend and values that are cut are what the designs are about.
        .arg("-Wno-lint");
    for setting in options {
        model = match setting {
            Setting::Assertions => model.assertions(true),
            Setting::Coverage => model.coverage(true),
            Setting::Imports(_) => model,
            Setting::Savable => model.savable(true),
            Setting::Timing => model.timing(true),
            Setting::Threads(threads) => model.threads(*threads),
            Setting::Public => model.public(true),
            Setting::Top(module) => model.top(*module),
            Setting::Prefix(class) => model.prefix(*class),
            Setting::Parameter(name, value) => model.parameter(name, value),
            Setting::Vcd => model.trace(Trace::Vcd),
            Setting::Fst => model.trace(Trace::Fst),
            Setting::Saif => model.trace(Trace::Saif),
            Setting::Arg(argument) => model.arg(*argument),
        };
    }
    model
}
