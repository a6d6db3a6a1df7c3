//! What a snapshot holds, value by value, without knowing the types in it.

use super::fields::Side;
use super::told::Told;
use super::{MOST_FIELDS, Stored, not_as_described};
use crate::durable::error::RestoreFileError;
use crate::durable::format::kind;
use crate::durable::reader::Snapshot;
use crate::durable::sections;
use crate::savable::RestoreError;
use crate::savable::describe::{Layout, NodeField};
use crate::savable::walk::{list_len, read_tag, skip_padding};
use crate::state::{Filter, Shown, StoredState, show};

/// Longer lists are one line, unless the caller asks for paths.
const SHORT_LIST: usize = 16;

/// A harness field's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownField {
    /// As a path from the harness (`uart.fifo[3]`).
    pub path: String,
    /// The value, for people.
    pub value: String,
    /// The value, for programs: a number or text where it is one.
    pub json: serde_json::Value,
}

/// A model's signals.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelContents {
    /// The number of its section in the file.
    pub number: usize,
    /// The model's name.
    pub name: String,
    /// The wanted signals; `None` where its state has no names.
    pub signals: Option<Vec<Shown>>,
}

/// What a snapshot holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contents {
    /// The harness's fields.
    pub fields: Vec<ShownField>,
    /// Whether there are more fields than are listed.
    pub more_fields: bool,
    /// The models.
    pub models: Vec<ModelContents>,
}

/// The values of a snapshot's fields and signals, all of which is verified first.
///
/// `progress` is told of the bytes verified.
///
/// # Errors
/// What [`Snapshot::verify`] finds.
pub fn contents(
    snapshot: &mut Snapshot,
    filter: &Filter,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Contents, RestoreFileError> {
    snapshot.open_parents()?;
    snapshot.verify(progress)?;
    let stored = Stored::read(snapshot)?;
    let mut walk = Walk {
        filter,
        contents: Contents::default(),
    };
    walk.value(&mut stored.side(), 0, "")
        .map_err(|source| not_as_described(snapshot, source))?;
    let mut contents = walk.contents;
    for number in sections::FIRST..snapshot.entries().len() {
        let entry = &snapshot.entries()[number];
        if entry.kind != kind::MODEL {
            continue;
        }
        let name = entry.name.clone();
        let bytes = snapshot.section_bytes(number)?;
        let state = StoredState::read(&bytes).ok().flatten();
        contents.models.push(ModelContents {
            number,
            name,
            signals: state.map(|state| show(&state, filter)),
        });
    }
    Ok(contents)
}

struct Walk<'f> {
    filter: &'f Filter,
    contents: Contents,
}

impl Walk<'_> {
    fn add(&mut self, path: &str, value: Told) {
        let path = path.trim_start_matches('.');
        if !self.filter.wants_path(path) {
            return;
        }
        if self.contents.fields.len() == MOST_FIELDS {
            self.contents.more_fields = true;
            return;
        }
        self.contents.fields.push(ShownField {
            path: path.to_owned(),
            value: value.text,
            json: value.json,
        });
    }

    /// Lists the next value; goes past it.
    fn value(&mut self, side: &mut Side<'_>, node: usize, path: &str) -> Result<(), RestoreError> {
        let mut inside = side.clone();
        let bytes = side.pass(node)?;
        // Depth is bounded by what `pass` has accepted.
        match side.layout(node) {
            Layout::Struct(fields) => self.fields(inside, fields, path),
            Layout::Tuple(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    self.value(&mut inside, *item, &format!("{path}.{index}"))?;
                }
                Ok(())
            }
            Layout::Option(item) if bytes.first() == Some(&1) => {
                inside.input.skip(1)?;
                self.value(&mut inside, *item, path)
            }
            Layout::Enum(variants) => {
                let variant = &variants[read_tag(variants.len(), &mut inside.input)?];
                if variant.fields.is_empty() {
                    self.add(path, Told::name(&variant.name));
                    return Ok(());
                }
                self.fields(
                    inside,
                    &variant.fields,
                    &format!("{path}::{}", variant.name),
                )
            }
            Layout::List { item, padded } => {
                let count = list_len(inside.description, *item, &mut inside.input)?;
                if count > SHORT_LIST && self.filter.wants_all_paths() {
                    self.add(path, Told::items(count));
                    return Ok(());
                }
                for index in 0..count {
                    if self.contents.more_fields {
                        break;
                    }
                    self.value(&mut inside, *item, &format!("{path}[{index}]"))?;
                    skip_padding(*padded, &mut inside.input)?;
                }
                if count == 0 {
                    self.add(path, Told::items(0));
                }
                Ok(())
            }
            Layout::Array { item, count } if !bytes.is_empty() => {
                if *count as usize > SHORT_LIST && self.filter.wants_all_paths() {
                    self.add(path, Told::items(*count as usize));
                    return Ok(());
                }
                for index in 0..*count {
                    if self.contents.more_fields {
                        break;
                    }
                    self.value(&mut inside, *item, &format!("{path}[{index}]"))?;
                }
                Ok(())
            }
            _ => {
                self.add(path, side.told(node, bytes));
                Ok(())
            }
        }
    }

    fn fields(
        &mut self,
        mut side: Side<'_>,
        fields: &[NodeField],
        path: &str,
    ) -> Result<(), RestoreError> {
        let starts = side.starts(fields)?;
        for (field, start) in fields.iter().zip(starts) {
            if let Some(mut start) = start {
                self.value(&mut start, field.node, &format!("{path}.{}", field.name))?;
            }
        }
        Ok(())
    }
}
