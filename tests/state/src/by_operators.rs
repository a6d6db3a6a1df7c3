//! The model as what damaged files are restored into, through Verilator's operators.

use lightsss_runtime::durable::{RestoreOptions, SaveOptions};
use lightsss_runtime::savable::{
    Image, Reader, RestoreError, Savable, SaveError, Schema, Size, Writer,
};
use lightsss_tests_durable::subject::Subject;

use crate::Soc;

/// A harness whose model is saved into good files, and restored, through operators.
pub struct ByOperators(Soc);

impl Savable for ByOperators {
    const SCHEMA: Schema = Soc::SCHEMA;
    const SIZE: Size = Soc::SIZE;

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        self.0.save(out)
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        self.0.restore(input)
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        Soc::check(input)
    }
}

impl Subject for ByOperators {
    type Memo = Image;

    fn save_options() -> SaveOptions {
        SaveOptions {
            through_operators: true,
            ..SaveOptions::default()
        }
    }

    fn restore_options() -> RestoreOptions {
        RestoreOptions {
            through_operators: true,
            ..RestoreOptions::default()
        }
    }

    fn make(seed: u64) -> Self {
        Self(Soc::make(seed))
    }

    fn change(&mut self, step: u64) {
        self.0.change(step);
    }

    fn memo(&self) -> Image {
        self.0.memo()
    }

    fn holds(&self, memo: &Image) -> bool {
        self.0.holds(memo)
    }

    fn put_back(&mut self, memo: &Image) {
        self.0.put_back(memo);
    }
}
