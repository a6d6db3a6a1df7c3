//! A model's section: saved in a few copies, checked, restored.

use std::borrow::Cow;

use super::in_place::Parted;
use super::layout::{ModelLayout, StreamStep};
use super::migrate::{self, Migration};
use super::model::{LiveModel, ModelState};
use super::operator_entries::OperatorEntries;
use super::stored::{self, Parts};
use super::stream::{Stream, read};
use super::table::Table;
use crate::model::outside;
use crate::savable::leb128;
use crate::savable::{
    Policy, Reader, RestoreError, SaveError, SaveErrorKind, Section, SectionInPlace, SectionKind,
    Writer,
};

/// Saves a model, and what its context has outside of its variables, into a section of its own.
///
/// Where the model has no table that agrees with Verilator's operators, they write it.
pub fn save(model: LiveModel, out: &mut Writer<'_>) -> Result<(), SaveError> {
    let state = model.state;
    out.show_owner(&model);
    out.section(SectionKind::Model, state.name, |out| {
        out.bytes(stored::MAGIC)?;
        out.bytes(&(state.version.len() as u32).to_le_bytes())?;
        out.bytes(&state.fingerprint.to_le_bytes())?;
        out.bytes(state.version.as_bytes())?;
        block(out, stored::TIME, &model.context().time().to_le_bytes())?;
        for (tag, bytes) in model.context().save() {
            block(out, tag, &bytes)?;
        }
        if model.waits() {
            block(out, stored::WAITS, &[])?;
        }
        if let Some(layout) = layout(model, out.through_operators()) {
            return save_named(model, layout, out);
        }
        let bytes = model.save_operators().map_err(SaveErrorKind::Custom)?;
        block(out, stored::STREAM, &bytes)
    })
}

/// The layout, where it is to be used.
fn layout(model: LiveModel, through_operators: bool) -> Option<&'static ModelLayout> {
    if through_operators {
        return None;
    }
    model.verified().ok()
}

fn save_named(
    model: LiveModel,
    layout: &ModelLayout,
    out: &mut Writer<'_>,
) -> Result<(), SaveError> {
    let entries = model.save_entries().map_err(SaveErrorKind::Custom)?;
    // Where bytes are only hashed, the table says nothing: it is a constant of the program.
    if out.keeps() {
        block(out, stored::TABLE, layout.table.bytes())?;
    }
    let mut lengths = Vec::new();
    let mut total = 0;
    let mut operators = 1;
    let mut length = |at: usize| {
        let length = entries.get(at).map_or(0, <[u8]>::len) as u64;
        leb128::put(&mut lengths, length);
        length
    };
    for step in &layout.steps {
        total += match *step {
            StreamStep::Copy { size, .. } => size,
            StreamStep::Check(_) => 8,
            StreamStep::Context => length(0),
            StreamStep::Operator => {
                operators += 1;
                length(operators - 1)
            }
        };
    }
    block(out, stored::LENGTHS, &lengths)?;
    out.byte(stored::STREAM)?;
    out.bytes(&total.to_le_bytes())?;
    model.walk(layout, &entries, |piece| out.bulk(piece))
}

fn block(out: &mut Writer<'_>, tag: u8, bytes: &[u8]) -> Result<(), SaveError> {
    out.byte(tag)?;
    out.bytes(&(bytes.len() as u64).to_le_bytes())?;
    out.bulk(bytes)
}

/// Verifies a model's section, as far as that is possible without a model.
pub fn check(state: &'static ModelState, input: &mut Reader<'_>) -> Result<(), RestoreError> {
    let section = input.section(SectionKind::Model)?;
    let held = ModelBytes::read(&section)?;
    let parts = read(&section, held.rest())?;
    match origin(state, &section, &parts)? {
        SavedBy::Same => {
            check_others(state, &section, &parts)?;
            if outside::opens_files(&parts.others) {
                // A file that is there now may be gone, or one too many, a moment later.
                outside::check_files(&parts.others).map_err(|problem| section.refused(problem))?;
                input.may_fail_late();
            }
            match state.table() {
                Ok(table) if parts.is_named() => {
                    same_table(state, &section, &parts)?;
                    held.verify(state, table, &parts, &section)?;
                }
                // Only operators can tell whether they can read it.
                _ => input.may_fail_late(),
            }
        }
        SavedBy::Other { most_unmatched } => {
            migrate::plan(state, &section, &section.bytes()?, most_unmatched)?;
            // The model may halt when it is settled.
            input.may_fail_late();
        }
    }
    Ok(())
}

/// A section, read as far as there is need.
enum ModelBytes<'a> {
    /// All of it.
    Whole(Cow<'a, [u8]>),
    /// All but the stream.
    WithoutStream(Parted, SectionInPlace<'a>),
}

impl<'a> ModelBytes<'a> {
    fn read(section: &'a Section<'_>) -> Result<ModelBytes<'a>, RestoreError> {
        Ok(match section.in_place() {
            Some(in_place) => ModelBytes::WithoutStream(Parted::read(in_place)?, in_place),
            None => ModelBytes::Whole(section.bytes()?),
        })
    }

    /// The section; the stream in it may have been left out.
    fn rest(&self) -> &[u8] {
        match self {
            ModelBytes::Whole(bytes) => bytes,
            ModelBytes::WithoutStream(parted, _) => &parted.rest,
        }
    }

    /// Verifies the stream with the table of `state`; gives what operators are to read.
    fn verify(
        &self,
        state: &ModelState,
        table: &Table,
        parts: &Parts<'_>,
        section: &Section<'_>,
    ) -> Result<OperatorEntries, RestoreError> {
        let verification = state.verification(table);
        verification.verify(table, parts.lengths, &self.stream(parts), section)
    }

    /// Where the stream is, which `parts` have only if all of the section was read.
    fn stream(&'a self, parts: &Parts<'a>) -> Stream<'a> {
        match self {
            ModelBytes::Whole(_) => Stream::Whole(parts.stream),
            ModelBytes::WithoutStream(parted, in_place) => {
                Stream::InPlace(*in_place, parted.stream.clone())
            }
        }
    }
}

/// Verifies the blocks of what is outside of the model's variables.
fn check_others(
    state: &ModelState,
    section: &Section<'_>,
    parts: &Parts<'_>,
) -> Result<(), RestoreError> {
    let functions = &state.functions.context;
    parts
        .others
        .iter()
        .try_for_each(|(tag, block)| outside::check(functions, *tag, block))
        .map_err(|problem| section.refused(problem))
}

/// Restores a model and its context from its section, which [`check`] has found well. Says what a
/// migration did.
pub fn restore(
    model: LiveModel,
    input: &mut Reader<'_>,
) -> Result<Option<Migration>, RestoreError> {
    let section = input.section(SectionKind::Model)?;
    let held = ModelBytes::read(&section)?;
    let parts = read(&section, held.rest())?;
    if let SavedBy::Other { most_unmatched } = origin(model.state, &section, &parts)? {
        let bytes = section.bytes()?;
        let plan = migrate::plan(model.state, &section, &bytes, most_unmatched)?;
        return plan.carry_out(model, &section).map(Some);
    }
    check_others(model.state, &section, &parts)?;
    match layout(model, section.models().through_operators) {
        Some(layout) if parts.is_named() => {
            same_table(model.state, &section, &parts)?;
            let entries = held.verify(model.state, layout.table, &parts, &section)?;
            model.put(layout, &held.stream(&parts), &entries, &section)?;
        }
        // Both ways write the same stream.
        _ => {
            let bytes = section.bytes()?;
            let stream = read(&section, &bytes)?.stream;
            model
                .restore_operators(stream)
                .and_then(|()| model.verify_widths())
                .map_err(|error| section.refused(error))?;
        }
    }
    if parts.waits {
        model.settle().map_err(|error| section.refused(error))?;
    }
    for (tag, block) in &parts.others {
        let context = model.context();
        context
            .restore(*tag, block, section.allowed_files())
            .map_err(|problem| section.refused(problem))?;
    }
    Ok(None)
}

enum SavedBy {
    Same,
    Other { most_unmatched: f64 },
}

/// Whether the section is of this kind of model, and what the policy says if it is not.
fn origin(
    state: &ModelState,
    section: &Section<'_>,
    parts: &Parts<'_>,
) -> Result<SavedBy, RestoreError> {
    if parts.fingerprint == state.fingerprint {
        return Ok(SavedBy::Same);
    }
    match section.models().policy {
        Policy::ByName { most_unmatched } => Ok(SavedBy::Other { most_unmatched }),
        Policy::Exact => Err(section.refused(format!(
            "it was saved by another build of the model (fingerprint {:016x}, Verilator {}), expected \
             {:016x} (Verilator {}); restore it with that build, or by name \
             (`RestoreOptions::policy`, `--restore-by-name`)",
            parts.fingerprint, parts.version, state.fingerprint, state.version
        ))),
    }
}

fn same_table(
    state: &ModelState,
    section: &Section<'_>,
    parts: &Parts<'_>,
) -> Result<(), RestoreError> {
    match state.table() {
        Ok(table) if table.bytes() != parts.table => Err(section.refused(
            "its state table is not that of the model, though the fingerprints are equal; it is damaged",
        )),
        _ => Ok(()),
    }
}
