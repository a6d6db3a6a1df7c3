//! Random inputs of models, and records of their ports, as `drive.h` has them in C++.

use lightsss_runtime::Savable;
use lightsss_runtime::model::Wide;

/// Random inputs.
#[derive(Debug, PartialEq, Eq, Savable)]
pub struct Inputs {
    state: u64,
    resets: u32,
}

impl Default for Inputs {
    fn default() -> Self {
        Self {
            state: 0x5eed,
            resets: 0,
        }
    }
}

impl Inputs {
    /// 64 random bits, by splitmix64.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "it never ends")]
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// `width` random bits, 64 at most.
    pub fn bits(&mut self, width: u32) -> u64 {
        self.next() & (u64::MAX >> (64 - width))
    }

    /// Whether `rst` is set: at first, and now and then.
    pub fn resets(&mut self) -> bool {
        if self.resets < 2 {
            self.resets += 1;
            return true;
        }
        self.next().is_multiple_of(64)
    }

    /// Whether an event fires.
    pub fn fires(&mut self) -> bool {
        self.next().is_multiple_of(4)
    }
}

/// A value that a port can be set to.
pub trait Fill {
    /// A random one of `width` bits.
    fn fill(inputs: &mut Inputs, width: u32) -> Self;
}

/// A value that a port can have.
pub trait Put {
    /// Adds it to a record.
    fn put(&self, record: &mut Vec<u8>);
}

macro_rules! integers {
    ($($ty:ty)*) => { $(
        impl Fill for $ty {
            fn fill(inputs: &mut Inputs, width: u32) -> Self {
                inputs.bits(width) as Self
            }
        }
        impl Put for $ty {
            fn put(&self, record: &mut Vec<u8>) {
                record.extend(self.to_le_bytes());
            }
        }
    )* };
}
integers!(u8 u16 u32 u64);

impl Fill for f64 {
    fn fill(inputs: &mut Inputs, _: u32) -> Self {
        inputs.bits(20) as Self / 16.0 - 32768.0
    }
}

impl Put for f64 {
    fn put(&self, record: &mut Vec<u8>) {
        record.extend(self.to_le_bytes());
    }
}

impl Fill for String {
    fn fill(inputs: &mut Inputs, _: u32) -> Self {
        let length = inputs.bits(5);
        (0..length)
            .map(|_| char::from(b'!' + (inputs.next() % 90) as u8))
            .collect()
    }
}

impl Put for String {
    fn put(&self, record: &mut Vec<u8>) {
        let hash = self.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        record.extend(hash.to_le_bytes());
    }
}

impl<const BITS: usize, const WORDS: usize> Fill for Wide<BITS, WORDS> {
    fn fill(inputs: &mut Inputs, width: u32) -> Self {
        Self::from_words(std::array::from_fn(|at| {
            inputs.bits((width - 32 * at as u32).min(32)) as u32
        }))
    }
}

impl<const BITS: usize, const WORDS: usize> Put for Wide<BITS, WORDS> {
    fn put(&self, record: &mut Vec<u8>) {
        for word in self.words() {
            word.put(record);
        }
    }
}

impl<T: Fill, const N: usize> Fill for [T; N] {
    fn fill(inputs: &mut Inputs, width: u32) -> Self {
        std::array::from_fn(|_| T::fill(inputs, width))
    }
}

impl<T: Put, const N: usize> Put for [T; N] {
    fn put(&self, record: &mut Vec<u8>) {
        for value in self {
            value.put(record);
        }
    }
}
