//! What a snapshot of a C++ harness holds: models, and sections of the harness's own.

use std::{ffi::c_void, ptr::NonNull};

use lightsss_runtime::{
    Savable,
    savable::{
        Field, Link, Reader, RestoreError, RestoreErrorKind, SaveError, SaveErrorKind, Schema,
        SectionKind, Shape, Size, Writer,
    },
    state,
};

use crate::{kind::Model, kind::lightsss_write_fn};

/// A section of the harness's own.
#[derive(Debug)]
pub(crate) enum Section {
    /// Bytes of one length, where they lie.
    Fixed { bytes: NonNull<u8>, length: usize },
    /// Functions that write and take bytes of any number.
    Called(Functions),
}

/// The functions of a section. Each returns false to refuse.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Functions {
    pub(crate) save:
        unsafe extern "C" fn(user: *mut c_void, write: lightsss_write_fn, env: *mut c_void) -> bool,
    pub(crate) restore:
        unsafe extern "C" fn(user: *mut c_void, bytes: *const u8, length: usize) -> bool,
    pub(crate) user: *mut c_void,
}

/// All that one file holds. Names are unique in each list.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) models: Vec<(String, Model)>,
    pub(crate) sections: Vec<(String, Section)>,
}

const MODEL: Schema = Schema::new("model", Shape::Section(SectionKind::Model));
const SECTION: Schema = Schema::new("section", Shape::Section(SectionKind::Other));
const MODELS: Schema = Schema::new(
    "models",
    Shape::Map(
        Link::to::<String>(),
        Link::adapted(|| &MODEL, || "model", "lightsss_capi::model"),
    ),
);
const SECTIONS: Schema = Schema::new(
    "sections",
    Shape::Map(
        Link::to::<String>(),
        Link::adapted(|| &SECTION, || "section", "lightsss_capi::section"),
    ),
);

impl Savable for Parts {
    const SCHEMA: Schema = Schema::new(
        "cpp",
        Shape::Struct(&[
            Field::new(
                "models",
                Link::adapted(|| &MODELS, || "models", "lightsss_capi::models"),
            ),
            Field::new(
                "sections",
                Link::adapted(|| &SECTIONS, || "sections", "lightsss_capi::sections"),
            ),
        ]),
    );
    const SIZE: Size = Size::at_least(16);

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        out.len(self.models.len())?;
        for (name, model) in &self.models {
            name.save(out)?;
            state::save(model.live(), out)?;
        }
        out.len(self.sections.len())?;
        for (name, section) in &self.sections {
            name.save(out)?;
            out.section(SectionKind::Other, name, |out| section.save(name, out))?;
        }
        Ok(())
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        same_names("model", &self.models, input, |(_, model), input| {
            state::restore(model.live(), input).map(drop)
        })?;
        same_names(
            "section",
            &self.sections,
            input,
            |(name, section), input| section.restore(name, input),
        )
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        for kind in [SectionKind::Model, SectionKind::Other] {
            for _ in 0..input.len(12)? {
                String::check(input)?;
                input.section(kind)?;
            }
        }
        Ok(())
    }

    fn check_for(&self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        same_names("model", &self.models, input, |(_, model), input| {
            state::check(model.state(), input)
        })?;
        same_names("section", &self.sections, input, |(_, section), input| {
            section.check(input)
        })
    }
}

impl Parts {
    /// The simulation time of the first model; 0 without one.
    pub(crate) fn time(&self) -> u64 {
        let first = self.models.first();
        first.map_or(0, |(_, model)| model.live().time())
    }
}

/// Goes through the items of a snapshot, which must have the names of the harness's in their order.
fn same_names<T>(
    what: &str,
    items: &[(String, T)],
    input: &mut Reader<'_>,
    mut each: impl FnMut(&(String, T), &mut Reader<'_>) -> Result<(), RestoreError>,
) -> Result<(), RestoreError> {
    let count = input.len(12)?;
    for number in 0..count.max(items.len()) {
        let mut stored = String::new();
        if number < count {
            stored.restore(input)?;
        }
        let expected = items.get(number).map(|(name, _)| name.as_str());
        let found = (number < count).then_some(stored.as_str());
        match items.get(number) {
            Some(item) if expected == found => each(item, input)?,
            _ => {
                let named = |name: Option<&str>| match name {
                    Some(name) => format!("{what} `{name}`"),
                    None => format!("no {what}"),
                };
                return Err(input.error(RestoreErrorKind::Custom(format!(
                    "the snapshot has {} where the harness has {}; add the same parts in the same order",
                    named(found),
                    named(expected)
                ))));
            }
        }
    }
    Ok(())
}

impl Section {
    fn save(&self, name: &str, out: &mut Writer<'_>) -> Result<(), SaveError> {
        match *self {
            Section::Fixed { bytes, length } => {
                // SAFETY: the bytes are live and nobody changes them meanwhile: the callers of
                // `lightsss_snapshot_bytes` and `_save` see to that.
                out.bulk(unsafe { std::slice::from_raw_parts(bytes.as_ptr(), length) })
            }
            Section::Called(functions) => {
                let mut bytes: Vec<u8> = Vec::new();
                // SAFETY: the harness's function takes its own environment, and calls `collect` with the vector, which
                // nobody else uses meanwhile.
                let saved =
                    unsafe { (functions.save)(functions.user, collect, (&raw mut bytes).cast()) };
                if !saved {
                    let why = format!("the harness refuses to save its section `{name}`");
                    return Err(out.error(SaveErrorKind::Custom(why)));
                }
                out.bulk(&bytes)
            }
        }
    }

    fn check(&self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        let section = input.section(SectionKind::Other)?;
        match *self {
            Section::Fixed { length, .. } if section.len() != length as u64 => {
                Err(section.refused(format!("{} bytes, expected {length}", section.len())))
            }
            Section::Fixed { .. } => Ok(()),
            Section::Called(_) => {
                // The harness's function may refuse it.
                input.may_fail_late();
                Ok(())
            }
        }
    }

    fn restore(&self, name: &str, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        let section = input.section(SectionKind::Other)?;
        match *self {
            Section::Fixed { bytes, length } => {
                // SAFETY: as in `save`, for writing.
                let into = unsafe { std::slice::from_raw_parts_mut(bytes.as_ptr(), length) };
                section.read_into(into)
            }
            Section::Called(functions) => {
                let bytes = section.bytes()?;
                // SAFETY: the harness's function takes its own environment, and reads the bytes during the call only.
                let taken =
                    unsafe { (functions.restore)(functions.user, bytes.as_ptr(), bytes.len()) };
                if taken {
                    return Ok(());
                }
                Err(section.refused(format!("the harness refuses its section `{name}`")))
            }
        }
    }
}

/// Appends to the `Vec<u8>` at `env`.
unsafe extern "C" fn collect(env: *mut c_void, bytes: *const u8, length: usize) {
    if length == 0 {
        return;
    }
    // SAFETY: `Section::save` passes its own vector, which nobody else uses during the call.
    let to = unsafe { &mut *env.cast::<Vec<u8>>() };
    // SAFETY: the harness passes bytes of its own that live during the call.
    to.extend_from_slice(unsafe { std::slice::from_raw_parts(bytes, length) });
}
