//! What the DPI functions give: numbers that are mixed of all that they are given, as `build/mixer.h` has them in C++.

use std::ffi::{CStr, CString};

use lightsss_runtime::model::{OpenArray, Wide};

/// A number that is mixed of others.
#[derive(Debug)]
pub struct Mixer(pub u64);

impl Mixer {
    fn put(&mut self, value: u64) {
        self.0 = (self.0 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 29;
    }

    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 ^ (self.0 >> 32)
    }
}

/// A value that is mixed in.
pub trait Mix {
    /// Mixes it in.
    fn mix(&self, mixer: &mut Mixer);
}

/// A value that is made of a mixed number.
pub trait Take {
    /// Makes one of `width` bits.
    fn take(mixer: &mut Mixer, width: u32) -> Self;
}

macro_rules! integers {
    ($($ty:ty)*) => { $(
        impl Mix for $ty {
            fn mix(&self, mixer: &mut Mixer) {
                mixer.put(*self as u64);
            }
        }
        impl Take for $ty {
            fn take(mixer: &mut Mixer, width: u32) -> Self {
                (mixer.next() & u64::MAX >> (64 - width)) as Self
            }
        }
    )* };
}
integers!(i8 i16 i32 i64 u8 u16 u32 u64);

impl Mix for bool {
    fn mix(&self, mixer: &mut Mixer) {
        mixer.put(u64::from(*self));
    }
}

impl Take for bool {
    fn take(mixer: &mut Mixer, _: u32) -> Self {
        mixer.next() & 1 == 1
    }
}

impl Mix for f64 {
    fn mix(&self, mixer: &mut Mixer) {
        mixer.put(self.to_bits());
    }
}

impl Take for f64 {
    fn take(mixer: &mut Mixer, _: u32) -> Self {
        (mixer.next() & 0xf_ffff) as Self / 16.0
    }
}

impl Mix for CStr {
    fn mix(&self, mixer: &mut Mixer) {
        for byte in self.to_bytes() {
            mixer.put(u64::from(*byte));
        }
        mixer.put(self.to_bytes().len() as u64);
    }
}

impl Mix for &CStr {
    fn mix(&self, mixer: &mut Mixer) {
        (**self).mix(mixer);
    }
}

impl Mix for CString {
    fn mix(&self, mixer: &mut Mixer) {
        self.as_c_str().mix(mixer);
    }
}

impl Take for CString {
    fn take(mixer: &mut Mixer, _: u32) -> Self {
        Self::new(format!("{:x}", mixer.next() & 0xff_ffff)).unwrap_or_default()
    }
}

impl Mix for OpenArray<'_> {
    fn mix(&self, mixer: &mut Mixer) {
        let (left, right) = self.bounds(0).unwrap_or((0, -1));
        for at in left.min(right)..=left.max(right) {
            if let Some(value) = self.get_text(&[at]) {
                value.mix(mixer);
            } else if let Some(value) = self.get_real(&[at]) {
                value.mix(mixer);
            } else if let Some(value) = self.get(&[at]) {
                mixer.put(i64::from(value as i32) as u64);
            }
        }
    }
}

impl<const BITS: usize, const WORDS: usize> Mix for Wide<BITS, WORDS> {
    fn mix(&self, mixer: &mut Mixer) {
        for word in self.words() {
            mixer.put(u64::from(*word));
        }
    }
}

impl<const BITS: usize, const WORDS: usize> Take for Wide<BITS, WORDS> {
    fn take(mixer: &mut Mixer, width: u32) -> Self {
        Self::from_words(std::array::from_fn(|at| {
            let rest = (width - 32 * at as u32).min(32);
            (mixer.next() & u64::MAX >> (64 - rest)) as u32
        }))
    }
}

impl<T: Mix, const N: usize> Mix for [T; N] {
    fn mix(&self, mixer: &mut Mixer) {
        for value in self {
            value.mix(mixer);
        }
    }
}

impl<T: Take, const N: usize> Take for [T; N] {
    fn take(mixer: &mut Mixer, width: u32) -> Self {
        std::array::from_fn(|_| T::take(mixer, width))
    }
}
