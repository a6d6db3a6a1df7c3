//! What differs between two models outside of their variables: in the context, the random generator, the
//! files that the design has open.

use std::collections::BTreeMap;

use super::diff::Difference;
use super::entries::texts;
use super::filter::Filter;
use super::stored::{Parts, StoredState};
use super::table::EntryKind;
use super::value::{Bits, Value};
use crate::model::outside;

/// No field of the context has more.
const MOST_BYTES: usize = 16;

/// Compares what two sections of a model hold beside its variables. Names begin with `context.`.
///
/// What is no state is passed over: bytes between the fields of the context, and how the sections describe
/// themselves.
pub(crate) fn differences_outside(
    a: &Parts<'_>,
    b: &Parts<'_>,
    filter: &Filter,
) -> Vec<Difference> {
    let (a, b) = (named(a), named(b));
    let mut names: Vec<&String> = a.keys().chain(b.keys()).collect();
    names.sort();
    names.dedup();
    let mut found = Vec::new();
    for name in names.into_iter().filter(|name| filter.wants_path(name)) {
        let name = name.clone();
        found.push(match (a.get(&name), b.get(&name)) {
            (Some(from), Some(to)) if from == to => continue,
            (Some(from), Some(to)) => Difference::Value {
                name,
                range: String::new(),
                from: from.clone(),
                to: to.clone(),
            },
            (Some(_), None) => Difference::Gone { name },
            (None, _) => Difference::New { name },
        });
    }
    found
}

/// The values outside of the variables, by name.
fn named(parts: &Parts<'_>) -> BTreeMap<String, Value> {
    let mut values = BTreeMap::new();
    let bits = |bytes: &[u8]| Value::Bits(Bits::from_bytes(bytes.len() as u32 * 8, bytes));
    if let Some(time) = parts.time {
        values.insert("context.time".to_owned(), bits(&time.to_le_bytes()));
    }
    let mut fields: &[u8] = &[];
    if parts.waits {
        values.insert(
            "context.settles_later".to_owned(),
            Value::Text("yes".to_owned()),
        );
    }
    for (tag, block) in &parts.others {
        match *tag {
            outside::RANDOM => {
                values.insert("context.random".to_owned(), bits(block));
            }
            outside::FILES => {
                for (descriptor, file) in outside::files(block) {
                    values.insert(format!("context.file {descriptor:#x}"), Value::Text(file));
                }
            }
            outside::FIELDS => fields = block,
            outside::SEEDS => {
                values.insert("context.seeds".to_owned(), bits(block));
            }
            // Of a later version, which knows what it means.
            tag => {
                values.insert(
                    format!("context.block {tag}"),
                    Value::Opaque(block.to_vec()),
                );
            }
        }
    }
    if let Some(context) = context_bytes(parts) {
        let mut whole = 0;
        for field in outside::fields(fields) {
            let Some(bytes) = context.get(field.place.clone()) else {
                continue;
            };
            if field.name.is_empty() {
                whole = field.place.end;
                continue;
            }
            // A longer one asks for memory.
            if bytes.len() > MOST_BYTES {
                continue;
            }
            let value = Bits::from_bytes(bytes.len() as u32 * 8, bytes);
            let signed = value.to_i128().filter(|_| field.signed);
            let value = signed.map_or(Value::Bits(value), Value::Signed);
            values.insert(format!("context.{}", field.name), value);
        }
        // Without fields, what is left is the whole of it.
        let rest = &context[whole..];
        let mut texts = texts(rest).map(|text| String::from_utf8_lossy(&text[4..]).into_owned());
        match (whole, texts.next(), texts.next()) {
            (1.., Some(suffix), Some(file)) => {
                values.insert("context.time_format_suffix".to_owned(), Value::Text(suffix));
                values.insert("context.dump_file".to_owned(), Value::Text(file));
            }
            _ => {
                values.insert("context.rest".to_owned(), Value::Opaque(rest.to_vec()));
            }
        }
    }
    values
}

/// The context, as operators wrote it.
fn context_bytes(parts: &Parts<'_>) -> Option<Vec<u8>> {
    let state = StoredState::of_parts(parts).ok()??;
    let table = state.table();
    (0..table.instance_count()).find_map(|instance| {
        let mut entries = table.instance_entries(instance);
        let index =
            entries.find(|index| table.entries()[*index as usize].kind == EntryKind::Context)?;
        Some(state.entry_bytes(instance, index).to_vec())
    })
}
