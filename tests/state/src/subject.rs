//! The model as what damaged files are restored into.

use lightsss_runtime::savable::{Image, restore_from_image, save_to_image};
use lightsss_tests_durable::subject::Subject;

use crate::{Soc, section};

impl Subject for Soc {
    type Memo = Image;

    fn make(seed: u64) -> Self {
        let mut soc = Self::new();
        soc.run_to(20 + seed);
        soc
    }

    fn change(&mut self, step: u64) {
        self.run_to(self.cycle + step);
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
