//! Models for tests of the state by name, and the stimulus that drives them.

mod by_operators;
pub mod fuse;
mod migrant;
mod subject;

pub use by_operators::ByOperators;
pub use migrant::Migrant;

use lightsss_runtime::model::{ContextOptions, HaltKind};
use lightsss_runtime::savable::{Image, Source as _, save_to_image};

lightsss_runtime::model!(pub vast);
lightsss_runtime::model!(pub soc);
lightsss_runtime::model!(pub soc_next);

/// Inputs of a cycle: a fixed sequence without a period that matters.
#[must_use]
pub fn stimulus(cycle: u64) -> u32 {
    let mut x = cycle
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(0x1234_5678);
    x ^= x >> 29;
    x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (x >> 32) as u32
}

macro_rules! driven {
    ($name:ident, $model:ident) => {
        /// A model with its cycle.
        #[derive(lightsss_runtime::Savable)]
        pub struct $name {
            /// The model.
            pub dut: $model::Model,
            /// The next cycle.
            pub cycle: u64,
        }

        impl $name {
            /// Made and evaluated once.
            ///
            /// # Panics
            /// When the model halts.
            #[must_use]
            pub fn new() -> Self {
                let mut dut = $model::Model::new(&ContextOptions::new()).expect("a model");
                dut.set_clk(0);
                dut.eval().expect("no halt");
                Self { dut, cycle: 0 }
            }

            /// One clock cycle; gives the outputs.
            ///
            /// # Panics
            /// When the model halts other than by `$finish`.
            pub fn step(&mut self) -> (u32, u8, u32) {
                let x = stimulus(self.cycle);
                self.dut.set_rst(u8::from(self.cycle < 2));
                self.dut.set_x(x);
                self.dut.set_packet(x.rotate_left(7));
                self.dut.set_offset(if self.cycle % 7 == 0 { 6 } else { 0 });
                for clock in [0, 1] {
                    self.dut
                        .context()
                        .set_time(self.cycle * 2 + u64::from(clock));
                    self.dut.set_clk(clock);
                    if let Err(halt) = self.dut.eval() {
                        assert_eq!(halt.kind, HaltKind::Finish, "{halt:?}");
                    }
                }
                self.cycle += 1;
                (self.dut.y(), self.dut.z(), self.dut.sum())
            }

            /// Runs to a cycle.
            pub fn run_to(&mut self, cycle: u64) {
                while self.cycle < cycle {
                    self.step();
                }
            }

            /// A snapshot of the model.
            ///
            /// # Panics
            /// When the model cannot be saved.
            #[must_use]
            pub fn image(&self) -> Image {
                save_to_image(&self.dut).expect("a savable model")
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }
    };
}

driven!(Soc, soc);
driven!(SocNext, soc_next);

/// The bytes of an image's model section.
///
/// # Panics
/// When the image has no section.
#[must_use]
pub fn section(image: &Image) -> Vec<u8> {
    image.section_bytes(0).expect("a section").into_owned()
}
