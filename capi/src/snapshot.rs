//! Durable snapshots of a C++ harness.

use std::{
    ffi::{c_char, c_void},
    path::Path,
    ptr::NonNull,
};

use lightsss_runtime::{
    __private::with_causes,
    durable::{RestoreOptions, SaveOptions, restore_with, save},
    state::Policy,
};

use crate::{
    abi::lightsss_status::{self, *},
    error::{Fault, guard},
    kind::{Model, lightsss_kind, lightsss_write_fn},
    parts::{Functions, Parts, Section},
    text::required,
};

/// What belongs into one snapshot file: models, and sections of the harness's own. It is used by the thread that
/// evaluates the models.
#[allow(non_camel_case_types, reason = "the name that C sees")]
#[derive(Default)]
pub struct lightsss_snapshot {
    parts: Parts,
    options: RestoreOptions,
}

/// Makes a snapshot without parts. The file does not exist before `lightsss_snapshot_save`.
///
/// # Safety
///
/// `snapshot` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_snapshot_new(
    snapshot: *mut *mut lightsss_snapshot,
) -> lightsss_status {
    guard(|| {
        if snapshot.is_null() {
            return Err(Fault::null("snapshot"));
        }
        let made = Box::new(lightsss_snapshot::default());
        // SAFETY: it may be written, as the caller says.
        unsafe { snapshot.write(Box::into_raw(made)) }
        Ok(())
    })
}

/// Frees a snapshot. Models and sections are the harness's, and stay. Does nothing if `snapshot` is null.
///
/// # Safety
///
/// `snapshot` is null, or came from `lightsss_snapshot_new` and was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_snapshot_delete(
    snapshot: *mut lightsss_snapshot,
) -> lightsss_status {
    guard(|| {
        if !snapshot.is_null() {
            // SAFETY: it came from `lightsss_snapshot_new` and was not deleted, as the caller says.
            drop(unsafe { Box::from_raw(snapshot) });
        }
        Ok(())
    })
}

/// Adds a model under a name that no other part has. `kind` is what `lightsss_kind_of` gives for its class.
///
/// # Safety
///
/// `snapshot` came from `lightsss_snapshot_new` and was not deleted. `name` is null or a C string. `kind` is null or
/// was generated with the class of `model`, and lives until the program ends. `model` is null, or outlives the
/// snapshot.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_snapshot_model(
    snapshot: *mut lightsss_snapshot,
    name: *const c_char,
    kind: *const lightsss_kind,
    model: *mut c_void,
) -> lightsss_status {
    guard(|| {
        // SAFETY: as the caller says.
        let (snapshot, name) = unsafe { (live(snapshot)?, required(name, "name")?) };
        // SAFETY: it is null or lives until the program ends, as the caller says.
        let kind = unsafe { kind.as_ref() }.ok_or_else(|| Fault::null("kind"))?;
        let model = NonNull::new(model).ok_or_else(|| Fault::null("model"))?;
        snapshot.new_name(name)?;
        // SAFETY: as the caller says.
        let model = unsafe { Model::bind(kind, model)? };
        snapshot.parts.models.push((name.to_owned(), model));
        Ok(())
    })
}

/// Adds bytes of the harness, of one length, under a name that no other part has. A restore writes them where they
/// lie.
///
/// # Safety
///
/// `snapshot` came from `lightsss_snapshot_new` and was not deleted. `name` is null or a C string. `bytes` is null, or
/// that of `length` bytes that outlive the snapshot.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_snapshot_bytes(
    snapshot: *mut lightsss_snapshot,
    name: *const c_char,
    bytes: *mut c_void,
    length: usize,
) -> lightsss_status {
    guard(|| {
        // SAFETY: as the caller says.
        let (snapshot, name) = unsafe { (live(snapshot)?, required(name, "name")?) };
        let bytes = NonNull::new(bytes.cast()).ok_or_else(|| Fault::null("bytes"))?;
        snapshot.section(name, Section::Fixed { bytes, length })
    })
}

/// Adds state of the harness that two functions save and restore, under a name that no other part has.
///
/// `save` calls `write` with its bytes, as often as it likes, and hands it `env`. `restore` gets them all at once, after
/// everything in the file was verified. Either returns false to refuse; where `restore` does, all parts get back what
/// they had.
///
/// # Safety
///
/// `snapshot` came from `lightsss_snapshot_new` and was not deleted. `name` is null or a C string. The functions may be
/// called with `user` as long as the snapshot lives; no exception leaves them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_snapshot_section(
    snapshot: *mut lightsss_snapshot,
    name: *const c_char,
    save: Option<
        unsafe extern "C" fn(user: *mut c_void, write: lightsss_write_fn, env: *mut c_void) -> bool,
    >,
    restore: Option<
        unsafe extern "C" fn(user: *mut c_void, bytes: *const u8, length: usize) -> bool,
    >,
    user: *mut c_void,
) -> lightsss_status {
    guard(|| {
        // SAFETY: as the caller says.
        let (snapshot, name) = unsafe { (live(snapshot)?, required(name, "name")?) };
        let functions = Functions {
            save: save.ok_or_else(|| Fault::null("save"))?,
            restore: restore.ok_or_else(|| Fault::null("restore"))?,
            user,
        };
        snapshot.section(name, Section::Called(functions))
    })
}

/// Lets a restore open the files below a folder that the design had open when it was saved. Without it only those that
/// the design has open already are opened: a snapshot may come from anybody.
///
/// # Safety
///
/// `snapshot` came from `lightsss_snapshot_new` and was not deleted. `folder` is null or a C string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_snapshot_files_below(
    snapshot: *mut lightsss_snapshot,
    folder: *const c_char,
) -> lightsss_status {
    guard(|| {
        // SAFETY: as the caller says.
        let (snapshot, folder) = unsafe { (live(snapshot)?, required(folder, "folder")?) };
        snapshot.options.files_below.push(folder.into());
        Ok(())
    })
}

/// Lets a restore load a model that another build has saved, signal by signal, by name. `most_unmatched` is the largest
/// share of signals, from 0 to 1, that may be without a counterpart. Without it such a snapshot is refused.
///
/// # Safety
///
/// `snapshot` came from `lightsss_snapshot_new` and was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_snapshot_by_name(
    snapshot: *mut lightsss_snapshot,
    most_unmatched: f64,
) -> lightsss_status {
    guard(|| {
        // SAFETY: as the caller says.
        let snapshot = unsafe { live(snapshot)? };
        if !(0.0..=1.0).contains(&most_unmatched) {
            return Err(Fault::argument(format!(
                "`most_unmatched` is {most_unmatched}, expected 0 to 1"
            )));
        }
        snapshot.options.policy = Policy::ByName { most_unmatched };
        Ok(())
    })
}

/// Saves all parts into a file, which appears whole or not at all. `cycle` stands in its header.
///
/// # Safety
///
/// `snapshot` came from `lightsss_snapshot_new` and was not deleted; the thread is the one that evaluates the models.
/// `path` is null or a C string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_snapshot_save(
    snapshot: *mut lightsss_snapshot,
    path: *const c_char,
    cycle: u64,
) -> lightsss_status {
    guard(|| {
        // SAFETY: as the caller says.
        let (snapshot, path) = unsafe { (live(snapshot)?, required(path, "path")?) };
        let options = SaveOptions::new().cycle(cycle).time(snapshot.parts.time());
        save(Path::new(path), &snapshot.parts, &options)
            .map_err(|error| Fault::new(LIGHTSSS_NOT_SAVED, with_causes(&error)))?;
        Ok(())
    })
}

/// Restores all parts from a file: everything in it is verified before anything changes. The cycle of its header goes to
/// `cycle`, which may be null.
///
/// # Safety
///
/// As for `lightsss_snapshot_save`. `cycle` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_snapshot_restore(
    snapshot: *mut lightsss_snapshot,
    path: *const c_char,
    cycle: *mut u64,
) -> lightsss_status {
    guard(|| {
        // SAFETY: as the caller says.
        let (snapshot, path) = unsafe { (live(snapshot)?, required(path, "path")?) };
        let header = restore_with(Path::new(path), &mut snapshot.parts, &snapshot.options)
            .map_err(|error| Fault::new(LIGHTSSS_NOT_RESTORED, with_causes(&error)))?;
        if !cycle.is_null() {
            // SAFETY: it may be written, as the caller says.
            unsafe { cycle.write(header.cycle) }
        }
        Ok(())
    })
}

impl lightsss_snapshot {
    fn section(&mut self, name: &str, section: Section) -> Result<(), Fault> {
        self.new_name(name)?;
        self.parts.sections.push((name.to_owned(), section));
        Ok(())
    }

    fn new_name(&self, name: &str) -> Result<(), Fault> {
        let models = self.parts.models.iter().map(|(name, _)| name);
        let sections = self.parts.sections.iter().map(|(name, _)| name);
        if name.is_empty() {
            return Err(Fault::argument("`name` is empty; give each part a name"));
        }
        if models.chain(sections).any(|known| known == name) {
            return Err(Fault::argument(format!(
                "the snapshot has a part `{name}` already; give each part a name of its own"
            )));
        }
        Ok(())
    }
}

/// The snapshot behind a pointer of C.
///
/// # Safety
///
/// It is null, or came from `lightsss_snapshot_new`, was not deleted, and is not in use.
unsafe fn live<'a>(snapshot: *mut lightsss_snapshot) -> Result<&'a mut lightsss_snapshot, Fault> {
    // SAFETY: as this function's caller says.
    unsafe { snapshot.as_mut() }.ok_or_else(|| Fault::null("snapshot"))
}
