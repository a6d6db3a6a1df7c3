//! What a value tells serde, as a number: two values that serde cannot tell apart have the same one.
//!
//! `MessagePack` knows fewer things than serde does: an option of an option, or of a unit, is nothing but nil. A value
//! that comes back with another number came back as something else. The order of sequences and maps counts for nothing,
//! since sets and maps that hash come back in another one.

use std::fmt;

use serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

/// Why a value cannot be held against another one.
#[derive(Debug)]
pub(super) struct Untraceable(String);

impl fmt::Display for Untraceable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Untraceable {}

impl serde::ser::Error for Untraceable {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// The number of a value.
pub(super) fn trace<T: Serialize>(value: &T) -> Result<u64, Untraceable> {
    value.serialize(Tracer)
}

struct Tracer;

/// One kind of thing that serde is told of.
#[derive(Clone, Copy)]
#[repr(u8)]
enum What {
    Bool,
    Signed,
    Unsigned,
    Real,
    Char,
    Text,
    Bytes,
    None,
    Some,
    Unit,
    UnitStruct,
    Variant,
    Newtype,
    Seq,
    Tuple,
    Map,
    Struct,
}

fn mix(hash: u64, number: u64) -> u64 {
    let mixed = (hash ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

fn start(what: What, size: u64) -> u64 {
    mix(mix(0x243f_6a88_85a3_08d3, what as u64), size)
}

fn bytes(what: What, bytes: &[u8]) -> u64 {
    mix(
        start(what, bytes.len() as u64),
        twox_hash::XxHash3_64::oneshot(bytes),
    )
}

fn number(what: What, size: u64, number: u128) -> u64 {
    mix(mix(start(what, size), number as u64), (number >> 64) as u64)
}

/// Parts in their order, each behind its name.
pub(super) struct Ordered {
    hash: u64,
    /// The ends of an inclusive range, as far as they were told.
    ends: Option<Vec<u64>>,
}

/// Parts in any order.
pub(super) struct Unordered {
    hash: u64,
    sum: u64,
    key: u64,
}

impl Ordered {
    fn new(what: What, name: &str, count: usize) -> Self {
        Self {
            hash: mix(bytes(what, name.as_bytes()), count as u64),
            ends: None,
        }
    }

    fn variant(name: &str, index: u32, variant: &str, count: usize) -> Self {
        let mut parts = Self::new(What::Variant, name, count);
        parts.hash = mix(parts.hash, u64::from(index));
        parts.add(bytes(What::Text, variant.as_bytes()));
        parts
    }

    fn add(&mut self, part: u64) {
        self.hash = mix(self.hash, part);
    }

    fn named<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Untraceable> {
        self.add(bytes(What::Text, name.as_bytes()));
        let part = value.serialize(Tracer)?;
        self.add(part);
        if let Some(ends) = &mut self.ends {
            ends.push(part);
        }
        Ok(())
    }

    fn end(self) -> Result<u64, Untraceable> {
        match self.ends.as_deref() {
            // Whether it is exhausted is not told.
            Some([first, last]) if first == last => Err(Untraceable::custom(
                "an inclusive range of one item may be exhausted, which serde does not store; save the field without \
                 `as_serde`, or the two ends",
            )),
            _ => Ok(self.hash),
        }
    }
}

impl Unordered {
    fn new(what: What) -> Self {
        Self {
            hash: start(what, 0),
            sum: 0,
            key: 0,
        }
    }

    fn add(&mut self, part: u64) {
        // Each counted, and equal ones do not cancel each other.
        self.hash = self.hash.wrapping_add(1);
        self.sum = self.sum.wrapping_add(mix(part, 0x1319_8a2e_0370_7344));
    }

    fn end(self) -> u64 {
        mix(self.hash, self.sum)
    }
}

macro_rules! integers {
    ($($name:ident: $ty:ty, $what:ident;)*) => {
        $(fn $name(self, value: $ty) -> Result<u64, Untraceable> {
            Ok(number(What::$what, size_of::<$ty>() as u64, i128::from(value).cast_unsigned()))
        })*
    };
}

impl Serializer for Tracer {
    type Ok = u64;
    type Error = Untraceable;
    type SerializeSeq = Unordered;
    type SerializeTuple = Ordered;
    type SerializeTupleStruct = Ordered;
    type SerializeTupleVariant = Ordered;
    type SerializeMap = Unordered;
    type SerializeStruct = Ordered;
    type SerializeStructVariant = Ordered;

    integers! {
        serialize_i8: i8, Signed; serialize_i16: i16, Signed; serialize_i32: i32, Signed;
        serialize_i64: i64, Signed; serialize_i128: i128, Signed;
        serialize_u8: u8, Unsigned; serialize_u16: u16, Unsigned; serialize_u32: u32, Unsigned;
        serialize_u64: u64, Unsigned;
    }

    fn serialize_u128(self, value: u128) -> Result<u64, Untraceable> {
        Ok(number(What::Unsigned, 16, value))
    }

    fn serialize_bool(self, value: bool) -> Result<u64, Untraceable> {
        Ok(number(What::Bool, 1, u128::from(value)))
    }

    fn serialize_f32(self, value: f32) -> Result<u64, Untraceable> {
        Ok(number(What::Real, 4, u128::from(value.to_bits())))
    }

    fn serialize_f64(self, value: f64) -> Result<u64, Untraceable> {
        Ok(number(What::Real, 8, u128::from(value.to_bits())))
    }

    fn serialize_char(self, value: char) -> Result<u64, Untraceable> {
        Ok(number(What::Char, 4, u128::from(u32::from(value))))
    }

    fn serialize_str(self, value: &str) -> Result<u64, Untraceable> {
        Ok(bytes(What::Text, value.as_bytes()))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<u64, Untraceable> {
        Ok(bytes(What::Bytes, value))
    }

    fn serialize_none(self) -> Result<u64, Untraceable> {
        Ok(start(What::None, 0))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<u64, Untraceable> {
        Ok(mix(start(What::Some, 0), value.serialize(Tracer)?))
    }

    fn serialize_unit(self) -> Result<u64, Untraceable> {
        Ok(start(What::Unit, 0))
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<u64, Untraceable> {
        Ok(bytes(What::UnitStruct, name.as_bytes()))
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<u64, Untraceable> {
        Ordered::variant(name, index, variant, 0).end()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<u64, Untraceable> {
        Ok(mix(
            bytes(What::Newtype, name.as_bytes()),
            value.serialize(Tracer)?,
        ))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<u64, Untraceable> {
        let mut parts = Ordered::variant(name, index, variant, 1);
        parts.add(value.serialize(Tracer)?);
        parts.end()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Unordered, Untraceable> {
        Ok(Unordered::new(What::Seq))
    }

    fn serialize_tuple(self, count: usize) -> Result<Ordered, Untraceable> {
        Ok(Ordered::new(What::Tuple, "", count))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        count: usize,
    ) -> Result<Ordered, Untraceable> {
        Ok(Ordered::new(What::Tuple, name, count))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        count: usize,
    ) -> Result<Ordered, Untraceable> {
        Ok(Ordered::variant(name, index, variant, count))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Unordered, Untraceable> {
        Ok(Unordered::new(What::Map))
    }

    fn serialize_struct(self, name: &'static str, count: usize) -> Result<Ordered, Untraceable> {
        Ok(Ordered {
            ends: (name == "RangeInclusive" && count == 2).then(Vec::new),
            ..Ordered::new(What::Struct, name, count)
        })
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        count: usize,
    ) -> Result<Ordered, Untraceable> {
        Ok(Ordered::variant(name, index, variant, count))
    }

    fn is_human_readable(&self) -> bool {
        // As in `MessagePack`.
        false
    }
}

macro_rules! elements {
    ($($trait:ident, $method:ident;)*) => {
        $(impl $trait for Ordered {
            type Ok = u64;
            type Error = Untraceable;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Untraceable> {
                self.add(value.serialize(Tracer)?);
                Ok(())
            }

            fn end(self) -> Result<u64, Untraceable> {
                Ordered::end(self)
            }
        })*
    };
}

elements! {
    SerializeTuple, serialize_element;
    SerializeTupleStruct, serialize_field;
    SerializeTupleVariant, serialize_field;
}

macro_rules! fields {
    ($($trait:ident)*) => {
        $(impl $trait for Ordered {
            type Ok = u64;
            type Error = Untraceable;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Untraceable> {
                self.named(name, value)
            }

            fn end(self) -> Result<u64, Untraceable> {
                Ordered::end(self)
            }
        })*
    };
}

fields!(SerializeStruct SerializeStructVariant);

impl SerializeSeq for Unordered {
    type Ok = u64;
    type Error = Untraceable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Untraceable> {
        self.add(value.serialize(Tracer)?);
        Ok(())
    }

    fn end(self) -> Result<u64, Untraceable> {
        Ok(Unordered::end(self))
    }
}

impl SerializeMap for Unordered {
    type Ok = u64;
    type Error = Untraceable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Untraceable> {
        self.key = key.serialize(Tracer)?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Untraceable> {
        let value = value.serialize(Tracer)?;
        self.add(mix(self.key, value));
        Ok(())
    }

    fn end(self) -> Result<u64, Untraceable> {
        Ok(Unordered::end(self))
    }
}
