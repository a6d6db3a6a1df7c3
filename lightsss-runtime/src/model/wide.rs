//! Values of more than 64 bits.

use std::fmt::{self, Write as _};
use std::str::FromStr;

/// A value of `BITS` bits in `WORDS` words of 32, the least significant first; Verilator's
/// `VlWide`. Bits above `BITS` are zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Wide<const BITS: usize, const WORDS: usize>([u32; WORDS]);

/// A value does not fit.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a value of {needed} bits does not fit into {bits}")]
pub struct WideOverflow {
    /// What the target has.
    pub bits: usize,
    /// What the value needs.
    pub needed: usize,
}

/// A text is no number, or one that does not fit.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ParseWideError {
    /// A character that is neither a hexadecimal digit nor `_`.
    #[error("expected hexadecimal digits, found {found:?}")]
    Digit {
        /// The character.
        found: char,
    },
    /// No digit at all.
    #[error("expected hexadecimal digits, found an empty text")]
    Empty,
    /// A number that does not fit.
    #[error(transparent)]
    Overflow(#[from] WideOverflow),
}

impl<const BITS: usize, const WORDS: usize> Wide<BITS, WORDS> {
    const SHAPE: () = assert!(
        WORDS == BITS.div_ceil(32),
        "WORDS must be BITS / 32, rounded up"
    );

    /// All bits zero.
    pub const ZERO: Self = Self([0; WORDS]);

    /// Its width.
    pub const BITS: usize = BITS;

    /// From words, the least significant first; bits above `BITS` are dropped.
    #[inline]
    #[must_use]
    pub const fn from_words(mut words: [u32; WORDS]) -> Self {
        let () = Self::SHAPE;
        if !BITS.is_multiple_of(32) {
            words[WORDS - 1] &= (1 << (BITS % 32)) - 1;
        }
        Self(words)
    }

    /// From a slice of words, the least significant first. Missing words are zero.
    pub fn from_slice(words: &[u32]) -> Result<Self, WideOverflow> {
        let needed = words
            .iter()
            .rposition(|word| *word != 0)
            .map_or(0, |at| at * 32 + 32 - words[at].leading_zeros() as usize);
        if needed > BITS {
            return Err(WideOverflow { bits: BITS, needed });
        }
        let mut value = Self::ZERO;
        for (to, from) in value.0.iter_mut().zip(words) {
            *to = *from;
        }
        Ok(value)
    }

    /// From an integer.
    pub fn try_from_u128(value: u128) -> Result<Self, WideOverflow> {
        let word = |at: u32| (value >> (32 * at)) as u32;
        Self::from_slice(&[word(0), word(1), word(2), word(3)])
    }

    /// The low 128 bits.
    #[inline]
    #[must_use]
    pub fn to_u128(&self) -> u128 {
        self.0
            .iter()
            .take(4)
            .enumerate()
            .fold(0, |value, (at, word)| {
                value | u128::from(*word) << (32 * at)
            })
    }

    /// The low 64 bits.
    #[inline]
    #[must_use]
    pub fn to_u64(&self) -> u64 {
        self.to_u128() as u64
    }

    /// The words, the least significant first.
    #[inline]
    #[must_use]
    pub const fn words(&self) -> &[u32; WORDS] {
        &self.0
    }

    /// Bit `at`, counted from the least significant one; false above the width.
    #[inline]
    #[must_use]
    pub fn bit(&self, at: usize) -> bool {
        self.0
            .get(at / 32)
            .is_some_and(|word| word >> (at % 32) & 1 == 1)
    }

    /// Sets bit `at`; one above the width is left alone.
    #[inline]
    pub fn set_bit(&mut self, at: usize, value: bool) {
        if at < BITS {
            let word = &mut self.0[at / 32];
            *word = *word & !(1 << (at % 32)) | u32::from(value) << (at % 32);
        }
    }

    /// The `width` bits (up to 64) from bit `low` up.
    #[must_use]
    pub fn bits(&self, low: usize, width: usize) -> u64 {
        (0..width.min(64)).fold(0, |value, at| value | u64::from(self.bit(low + at)) << at)
    }

    /// Sets the `width` bits (up to 64) from bit `low` up.
    pub fn set_bits(&mut self, low: usize, width: usize, value: u64) {
        for at in 0..width.min(64) {
            self.set_bit(low + at, value >> at & 1 == 1);
        }
    }

    /// The `FIELD` bits from bit `low` up; those above the width are zero.
    #[must_use]
    pub fn field<const FIELD: usize, const COUNT: usize>(&self, low: usize) -> Wide<FIELD, COUNT> {
        Wide::from_words(std::array::from_fn(|at| {
            self.bits(low + 32 * at, 32) as u32
        }))
    }

    /// Sets the bits from bit `low` up; those above the width are dropped.
    pub fn set_field<const FIELD: usize, const COUNT: usize>(
        &mut self,
        low: usize,
        value: &Wide<FIELD, COUNT>,
    ) {
        for at in (0..FIELD).step_by(32) {
            let width = (FIELD - at).min(32);
            self.set_bits(low + at, width, value.bits(at, width));
        }
    }

    /// The bytes, the least significant first, as many as `BITS` needs.
    #[must_use]
    pub fn to_le_bytes(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> = self.0.iter().flat_map(|word| word.to_le_bytes()).collect();
        bytes.truncate(BITS.div_ceil(8));
        bytes
    }

    /// Whether it has no bit above `BITS`.
    #[doc(hidden)]
    #[inline]
    #[must_use]
    pub fn fits(&self) -> bool {
        BITS.is_multiple_of(32) || self.0[WORDS - 1] >> (BITS % 32) == 0
    }
}

impl<const BITS: usize, const WORDS: usize> Default for Wide<BITS, WORDS> {
    fn default() -> Self {
        Self::ZERO
    }
}

impl<const BITS: usize, const WORDS: usize> From<u32> for Wide<BITS, WORDS> {
    /// Bits above `BITS` are dropped.
    fn from(value: u32) -> Self {
        let mut words = [0; WORDS];
        words[0] = value;
        Self::from_words(words)
    }
}

impl<const BITS: usize, const WORDS: usize> From<u64> for Wide<BITS, WORDS> {
    /// Bits above `BITS` are dropped.
    fn from(value: u64) -> Self {
        Self::from(u128::from(value))
    }
}

impl<const BITS: usize, const WORDS: usize> From<u128> for Wide<BITS, WORDS> {
    /// Bits above `BITS` are dropped.
    fn from(value: u128) -> Self {
        let mut words = [0; WORDS];
        for (at, word) in words.iter_mut().take(4).enumerate() {
            *word = (value >> (32 * at)) as u32;
        }
        Self::from_words(words)
    }
}

impl<const BITS: usize, const WORDS: usize> fmt::LowerHex for Wide<BITS, WORDS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = String::new();
        for word in self.0.iter().rev() {
            write!(digits, "{word:08x}")?;
        }
        let digits = digits.trim_start_matches('0');
        f.pad_integral(true, "0x", if digits.is_empty() { "0" } else { digits })
    }
}

impl<const BITS: usize, const WORDS: usize> fmt::Debug for Wide<BITS, WORDS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{BITS}'h{self:x}")
    }
}

impl<const BITS: usize, const WORDS: usize> fmt::Display for Wide<BITS, WORDS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#x}")
    }
}

impl<const BITS: usize, const WORDS: usize> FromStr for Wide<BITS, WORDS> {
    type Err = ParseWideError;

    /// Reads hexadecimal digits, with or without `0x` in front and `_` between.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("0x").unwrap_or(text);
        let mut words = Vec::new();
        let mut count = 0;
        for digit in digits.chars().rev().filter(|digit| *digit != '_') {
            let value = digit
                .to_digit(16)
                .ok_or(ParseWideError::Digit { found: digit })?;
            if count % 8 == 0 {
                words.push(0);
            }
            words[count / 8] |= value << (4 * (count % 8));
            count += 1;
        }
        if count == 0 {
            return Err(ParseWideError::Empty);
        }
        Ok(Self::from_slice(&words)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type W100 = Wide<100, 4>;

    #[test]
    fn converts_both_ways() {
        let value = 0xfedc_ba98_7654_3210_0123_4567_u128;
        let wide = W100::try_from_u128(value).unwrap();
        assert_eq!(wide.to_u128(), value);
        assert_eq!(wide.words(), &[0x0123_4567, 0x7654_3210, 0xfedc_ba98, 0]);
        assert_eq!(format!("{wide:x}").parse(), Ok(wide));
        assert_eq!("0xfedc_ba98_76543210_01234567".parse(), Ok(wide));
        assert_eq!(format!("{wide:?}"), "100'hfedcba987654321001234567");
    }

    #[test]
    fn refuses_or_drops_what_does_not_fit() {
        let too_much = WideOverflow {
            bits: 100,
            needed: 101,
        };
        assert_eq!(W100::try_from_u128(1 << 100), Err(too_much));
        assert_eq!(W100::from(1_u128 << 100 | 5).to_u128(), 5);
        assert_eq!(W100::from_words([0, 0, 0, 0xff]).words()[3], 0xf);
        assert_eq!("".parse::<W100>(), Err(ParseWideError::Empty));
        assert_eq!(
            "12z".parse::<W100>(),
            Err(ParseWideError::Digit { found: 'z' })
        );
    }

    #[test]
    fn sets_and_reads_fields() {
        let mut wide = Wide::<200, 7>::from_words([u32::MAX; 7]);
        let field = Wide::<70, 3>::try_from_u128(0x15_5555_5555_aaaa_aaaa).unwrap();
        wide.set_field(65, &field);
        assert_eq!(wide.field::<70, 3>(65), field);
        assert_eq!(
            (wide.bit(64), wide.bit(135), wide.bit(134)),
            (true, true, false)
        );
        assert_eq!(wide.field::<66, 3>(150).to_u128(), (1 << 50) - 1);
    }

    #[test]
    fn sets_and_reads_bits() {
        let mut wide = W100::ZERO;
        wide.set_bits(30, 40, 0xab_cdef_0123);
        assert_eq!(wide.bits(30, 40), 0xab_cdef_0123);
        wide.set_bit(100, true);
        assert!(!wide.bit(100));
        assert_eq!(wide.to_u128(), 0xab_cdef_0123 << 30);
    }
}
