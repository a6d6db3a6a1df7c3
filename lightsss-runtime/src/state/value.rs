//! Values of signals.

use std::fmt;

use super::table::{EntryKind, Signal};

/// The value of a signal, or of one element of an unpacked array.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Value {
    /// A vector.
    Bits(Bits),
    /// A real number.
    Real(f64),
    /// A string.
    Text(String),
    /// Bytes that only Verilator's operators read.
    Opaque(Vec<u8>),
}

/// A vector of any width.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
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

    /// As JSON: integers in decimal up to 2^53, hexadecimal text above, else what it is.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Value::Bits(bits) => match bits.to_u128() {
                Some(value) if value <= 1 << 53 => (value as u64).into(),
                _ => bits.to_string().replace('_', "").into(),
            },
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

/// Types that signals can be read as.
pub trait FromValue: Sized {
    /// What is expected, for messages.
    const EXPECTED: &'static str;

    /// The value; `None` where it is of another kind, or does not fit.
    fn from_value(value: &Value) -> Option<Self>;
}

impl FromValue for bool {
    const EXPECTED: &'static str = "a single bit";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bits(bits) if bits.width == 1 => Some(bits.words[0] == 1),
            _ => None,
        }
    }
}

macro_rules! from_bits {
    ($($ty:ty),*) => {$(
        impl FromValue for $ty {
            const EXPECTED: &'static str =
                concat!("a vector whose value fits into ", stringify!($ty));

            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::Bits(bits) => bits.to_u128()?.try_into().ok(),
                    _ => None,
                }
            }
        }

        impl From<$ty> for Value {
            fn from(value: $ty) -> Value {
                let words: Vec<u32> = (0..4).map(|at| (u128::from(value) >> (32 * at)) as u32).collect();
                Value::Bits(Bits::new(<$ty>::BITS, &words))
            }
        }
    )*};
}

from_bits!(u8, u16, u32, u64, u128);

impl FromValue for f64 {
    const EXPECTED: &'static str = "a real number";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Real(value) => Some(*value),
            _ => None,
        }
    }
}

impl FromValue for String {
    const EXPECTED: &'static str = "a string";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bits(Bits::new(1, &[u32::from(value)]))
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Value {
        Value::Real(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::Text(value.to_owned())
    }
}

impl From<Bits> for Value {
    fn from(value: Bits) -> Value {
        Value::Bits(value)
    }
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

    #[test]
    fn converts() {
        assert_eq!(u8::from_value(&Value::from(255_u32)), Some(255));
        assert_eq!(u8::from_value(&Value::from(256_u32)), None);
        assert_eq!(bool::from_value(&Value::from(1_u8)), None);
        assert_eq!(bool::from_value(&Value::from(true)), Some(true));
        assert_eq!(Bits::from_bytes(12, &[0xff, 0xff]).to_u128(), Some(0xfff));
    }
}
