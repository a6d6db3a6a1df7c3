//! Changes what a file says, and not its bytes: types, values, sections, a model's blocks, labels, chains. Every
//! checksum and every length around the change is right.

use crate::craft::{Craft, Section, Shape, Type, describe};
use crate::layout::Layout;
use crate::mutate::interesting;
use crate::numbers::Numbers;

/// The parts of a file in which nothing is compressed, and nothing is a parent's.
#[must_use]
pub fn parts(file: &[u8], layout: &Layout) -> Option<Craft> {
    let sections = layout.sections.iter().enumerate().map(|(number, section)| {
        Some(Section::data(
            section.kind,
            &section.name,
            layout.contents(file, number)?,
        ))
    });
    Some(Craft {
        harness: layout.harness.clone(),
        schema: layout.schema,
        cycle: layout.cycle,
        time: layout.time,
        taken_ns: layout.taken_ns,
        tool: layout.tool.clone(),
        models: layout.models.clone(),
        parent: layout.parent.clone(),
        labels: layout.labels.clone(),
        sections: sections.collect::<Option<_>>()?,
    })
}

/// Changes one to four things.
pub fn change(craft: &mut Craft, numbers: &mut Numbers) {
    for _ in 0..=numbers.below(4) {
        match numbers.below(8) {
            0 => header(craft, numbers),
            1..=3 => description(craft, numbers),
            4 => contents(&mut craft.sections[1].data, numbers),
            5 | 6 => section(craft, numbers),
            _ => sections(craft, numbers),
        }
    }
    for section in &mut craft.sections {
        // Contents may have got another length; runs of zeros that were made stay.
        let zeros = section.runs.iter().any(|(kind, _)| *kind != 1);
        if !zeros {
            let data = std::mem::take(&mut section.data);
            *section = Section::data(section.kind, &section.name, data);
        }
    }
}

fn header(craft: &mut Craft, numbers: &mut Numbers) {
    match numbers.below(7) {
        0 => craft.cycle = interesting(numbers),
        1 => craft.taken_ns = interesting(numbers),
        2 => craft.harness = name(numbers),
        3 => craft
            .labels
            .push((format!("~{}", name(numbers)), name(numbers))),
        4 => craft
            .models
            .push((name(numbers), interesting(numbers), name(numbers))),
        5 => craft.schema = interesting(numbers),
        _ => {
            let depth = interesting(numbers) as u32;
            craft.parent = Some((depth.max(1), interesting(numbers), "good-0.lsss".to_owned()));
        }
    }
}

fn name(numbers: &mut Numbers) -> String {
    let letters = ["", "a", "\u{1b}[2J", "\n", "é", "cycle", "*", "."];
    let letter = letters[numbers.below(letters.len())];
    letter.repeat([0, 1, 3, 100, 1024, 1025][numbers.below(6)])
}

/// Changes the types of the harness: references, lengths, layouts, names.
fn description(craft: &mut Craft, numbers: &mut Numbers) {
    let Some(mut types) = parse(&craft.sections[0].data) else {
        // Changed before to what is no description.
        return contents(&mut craft.sections[0].data, numbers);
    };
    if types.is_empty() {
        return;
    }
    let at = numbers.below(types.len());
    let any = |numbers: &mut Numbers, types: &[Type]| numbers.below(types.len()) as u64;
    match numbers.below(10) {
        0 | 1 => {
            let other = any(numbers, &types);
            let few = numbers.below(4) as u64;
            types[at].shape = match numbers.below(9) {
                0 => Shape::Option(other),
                1 => Shape::List(numbers.below(2) as u8, other),
                2 => Shape::Map(numbers.below(2) as u8, other, any(numbers, &types)),
                3 => Shape::Array(other, interesting(numbers)),
                4 => Shape::Array(other, few),
                5 => Shape::Tuple(vec![other; few as usize]),
                6 => Shape::Primitive(numbers.below(18) as u8),
                7 => Shape::Section(numbers.below(5) as u8),
                _ => Shape::Text,
            };
        }
        // A chain of types, each of several times the next.
        2 | 3 => {
            let leaf = any(numbers, &types);
            let first = types.len() as u64;
            let levels = [1, 8, 60, 600][numbers.below(4)];
            let width = 1 + numbers.below(3);
            for level in 0..levels {
                let next = if level + 1 == levels {
                    leaf
                } else {
                    first + level + 1
                };
                let shape = match numbers.below(3) {
                    0 => Shape::Array(next, width as u64),
                    1 => Shape::Struct(vec![(name(numbers), next, 0); width]),
                    _ => Shape::Tuple(vec![next; width]),
                };
                types.push(Type {
                    name: String::new(),
                    version: 0,
                    shape,
                });
            }
            refer(&mut types[at], first, numbers);
        }
        4 | 5 => {
            let other = any(numbers, &types);
            refer(&mut types[at], other, numbers);
        }
        6 => types[at].version = interesting(numbers),
        7 => types[at].name = name(numbers),
        8 => {
            let again = types[at].clone();
            types.push(again);
        }
        _ => {
            if let Shape::Struct(fields) = &mut types[at].shape
                && !fields.is_empty()
            {
                let field = numbers.below(fields.len());
                match numbers.below(4) {
                    0 => fields[field].0 = name(numbers),
                    1 => fields[field].2 ^= 1,
                    2 => drop(fields.remove(field)),
                    _ => {
                        let other = numbers.below(fields.len());
                        fields.swap(field, other);
                    }
                }
            }
        }
    }
    craft.sections[0].data = describe(&types);
}

/// Has one part of a type be of another one, or gives it such a part.
fn refer(ty: &mut Type, to: u64, numbers: &mut Numbers) {
    match &mut ty.shape {
        Shape::Option(item) | Shape::List(_, item) | Shape::Array(item, _) => *item = to,
        Shape::Map(_, key, value) => *[key, value][numbers.below(2)] = to,
        Shape::Tuple(items) => items.push(to),
        Shape::Struct(fields) => fields.push((name(numbers), to, numbers.below(2) as u8)),
        Shape::Enum(variants) => variants.push((name(numbers), vec![(String::new(), to, 0)])),
        Shape::Primitive(_) | Shape::Text | Shape::Section(_) | Shape::Encoded(_) => {
            ty.shape = Shape::Tuple(vec![to]);
        }
    }
}

/// Changes bytes: numbers at which arithmetic goes wrong, more of the same, less.
fn contents(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    let at = numbers.below(bytes.len());
    let end = (at + [1, 4, 8, 64][numbers.below(4)]).min(bytes.len());
    match numbers.below(6) {
        0 | 1 => {
            let value = interesting(numbers).to_le_bytes();
            for (byte, new) in bytes[at..end].iter_mut().zip(value) {
                *byte = new;
            }
        }
        2 => drop(bytes.drain(at..end)),
        3 => {
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again);
        }
        4 => bytes.extend(vec![[0, 1, 0xff][numbers.below(3)]; numbers.below(100_000)]),
        _ => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << numbers.below(8);
            }
        }
    }
}

/// Changes one section.
fn section(craft: &mut Craft, numbers: &mut Numbers) {
    let number = numbers.below(craft.sections.len());
    let section = &mut craft.sections[number];
    match numbers.below(6) {
        0 => section.kind = [0, 1, 2, 3, 4, 240, 241][numbers.below(7)],
        1 => section.name = name(numbers),
        2 => {
            let len = interesting(numbers) >> numbers.below(64);
            if len > 0 && len < 1 << 61 {
                *section = Section::zeros(section.kind, &section.name, len);
            }
        }
        _ if section.kind == 1 => model(&mut section.data, numbers),
        _ => contents(&mut section.data, numbers),
    }
}

/// Changes a block of a model's section, whose length is made right again.
fn model(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    let Some((head, mut blocks)) = blocks(bytes) else {
        return contents(bytes, numbers);
    };
    let at = numbers.below(blocks.len());
    match numbers.below(8) {
        0 => blocks[at].0 = [1, 2, 3, 4, 16, 17, 18, 255][numbers.below(8)],
        1 => drop(blocks.remove(at)),
        2 => {
            let again = blocks[at].clone();
            blocks.push(again);
        }
        _ => contents(&mut blocks[at].1, numbers),
    }
    *bytes = head;
    for (tag, block) in blocks {
        bytes.push(tag);
        bytes.extend_from_slice(&(block.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&block);
    }
}

/// A block's tag and its bytes.
type Block = (u8, Vec<u8>);

fn blocks(bytes: &[u8]) -> Option<(Vec<u8>, Vec<Block>)> {
    let version = u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?) as usize;
    let (head, mut rest) = bytes.split_at_checked(16 + version)?;
    let mut blocks = Vec::new();
    while let Some((tag, more)) = rest.split_first() {
        let (len, more) = more.split_first_chunk()?;
        let len = usize::try_from(u64::from_le_bytes(*len)).ok()?;
        let (block, more) = more.split_at_checked(len)?;
        blocks.push((*tag, block.to_vec()));
        rest = more;
    }
    (!blocks.is_empty()).then(|| (head.to_vec(), blocks))
}

/// Changes which sections there are.
fn sections(craft: &mut Craft, numbers: &mut Numbers) {
    let at = numbers.below(craft.sections.len());
    match numbers.below(4) {
        0 if craft.sections.len() > 2 => drop(craft.sections.remove(at.max(2))),
        1 => {
            let other = numbers.below(craft.sections.len());
            craft.sections.swap(at, other);
        }
        2 => {
            let again = craft.sections[at].clone();
            craft.sections.extend(vec![again; 1 + numbers.below(3)]);
        }
        _ => {
            let kind = [1, 2, 3, 240][numbers.below(4)];
            let empty = Section::data(kind, "", Vec::new());
            craft.sections.extend(vec![empty; numbers.below(1000)]);
        }
    }
}

/// Reads a description.
fn parse(bytes: &[u8]) -> Option<Vec<Type>> {
    let mut input = bytes;
    let count = number(&mut input)?;
    let types = (0..count).map(|_| one(&mut input)).collect::<Option<_>>()?;
    input.is_empty().then_some(types)
}

fn one(input: &mut &[u8]) -> Option<Type> {
    let (name, version) = (text(input)?, number(input)?);
    let shape = match byte(input)? {
        1 => Shape::Primitive(byte(input)?),
        2 => Shape::Text,
        3 => Shape::Option(number(input)?),
        4 => Shape::List(byte(input)?, number(input)?),
        5 => Shape::Map(byte(input)?, number(input)?, number(input)?),
        6 => Shape::Array(number(input)?, number(input)?),
        7 => {
            let count = number(input)?;
            Shape::Tuple((0..count).map(|_| number(input)).collect::<Option<_>>()?)
        }
        8 => Shape::Struct(fields(input)?),
        9 => {
            let count = number(input)?;
            let variant = |_| Some((text(input)?, fields(input)?));
            Shape::Enum((0..count).map(variant).collect::<Option<_>>()?)
        }
        10 => Shape::Section(byte(input)?),
        11 => Shape::Encoded(text(input)?),
        _ => return None,
    };
    Some(Type {
        name,
        version,
        shape,
    })
}

fn fields(input: &mut &[u8]) -> Option<Vec<(String, u64, u8)>> {
    let count = number(input)?;
    let field = |_| Some((text(input)?, number(input)?, byte(input)?));
    (0..count).map(field).collect()
}

fn byte(input: &mut &[u8]) -> Option<u8> {
    let (first, rest) = input.split_first()?;
    *input = rest;
    Some(*first)
}

fn number(input: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let bits = byte(input)?;
        number |= u64::from(bits & 0x7f) << shift;
        if bits < 0x80 {
            return Some(number);
        }
    }
    None
}

fn text(input: &mut &[u8]) -> Option<String> {
    let len = usize::try_from(number(input)?).ok()?;
    let (text, rest) = input.split_at_checked(len)?;
    *input = rest;
    String::from_utf8(text.to_vec()).ok()
}
