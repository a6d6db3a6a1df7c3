//! The model as what damaged files of another build are loaded into, by name.

use lightsss_runtime::durable::RestoreOptions;
use lightsss_runtime::savable::{
    Image, Reader, RestoreError, Savable, SaveError, Schema, SectionKind, Shape, Size, Writer,
    restore_from_image, save_to_image,
};
use lightsss_runtime::state::Policy;
use lightsss_tests_durable::subject::Subject;

use crate::{Soc, section, soc};

/// Good files are made with lower seeds.
const LIVE: u64 = 10;

/// A model of this build, which passes for another one's where good files are made of it.
pub struct Migrant {
    soc: Soc,
    foreign: bool,
}

impl Savable for Migrant {
    const SCHEMA: Schema = Schema::new("soc", Shape::Section(SectionKind::Model));
    const SIZE: Size = Size::fixed(4);

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        if !self.foreign {
            return self.soc.dut.save(out);
        }
        let mut bytes = section(&save_to_image(&self.soc.dut)?);
        // Behind the magic bytes and the version's length stands the fingerprint.
        bytes[8] ^= 0xff;
        out.section(SectionKind::Model, "soc", |out| out.bytes(&bytes))
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        self.soc.dut.restore(input)
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        soc::Model::check(input)
    }
}

impl Subject for Migrant {
    type Memo = Image;

    fn restore_options() -> RestoreOptions {
        RestoreOptions {
            policy: Policy::ByName {
                most_unmatched: 0.5,
            },
            ..RestoreOptions::default()
        }
    }

    fn make(seed: u64) -> Self {
        Self {
            soc: Soc::make(seed),
            foreign: seed < LIVE,
        }
    }

    fn change(&mut self, step: u64) {
        self.soc.change(step);
    }

    fn memo(&self) -> Image {
        save_to_image(self).expect("a savable model")
    }

    fn holds(&self, memo: &Image) -> bool {
        let now = self.memo();
        now.stream() == memo.stream() && section(&now) == section(memo)
    }

    fn put_back(&mut self, memo: &Image) {
        restore_from_image(self, memo).expect("an image of this model");
    }
}
