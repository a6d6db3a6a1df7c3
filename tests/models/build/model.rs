//! The builder of a design, with the options of the table.

use lightsss_codegen::{Model, Trace};

use crate::table::{Design, Setting};

/// A design to build: as the table has it, or once more with waveforms of everything in it.
#[derive(Clone, Copy)]
pub struct Build {
    pub design: &'static Design,
    pub with_waves: bool,
}

impl Build {
    /// The model's name.
    pub fn name(&self) -> String {
        let waves = if self.with_waves { "_waves" } else { "" };
        format!("{}{waves}", self.design.name)
    }

    pub fn model(&self) -> Model {
        let model = model(&self.name(), self.design.source, self.design.options);
        if !self.with_waves {
            return model;
        }
        model
            .trace(Trace::Vcd)
            // All of every memory.
            .args(["--trace-max-array", "65536", "--trace-max-width", "65536"])
            .cflag("-O0")
    }
}

/// A model of the source `designs/<source>.sv` with its options.
pub fn model(name: &str, source: &str, options: &[Setting]) -> Model {
    let mut model = Model::new(name)
        .source(format!("designs/{source}.sv"))
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
