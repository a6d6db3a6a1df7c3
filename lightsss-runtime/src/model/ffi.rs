//! The plain C interface of `lightsss_verilated.cpp`, which the code generator compiles beside
//! Verilator's own runtime and links with each model.
//!
//! The functions are called from `#[inline]` code only: a program without a model then holds no
//! reference to them and links without Verilator.

use std::ffi::{c_char, c_int, c_void};

/// Verilator's context, seen from outside.
#[repr(C)]
pub struct RawContext {
    _private: [u8; 0],
    _not_send: std::marker::PhantomData<(*mut u8, std::marker::PhantomPinned)>,
}

/// A model and what the shim keeps beside it, seen from outside.
#[repr(C)]
pub struct RawModel {
    _private: [u8; 0],
    _not_send: std::marker::PhantomData<(*mut u8, std::marker::PhantomPinned)>,
}

/// A call into a model went well.
pub const OK: u32 = 0;
/// A halt waits in the context.
pub const HALTED: u32 = 1;
/// A DPI import panicked; the payload waits in its [`DpiEnv`](super::DpiEnv).
pub const PANICKED: u32 = 2;

/// A halt as the shim hands it over.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RawHalt {
    /// One of `LightsssHaltKind`.
    pub kind: u32,
    /// The line.
    pub line: u32,
    /// The context's time.
    pub time: u64,
    /// What was said.
    pub message: *const c_char,
    /// The Verilog file.
    pub file: *const c_char,
    /// The scope.
    pub hierarchy: *const c_char,
}

/// Receives a line of output, without its line feed.
pub type OutputFn = unsafe extern "C" fn(env: *mut c_void, text: *const u8, length: usize);

/// Receives an open file of the design: descriptor, flags of `open(2)`, position, path.
pub type FileFn = unsafe extern "C" fn(
    env: *mut c_void,
    descriptor: u32,
    flags: c_int,
    position: i64,
    path: *const c_char,
    length: usize,
);

/// Receives a field of the context: its name, its place and size in the raw copy, whether it has a sign.
pub type FieldFn = unsafe extern "C" fn(
    env: *mut c_void,
    name: *const c_char,
    offset: usize,
    size: usize,
    sign: bool,
);

/// Receives a piece of a serialized model.
pub type WriteFn = unsafe extern "C" fn(env: *mut c_void, bytes: *const u8, length: usize);

/// The functions that reach what a snapshot holds of a context.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ContextFunctions {
    /// The place of the context's time.
    pub time: unsafe extern "C" fn(context: *mut RawContext) -> *mut u64,
    /// Calls a function with each field of the context that a saved model holds.
    pub fields: unsafe extern "C" fn(context: *mut RawContext, env: *mut c_void, each: FieldFn),
    /// Bytes of the random generator's state; 0 where Verilator keeps it out of reach.
    pub random_size: unsafe extern "C" fn() -> usize,
    /// Copies the generator's state out.
    pub random_save: unsafe extern "C" fn(context: *mut RawContext, bytes: *mut u8),
    /// Copies the generator's state in.
    pub random_restore: unsafe extern "C" fn(context: *mut RawContext, bytes: *const u8),
    /// Calls a function with each file that the design has open.
    pub files: unsafe extern "C" fn(context: *mut RawContext, env: *mut c_void, each: FileFn),
    /// Opens a file under a descriptor, and goes to a position.
    pub file_open: unsafe extern "C" fn(
        context: *mut RawContext,
        descriptor: u32,
        flags: c_int,
        position: i64,
        path: *const c_char,
    ) -> bool,
    /// Closes a file of the design.
    pub file_close: unsafe extern "C" fn(context: *mut RawContext, descriptor: u32),
    /// Where the sequence of seeds stands from which generators start whose seed is 0; `None` where they start from
    /// libc's.
    pub seeds: Option<unsafe extern "C" fn(context: *mut RawContext) -> *mut u64>,
}

/// Those of the contexts that [`lightsss1_context_new`] makes.
pub const CONTEXT: ContextFunctions = ContextFunctions {
    time: lightsss1_context_time,
    fields: lightsss1_context_fields,
    random_size: lightsss1_random_size,
    random_save: lightsss1_random_save,
    random_restore: lightsss1_random_restore,
    files: lightsss1_files,
    file_open: lightsss1_file_open,
    file_close: lightsss1_file_close,
    seeds: Some(lightsss1_context_seeds),
};

unsafe extern "C" {
    /// Makes a context for models of up to `threads` threads; null when out of memory.
    pub fn lightsss1_context_new(threads: u32) -> *mut RawContext;
    /// Frees a context, after its models.
    pub fn lightsss1_context_delete(context: *mut RawContext);
    /// The place of the context's time.
    pub fn lightsss1_context_time(context: *mut RawContext) -> *mut u64;
    /// Sets the program's arguments, for `$test$plusargs` and `$value$plusargs`.
    pub fn lightsss1_context_args(
        context: *mut RawContext,
        count: c_int,
        arguments: *const *const c_char,
    ) -> u32;
    /// Sets the seed of `$random`.
    pub fn lightsss1_context_seed(context: *mut RawContext, seed: c_int) -> u32;
    /// Sets what uninitialised variables start with: 0, 1, or 2 for random.
    pub fn lightsss1_context_reset(context: *mut RawContext, value: c_int) -> u32;
    /// Turns assertions on or off.
    pub fn lightsss1_context_assert_on(context: *mut RawContext, on: bool);
    /// Says that a trace may be opened at some time.
    pub fn lightsss1_context_trace_ever_on(context: *mut RawContext);
    /// Sends the design's output, line by line, to a function.
    pub fn lightsss1_context_output(
        context: *mut RawContext,
        output: Option<OutputFn>,
        env: *mut c_void,
    );
    /// The time unit as a power of ten.
    pub fn lightsss1_context_time_unit(context: *mut RawContext) -> c_int;
    /// The time precision as a power of ten.
    pub fn lightsss1_context_time_precision(context: *mut RawContext) -> c_int;
    /// Takes the waiting halt; its texts live until the next call with this context.
    pub fn lightsss1_context_take_halt(context: *mut RawContext, halt: *mut RawHalt) -> bool;

    /// Where the sequence of seeds stands from which generators start whose seed is 0.
    pub fn lightsss1_context_seeds(context: *mut RawContext) -> *mut u64;
    /// Calls a function with each field of the context that a saved model holds.
    pub fn lightsss1_context_fields(context: *mut RawContext, env: *mut c_void, each: FieldFn);

    /// Bytes of the random generator's state; 0 where Verilator keeps it out of reach.
    pub fn lightsss1_random_size() -> usize;
    /// Copies the generator's state out.
    pub fn lightsss1_random_save(context: *mut RawContext, bytes: *mut u8);
    /// Copies the generator's state in.
    pub fn lightsss1_random_restore(context: *mut RawContext, bytes: *const u8);
    /// Calls a function with each file that the design has open.
    pub fn lightsss1_files(context: *mut RawContext, env: *mut c_void, each: FileFn);
    /// Opens a file under a descriptor, and goes to a position.
    pub fn lightsss1_file_open(
        context: *mut RawContext,
        descriptor: u32,
        flags: c_int,
        position: i64,
        path: *const c_char,
    ) -> bool;
    /// Closes a file of the design.
    pub fn lightsss1_file_close(context: *mut RawContext, descriptor: u32);

    /// The place of an open array's element that is a real; null where it is none.
    pub fn lightsss1_array_real(
        array: *mut c_void,
        indices: *const c_int,
        count: usize,
    ) -> *mut f64;
    /// An open array's element that is a string; null where it is none.
    pub fn lightsss1_array_text(
        array: *mut c_void,
        indices: *const c_int,
        count: usize,
    ) -> *const c_char;
    /// Sets an open array's element that is a string; false where it is none.
    pub fn lightsss1_array_set_text(
        array: *mut c_void,
        indices: *const c_int,
        count: usize,
        text: *const c_char,
    ) -> bool;
    /// Of `svdpi.h`: the unpacked dimensions of an open array.
    pub fn svDimensions(array: *mut c_void) -> c_int;
    /// Of `svdpi.h`: a dimension's left bound.
    pub fn svLeft(array: *mut c_void, dimension: c_int) -> c_int;
    /// Of `svdpi.h`: a dimension's right bound.
    pub fn svRight(array: *mut c_void, dimension: c_int) -> c_int;
    /// Of `svdpi.h`: a dimension's size.
    pub fn svSize(array: *mut c_void, dimension: c_int) -> c_int;
    /// Of `svdpi.h`: copies an element out.
    pub fn svGetBitArrElem1VecVal(to: *mut u32, array: *mut c_void, i: c_int);
    /// Of `svdpi.h`: copies an element out.
    pub fn svGetBitArrElem2VecVal(to: *mut u32, array: *mut c_void, i: c_int, j: c_int);
    /// Of `svdpi.h`: copies an element out.
    pub fn svGetBitArrElem3VecVal(to: *mut u32, array: *mut c_void, i: c_int, j: c_int, k: c_int);
    /// Of `svdpi.h`: copies an element in.
    pub fn svPutBitArrElem1VecVal(array: *mut c_void, from: *const u32, i: c_int);
    /// Of `svdpi.h`: copies an element in.
    pub fn svPutBitArrElem2VecVal(array: *mut c_void, from: *const u32, i: c_int, j: c_int);
    /// Of `svdpi.h`: copies an element in.
    pub fn svPutBitArrElem3VecVal(
        array: *mut c_void,
        from: *const u32,
        i: c_int,
        j: c_int,
        k: c_int,
    );
}
