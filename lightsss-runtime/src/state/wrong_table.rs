//! Tables that do not stand for their model: each is found before anything is copied, with one warning.

use std::ffi::{c_char, c_int, c_void};
use std::ptr::NonNull;

use super::layout::Place;
use super::model::{Functions, LiveModel, MarkFn, ModelState};
use crate::model::ffi::{ContextFunctions, FieldFn, FileFn, OK, RawContext, RawModel, WriteFn};
use lightsss_tests_support::events::CapturedEvents;

/// A model with three members, which are all its state.
#[repr(C)]
struct Fake {
    count: u32,
    low: u16,
    high: u16,
}

/// Writes the places of three entries, and the offset of one instance.
///
/// # Safety
///
/// The pointers are null, or there is room for as many.
unsafe fn write_layout(
    raw: *mut RawModel,
    places: *mut Place,
    instances: *mut u64,
    offsets: [u64; 3],
) -> *mut u8 {
    if !places.is_null() {
        for (at, (offset, size)) in offsets.into_iter().zip([4, 2, 2]).enumerate() {
            // SAFETY: there is room for three (the caller).
            unsafe { places.add(at).write(Place { offset, size }) };
        }
        // SAFETY: there is room for one (the caller).
        unsafe { instances.write(0) };
    }
    raw.cast()
}

unsafe extern "C" fn layout(raw: *mut RawModel, places: *mut Place, at: *mut u64) -> *mut u8 {
    // SAFETY: all tables here have three entries and one instance.
    unsafe { write_layout(raw, places, at, [0, 4, 6]) }
}

unsafe extern "C" fn layout_swapped(
    raw: *mut RawModel,
    places: *mut Place,
    at: *mut u64,
) -> *mut u8 {
    // SAFETY: as above.
    unsafe { write_layout(raw, places, at, [0, 6, 4]) }
}

/// The stream of the model's operators, and `more` zeros.
///
/// # Safety
///
/// `raw` is a [`Fake`], and `write` takes `env`.
unsafe fn write_stream(raw: *mut RawModel, write: WriteFn, env: *mut c_void, more: usize) -> u32 {
    // SAFETY: it is one (the caller), which nobody changes meanwhile.
    let fake = unsafe { &*raw.cast::<Fake>() };
    let mut bytes = fake.count.to_le_bytes().to_vec();
    bytes.extend_from_slice(&fake.low.to_le_bytes());
    bytes.extend_from_slice(&fake.high.to_le_bytes());
    bytes.resize(bytes.len() + more, 0);
    // SAFETY: the bytes live during the call, and `write` takes `env` (the caller).
    unsafe { write(env, bytes.as_ptr(), bytes.len()) };
    OK
}

unsafe extern "C" fn save(raw: *mut RawModel, write: WriteFn, env: *mut c_void) -> u32 {
    // SAFETY: the runtime passes the model of `state`, and a function with its environment.
    unsafe { write_stream(raw, write, env, 0) }
}

unsafe extern "C" fn save_more(raw: *mut RawModel, write: WriteFn, env: *mut c_void) -> u32 {
    // SAFETY: as above.
    unsafe { write_stream(raw, write, env, 4) }
}

unsafe extern "C" fn save_no_entries(
    _: *mut RawModel,
    _: WriteFn,
    mark: MarkFn,
    env: *mut c_void,
) -> u32 {
    // SAFETY: the runtime passes a function with its environment. The context is an entry of no bytes here.
    unsafe { mark(env) };
    OK
}

unsafe extern "C" fn restore(_: *mut RawModel, _: *const u8, _: usize) -> u32 {
    OK
}

unsafe extern "C" fn refusal(_: *mut RawModel) -> *const c_char {
    c"none".as_ptr()
}

unsafe extern "C" fn mark_active(_: *mut RawModel) {}

unsafe extern "C" fn settle(_: *mut RawModel, _: *mut bool) -> u32 {
    OK
}

unsafe extern "C" fn waits(_: *mut RawModel) -> bool {
    false
}

const RIGHT: Functions = Functions {
    layout,
    save_entries: save_no_entries,
    restore_entries: restore,
    refusal,
    mark_active,
    settle,
    waits,
    save,
    restore,
    context: CONTEXT,
};

/// No test of a table comes to the context.
const CONTEXT: ContextFunctions = ContextFunctions {
    time: no_time,
    fields: no_fields,
    random_size: no_random,
    random_save: save_no_random,
    random_restore: restore_no_random,
    files: no_files,
    file_open: open_no_file,
    file_close: close_no_file,
    seeds: None,
};

unsafe extern "C" fn no_time(_: *mut RawContext) -> *mut u64 {
    std::ptr::null_mut()
}

unsafe extern "C" fn no_fields(_: *mut RawContext, _: *mut c_void, _: FieldFn) {}

unsafe extern "C" fn no_random() -> usize {
    0
}

unsafe extern "C" fn save_no_random(_: *mut RawContext, _: *mut u8) {}

unsafe extern "C" fn restore_no_random(_: *mut RawContext, _: *const u8) {}

unsafe extern "C" fn no_files(_: *mut RawContext, _: *mut c_void, _: FileFn) {}

unsafe extern "C" fn open_no_file(
    _: *mut RawContext,
    _: u32,
    _: c_int,
    _: i64,
    _: *const c_char,
) -> bool {
    false
}

unsafe extern "C" fn close_no_file(_: *mut RawContext, _: u32) {}

/// A table of three vectors, the second one of so many bytes.
fn table(bytes: u8) -> Vec<u8> {
    let mut table = b"LSSTATE\x01\x01\x05Vfake\x03".to_vec();
    for (name, bytes) in [("one", 4), ("two", bytes), ("six", 2)] {
        table.extend_from_slice(&[2, 0, 3]);
        table.extend_from_slice(name.as_bytes());
        // The highest bit with its sign at the bottom, the lowest, bytes, no dimensions.
        table.extend_from_slice(&[(bytes * 8 - 1) * 2, 0, bytes, 0]);
    }
    table.extend_from_slice(b"\x01\x04fake\x00");
    table
}

/// What the verification of a table says when it is asked three times, and the warnings that the user gets.
fn verified(table: Vec<u8>, functions: Functions) -> (Result<(), String>, Vec<String>) {
    // SAFETY: the functions are those of one shim; whether the table is that of the model is what is to be found
    // out, and it has as many entries as `layout` writes.
    let state = unsafe { ModelState::new("fake", "5.x", 7, Ok(table.leak()), functions) };
    let state: &'static ModelState = Box::leak(Box::new(state));
    let mut fake = Fake {
        count: 0x0102_0304,
        low: 5,
        high: 6,
    };
    let raw = NonNull::from(&mut fake).cast::<RawModel>();
    let events = CapturedEvents::default();
    let mut results = tracing::subscriber::with_default(events.clone(), || {
        [(); 3].map(|()| {
            // SAFETY: the model is a `Fake`, which outlives the result and which nobody else reaches; nothing here
            // reaches its context.
            let model = unsafe { LiveModel::new(state, raw, NonNull::dangling()) };
            model.verified().map(drop).map_err(str::to_owned)
        })
    });
    assert_eq!(results[0], results[2]);
    let lines = events.lines();
    (std::mem::replace(&mut results[0], Ok(())), lines)
}

#[test]
fn the_right_table_is_used_in_silence() {
    let (result, lines) = verified(table(2), RIGHT);
    assert_eq!(result, Ok(()));
    assert!(lines.is_empty(), "{lines:?}");
}

#[test]
fn a_wrong_table_is_refused_with_one_warning() {
    let swapped = Functions {
        layout: layout_swapped,
        ..RIGHT
    };
    let longer = Functions {
        save: save_more,
        ..RIGHT
    };
    for (table, functions, expected) in [
        (
            table(4),
            RIGHT,
            "`Vfake` holds `two` in 2 bytes, by its header's text it takes 4",
        ),
        (
            table(2),
            swapped,
            "the state table differs from Verilator's stream before byte 6",
        ),
        (
            table(2),
            longer,
            "the state table stands for 8 bytes, Verilator's stream has 12",
        ),
    ] {
        let (result, lines) = verified(table, functions);
        assert_eq!(result, Err(expected.to_owned()));
        assert_eq!(lines.len(), 1, "{lines:?}");
        for part in ["WARN", "model=\"fake\"", expected, "does not hold"] {
            assert!(lines[0].contains(part), "{lines:?}");
        }
    }
}
