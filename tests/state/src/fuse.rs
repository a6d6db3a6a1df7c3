//! A small design in two builds, each in a harness with fields on either side of the model.

use lightsss_runtime::model::ContextOptions;
use lightsss_runtime::savable::{Image, save_to_image};

macro_rules! build {
    ($module:ident, $model:ident) => {
        /// One of the builds.
        pub mod $module {
            use super::{ContextOptions, Image, save_to_image};

            lightsss_runtime::model!(pub $model);

            /// The model between two fields.
            #[derive(lightsss_runtime::Savable)]
            pub struct Harness {
                /// Restored before the model.
                pub before: u32,
                /// The model.
                pub dut: $model::Model,
                /// Restored after the model.
                pub after: Vec<u8>,
            }

            impl Harness {
                /// Made and evaluated once.
                ///
                /// # Panics
                /// When the model halts.
                #[must_use]
                pub fn new(before: u32) -> Self {
                    let mut dut =
                        $model::Model::new(&ContextOptions::new()).expect("a model");
                    dut.set_clk(0);
                    dut.eval().expect("no halt");
                    Self {
                        before,
                        dut,
                        after: before.to_be_bytes().to_vec(),
                    }
                }

                /// One clock cycle with the input `x`.
                ///
                /// # Panics
                /// When the model halts.
                pub fn step(&mut self, x: u8) {
                    self.before += 1;
                    self.after.push(x);
                    self.dut.set_x(x);
                    for clock in [0, 1] {
                        let time = u64::from(self.before) * 2 + u64::from(clock);
                        self.dut.context().set_time(time);
                        self.dut.set_clk(clock);
                        self.dut.eval().expect("no halt");
                    }
                }

                /// A snapshot.
                ///
                /// # Panics
                /// When the harness cannot be saved.
                #[must_use]
                pub fn image(&self) -> Image {
                    save_to_image(self).expect("a savable harness")
                }
            }
        }
    };
}

build!(today, fuse);
build!(next, fuse_next);
