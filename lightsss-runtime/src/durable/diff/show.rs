//! What a snapshot holds, value by value, without knowing the types in it.

use super::displayed::{Displayed, displayed};
use super::path::TextRoom;
use super::visit::{Seen, SeenValue, WantedParts, visit};
use super::{MOST_FIELDS, MOST_SIGNALS, Stored, not_as_described};
use crate::durable::error::RestoreFileError;
use crate::durable::format::kind;
use crate::durable::reader::Snapshot;
use crate::durable::sections;
use crate::savable::describe::{Description, Layout};
use crate::state::{self, Filter, Shown, StoredState, show_within};

/// Longer lists are one line, unless the caller asks for paths.
const SHORT_LIST: u64 = 16;

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
    /// Whether there are more signals than are listed.
    pub more_signals: bool,
}

/// The values of a snapshot's fields and signals. All is verified first.
///
/// `progress` is called with the bytes verified.
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
    let mut listing = Listing {
        filter,
        description: &stored.description,
        contents: Contents::default(),
        room: TextRoom::new(),
    };
    let whole = visit(stored.side(), &mut |seen| listing.see(&seen))
        .map_err(|source| not_as_described(snapshot, source))?;
    let mut contents = listing.contents;
    contents.more_fields |= !whole;
    let mut signals = state::Room::new(MOST_SIGNALS);
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
            signals: state.map(|state| show_within(&state, filter, &mut signals)),
        });
    }
    contents.more_signals = signals.is_full();
    Ok(contents)
}

struct Listing<'f> {
    filter: &'f Filter,
    description: &'f Description,
    contents: Contents,
    room: TextRoom,
}

impl Listing<'_> {
    fn see(&mut self, seen: &Seen<'_>) -> WantedParts {
        if self.contents.more_fields {
            return WantedParts::None;
        }
        let all = self.filter.wants_all_paths();
        match &seen.value {
            SeenValue::Items(0) => self.add(seen.path, Displayed::items(0)),
            SeenValue::Items(count) if *count > SHORT_LIST && all => {
                self.add(seen.path, Displayed::items(*count));
                return WantedParts::None;
            }
            SeenValue::Variant(variant) if variant.fields.is_empty() => {
                self.add(seen.path, Displayed::name(&variant.name));
            }
            SeenValue::Items(_) | SeenValue::Variant(_) | SeenValue::Whole => {}
            // A struct without bytes has nothing to show.
            SeenValue::Plain([]) if matches!(seen.layout, Layout::Struct(_)) => {}
            SeenValue::Plain(bytes) => {
                self.add(seen.path, displayed(self.description, seen.node, bytes));
            }
        }
        WantedParts::All
    }

    fn add(&mut self, path: &str, value: Displayed) {
        if !self.filter.wants_path(path) {
            return;
        }
        let room = self.room.take(path.len() + value.size());
        if self.contents.fields.len() == MOST_FIELDS || !room {
            self.contents.more_fields = true;
            return;
        }
        self.contents.fields.push(ShownField {
            path: path.to_owned(),
            value: value.text,
            json: value.json,
        });
    }
}
