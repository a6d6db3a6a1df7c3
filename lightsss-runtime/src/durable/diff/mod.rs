//! What differs between two snapshots, without knowing the types in them.

mod difference;
mod displayed;
#[cfg(feature = "driver")]
mod field;
mod fields;
mod lines;
mod path;
mod paths;
mod ranges;
mod show;
mod visit;

pub use difference::{
    Difference, ModelDifference, RangeDifference, SectionDifference, SnapshotDiff,
};
#[cfg(feature = "driver")]
pub(crate) use field::{FieldValue, field_values};
pub use paths::{UnknownPath, unknown_paths};
pub use show::{Contents, ModelContents, ShownField, contents};

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use self::displayed::Displayed;
use super::error::RestoreFileError;
use super::format::{SnapshotHeader, kind};
use super::reader::Snapshot;
use super::sections;
use crate::savable::describe::Layout;
use crate::savable::{Description, NoSections, Reader, RestoreError};
#[cfg(feature = "driver")]
use crate::savable::{Image, SectionKind, Source as _};
use crate::state::{self, Filter, Parts, StoredState};

/// The most fields that are listed.
const MOST_FIELDS: usize = 10_000;

/// The most memory for signals that are listed, in bytes.
const MOST_SIGNALS: usize = 256 << 20;

/// The most sections that are listed.
const MOST_SECTIONS: usize = 10_000;

/// Bytes for the list of what Verilator made, where nothing else differs.
const MOST_HELPERS: usize = 64 << 10;

/// Compares two snapshots, after everything in them is verified.
///
/// `filter` chooses fields, signals and sections by path; with paths, headers are not compared.
/// `progress` is called with the bytes verified.
///
/// # Errors
/// What [`Snapshot::verify`] finds.
pub fn diff(
    a: &mut Snapshot,
    b: &mut Snapshot,
    filter: &Filter,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<SnapshotDiff, RestoreFileError> {
    for snapshot in [&mut *a, &mut *b] {
        snapshot.open_parents()?;
        snapshot.verify(progress)?;
    }
    let (a, b) = (&*a, &*b);
    let mut fields = fields::Found::new(MOST_FIELDS, filter);
    let (of_a, of_b) = (Stored::read(a)?, Stored::read(b)?);
    let compared = fields::compare(of_a.side(), of_b.side(), &mut fields);
    compared.map_err(|source| not_as_described(a, source))?;
    let more_fields = fields.is_full();
    let header = if filter.wants_all_paths() {
        headers(a.header(), b.header())
    } else {
        Vec::new()
    };
    let mut holders = BTreeMap::new();
    of_a.section_fields(a, &mut holders)?;
    of_b.section_fields(b, &mut holders)?;
    let mut differing = SnapshotDiff {
        header,
        fields: fields.into_list(),
        more_fields,
        ..SnapshotDiff::default()
    };
    sections_that_differ(a, b, filter, &holders, &mut differing)?;
    Ok(differing)
}

/// The harness's stream, and what describes it.
struct Stored {
    description: Description,
    stream: Vec<u8>,
}

impl Stored {
    fn read(snapshot: &Snapshot) -> Result<Self, RestoreFileError> {
        let description = snapshot.own_section(sections::SCHEMA, kind::SCHEMA)?;
        Ok(Self {
            description: Description::from_bytes(&description)
                .map_err(|source| not_as_described(snapshot, source))?,
            stream: snapshot.own_section(sections::STREAM, kind::HARNESS)?,
        })
    }

    /// The harness's sections that its fields hold: number in the file, and path of the field.
    fn section_fields(
        &self,
        snapshot: &Snapshot,
        holders: &mut BTreeMap<usize, String>,
    ) -> Result<(), RestoreFileError> {
        let mut room = path::TextRoom::new();
        let found = visit::visit(self.side(), &mut |seen| match seen.value {
            visit::SeenValue::Plain(bytes) if matches!(seen.layout, Layout::Section(_)) => {
                let number = bytes.try_into().map(u32::from_le_bytes).ok();
                let number = number.map(|number| number as usize + sections::FIRST);
                if let Some(number) = number.filter(|number| *number < snapshot.entries().len())
                    && let Entry::Vacant(empty) = holders.entry(number)
                    && room.take(seen.path.len())
                {
                    empty.insert(seen.path.to_owned());
                }
                visit::WantedParts::None
            }
            // Sections are not held in lists, and take four bytes in an array.
            visit::SeenValue::Items(_) => match seen.layout {
                Layout::Array { item, .. } if self.description.sizes[*item] >= Some(4) => {
                    visit::WantedParts::All
                }
                _ => visit::WantedParts::None,
            },
            visit::SeenValue::Plain(_) | visit::SeenValue::Variant(_) | visit::SeenValue::Whole => {
                visit::WantedParts::All
            }
        });
        found
            .map(drop)
            .map_err(|source| not_as_described(snapshot, source))
    }

    fn side(&self) -> fields::Side<'_> {
        fields::Side {
            description: &self.description,
            input: Reader::new(&self.stream, &NoSections),
        }
    }
}

fn not_as_described(snapshot: &Snapshot, source: RestoreError) -> RestoreFileError {
    RestoreFileError::Harness {
        path: snapshot.path().to_owned(),
        source,
    }
}

fn headers(a: &SnapshotHeader, b: &SnapshotHeader) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut compare = |path: &str, a: Option<Displayed>, b: Option<Displayed>| {
        if a != b {
            found.push(Difference::new(path.to_owned(), a, b));
        }
    };
    let name = |text: &str| Some(Displayed::name(text));
    let number = |number: u64| {
        let text = number.to_string();
        let json = number.into();
        Some(Displayed { text, json })
    };
    compare("harness", name(&a.harness), name(&b.harness));
    compare(
        "schema",
        name(&format!("{:016x}", a.schema)),
        name(&format!("{:016x}", b.schema)),
    );
    compare("cycle", number(a.cycle), number(b.cycle));
    compare("time", number(a.time), number(b.time));
    for number in 0..a.models.len().max(b.models.len()) {
        let text = |header: &SnapshotHeader| {
            let model = header.models.get(number)?;
            name(&format!(
                "{} {:016x} (Verilator {})",
                model.name, model.fingerprint, model.verilator
            ))
        };
        compare(&format!("model {number}"), text(a), text(b));
    }
    let mut labels: Vec<&String> = a.labels.keys().chain(b.labels.keys()).collect();
    labels.sort();
    labels.dedup();
    for label in labels {
        let value =
            |header: &SnapshotHeader| header.labels.get(label).and_then(|label| name(label));
        compare(&format!("label {label}"), value(a), value(b));
    }
    found
}

fn sections_that_differ(
    a: &Snapshot,
    b: &Snapshot,
    filter: &Filter,
    holders: &BTreeMap<usize, String>,
    differing: &mut SnapshotDiff,
) -> Result<(), RestoreFileError> {
    let mut room = state::Room::new(MOST_SIGNALS);
    let mut ranges = ranges::MOST;
    let count = a.entries().len().max(b.entries().len());
    for number in sections::FIRST..count {
        let [of_a, of_b] = [a, b].map(|snapshot| {
            let entry = snapshot.entries().get(number);
            entry.filter(|entry| entry.kind != kind::DIGESTS)
        });
        let Some(name) = of_a.or(of_b).map(|entry| entry.name.clone()) else {
            continue;
        };
        let mut difference = SectionDifference {
            number,
            name,
            field: holders.get(&number).cloned(),
            a_len: of_a.as_ref().map(|entry| entry.len),
            b_len: of_b.as_ref().map(|entry| entry.len),
            bytes: 0,
            pages: 0,
            first: None,
            ranges: Vec::new(),
            more_ranges: false,
        };
        if of_a.is_some() && of_b.is_some() {
            let (bytes_a, bytes_b) = (a.section_bytes(number)?, b.section_bytes(number)?);
            let model = of_a.as_ref().map(|entry| entry.kind) == Some(kind::MODEL);
            let most = (!model).then_some(ranges);
            ranges::compare(&bytes_a, &bytes_b, most, &mut difference);
            ranges -= difference.ranges.len();
            if model && (difference.bytes > 0 || difference.a_len != difference.b_len) {
                match signals_that_differ(&bytes_a, &bytes_b, filter, &mut room) {
                    Signals::Nameless => {}
                    Signals::Same => continue,
                    Signals::Differ(signals) => {
                        if !signals.is_empty() {
                            differing.models.push(ModelDifference {
                                number,
                                name: difference.name.clone(),
                                signals,
                            });
                        }
                    }
                }
            }
        }
        let same_entry = difference.a_len == difference.b_len
            && of_a.map(|entry| &entry.name) == of_b.map(|entry| &entry.name);
        let wanted = filter.wants_path(&difference.name) || filter.wants_path(difference.label());
        if (!same_entry || difference.bytes > 0) && wanted {
            if differing.sections.len() == MOST_SECTIONS {
                differing.more_sections = true;
                break;
            }
            differing.sections.push(difference);
        }
    }
    differing.more_signals = room.is_full();
    Ok(())
}

/// What differs between two sections of a model.
enum Signals {
    /// One of them has no names.
    Nameless,
    /// Nothing of the state, however the bytes differ.
    Same,
    /// The wanted signals, and what else of the model.
    Differ(Vec<state::Difference>),
}

/// Where only what Verilator made differs, that is what is listed.
fn signals_that_differ(a: &[u8], b: &[u8], filter: &Filter, room: &mut state::Room) -> Signals {
    let parts = (Parts::read(a), Parts::read(b));
    let states = (StoredState::read(a), StoredState::read(b));
    let ((Ok(a), Ok(b)), (Ok(Some(state_a)), Ok(Some(state_b)))) = (parts, states) else {
        return Signals::Nameless;
    };
    let all = |filter: &Filter, room: &mut state::Room| {
        let mut found = state::differences_within(&state_a, &state_b, filter, room);
        found.extend(state::differences_outside(&a, &b, filter));
        found
    };
    let found = all(filter, room);
    if !found.is_empty() {
        return Signals::Differ(found);
    }
    let helpers = Filter::default().helpers(true);
    let mut some = state::Room::new(MOST_HELPERS);
    let found = all(&helpers, &mut some);
    if found.is_empty() && !some.is_full() {
        return Signals::Same;
    }
    let wanted = filter.wants_all_paths().then_some(found);
    Signals::Differ(wanted.unwrap_or_default())
}

/// Compares two images, which this program saved.
#[cfg(feature = "driver")]
pub(crate) fn diff_images(
    a: &Image,
    b: &Image,
    filter: &Filter,
) -> Result<SnapshotDiff, RestoreError> {
    let stored = |image: &Image| {
        Ok::<_, RestoreError>(Stored {
            description: Description::from_bytes(image.schema())?,
            stream: image.stream().to_vec(),
        })
    };
    let (of_a, of_b) = (stored(a)?, stored(b)?);
    let mut fields = fields::Found::new(MOST_FIELDS, filter);
    fields::compare(of_a.side(), of_b.side(), &mut fields)?;
    let mut differing = SnapshotDiff {
        more_fields: fields.is_full(),
        fields: fields.into_list(),
        ..SnapshotDiff::default()
    };
    let mut room = state::Room::new(MOST_SIGNALS);
    let mut left = ranges::MOST;
    for number in 0..a.section_count().max(b.section_count()) {
        let (info_a, info_b) = (a.section(number), b.section(number));
        let Some(info) = info_a.as_ref().or(info_b.as_ref()) else {
            continue;
        };
        let (bytes_a, bytes_b) = (a.section_slice(number), b.section_slice(number));
        let mut difference = SectionDifference {
            number: number as usize,
            name: info.name.clone(),
            field: None,
            a_len: info_a.as_ref().map(|info| info.len),
            b_len: info_b.as_ref().map(|info| info.len),
            bytes: 0,
            pages: 0,
            first: None,
            ranges: Vec::new(),
            more_ranges: false,
        };
        let is_model = info.kind == SectionKind::Model;
        ranges::compare(
            bytes_a,
            bytes_b,
            (!is_model).then_some(left),
            &mut difference,
        );
        left -= difference.ranges.len();
        let differs = difference.bytes > 0 || difference.a_len != difference.b_len;
        if is_model && differs {
            match signals_that_differ(bytes_a, bytes_b, filter, &mut room) {
                Signals::Nameless => {}
                Signals::Same => continue,
                Signals::Differ(signals) => {
                    if !signals.is_empty() {
                        differing.models.push(ModelDifference {
                            number: number as usize,
                            name: difference.name.clone(),
                            signals,
                        });
                    }
                }
            }
        }
        if differs && filter.wants_path(&difference.name) {
            differing.sections.push(difference);
        }
    }
    differing.more_signals = room.is_full();
    Ok(differing)
}
