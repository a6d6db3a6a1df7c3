//! The state at a cycle, by name.

use super::error::QueryError;
use super::protocol::StateParts;
use super::sample::Sample;
use crate::durable::{SnapshotDiff, diff_images, field_values};
use crate::savable::{Description, Image, SectionKind, Source as _};
use crate::state::{Filter, StoredState, Value, matches, show};

/// The most differences that an error names.
const MOST_NAMED: usize = 5;
/// The most fields that are shown.
const MOST_FIELDS: usize = 10_000;

/// The state of a run at a cycle: the models' signals and the harness's fields, by name.
#[derive(Clone, Debug)]
pub struct NamedState {
    cycle: u64,
    image: Image,
}

impl NamedState {
    /// From an answer; nothing where the bytes are not what the parts say.
    pub(super) fn new(parts: &StateParts, mut bytes: &[u8]) -> Option<Self> {
        let mut take = |length: usize| {
            let (part, rest) = bytes.split_at_checked(length)?;
            bytes = rest;
            Some(part.to_vec())
        };
        let (schema, stream) = (take(parts.schema)?, take(parts.stream)?);
        let mut image = Image::from_parts(schema, stream);
        for (kind, name, length) in &parts.sections {
            let kind = SectionKind::from_code(*kind)?;
            image.push_section(kind, name, take(*length)?);
        }
        Some(Self {
            cycle: parts.cycle,
            image,
        })
    }

    /// Its cycle.
    #[must_use]
    pub fn cycle(&self) -> u64 {
        self.cycle
    }

    /// What differs, with this state's values first. `filter` chooses signals and fields.
    pub fn diff(&self, other: &Self, filter: &Filter) -> Result<SnapshotDiff, QueryError> {
        diff_images(&self.image, &other.image, filter).map_err(QueryError::failed)
    }

    /// The values of the signals and fields that a filter chooses, with their names; the models' first.
    pub fn show(&self, filter: &Filter) -> Result<Vec<(String, Value)>, QueryError> {
        let mut shown = Vec::new();
        for number in 0..self.image.section_count() {
            let is_model = self
                .image
                .section(number)
                .is_some_and(|info| info.kind == SectionKind::Model);
            let section = self.image.section_slice(number);
            if let Some(Some(state)) = is_model.then(|| StoredState::read(section).ok().flatten()) {
                for one in show(&state, filter) {
                    let line = one.to_string();
                    let name = line.split_once(": ").map_or(&*line, |(name, _)| name);
                    shown.push((name.to_owned(), one.value));
                }
            }
        }
        let description =
            Description::from_bytes(self.image.schema()).map_err(QueryError::failed)?;
        let every = ["*"];
        let patterns: Vec<&str> = filter.paths().iter().map(String::as_str).collect();
        let patterns = if patterns.is_empty() {
            &every[..]
        } else {
            &patterns
        };
        let fields = field_values(&description, self.image.stream(), patterns, MOST_FIELDS);
        let fields = fields.map_err(QueryError::failed)?.into_iter();
        shown.extend(
            fields
                .filter(|field| field.section.is_none())
                .map(|field| (field.path, field.value)),
        );
        Ok(shown)
    }

    /// The value of a signal or field, if the state has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Sample> {
        let short = name.strip_prefix("TOP.").unwrap_or(name);
        let filter = Filter::new([short]).helpers(true);
        let shown = self.show(&filter).ok()?;
        let exact = |(found, _): &&(String, Value)| {
            let bare = found.rsplit_once('[').map_or(&**found, |(bare, _)| bare);
            found == short || bare == short
        };
        if let [one] = &shown.iter().filter(exact).collect::<Vec<_>>()[..] {
            return Some(Sample::One(one.1.clone()));
        }
        let below = |name: &str| matches(short.as_bytes(), name.as_bytes());
        let values: Vec<Value> = shown
            .into_iter()
            .filter(|(name, _)| below(name))
            .map(|(_, value)| value)
            .collect();
        (!values.is_empty()).then_some(Sample::Many(values))
    }

    /// The first differences, as lines.
    pub(super) fn first_differences(&self, other: &Self) -> Vec<String> {
        let Ok(diff) = self.diff(other, &Filter::default()) else {
            return Vec::new();
        };
        let models = diff.models.iter().flat_map(|model| &model.signals);
        let signals = models.map(ToString::to_string);
        let none = || "none".to_owned();
        let fields = diff.fields.iter().map(|field| {
            let (a, b) = (field.a.clone(), field.b.clone());
            format!(
                "{}: {} -> {}",
                field.path,
                a.unwrap_or_else(none),
                b.unwrap_or_else(none)
            )
        });
        let memories = diff
            .sections
            .iter()
            .map(|section| section.label().to_owned());
        signals
            .chain(fields)
            .chain(memories)
            .take(MOST_NAMED)
            .collect()
    }
}
