//! Values of signals.

use std::fmt;

use super::table::{EntryKind, Signal};

/// The value of a signal, or of one element of an unpacked array.
#[derive(Clone, PartialEq, Debug, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Value {
    /// A vector.
    Bits(Bits),
    /// A signed integer, for a vector of any width that can hold it; vectors are never read as one.
    Signed(i128),
    /// A real number.
    Real(f64),
    /// A string.
    Text(String),
    /// Bytes that only Verilator's operators read.
    Opaque(Vec<u8>),
}

/// A vector of any width.
#[derive(Clone, PartialEq, Eq, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub struct Bits {
    width: u32,
    words: Vec<u32>,
}

impl Bits {
    /// A vector of `width` bits from words, the least significant first; bits above are dropped.
    #[must_use]
    pub fn new(width: u32, words: &[u32]) -> Bits {
        let mut words: Vec<u32> = words
            .iter()
            .copied()
            .chain(std::iter::repeat(0))
            .take(width.div_ceil(32) as usize)
            .collect();
        if let Some(last) = words.last_mut()
            && !width.is_multiple_of(32)
        {
            *last &= (1 << (width % 32)) - 1;
        }
        Bits { width, words }
    }

    /// A vector from its bytes, little endian.
    pub(super) fn from_bytes(width: u32, bytes: &[u8]) -> Bits {
        let words: Vec<u32> = bytes
            .chunks(4)
            .map(|chunk| {
                chunk
                    .iter()
                    .rev()
                    .fold(0, |word, byte| word << 8 | u32::from(*byte))
            })
            .collect();
        Bits::new(width, &words)
    }

    /// `width` of its bits, from `low` on.
    pub(super) fn slice(&self, low: u32, width: u32) -> Bits {
        let word = |at: usize| u64::from(self.words.get(at).copied().unwrap_or(0));
        let from = low as usize / 32;
        let words: Vec<u32> = (from..from + width.div_ceil(32) as usize)
            .map(|at| ((word(at) | word(at + 1) << 32) >> (low % 32)) as u32)
            .collect();
        Bits::new(width, &words)
    }

    /// With other bits from `low` on.
    pub(super) fn replace(&self, low: u32, bits: &Bits) -> Bits {
        let mut words = self.words.clone();
        for at in 0..bits.width {
            let bit = bits.words[at as usize / 32] >> (at % 32) & 1;
            let to = low + at;
            if let Some(word) = words.get_mut(to as usize / 32) {
                *word = *word & !(1 << (to % 32)) | bit << (to % 32);
            }
        }
        Bits::new(self.width, &words)
    }

    /// Its width.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Its words, the least significant first.
    #[must_use]
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// A signed integer as a vector of `width` bits, where it fits: a positive one may use the highest bit.
    pub(super) fn of_signed(value: i128, width: u32) -> Option<Bits> {
        let sign = if value < 0 { u32::MAX } else { 0 };
        let words: Vec<u32> = (0..4)
            .map(|at| (value >> (32 * at)) as u32)
            .chain(std::iter::repeat(sign))
            .take(width.div_ceil(32).max(4) as usize)
            .collect();
        let bits = Bits::new(width, &words);
        let back = if value < 0 {
            bits.to_i128()
        } else {
            bits.to_u128().and_then(|back| back.try_into().ok())
        };
        (back == Some(value)).then_some(bits)
    }

    /// As a signed integer, where it fits: the highest bit is its sign.
    #[must_use]
    pub fn to_i128(&self) -> Option<i128> {
        let at = self.width.checked_sub(1)?;
        if self.words[at as usize / 32] >> (at % 32) & 1 == 0 {
            return self.to_u128()?.try_into().ok();
        }
        // All ones in the place of what is not there, as in what is above the value.
        let missing = match self.width % 32 {
            0 => 0,
            used => u32::MAX << used,
        };
        let word = |at: usize| match self.words.get(at) {
            Some(word) if at + 1 == self.words.len() => word | missing,
            Some(word) => *word,
            None => u32::MAX,
        };
        if (4..self.words.len()).any(|at| word(at) != u32::MAX) {
            return None;
        }
        let value = (0..4)
            .rev()
            .fold(0, |value, at| value << 32 | u128::from(word(at)));
        Some(value.cast_signed()).filter(|value| *value < 0)
    }

    /// As an integer, where it fits.
    #[must_use]
    pub fn to_u128(&self) -> Option<u128> {
        if self.words.iter().skip(4).any(|word| *word != 0) {
            return None;
        }
        Some(
            self.words
                .iter()
                .take(4)
                .rev()
                .fold(0, |value, word| value << 32 | u128::from(*word)),
        )
    }
}

impl fmt::Display for Bits {
    /// `0x0000_0010`; a single bit is 0 or 1.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.width == 1 {
            return write!(f, "{}", self.words[0]);
        }
        f.write_str("0x")?;
        for digit in (0..self.width.div_ceil(4)).rev() {
            let nibble = self.words[digit as usize / 8] >> (digit % 8 * 4) & 0xf;
            write!(f, "{nibble:x}")?;
            if digit % 4 == 0 && digit > 0 {
                f.write_str("_")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Bits(bits) => bits.fmt(f),
            Value::Signed(value) => value.fmt(f),
            Value::Real(value) => write!(f, "{value:?}"),
            Value::Text(text) => write!(f, "{text:?}"),
            Value::Opaque(bytes) => {
                write!(f, "{} bytes", bytes.len())?;
                for (at, byte) in bytes.iter().take(16).enumerate() {
                    write!(f, "{}{byte:02x}", if at == 0 { ": " } else { " " })?;
                }
                f.write_str(if bytes.len() > 16 { " ..." } else { "" })
            }
        }
    }
}

impl Value {
    /// The value of one element of plain data in `bytes`.
    pub(super) fn of_element(signal: &Signal<'_>, bytes: &[u8]) -> Value {
        match signal.entry.kind {
            EntryKind::Bits | EntryKind::Bool => {
                Value::Bits(Bits::from_bytes(signal.width(), bytes))
            }
            EntryKind::Real => {
                let mut raw = [0; 8];
                raw.copy_from_slice(&bytes[..8]);
                Value::Real(f64::from_le_bytes(raw))
            }
            EntryKind::Text => match text_of(bytes) {
                Some((text, [])) => Value::Text(String::from_utf8_lossy(text).into_owned()),
                _ => Value::Opaque(bytes.to_vec()),
            },
            EntryKind::Check | EntryKind::Context | EntryKind::Other => {
                Value::Opaque(bytes.to_vec())
            }
        }
    }

    /// Bytes that are others for another value.
    #[cfg(feature = "driver")]
    pub(super) fn put_bytes(&self, into: &mut Vec<u8>) {
        match self {
            Value::Bits(bits) => {
                for word in bits.words() {
                    into.extend_from_slice(&word.to_le_bytes());
                }
            }
            Value::Signed(value) => into.extend_from_slice(&value.to_le_bytes()),
            Value::Real(value) => into.extend_from_slice(&value.to_bits().to_le_bytes()),
            Value::Text(text) => {
                into.extend_from_slice(&(text.len() as u64).to_le_bytes());
                into.extend_from_slice(text.as_bytes());
            }
            Value::Opaque(bytes) => {
                into.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
                into.extend_from_slice(bytes);
            }
        }
    }

    /// As JSON: integers in decimal up to 2^53, hexadecimal text above, else what it is.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Value::Bits(bits) => match bits.to_u128() {
                Some(value) if value <= 1 << 53 => (value as u64).into(),
                _ => bits.to_string().replace('_', "").into(),
            },
            Value::Signed(value) if value.unsigned_abs() <= 1 << 53 => (*value as i64).into(),
            Value::Signed(value) => value.to_string().into(),
            Value::Real(value) => serde_json::json!(value),
            Value::Text(text) => text.as_str().into(),
            Value::Opaque(bytes) => {
                let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                serde_json::json!({ "bytes": hex.concat() })
            }
        }
    }
}

/// A string as the operators write it (length, bytes), and what follows.
pub(super) fn text_of(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_groups_of_four_digits() {
        assert_eq!(Bits::new(32, &[0x10]).to_string(), "0x0000_0010");
        assert_eq!(Bits::new(9, &[0x1ff]).to_string(), "0x1ff");
        assert_eq!(
            Bits::new(100, &[1, 2, 3, 0xfff]).to_string(),
            "0xf_0000_0003_0000_0002_0000_0001"
        );
        assert_eq!(Bits::new(1, &[3]).to_string(), "1");
    }
}
