//! What derived code calls. Not for people.

pub use core::default::Default;
pub use core::result::Result;

pub use super::adapters::{
    Adapter, AsFile, AsPod, AsPodSlice, AsSerde, PodSlice, PodValue, SerdeValue,
};
use super::reader::ReaderMark;
pub use super::run::Run;
pub use super::scalars::{RUN_BUFFER, flat, put, restore_in_run, run_ends, runs, save_in_run};
use super::size::tag_size;
pub use super::{
    Construct, Field, Files, Link, Reader, Reopen, RestoreError, Savable, SaveError, Schema, Shape,
    Size, Upgrade, Variant, Writer,
};
use super::{Convert, RestoreErrorKind, SaveErrorKind};

/// Makes room for what a struct takes at least.
#[inline]
pub fn reserve<T: Savable>(out: &mut Writer<'_>) -> Result<(), SaveError> {
    out.reserve(T::SIZE.min())
}

/// Writes the tag of an enum of `VARIANTS`.
#[inline]
pub fn write_tag<const VARIANTS: usize>(tag: u32, out: &mut Writer<'_>) -> Result<(), SaveError> {
    match tag_size(VARIANTS) {
        1 => out.byte(tag as u8),
        _ => out.bytes(&tag.to_le_bytes()),
    }
}

/// Writes the tag of an enum of `VARIANTS` at the beginning of a run; gives what is left of the run.
#[inline]
pub fn put_tag<const VARIANTS: usize>(tag: u32, run: &mut [u8]) -> &mut [u8] {
    match tag_size(VARIANTS) {
        1 => put(&(tag as u8), run),
        _ => put(&tag, run),
    }
}

/// Reads the tag of an enum of `VARIANTS`.
#[inline]
pub fn read_tag<const VARIANTS: usize>(input: &mut Reader<'_>) -> Result<u32, RestoreError> {
    let start = input.mark();
    let tag = match tag_size(VARIANTS) {
        1 => u32::from(input.byte()?),
        _ => u32::from_le_bytes(input.array()?),
    };
    if tag as usize >= VARIANTS {
        input.back_to(start);
        return Err(no_variant(input, tag));
    }
    Ok(tag)
}

/// A tag that no variant has.
#[cold]
#[must_use]
pub fn no_variant(input: &Reader<'_>, tag: u32) -> RestoreError {
    input.invalid("variant of the enum", format_args!("number {tag}"))
}

/// Where an enum begins.
#[inline]
#[must_use]
pub fn mark<'a>(input: &Reader<'a>) -> ReaderMark<'a> {
    input.mark()
}

/// Goes back to where an enum begins, to make a new variant.
#[inline]
pub fn rewind<'a>(input: &mut Reader<'a>, mark: ReaderMark<'a>) {
    input.back_to(mark);
}

/// The error of a variant that is stored no longer.
#[cold]
#[must_use]
pub fn retired_variant(out: &Writer<'_>, variant: &'static str, until: u32) -> SaveError {
    out.error(SaveErrorKind::RetiredVariant { variant, until })
}

/// Reads within a block, all of it.
pub fn in_block<T>(
    input: &mut Reader<'_>,
    read: impl FnOnce(&mut Reader<'_>) -> Result<T, RestoreError>,
) -> Result<T, RestoreError> {
    let position = input.position();
    let mut block = input.block()?;
    let value = read(&mut block).map_err(|error| error.at(position))?;
    block.finish()?;
    Ok(value)
}

/// Goes past a block.
pub fn check_block(input: &mut Reader<'_>) -> Result<(), RestoreError> {
    input.block()?;
    Ok(())
}

/// Runs a type's `validate` function.
pub fn validate<T, E: std::fmt::Display>(
    value: &T,
    function: impl FnOnce(&T) -> Result<(), E>,
    start: usize,
    type_name: &'static str,
) -> Result<(), RestoreError> {
    function(value).map_err(|error| {
        RestoreError::from(RestoreErrorKind::Rejected(error.to_string())).at_type(start, type_name)
    })
}

/// What an `upgrade` function may return: the value, or a `Result` of it.
#[diagnostic::on_unimplemented(
    message = "the upgrade gives `{Self}`, where `{T}` is needed",
    label = "must return `{T}`, or a `Result` of it with an error that can be shown"
)]
pub trait Upgraded<T> {
    /// The value, or why there is none.
    fn upgraded(self) -> Result<T, RestoreError>;
}

impl<T> Upgraded<T> for T {
    fn upgraded(self) -> Result<T, RestoreError> {
        Ok(self)
    }
}

impl<T, E: std::fmt::Display> Upgraded<T> for Result<T, E> {
    fn upgraded(self) -> Result<T, RestoreError> {
        self.map_err(RestoreError::custom)
    }
}

/// An upgrade whose old type is that of its function's parameter.
#[must_use]
pub const fn upgrade_from<Old: Construct, R>(_: fn(Old) -> R, convert: Convert) -> Upgrade {
    Upgrade::new(Link::to::<Old>(), convert)
}

/// Reads an old value, upgrades it, saves the new one.
pub fn upgrade<Old: Construct, New, R: Upgraded<New>>(
    function: fn(Old) -> R,
    input: &mut Reader<'_>,
    out: &mut Writer<'_>,
    save: impl FnOnce(&New, &mut Writer<'_>) -> Result<(), SaveError>,
) -> Result<(), RestoreError> {
    let position = input.position();
    let new = function(Old::construct(input)?)
        .upgraded()
        .map_err(|error| error.at(position))?;
    save(&new, out).map_err(RestoreError::custom)
}

/// Reads a value of an old variant, upgrades it, saves what came of it.
pub fn upgrade_variant<T: Construct, R: Upgraded<T>>(
    function: fn(T) -> R,
    input: &mut Reader<'_>,
    out: &mut Writer<'_>,
) -> Result<(), RestoreError> {
    upgrade(function, input, out, |value: &T, out| value.save(out))
}
