//! The changes of one signal in a section: steps of time, and values.

use crate::savable::leb128;

/// How a signal's values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Bit,
    /// So many bits, two at least; a real has its eight bytes as they are in memory.
    Vector(usize),
    Real,
    /// Of any length.
    Text,
}

/// Values of a bit that is neither 0 nor 1.
const UNKNOWN: [u8; 8] = *b"xzhuwl-?";

const REAL: usize = 8;

impl Shape {
    /// As a file's geometry has it.
    pub(super) fn of(number: u64) -> Self {
        match number {
            0 => Self::Real,
            1 => Self::Bit,
            0xffff_ffff => Self::Text,
            bits => Self::Vector(bits as usize),
        }
    }

    /// The length of its value in a frame.
    pub(super) fn length(self) -> usize {
        match self {
            Self::Bit => 1,
            Self::Vector(bits) => bits,
            Self::Real => REAL,
            Self::Text => 0,
        }
    }
}

/// A change.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change<'a> {
    /// Entries of the table of times since the change before it.
    pub steps: u64,
    pub value: Value<'a>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    Bit(u8),
    /// Zeros and ones, eight in a byte.
    Packed(&'a [u8]),
    /// A letter a bit, the bytes of a real, or a text.
    Whole(&'a [u8]),
}

/// Takes the next change off the front of `bytes`; `None` where they are damaged.
#[inline]
pub(super) fn next<'a>(shape: Shape, bytes: &mut &'a [u8]) -> Option<Change<'a>> {
    let number = leb128::take(bytes).ok()?;
    if shape == Shape::Bit {
        return Some(if number & 1 == 0 {
            Change {
                steps: number >> 2,
                value: Value::Bit(b'0' + (number >> 1 & 1) as u8),
            }
        } else {
            Change {
                steps: number >> 4,
                value: Value::Bit(UNKNOWN[(number >> 1 & 7) as usize]),
            }
        });
    }
    let length = match shape {
        Shape::Text => usize::try_from(leb128::take(bytes).ok()?).ok()?,
        _ if number & 1 == 0 => shape.length().div_ceil(8),
        _ => shape.length(),
    };
    let (value, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(Change {
        steps: number >> 1,
        value: if shape != Shape::Text && number & 1 == 0 {
            Value::Packed(value)
        } else {
            Value::Whole(value)
        },
    })
}

impl Value<'_> {
    /// Whether it is the value that a frame holds like this.
    pub(super) fn is(&self, held: &[u8]) -> bool {
        match *self {
            Self::Bit(bit) => held == [bit],
            Self::Whole(whole) => held == whole,
            Self::Packed(packed) => {
                let mut bits = held.iter().enumerate();
                bits.all(|(at, held)| *held == bit(packed, at))
            }
        }
    }

    /// Writes it as a frame holds it.
    pub(super) fn put(&self, held: &mut [u8]) {
        match *self {
            Self::Bit(bit) => held.copy_from_slice(&[bit]),
            Self::Whole(whole) => held.copy_from_slice(whole),
            Self::Packed(packed) => {
                for (at, held) in held.iter_mut().enumerate() {
                    *held = bit(packed, at);
                }
            }
        }
    }
}

fn bit(packed: &[u8], at: usize) -> u8 {
    b'0' + (packed[at / 8] >> (7 - at % 8) & 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(shape: Shape, mut bytes: &[u8]) -> Option<Vec<(u64, Vec<u8>)>> {
        let mut found = Vec::new();
        while !bytes.is_empty() {
            let change = next(shape, &mut bytes)?;
            let value = match change.value {
                Value::Whole(whole) => whole.to_vec(),
                value => {
                    let mut held = vec![0; shape.length()];
                    value.put(&mut held);
                    held
                }
            };
            assert!(change.value.is(&value));
            found.push((change.steps, value));
        }
        Some(found)
    }

    #[test]
    fn each_shape_has_its_changes() {
        let bits = changes(Shape::Bit, &[0b10, 0b1 << 2, 0b101_0001]).unwrap();
        assert_eq!(
            bits,
            [(0, b"1".to_vec()), (1, b"0".to_vec()), (5, b"x".to_vec())]
        );
        let vectors = changes(
            Shape::Vector(10),
            &[
                4,
                0b1010_0000,
                0x40,
                3,
                b'z',
                b'0',
                b'0',
                b'0',
                b'0',
                b'0',
                b'0',
                b'0',
                b'0',
                b'1',
            ],
        );
        let expected = [(2, b"1010000001".to_vec()), (1, b"z000000001".to_vec())];
        assert_eq!(vectors.unwrap(), expected);
        let texts = changes(Shape::Text, &[2, 2, b'h', b'i', 0, 0]).unwrap();
        assert_eq!(texts, [(1, b"hi".to_vec()), (0, Vec::new())]);
    }

    #[test]
    fn a_cut_change_is_none() {
        for (shape, bytes) in [
            (Shape::Bit, &[0x80][..]),
            (Shape::Vector(9), &[0, 1]),
            (Shape::Real, &[1, 0, 0, 0]),
            (
                Shape::Text,
                &[0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            ),
        ] {
            assert_eq!(changes(shape, bytes), None, "{shape:?}");
        }
    }
}
