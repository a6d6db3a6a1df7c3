//! Reads signals and fields of a live harness by name, compiled once.

use std::any::Any;
use std::cell::RefCell;
use std::io;

use super::super::error::QueryError;
use super::super::sample::Sample;
use crate::durable::{FieldValue, field_values};
use crate::model::model_changes;
use crate::savable::describe::Present;
use crate::savable::{Description, Savable, SectionKind, Sink, save_to};
use crate::simulation::Simulation;
use crate::state::{LiveModel, Probe, State, StateError, Value, near};

/// The time of the first model's context.
const TIME: &str = "$time";
/// The cycle.
const CYCLE: &str = "$cycle";
/// The most fields that a name may mean.
const MOST_ITEMS: usize = 1 << 20;
/// The most names that suggestions are chosen from.
const MOST_NEAR: usize = 1 << 16;

/// What a harness holds: its models, and its fields as bytes.
#[derive(Default)]
pub(super) struct Held {
    pub(super) models: Vec<(u32, LiveModel)>,
    pub(super) stream: Vec<u8>,
    open: u32,
    sections: u32,
}

impl Held {
    /// Walks a harness, without its models and memories.
    pub(super) fn of<S: Savable>(harness: &S) -> Result<Self, QueryError> {
        let mut held = Self::default();
        held.refresh(harness)?;
        Ok(held)
    }

    fn refresh<S: Savable>(&mut self, harness: &S) -> Result<(), QueryError> {
        *self = Self {
            stream: std::mem::take(&mut self.stream),
            ..Self::default()
        };
        self.stream.clear();
        save_to(harness, self).map_err(QueryError::failed)
    }

    pub(super) fn fields<S: Savable>(
        &self,
        patterns: &[&str],
        most: usize,
    ) -> Result<Vec<FieldValue>, QueryError> {
        field_values(description::<S>(), &self.stream, patterns, most).map_err(QueryError::failed)
    }
}

/// The time of a harness's first model, if it has one.
pub(crate) fn live_time<S: Savable>(harness: &S) -> Option<u64> {
    let held = Held::of(harness).ok()?;
    Some(held.models.first()?.1.time())
}

pub(super) fn description<S: Savable>() -> &'static Description {
    &Present::of(S::schema(), std::any::type_name::<S>()).description
}

impl Sink for Held {
    fn keeps(&self) -> bool {
        false
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.open == 0 {
            self.stream.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn takes(&self, _: SectionKind) -> bool {
        false
    }

    fn see_owner(&mut self, owner: &dyn Any) {
        if let Some(model) = owner.downcast_ref::<LiveModel>() {
            self.models.push((self.sections, *model));
        }
    }

    fn begin_section(&mut self, _: SectionKind, _: &str) -> io::Result<u32> {
        self.open += 1;
        self.sections += 1;
        Ok(self.sections - 1)
    }

    fn end_section(&mut self) -> io::Result<()> {
        self.open -= 1;
        Ok(())
    }
}

enum Source {
    Probe(Box<Probe>),
    Field(String),
    Time(LiveModel),
    Cycle,
}

/// Names, compiled for a harness.
pub(super) struct Sampler {
    names: Vec<String>,
    sources: Vec<Source>,
    /// Of the thread's models, when the names were compiled.
    changes: u64,
    held: RefCell<Held>,
}

impl Sampler {
    pub(super) fn compile<S: Simulation>(
        harness: &S,
        names: &[String],
    ) -> Result<Self, QueryError> {
        let held = Held::of(harness)?;
        let sources = names.iter().map(|name| source::<S>(&held, name));
        let sources = sources.collect::<Result<_, _>>()?;
        Ok(Self {
            names: names.to_vec(),
            sources,
            changes: model_changes(),
            held: RefCell::new(held),
        })
    }

    /// To be called after each step: a harness may make a new model, and drop the one that was compiled for.
    #[inline]
    pub(super) fn refresh<S: Simulation>(&mut self, harness: &S) -> Result<(), QueryError> {
        if self.changes != model_changes() {
            *self = Self::compile(harness, &self.names)?;
        }
        Ok(())
    }

    /// The value of a vector of at most 64 bits, and its width; nothing for others.
    #[inline]
    pub(super) fn word<S: Simulation>(&self, _: &S, at: usize) -> Option<u64> {
        match &self.sources[at] {
            Source::Probe(probe) if self.changes == model_changes() => {
                // SAFETY: the model was live when it was compiled for, on this thread, and none was dropped since. It is
                // evaluated by calls that have returned: the harness is borrowed here, so that no step is under way.
                unsafe { probe.word() }
            }
            _ => None,
        }
    }

    /// The width of a vector.
    pub(super) fn width(&self, at: usize) -> Option<u32> {
        match &self.sources[at] {
            Source::Probe(probe) => Some(probe.width()),
            Source::Field(_) | Source::Time(_) | Source::Cycle => None,
        }
    }

    /// Bytes that are others whenever the value is another.
    pub(super) fn bytes_into<S: Simulation>(
        &self,
        harness: &S,
        at: usize,
        into: &mut Vec<u8>,
    ) -> Result<(), QueryError> {
        if let Source::Probe(probe) = &self.sources[at] {
            self.is_fresh()?;
            // SAFETY: as in `word`; the number is that of `is_fresh`.
            return unsafe { probe.bytes_into(into) }.map_err(QueryError::failed);
        }
        let sample = self.read(harness, at)?;
        *into = serde_json::to_vec(&sample).map_err(QueryError::failed)?;
        Ok(())
    }

    /// The value of a name.
    pub(super) fn read<S: Simulation>(&self, harness: &S, at: usize) -> Result<Sample, QueryError> {
        let number = |value: u64| {
            let words = [value as u32, (value >> 32) as u32];
            Sample::One(Value::Bits(crate::state::Bits::new(64, &words)))
        };
        match &self.sources[at] {
            Source::Cycle => Ok(number(harness.cycle())),
            Source::Time(model) => {
                self.is_fresh()?;
                Ok(number(model.time()))
            }
            Source::Probe(probe) => {
                self.is_fresh()?;
                // SAFETY: as in `word`; the number is that of `is_fresh`.
                let mut values = unsafe { probe.values() }.map_err(QueryError::failed)?;
                Ok(match (probe.is_single(), values.pop()) {
                    (true, Some(value)) => Sample::One(value),
                    (_, last) => {
                        values.extend(last);
                        Sample::Many(values)
                    }
                })
            }
            Source::Field(path) => {
                let mut held = self.held.borrow_mut();
                held.refresh(harness)?;
                field_sample(held.fields::<S>(&[path], MOST_ITEMS)?, path).ok_or_else(|| {
                    QueryError::Name(format!(
                        "the field `{path}` is not there at cycle {}",
                        harness.cycle()
                    ))
                })
            }
        }
    }

    fn is_fresh(&self) -> Result<(), QueryError> {
        if self.changes == model_changes() {
            return Ok(());
        }
        Err(QueryError::failed(
            "the harness has dropped or made a model meanwhile",
        ))
    }
}

/// One value for a field of this path; several where it has items.
fn field_sample(mut found: Vec<FieldValue>, path: &str) -> Option<Sample> {
    if let Some(at) = found.iter().position(|field| field.path == path) {
        return Some(Sample::One(found.swap_remove(at).value));
    }
    let values: Vec<Value> = found.into_iter().map(|field| field.value).collect();
    (!values.is_empty()).then_some(Sample::Many(values))
}

fn source<S: Simulation>(held: &Held, name: &str) -> Result<Source, QueryError> {
    match (name, held.models.first()) {
        (CYCLE, _) => return Ok(Source::Cycle),
        (TIME, Some((_, model))) => return Ok(Source::Time(*model)),
        _ => {}
    }
    let mut found = Vec::new();
    let mut refused = None;
    for (section, model) in &held.models {
        match probe(*model, name) {
            Ok(probe) => found.push((*section, probe)),
            Err(StateError::UnknownName(_) | StateError::NoTable { .. }) => {}
            Err(error) => refused = Some(QueryError::Name(error.to_string())),
        }
    }
    if found.len() > 1 {
        let fields = model_fields::<S>(held)?;
        let names = found.iter().filter_map(|(section, _)| {
            let field = fields.iter().find(|(number, _)| number == section)?;
            Some(format!("`{}.{name}`", field.1))
        });
        let names: Vec<String> = names.collect();
        return Err(QueryError::Name(format!(
            "`{name}` is in several models; say which: {}",
            names.join(", ")
        )));
    }
    if let Some((_, probe)) = found.pop() {
        return Ok(Source::Probe(Box::new(probe)));
    }
    // Behind the field that holds its model.
    let fields = model_fields::<S>(held)?;
    for (section, field) in &fields {
        let rest = name
            .strip_prefix(field.as_str())
            .and_then(|rest| rest.strip_prefix('.'));
        let model = held.models.iter().find(|(number, _)| number == section);
        if let (Some(rest), Some((_, model))) = (rest, model)
            && let Ok(probe) = probe(*model, rest)
        {
            return Ok(Source::Probe(Box::new(probe)));
        }
    }
    if !held.fields::<S>(&[name], 1)?.is_empty() {
        return Ok(Source::Field(name.to_owned()));
    }
    Err(refused.map_or_else(|| unknown::<S>(held, name), Ok)?)
}

/// As the designer writes it, and as a waveform does: below `TOP`.
fn probe(model: LiveModel, name: &str) -> Result<Probe, StateError> {
    let short = name.strip_prefix("TOP.");
    Probe::compile(model, name).or_else(|error| match short {
        Some(short) => Probe::compile(model, short),
        None => Err(error),
    })
}

/// The sections of models, with the fields that hold them.
pub(super) fn model_fields<S: Savable>(held: &Held) -> Result<Vec<(u32, String)>, QueryError> {
    let fields = held.fields::<S>(&["*"], MOST_NEAR)?.into_iter();
    Ok(fields
        .filter_map(|field| Some((field.section?, field.path)))
        .collect())
}

fn unknown<S: Savable>(held: &Held, name: &str) -> Result<QueryError, QueryError> {
    let mut names: Vec<String> = held
        .fields::<S>(&["*"], MOST_NEAR)?
        .into_iter()
        .map(|field| field.path)
        .collect();
    for (_, model) in &held.models {
        if let Ok(table) = table_of(*model) {
            let signals = table.signals().filter(|signal| !signal.is_helper());
            names.extend(signals.map(|signal| signal.name()));
        }
    }
    Ok(QueryError::UnknownName {
        name: name.to_owned(),
        near: near(name, names),
    })
}

pub(super) fn table_of(model: LiveModel) -> Result<&'static crate::state::Table, StateError> {
    Ok(State::new(model)?.table())
}
