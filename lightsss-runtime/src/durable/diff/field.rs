//! A harness's fields by their paths, in a stream that was saved a moment ago.

use std::ops::Range;

use super::displayed::displayed;
use super::fields::Side;
use super::visit::{Seen, SeenValue, WantedParts, visit};
use crate::savable::describe::{Description, Layout};
use crate::savable::{NoSections, Primitive, Reader, RestoreError};
use crate::state::{Bits, Value, matches, may_match_below};

/// A field's value, and where it stands in the stream.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldValue {
    pub(crate) path: String,
    pub(crate) value: Value,
    pub(crate) place: Range<usize>,
    /// Of a number.
    pub(crate) primitive: Option<Primitive>,
    /// The section that it is, by its number.
    pub(crate) section: Option<u32>,
}

/// The fields that any of the patterns means, each with its value. No more than `most`.
pub(crate) fn field_values(
    description: &Description,
    stream: &[u8],
    patterns: &[&str],
    most: usize,
) -> Result<Vec<FieldValue>, RestoreError> {
    let mut found: Vec<FieldValue> = Vec::new();
    let side = Side {
        description,
        input: Reader::new(stream, &NoSections),
    };
    let wanted = |path: &str| {
        let mut patterns = patterns.iter();
        patterns.any(|pattern| matches(pattern.as_bytes(), path.as_bytes()))
    };
    visit(side, &mut |seen| {
        if found.len() >= most {
            return WantedParts::None;
        }
        let value = value_of(description, &seen);
        if wanted(seen.path)
            && let Some((value, bytes)) = value
        {
            let at = bytes.as_ptr().addr().wrapping_sub(stream.as_ptr().addr());
            found.push(FieldValue {
                path: seen.path.to_owned(),
                value,
                place: at..at + bytes.len(),
                primitive: match seen.layout {
                    Layout::Primitive(primitive) => Some(*primitive),
                    _ => None,
                },
                section: section_of(&seen),
            });
        }
        let below = wanted(seen.path)
            || patterns
                .iter()
                .any(|pattern| may_match_below(pattern, seen.path));
        if below {
            WantedParts::All
        } else {
            WantedParts::None
        }
    })?;
    Ok(found)
}

fn section_of(seen: &Seen<'_>) -> Option<u32> {
    match (&seen.value, seen.layout) {
        (SeenValue::Plain(bytes), Layout::Section(_)) => {
            Some(u32::from_le_bytes((*bytes).try_into().ok()?))
        }
        _ => None,
    }
}

/// What a part of the stream stands for; nothing for what has parts of its own.
fn value_of<'s>(description: &Description, seen: &Seen<'s>) -> Option<(Value, &'s [u8])> {
    match &seen.value {
        SeenValue::Plain([]) => None,
        SeenValue::Plain(bytes) => Some((plain(description, seen, bytes), bytes)),
        SeenValue::Variant(variant) if variant.fields.is_empty() => {
            Some((Value::Text(variant.name.clone()), &[]))
        }
        SeenValue::Items(_) | SeenValue::Variant(_) | SeenValue::Whole => None,
    }
}

fn plain(description: &Description, seen: &Seen<'_>, bytes: &[u8]) -> Value {
    match seen.layout {
        Layout::Primitive(primitive) => number(*primitive, bytes),
        Layout::Text => {
            let text = bytes.get(8..).unwrap_or_default();
            Value::Text(String::from_utf8_lossy(text).into_owned())
        }
        Layout::Option(_) => Value::Text(displayed(description, seen.node, bytes).text),
        _ => Value::Opaque(bytes.to_vec()),
    }
}

fn number(primitive: Primitive, bytes: &[u8]) -> Value {
    let mut wide = [0; 16];
    let length = bytes.len().min(16);
    wide[..length].copy_from_slice(&bytes[..length]);
    let unsigned = u128::from_le_bytes(wide);
    let width = 8 * length as u32;
    match primitive {
        Primitive::I8
        | Primitive::I16
        | Primitive::I32
        | Primitive::I64
        | Primitive::I128
        | Primitive::Isize => {
            let unused = 128 - width;
            let signed = unsigned.checked_shl(unused).unwrap_or(0).cast_signed();
            Value::Signed(signed.checked_shr(unused).unwrap_or(0))
        }
        Primitive::F32 => Value::Real(f64::from(f32::from_bits(unsigned as u32))),
        Primitive::F64 => Value::Real(f64::from_bits(unsigned as u64)),
        Primitive::Char => Value::Text(
            char::from_u32(unsigned as u32).map_or_else(String::new, |letter| letter.to_string()),
        ),
        Primitive::Bool => Value::Bits(Bits::new(1, &[unsigned as u32])),
        Primitive::U8
        | Primitive::U16
        | Primitive::U32
        | Primitive::U64
        | Primitive::U128
        | Primitive::Usize => {
            let words = [0, 32, 64, 96].map(|shift| (unsigned >> shift) as u32);
            Value::Bits(Bits::new(width, &words))
        }
    }
}
