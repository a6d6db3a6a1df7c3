//! A reader of a harness's fields, written from `docs/format.md` and from nothing else.

use serde_json::{Map, Value, json};

/// Why bytes are not what the page describes.
pub type Outcome<T> = Result<T, String>;

/// What follows is taken from the front.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, len: usize) -> Outcome<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or("it ends early")?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Outcome<u8> {
        Ok(self.take(1)?[0])
    }

    fn flag(&mut self) -> Outcome<bool> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(format!("{other} is no flag")),
        }
    }

    /// LEB128.
    fn number(&mut self) -> Outcome<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err("a number is too large".to_owned())
    }

    fn index(&mut self) -> Outcome<usize> {
        usize::try_from(self.number()?).map_err(|error| error.to_string())
    }

    fn text(&mut self) -> Outcome<String> {
        let len = self.index()?;
        String::from_utf8(self.take(len)?.to_vec()).map_err(|error| error.to_string())
    }

    /// A count in the values: eight bytes.
    fn count(&mut self) -> Outcome<usize> {
        let count = u64::from_le_bytes(self.take(8)?.try_into().unwrap());
        usize::try_from(count).map_err(|error| error.to_string())
    }
}

/// The description of a type.
#[derive(Debug)]
pub struct Type {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u64,
    layout: Layout,
}

#[derive(Debug)]
enum Layout {
    Primitive(u8),
    Text,
    Option(usize),
    List {
        padded: bool,
        item: usize,
    },
    Map {
        padded: bool,
        key: usize,
        value: usize,
    },
    Array {
        item: usize,
        count: u64,
    },
    Tuple(Vec<usize>),
    Struct(Vec<Field>),
    Enum(Vec<(String, Vec<Field>)>),
    Section,
    Encoded(String),
}

#[derive(Debug)]
struct Field {
    name: String,
    ty: usize,
    retired: bool,
}

/// Reads a description: the types, the harness's own first.
pub fn types(description: &[u8]) -> Outcome<Vec<Type>> {
    let mut input = Bytes(description);
    let count = input.number()?;
    let types = (0..count).map(|_| one_type(&mut input)).collect();
    if input.0.is_empty() {
        types
    } else {
        Err("bytes follow the last type".to_owned())
    }
}

fn one_type(input: &mut Bytes<'_>) -> Outcome<Type> {
    let (name, version) = (input.text()?, input.number()?);
    let layout = match input.byte()? {
        1 => Layout::Primitive(input.byte()?),
        2 => Layout::Text,
        3 => Layout::Option(input.index()?),
        4 => Layout::List {
            padded: input.flag()?,
            item: input.index()?,
        },
        5 => Layout::Map {
            padded: input.flag()?,
            key: input.index()?,
            value: input.index()?,
        },
        6 => Layout::Array {
            item: input.index()?,
            count: input.number()?,
        },
        7 => {
            let count = input.number()?;
            Layout::Tuple((0..count).map(|_| input.index()).collect::<Outcome<_>>()?)
        }
        8 => Layout::Struct(fields(input)?),
        9 => {
            let count = input.number()?;
            let variant = |_| Ok((input.text()?, fields(input)?));
            Layout::Enum((0..count).map(variant).collect::<Outcome<_>>()?)
        }
        10 => {
            input.byte()?;
            Layout::Section
        }
        11 => Layout::Encoded(input.text()?),
        other => return Err(format!("no layout has the number {other}")),
    };
    Ok(Type {
        name,
        version,
        layout,
    })
}

fn fields(input: &mut Bytes<'_>) -> Outcome<Vec<Field>> {
    let count = input.number()?;
    let field = |_| {
        Ok(Field {
            name: input.text()?,
            ty: input.index()?,
            retired: input.flag()?,
        })
    };
    (0..count).map(field).collect()
}

/// Reads the values of the first type.
pub fn values(types: &[Type], stream: &[u8]) -> Outcome<Value> {
    let mut input = Bytes(stream);
    let value = one_value(types, 0, &mut input)?;
    if input.0.is_empty() {
        Ok(value)
    } else {
        Err("bytes follow the last field".to_owned())
    }
}

fn one_value(types: &[Type], ty: usize, input: &mut Bytes<'_>) -> Outcome<Value> {
    let ty = types.get(ty).ok_or("there is no such type")?;
    Ok(match &ty.layout {
        Layout::Primitive(code) => primitive(*code, input)?,
        Layout::Text => {
            let len = input.count()?;
            let bytes = input.take(len)?;
            std::str::from_utf8(bytes).map_or_else(|_| json!(bytes), |text| json!(text))
        }
        Layout::Option(item) => {
            if input.flag()? {
                json!([one_value(types, *item, input)?])
            } else {
                Value::Null
            }
        }
        Layout::List { padded, item } => {
            let count = input.count()?;
            let mut items = Vec::new();
            for _ in 0..count {
                items.push(one_value(types, *item, input)?);
                padding(*padded, input)?;
            }
            Value::Array(items)
        }
        Layout::Map { padded, key, value } => {
            let count = input.count()?;
            let mut entries = Vec::new();
            for _ in 0..count {
                let key = one_value(types, *key, input)?;
                entries.push(json!([key, one_value(types, *value, input)?]));
                padding(*padded, input)?;
            }
            Value::Array(entries)
        }
        Layout::Array { item, count } => {
            let items = (0..*count).map(|_| one_value(types, *item, input));
            Value::Array(items.collect::<Outcome<_>>()?)
        }
        Layout::Tuple(items) => {
            let items = items.iter().map(|item| one_value(types, *item, input));
            Value::Array(items.collect::<Outcome<_>>()?)
        }
        Layout::Struct(fields) => Value::Object(members(types, fields, input)?),
        Layout::Enum(variants) => {
            let size = if variants.len() <= 256 { 1 } else { 4 };
            let mut tag = [0; 8];
            tag[..size].copy_from_slice(input.take(size)?);
            let tag = usize::try_from(u64::from_le_bytes(tag)).unwrap();
            let (name, fields) = variants.get(tag).ok_or("there is no such variant")?;
            json!({ name: members(types, fields, input)? })
        }
        Layout::Section => json!({ "section": primitive(3, input)? }),
        Layout::Encoded(encoding) => {
            let len = input.count()?;
            json!({ encoding: input.take(len)? })
        }
    })
}

fn padding(padded: bool, input: &mut Bytes<'_>) -> Outcome<()> {
    if padded && input.byte()? != 0 {
        return Err("a byte of padding is not zero".to_owned());
    }
    Ok(())
}

fn members(types: &[Type], fields: &[Field], input: &mut Bytes<'_>) -> Outcome<Map<String, Value>> {
    let mut members = Map::new();
    for field in fields {
        if !field.retired || input.flag()? {
            let value = one_value(types, field.ty, input)?;
            members.insert(field.name.clone(), value);
        }
    }
    Ok(members)
}

fn primitive(code: u8, input: &mut Bytes<'_>) -> Outcome<Value> {
    let size = match code {
        1 | 7 | 15 => 1,
        2 | 8 => 2,
        3 | 9 | 13 | 16 => 4,
        4 | 6 | 10 | 12 | 14 => 8,
        5 | 11 => 16,
        other => return Err(format!("no primitive type has the number {other}")),
    };
    let mut bytes = [0; 16];
    bytes[..size].copy_from_slice(input.take(size)?);
    let unsigned = u128::from_le_bytes(bytes);
    let unused = 128 - 8 * size as u32;
    let signed = (unsigned.cast_signed() << unused) >> unused;
    Ok(match code {
        1..=6 => json!(unsigned),
        7..=12 => json!(signed),
        13 => json!(f32::from_bits(u32::try_from(unsigned).unwrap())),
        14 => json!(f64::from_bits(u64::try_from(unsigned).unwrap())),
        15 => json!(unsigned == 1),
        _ => {
            let code = u32::try_from(unsigned).unwrap();
            json!(char::from_u32(code).ok_or("no character")?)
        }
    })
}
