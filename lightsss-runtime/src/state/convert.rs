//! Values as Rust's types, and Rust's types as values.

use super::value::{Bits, Value};

/// Types that signals can be read as.
///
/// Unsigned integers take a vector's value where it fits. For signed ones the vector's highest bit is its sign,
/// whatever the source declares. [`Bits`] takes a vector of any width.
///
/// ```
/// use lightsss_runtime::state::{Bits, FromValue, Value};
///
/// let value = Value::from(Bits::new(12, &[0xffd]));
/// assert_eq!(u16::from_value(&value), Some(0xffd));
/// assert_eq!(i16::from_value(&value), Some(-3));
/// assert_eq!(u8::from_value(&value), None);
///
/// let wide = Value::from(Bits::new(200, &[1, 2, 3, 4, 5, 6, 7]));
/// assert_eq!(u128::from_value(&wide), None);
/// assert_eq!(Bits::from_value(&wide).unwrap().words()[6], 7);
/// ```
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
            Value::Bits(bits) if bits.width() == 1 => Some(bits.words()[0] == 1),
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
                    Value::Signed(value) => (*value).try_into().ok(),
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

macro_rules! from_signed {
    ($($ty:ty),*) => {$(
        impl FromValue for $ty {
            const EXPECTED: &'static str =
                concat!("a vector whose value, as a signed one, fits into ", stringify!($ty));

            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::Bits(bits) => bits.to_i128()?.try_into().ok(),
                    Value::Signed(value) => (*value).try_into().ok(),
                    _ => None,
                }
            }
        }

        impl From<$ty> for Value {
            fn from(value: $ty) -> Value {
                Value::Signed(value.into())
            }
        }
    )*};
}

from_signed!(i8, i16, i32, i64, i128);

impl FromValue for Bits {
    const EXPECTED: &'static str = "a vector";

    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bits(bits) => Some(bits.clone()),
            _ => None,
        }
    }
}

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
    fn converts() {
        assert_eq!(u8::from_value(&Value::from(255_u32)), Some(255));
        assert_eq!(u8::from_value(&Value::from(256_u32)), None);
        assert_eq!(bool::from_value(&Value::from(1_u8)), None);
        assert_eq!(bool::from_value(&Value::from(true)), Some(true));
        assert_eq!(Bits::from_bytes(12, &[0xff, 0xff]).to_u128(), Some(0xfff));
    }

    #[test]
    fn the_highest_bit_is_the_sign() {
        let read = |width, words: &[u32]| i64::from_value(&Value::from(Bits::new(width, words)));
        assert_eq!(read(1, &[1]), Some(-1));
        assert_eq!(read(12, &[0x800]), Some(-2048));
        assert_eq!(read(12, &[0x7ff]), Some(2047));
        assert_eq!(read(32, &[u32::MAX]), Some(-1));
        assert_eq!(read(64, &[0, 0x8000_0000]), Some(i64::MIN));
        assert_eq!(read(65, &[0, 0x8000_0000, 0]), None);
        assert_eq!(read(65, &[0, 0x8000_0000, 1]), Some(i64::MIN));
        assert_eq!(read(70, &[5, 0, 0x3e]), None);
        assert_eq!(read(200, &[u32::MAX; 7]), Some(-1));
        assert_eq!(read(200, &[0, 0, 0, 0, 0, 0, 0x80]), None);
        let least = Bits::new(128, &[0, 0, 0, 0x8000_0000]);
        assert_eq!(least.to_i128(), Some(i128::MIN));
        assert_eq!(Bits::new(160, &[0, 0, 0, 0, u32::MAX]).to_i128(), None);
        assert_eq!(i8::from_value(&Value::from(200_u8)), Some(-56));
        assert_eq!(i8::from_value(&Value::from(0x180_u16)), None);
    }

    #[test]
    fn signed_values_fit_where_they_can_be_read_back() {
        let of = |value, width| Bits::of_signed(value, width).map(|bits| bits.to_string());
        assert_eq!(of(-1, 12).as_deref(), Some("0xfff"));
        assert_eq!(of(-2048, 12).as_deref(), Some("0x800"));
        assert_eq!(of(-2049, 12), None);
        assert_eq!(of(4095, 12).as_deref(), Some("0xfff"));
        assert_eq!(of(4096, 12), None);
        assert_eq!(of(-2, 40).as_deref(), Some("0xff_ffff_fffe"));
        assert_eq!(of(-1, 132).unwrap(), format!("0xf{}", "_ffff".repeat(8)));
        assert_eq!(of(i128::MIN, 127), None);
        assert_eq!(
            of(i128::MIN, 128),
            Some(format!("0x8000{}", "_0000".repeat(7)))
        );
    }
}
