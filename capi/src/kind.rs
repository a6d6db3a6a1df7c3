//! Classes of models, as generated files describe them.

use std::{
    ffi::{CStr, c_char, c_void},
    ptr::{self, NonNull},
    sync::{Mutex, PoisonError},
};

use lightsss_runtime::{
    model::ffi::{ContextFunctions, RawContext, RawModel},
    state::{Functions, LiveModel, ModelState, Place},
};

use crate::error::Fault;

/// Takes a piece of what is saved.
pub type lightsss_write_fn =
    unsafe extern "C" fn(env: *mut c_void, bytes: *const u8, length: usize);

/// Says that an entry is complete.
pub type lightsss_mark_fn = unsafe extern "C" fn(env: *mut c_void);

/// Takes a field of a context.
pub type lightsss_field_fn = unsafe extern "C" fn(
    env: *mut c_void,
    name: *const c_char,
    offset: usize,
    size: usize,
    is_signed: bool,
);

/// Takes an open file of a design.
pub type lightsss_file_fn = unsafe extern "C" fn(
    env: *mut c_void,
    descriptor: u32,
    flags: i32,
    position: i64,
    path: *const c_char,
    length: usize,
);

/// How the models of one class of Verilator's are saved and restored. `lightsss-codegen cpp` writes one for each class;
/// a harness only hands it on.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct lightsss_kind {
    /// The model's name.
    pub name: *const c_char,
    /// Verilator's version.
    pub verilator: *const c_char,
    /// A hash of all that was generated.
    pub fingerprint: u64,
    /// The state by name, as it was encoded.
    pub table: *const u8,
    /// Its bytes.
    pub table_length: usize,
    /// Gives the handle of a model, which the functions below take; null where there is no memory.
    pub bind: unsafe extern "C" fn(model: *mut c_void) -> *mut RawModel,
    /// Frees it.
    pub unbind: unsafe extern "C" fn(handle: *mut RawModel),
    /// The model's context.
    pub context: unsafe extern "C" fn(handle: *mut RawModel) -> *mut RawContext,
    /// The rest is for the library: the state table's functions, then those of a context.
    pub layout: unsafe extern "C" fn(
        handle: *mut RawModel,
        places: *mut Place,
        instances: *mut u64,
    ) -> *mut u8,
    pub save_entries: unsafe extern "C" fn(
        handle: *mut RawModel,
        write: lightsss_write_fn,
        mark: lightsss_mark_fn,
        env: *mut c_void,
    ) -> u32,
    pub restore_entries:
        unsafe extern "C" fn(handle: *mut RawModel, bytes: *const u8, length: usize) -> u32,
    pub refusal: unsafe extern "C" fn(handle: *mut RawModel) -> *const c_char,
    pub mark_active: unsafe extern "C" fn(handle: *mut RawModel),
    pub settle: unsafe extern "C" fn(handle: *mut RawModel, done: *mut bool) -> u32,
    pub waits: unsafe extern "C" fn(handle: *mut RawModel) -> bool,
    pub save: unsafe extern "C" fn(
        handle: *mut RawModel,
        write: lightsss_write_fn,
        env: *mut c_void,
    ) -> u32,
    pub restore:
        unsafe extern "C" fn(handle: *mut RawModel, bytes: *const u8, length: usize) -> u32,
    pub time: unsafe extern "C" fn(context: *mut RawContext) -> *mut u64,
    pub fields:
        unsafe extern "C" fn(context: *mut RawContext, env: *mut c_void, each: lightsss_field_fn),
    pub random_size: unsafe extern "C" fn() -> usize,
    pub random_save: unsafe extern "C" fn(context: *mut RawContext, bytes: *mut u8),
    pub random_restore: unsafe extern "C" fn(context: *mut RawContext, bytes: *const u8),
    pub files:
        unsafe extern "C" fn(context: *mut RawContext, env: *mut c_void, each: lightsss_file_fn),
    pub file_open: unsafe extern "C" fn(
        context: *mut RawContext,
        descriptor: u32,
        flags: i32,
        position: i64,
        path: *const c_char,
    ) -> bool,
    pub file_close: unsafe extern "C" fn(context: *mut RawContext, descriptor: u32),
}

/// A model of the harness's.
#[derive(Debug)]
pub(crate) struct Model {
    state: &'static ModelState,
    handle: NonNull<RawModel>,
    context: NonNull<RawContext>,
    unbind: unsafe extern "C" fn(handle: *mut RawModel),
}

impl Model {
    /// Binds a model.
    ///
    /// # Safety
    ///
    /// `kind` was generated with the class of `model`, and it and what it names live until the program ends. `model`
    /// is live as long as the result is.
    pub(crate) unsafe fn bind(
        kind: &'static lightsss_kind,
        model: NonNull<c_void>,
    ) -> Result<Model, Fault> {
        // SAFETY: by this function's contract.
        let state = unsafe { state_of(kind)? };
        // SAFETY: the function takes a live model of this class.
        let handle = NonNull::new(unsafe { (kind.bind)(model.as_ptr()) });
        let handle = handle.ok_or_else(Fault::no_memory)?;
        // SAFETY: the handle was just made.
        let context = NonNull::new(unsafe { (kind.context)(handle.as_ptr()) });
        let context = context.ok_or_else(|| Fault::argument("the model has no context"))?;
        Ok(Model {
            state,
            handle,
            context,
            unbind: kind.unbind,
        })
    }

    pub(crate) fn state(&self) -> &'static ModelState {
        self.state
    }

    /// The model, for the thread that evaluates it.
    pub(crate) fn live(&self) -> LiveModel {
        // SAFETY: model and context are live as long as `self` is, and used by this thread alone: the callers of
        // `lightsss_snapshot_model`, `_save` and `_restore` see to that.
        unsafe { LiveModel::new(self.state, self.handle, self.context) }
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        // SAFETY: the handle is ours.
        unsafe { (self.unbind)(self.handle.as_ptr()) }
    }
}

/// The runtime's description of each kind that was seen, by its address. They are few, and kept.
static STATES: Mutex<Vec<(usize, &ModelState)>> = Mutex::new(Vec::new());

/// # Safety
///
/// As for [`Model::bind`].
unsafe fn state_of(kind: &'static lightsss_kind) -> Result<&'static ModelState, Fault> {
    let address = ptr::from_ref(kind).addr();
    let mut states = STATES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, state)) = states.iter().find(|(known, _)| *known == address) {
        return Ok(state);
    }
    // SAFETY: generated C strings, which live until the program ends.
    let (name, verilator) = unsafe { (text(kind.name)?, text(kind.verilator)?) };
    // SAFETY: a generated array of that length.
    let table = unsafe { std::slice::from_raw_parts(kind.table, kind.table_length) };
    let functions = Functions {
        layout: kind.layout,
        save_entries: kind.save_entries,
        restore_entries: kind.restore_entries,
        refusal: kind.refusal,
        mark_active: kind.mark_active,
        settle: kind.settle,
        waits: kind.waits,
        save: kind.save,
        restore: kind.restore,
        context: ContextFunctions {
            time: kind.time,
            fields: kind.fields,
            random_size: kind.random_size,
            random_save: kind.random_save,
            random_restore: kind.random_restore,
            files: kind.files,
            file_open: kind.file_open,
            file_close: kind.file_close,
            seeds: None,
        },
    };
    // SAFETY: the functions and the table were generated together.
    let state = unsafe { ModelState::new(name, verilator, kind.fingerprint, Ok(table), functions) };
    let state: &'static ModelState = Box::leak(Box::new(state));
    states.push((address, state));
    Ok(state)
}

/// # Safety
///
/// It is null, or a C string that lives until the program ends.
unsafe fn text(text: *const c_char) -> Result<&'static str, Fault> {
    if text.is_null() {
        return Err(Fault::null("kind"));
    }
    // SAFETY: by this function's contract.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str()
        .map_err(|error| Fault::argument(format!("`kind` has a text that is not UTF-8: {error}")))
}
