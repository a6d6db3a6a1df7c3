//! The values that variables hold.

use std::fmt;

use serde::Serialize;

use crate::names::RustName;

/// The values that a variable holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Shape {
    /// A packed vector. Up to 64 bits are in the narrowest integer.
    Bits {
        /// Its bits.
        width: u32,
        /// The highest index.
        msb: i32,
        /// The lowest index.
        lsb: i32,
    },
    /// `real`.
    Real,
    /// `string`.
    #[serde(rename = "string")]
    Text,
    /// `event`.
    Event,
    /// An unpacked array.
    Array {
        /// The number of elements.
        length: u32,
        /// The shape of an element.
        element: Box<Shape>,
    },
    /// An unpacked structure or union.
    Struct(Struct),
}

/// An unpacked structure or union whose members lie in C++ as they lie in Rust.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Struct {
    /// The Rust name, in the bindings' module `types`.
    #[serde(rename = "name")]
    pub(crate) rust: RustName,
    /// The C++ name.
    #[serde(skip)]
    pub(crate) cpp: String,
    /// It is a union: all members begin at its start.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub union: bool,
    /// In the order of the declaration.
    pub members: Vec<StructMember>,
}

/// A member of a structure.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct StructMember {
    /// The Verilog name.
    #[serde(rename = "name")]
    pub verilog: String,
    /// The Rust name.
    #[serde(skip)]
    pub(crate) rust: RustName,
    /// What it holds.
    pub shape: Shape,
}

impl Shape {
    /// The bits of an element.
    pub(crate) fn width(&self) -> u32 {
        match self {
            Self::Bits { width, .. } => *width,
            Self::Real => 64,
            Self::Text | Self::Event | Self::Struct(_) => 0,
            Self::Array { element, .. } => element.width(),
        }
    }

    /// The width of a vector that fits into an integer.
    pub(crate) fn integer(&self) -> Option<u32> {
        match self {
            Self::Bits { width, .. } if *width <= 64 => Some(*width),
            _ => None,
        }
    }

    /// The width of a vector that fits into no integer.
    pub(crate) fn wide(&self) -> Option<u32> {
        match self {
            Self::Bits { width, .. } if *width > 64 => Some(*width),
            _ => None,
        }
    }

    /// The bytes it takes in the model; `None` where C++ alone knows.
    pub(crate) fn size(&self) -> Option<u64> {
        Some(match self {
            Self::Bits { width, .. } if *width <= 64 => u64::from(storage_bits(*width) / 8),
            Self::Bits { width, .. } => u64::from(words(*width)) * 4,
            Self::Real => 8,
            Self::Text | Self::Event => return None,
            Self::Array { length, element } => element.size()? * u64::from(*length),
            Self::Struct(found) => {
                let mut size: u64 = 0;
                for member in &found.members {
                    if found.union {
                        size = size.max(member.shape.size()?);
                        continue;
                    }
                    size = size.next_multiple_of(member.shape.align()) + member.shape.size()?;
                }
                size.next_multiple_of(self.align())
            }
        })
    }

    /// The alignment that it has in the model.
    pub(crate) fn align(&self) -> u64 {
        match self {
            Self::Bits { width, .. } if *width <= 64 => u64::from(storage_bits(*width) / 8),
            Self::Bits { .. } => 4,
            Self::Real | Self::Text | Self::Event => 8,
            Self::Array { element, .. } => element.align(),
            Self::Struct(found) => {
                let members = found.members.iter();
                members
                    .map(|member| member.shape.align())
                    .max()
                    .unwrap_or(1)
            }
        }
    }

    /// The lengths of an array, the slowest first, and its elements' shape.
    pub(crate) fn dimensions(&self) -> (Vec<u32>, &Self) {
        let mut lengths = Vec::new();
        let mut shape = self;
        while let Self::Array { length, element } = shape {
            lengths.push(*length);
            shape = element;
        }
        (lengths, shape)
    }

    /// The words of a constant of this shape; `None` where there are no such constants.
    pub(crate) fn constant_words(&self) -> Option<usize> {
        Some(match self {
            Self::Bits { width, .. } if *width > 64 => words(*width) as usize,
            Self::Bits { .. } | Self::Real => 1,
            Self::Array { length, element } => element.constant_words()? * *length as usize,
            Self::Text | Self::Event | Self::Struct(_) => return None,
        })
    }

    /// The structures in it, each behind those that it holds.
    pub(crate) fn structs(&self) -> Vec<&Struct> {
        match self {
            Self::Array { element, .. } => element.structs(),
            Self::Struct(found) => {
                let members = found.members.iter();
                let mut all: Vec<_> = members.flat_map(|member| member.shape.structs()).collect();
                all.push(found);
                all
            }
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bits { width: 1, .. } => f.write_str("1 bit"),
            Self::Bits { width, msb, lsb } => write!(f, "{width} bits [{msb}:{lsb}]"),
            Self::Real => f.write_str("real"),
            Self::Text => f.write_str("string"),
            Self::Event => f.write_str("event"),
            Self::Array { length, element } => write!(f, "array [{length}] of {element}"),
            Self::Struct(found) if found.union => write!(f, "union {}", found.rust),
            Self::Struct(found) => write!(f, "struct {}", found.rust),
        }
    }
}

/// The bits of the integer that holds `width` bits.
pub fn storage_bits(width: u32) -> u32 {
    match width {
        0..=8 => 8,
        9..=16 => 16,
        17..=32 => 32,
        _ => 64,
    }
}

/// The 32-bit words that hold `width` bits.
pub fn words(width: u32) -> u32 {
    width.div_ceil(32)
}
