//! What damaged files are restored into.

use lightsss_runtime::Savable;
use lightsss_runtime::durable::{RestoreOptions, SaveOptions};

use crate::harness::Harness;

/// The size of the harness's RAM, in bytes.
pub const RAM: usize = 40_000;

/// State that is saved into good files, and that a damaged one must leave as it was.
pub trait Subject: Savable {
    /// What it held at some time.
    type Memo;

    /// How good files of it are saved.
    #[must_use]
    fn save_options() -> SaveOptions {
        SaveOptions::new()
    }

    /// How files are restored into it.
    #[must_use]
    fn restore_options() -> RestoreOptions {
        RestoreOptions::default()
    }

    /// The one that belongs to a seed.
    fn make(seed: u64) -> Self;

    /// Changes a little of it, so that a chain of snapshots has something to hold.
    fn change(&mut self, step: u64);

    /// What it holds now.
    fn memo(&self) -> Self::Memo;

    /// Whether it holds what it held then.
    fn holds(&self, memo: &Self::Memo) -> bool;

    /// Puts back what it held then.
    fn put_back(&mut self, memo: &Self::Memo);
}

impl Subject for Harness {
    type Memo = Self;

    fn make(seed: u64) -> Self {
        Self::new(seed, RAM)
    }

    fn change(&mut self, step: u64) {
        self.ram.0[5000 * step as usize] ^= 0xff;
    }

    fn memo(&self) -> Self {
        self.clone()
    }

    fn holds(&self, memo: &Self) -> bool {
        self == memo
    }

    fn put_back(&mut self, memo: &Self) {
        self.clone_from(memo);
    }
}
