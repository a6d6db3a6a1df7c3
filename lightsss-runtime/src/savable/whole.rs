//! Whole values: saved with their schema, restored all or nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::approved::Approved;
use super::describe::{Description, Present};
use super::memories::{Asked, Live};
use super::places::{self, Survey};
use super::reader::Stage;
use super::section::Nowhere;
use super::{
    Image, ModelOptions, NoSections, Reader, RestoreError, RestoreErrorKind, Savable, SaveError,
    SaveErrorKind, Sink, Source, Writer, migrate, walk,
};
use crate::process::panics;

/// Saves a value into an image.
pub fn save_to_image<T: Savable + ?Sized>(value: &T) -> Result<Image, SaveError> {
    let mut image = Image::new();
    save_into_image(value, &mut image)?;
    Ok(image)
}

/// As [`save_to_image`], with models that write themselves through Verilator's operators.
pub fn save_to_image_through_operators<T: Savable + ?Sized>(value: &T) -> Result<Image, SaveError> {
    let mut image = Image::new();
    save_into(value, &mut image, true)?;
    Ok(image)
}

/// Saves a value into an image, and re-uses the image's memory.
pub fn save_into_image<T: Savable + ?Sized>(value: &T, image: &mut Image) -> Result<(), SaveError> {
    save_into(value, image, false)
}

fn save_into<T: Savable + ?Sized>(
    value: &T,
    image: &mut Image,
    through_operators: bool,
) -> Result<(), SaveError> {
    image.clear();
    save_to_with(value, image, through_operators)?;
    let present = Present::of(T::schema(), std::any::type_name::<T>());
    image.schema.extend_from_slice(&present.bytes);
    Ok(())
}

/// Saves a value's stream and sections into a sink. The schema's description goes beside them:
/// [`Description::of`].
pub fn save_to<T: Savable + ?Sized>(value: &T, sink: &mut dyn Sink) -> Result<(), SaveError> {
    save_to_with(value, sink, false)
}

/// As [`save_to`]; models may write themselves through Verilator's operators.
pub(crate) fn save_to_with<T: Savable + ?Sized>(
    value: &T,
    sink: &mut dyn Sink,
    through_operators: bool,
) -> Result<(), SaveError> {
    let mut out = Writer::new(sink);
    out.set_through_operators(through_operators);
    let saved = value.save(&mut out);
    let finished = out.finish();
    saved.map_err(|error| name_unsaved_field(value, error))?;
    finished
}

/// Finds the field of a refused save: saves again, keeping the stream, and walks to where it stopped.
#[cold]
fn name_unsaved_field<T: Savable + ?Sized>(value: &T, error: SaveError) -> SaveError {
    let Some(position) = error.position() else {
        return error;
    };
    let mut stream = StreamOnly::default();
    let mut out = Writer::new(&mut stream);
    let _ = value.save(&mut out);
    let _ = out.finish();
    let description = Description::of::<T>();
    let mut input = Reader::new(&stream.bytes, &NoSections).cut();
    let path = walk::locate(&description, &mut input, position, None);
    error.with_path(path)
}

/// Keeps a stream, drops its sections.
#[derive(Default)]
struct StreamOnly {
    bytes: Vec<u8>,
    open: u32,
    sections: u32,
}

impl Sink for StreamOnly {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        if self.open == 0 {
            self.bytes.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn begin_section(&mut self, _: super::SectionKind, _: &str) -> std::io::Result<u32> {
        self.open += 1;
        self.sections += 1;
        Ok(self.sections - 1)
    }

    fn end_section(&mut self) -> std::io::Result<()> {
        self.open -= 1;
        Ok(())
    }
}

/// Restores a value from an image: all of it, or nothing.
pub fn restore_from_image<T: Savable + ?Sized>(
    value: &mut T,
    image: &Image,
) -> Result<(), RestoreError> {
    restore_from_image_with(value, image, ModelOptions::default())
}

/// As [`restore_from_image`], with options for the models in the image.
pub fn restore_from_image_with<T: Savable + ?Sized>(
    value: &mut T,
    image: &Image,
    models: ModelOptions,
) -> Result<(), RestoreError> {
    restore_from_with(value, &image.schema, &image.stream, image, models)
}

/// Restores a value from a schema's description, a stream and sections: all of it, or nothing.
///
/// Everything is verified before the first field changes. Some code may fail after that: a type's own, or that
/// of a model that is loaded by name. There the value is saved first, and put back if the code fails or panics.
pub fn restore_from<T: Savable + ?Sized>(
    value: &mut T,
    schema: &[u8],
    stream: &[u8],
    source: &dyn Source,
) -> Result<(), RestoreError> {
    restore_from_with(value, schema, stream, source, ModelOptions::default())
}

/// As [`restore_from`], with options for the models in the snapshot.
pub(crate) fn restore_from_with<T: Savable + ?Sized>(
    value: &mut T,
    schema: &[u8],
    stream: &[u8],
    source: &dyn Source,
    models: ModelOptions,
) -> Result<(), RestoreError> {
    let present = Present::of(T::schema(), std::any::type_name::<T>());
    let migrated;
    let stream = if present.bytes == schema {
        stream
    } else {
        let stored = Description::from_bytes(schema)?;
        migrated = guarded(|| migrate::migrate(&stored, present, stream, source))?;
        &migrated
    };
    restore_present(value, present, stream, source, models)
        .map_err(|error| name_field(&present.description, stream, source, error))
}

/// Restores from a stream of the present layout.
fn restore_present<T: Savable + ?Sized>(
    value: &mut T,
    present: &Present,
    stream: &[u8],
    source: &dyn Source,
    models: ModelOptions,
) -> Result<(), RestoreError> {
    let allowed = source.allowed_files();
    let files = if present.files && !allowed.is_anywhere() {
        let mut survey = Survey::default();
        save_for_undo(value, &mut survey)?;
        places::approve(present, stream, &survey, allowed)?
    } else {
        Approved::default()
    };
    let stage = Stage::new(files, models);
    let asked = Asked::new(source);
    guarded(|| {
        let mut input = Reader::new(stream, &asked).staged(&stage);
        value.check_for(&mut input)?;
        input.finish()
    })?;
    if asked.any_memory() {
        let mut live = Live::default();
        save_for_undo(value, &mut live)?;
        asked.compare(&live)?;
    }
    let mut undo = None;
    if present.late || stage.may_fail_late() {
        let mut image = Image::new();
        save_for_undo(value, &mut image)?;
        undo = Some(image);
    } else if present.owned {
        save_for_undo(value, &mut Nowhere::default())?;
    }
    let restored = guarded(|| {
        let mut input = Reader::new(stream, source).staged(&stage);
        value.restore(&mut input)?;
        input.finish()
    });
    match (restored, undo) {
        (Err(cause), Some(image)) => Err(put_back(value, &image, cause)),
        (restored, _) => restored,
    }
}

fn save_for_undo<T: Savable + ?Sized>(value: &T, sink: &mut dyn Sink) -> Result<(), RestoreError> {
    guarded(|| {
        save_to(value, sink).map_err(|error| match error.kind() {
            SaveErrorKind::Shared { owners, weak } => {
                let kind = RestoreErrorKind::Shared {
                    owners: *owners,
                    weak: *weak,
                };
                RestoreError::from(kind).with_path(error.path().to_owned())
            }
            _ => RestoreErrorKind::NoUndo(error).into(),
        })
    })
}

#[cold]
fn put_back<T: Savable + ?Sized>(
    value: &mut T,
    image: &Image,
    cause: RestoreError,
) -> RestoreError {
    let undone = guarded(|| value.restore(&mut Reader::new(image.stream(), image)));
    match undone {
        Ok(()) => cause,
        Err(undo) => RestoreErrorKind::NotPutBack {
            cause: Box::new(cause),
            undo: Box::new(undo),
        }
        .into(),
    }
}

/// Runs code that may be the user's; a panic becomes an error.
fn guarded<R>(run: impl FnOnce() -> Result<R, RestoreError>) -> Result<R, RestoreError> {
    // What the closure leaves half-changed is put back, or was not changed.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<&str>()
            .map(|message| (*message).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no message".to_owned());
        panics::discard(panic);
        Err(RestoreErrorKind::Panicked(message).into())
    })
}

#[cold]
fn name_field(
    description: &Description,
    stream: &[u8],
    source: &dyn Source,
    error: RestoreError,
) -> RestoreError {
    let Some(position) = error.position() else {
        return error;
    };
    let path = walk::locate(
        description,
        &mut Reader::new(stream, source),
        position,
        error.type_name(),
    );
    error.with_path(path)
}
