//! A field's value, for people and for programs.

use serde_json::json;

use crate::savable::Primitive;
use crate::savable::describe::{Description, Layout};

/// The longest text of a value, for people.
const MOST_TEXT: usize = 100;

/// The longest text of a value, for programs.
const MOST_JSON: usize = 1 << 20;

/// The largest integers that every program reads as they are written.
const MOST_EXACT: u128 = 1 << 53;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Displayed {
    /// For people.
    pub text: String,
    /// For programs: integers up to 2^53 are numbers, larger ones decimal text.
    pub json: serde_json::Value,
}

impl Displayed {
    /// A name, of a variant say.
    pub fn name(name: &str) -> Self {
        Self {
            text: name.to_owned(),
            json: name.into(),
        }
    }

    /// How long a list is.
    pub fn items(count: u64) -> Self {
        Self {
            text: format!("{count} items"),
            json: json!({ "items": count }),
        }
    }
}

impl Displayed {
    /// About how many bytes its texts take.
    pub fn size(&self) -> usize {
        self.text.len() + self.json.as_str().map_or(0, str::len)
    }
}

/// The value of a node that its bytes stand for.
pub(super) fn displayed(description: &Description, node: usize, bytes: &[u8]) -> Displayed {
    match &description.nodes[node].layout {
        Layout::Primitive(primitive) => number(*primitive, bytes),
        Layout::Text => text(bytes.get(8..).unwrap_or_default()),
        Layout::Option(_) if bytes == [0] => Displayed {
            text: "None".to_owned(),
            json: serde_json::Value::Null,
        },
        // Depth is bounded by what `skip` has accepted.
        Layout::Option(item) if bytes.first() == Some(&1) => {
            displayed(description, *item, &bytes[1..])
        }
        Layout::Section(kind) => Displayed {
            text: format!("a section ({})", kind.name()),
            json: json!({ "section": kind.name() }),
        },
        Layout::Option(_)
        | Layout::List { .. }
        | Layout::Map { .. }
        | Layout::Array { .. }
        | Layout::Tuple(_)
        | Layout::Struct(_)
        | Layout::Enum(_)
        | Layout::Opaque(_) => {
            let name = description.type_name(node);
            Displayed {
                text: format!("{name} of {} bytes", bytes.len()),
                json: json!({ "type": name, "bytes": bytes.len() }),
            }
        }
    }
}

/// UTF-8, or whatever a crafted file has in its place.
fn text(bytes: &[u8]) -> Displayed {
    // A letter may be cut in two, and is then cut off.
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MOST_JSON + 4)]);
    let whole = &text[..text.floor_char_boundary(MOST_JSON)];
    let start = &whole[..whole.floor_char_boundary(MOST_TEXT)];
    let cut = if start.len() < text.len() { "..." } else { "" };
    Displayed {
        text: format!("{start:?}{cut}"),
        json: whole.into(),
    }
}

fn number(primitive: Primitive, bytes: &[u8]) -> Displayed {
    let mut wide = [0; 16];
    let len = bytes.len().min(16);
    wide[..len].copy_from_slice(&bytes[..len]);
    let unsigned = u128::from_le_bytes(wide);
    // Shifted up and down again, the sign fills the upper bits.
    let unused = 128 - 8 * len as u32;
    let signed = unsigned.checked_shl(unused).unwrap_or(0).cast_signed();
    let signed = signed.checked_shr(unused).unwrap_or(0);
    let real = |value: f64, text: String| Displayed {
        json: if value.is_finite() {
            value.into()
        } else {
            text.as_str().into()
        },
        text,
    };
    match primitive {
        Primitive::I8
        | Primitive::I16
        | Primitive::I32
        | Primitive::I64
        | Primitive::I128
        | Primitive::Isize => Displayed {
            text: signed.to_string(),
            json: if signed.unsigned_abs() <= MOST_EXACT {
                (signed as i64).into()
            } else {
                signed.to_string().into()
            },
        },
        Primitive::F32 => {
            let value = f32::from_bits(unsigned as u32);
            real(f64::from(value), value.to_string())
        }
        Primitive::F64 => {
            let value = f64::from_bits(unsigned as u64);
            real(value, value.to_string())
        }
        Primitive::Bool => Displayed {
            text: (unsigned != 0).to_string(),
            json: (unsigned != 0).into(),
        },
        Primitive::Char => match char::from_u32(unsigned as u32) {
            Some(letter) => Displayed {
                text: format!("{letter:?}"),
                json: letter.to_string().into(),
            },
            None => Displayed::name(&unsigned.to_string()),
        },
        Primitive::U8
        | Primitive::U16
        | Primitive::U32
        | Primitive::U64
        | Primitive::U128
        | Primitive::Usize => Displayed {
            text: if unsigned < 10 {
                unsigned.to_string()
            } else {
                format!("{unsigned} ({unsigned:#x})")
            },
            json: if unsigned <= MOST_EXACT {
                (unsigned as u64).into()
            } else {
                unsigned.to_string().into()
            },
        },
    }
}
