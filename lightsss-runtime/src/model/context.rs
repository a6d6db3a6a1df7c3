//! Verilator's context: time, seeds, arguments, output.

use std::ffi::CString;
use std::fmt;
use std::io::Write;
use std::ptr::NonNull;
use std::rc::Rc;

use super::output::{Outlet, print_line};
use super::{Halt, ModelError, ffi};

/// How a [`Context`] is made.
#[derive(Clone, Debug)]
#[must_use]
pub struct ContextOptions {
    args: Vec<String>,
    seed: Option<i32>,
    reset: Option<i32>,
    assertions: Option<bool>,
    threads: u32,
}

impl Default for ContextOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl ContextOptions {
    /// No arguments, Verilator's own seed, assertions as the model was verilated, one thread.
    #[inline]
    pub const fn new() -> Self {
        Self {
            args: Vec::new(),
            seed: None,
            reset: None,
            assertions: None,
            threads: 1,
        }
    }

    /// Adds arguments: `+name` and `+name=value` for `$test$plusargs` and `$value$plusargs`, and
    /// Verilator's own, such as `+verilator+error+limit+3`.
    pub fn args<I: IntoIterator<Item = impl Into<String>>>(mut self, args: I) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Seeds `$random`, `$urandom` and random initial values, of this context alone. With 0, Verilator
    /// picks a seed.
    ///
    /// Before 5.030 (`vl_rand64` in `verilated.cpp`) all contexts of a thread draw from one generator, and
    /// a seed restarts the generators of all threads. There, a test that depends on drawn numbers belongs
    /// in a process of its own: see [`isolated`](crate::slots::isolated). In every version, so does a test
    /// beside a design that calls `$random(seed)` or `$urandom(seed)`.
    pub fn seed(mut self, seed: i32) -> Self {
        self.seed = Some(seed);
        self
    }

    /// What variables without an initial value start with: all zeros, all ones, or random bits
    /// from the seed. Needs a model verilated with `--x-initial unique`.
    pub fn initial(mut self, initial: Initial) -> Self {
        self.reset = Some(initial as i32);
        self
    }

    /// Turns assertions on or off for all models of the context (`--assert` must have been given).
    pub fn assertions(mut self, on: bool) -> Self {
        self.assertions = Some(on);
        self
    }

    /// How many threads the context's models may run on, the caller's included. Only a model
    /// verilated with `--threads` needs more than 1; a model's own context is sized by the model.
    pub fn threads(mut self, threads: u32) -> Self {
        self.threads = threads.max(1);
        self
    }
}

/// What variables without an initial value start with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Initial {
    /// All bits zero.
    Zeros = 0,
    /// All bits one.
    Ones = 1,
    /// Random bits, from the seed.
    Random = 2,
}

/// Verilator's context: the simulation time, seeds, arguments and output that models share.
///
/// Clones name the same context. It belongs to the thread that made it, as its models do.
#[derive(Clone)]
pub struct Context {
    inner: Rc<Inner>,
}

struct Inner {
    raw: NonNull<ffi::RawContext>,
    /// Inside `raw`.
    time: NonNull<u64>,
    threads: u32,
    /// From `Box::into_raw`, apart from `Inner`: the destructor of `raw` prints what is left of a line.
    outlet: NonNull<Outlet>,
}

impl Inner {
    fn outlet(&self) -> &Outlet {
        // SAFETY: it lives until `drop`, and is only shared.
        unsafe { self.outlet.as_ref() }
    }
}

impl Drop for Inner {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: `raw` came from `lightsss1_context_new`, and every model holds the `Rc` that
        // keeps this `Inner`, so none is left.
        unsafe { ffi::lightsss1_context_delete(self.raw.as_ptr()) }
        // SAFETY: it came from `Box::into_raw`, and only the context knew it. The sink in it cannot reach this
        // context any more: each `Context` keeps this `Inner`.
        drop(unsafe { Box::from_raw(self.outlet.as_ptr()) });
    }
}

impl Context {
    /// Makes a context.
    ///
    /// # Errors
    /// Arguments that hold a zero byte or that Verilator refuses, or no memory.
    #[inline]
    pub fn new(options: &ContextOptions) -> Result<Self, ModelError> {
        Self::with_threads(options, options.threads)
    }

    /// Makes a context for models of at least `threads` threads.
    #[doc(hidden)]
    #[inline]
    pub fn with_threads(options: &ContextOptions, threads: u32) -> Result<Self, ModelError> {
        let threads = threads.max(options.threads);
        let args = c_strings(&options.args)?;
        // SAFETY: no arguments to get wrong; null is looked for.
        let raw = unsafe { ffi::lightsss1_context_new(threads) };
        let raw = NonNull::new(raw).ok_or(ModelError::Context)?;
        // SAFETY: `raw` is a live context; its time lives inside it.
        let time = unsafe { ffi::lightsss1_context_time(raw.as_ptr()) };
        let time = NonNull::new(time).ok_or(ModelError::Context)?;
        let context = Self {
            inner: Rc::new(Inner {
                raw,
                time,
                threads,
                outlet: NonNull::from(Box::leak(Box::default())),
            }),
        };
        let pointers: Vec<_> = args.iter().map(|argument| argument.as_ptr()).collect();
        let raw = raw.as_ptr();
        // SAFETY: `raw` is live, and `pointers` holds as many C strings as are counted; Verilator
        // copies them.
        let mut status =
            unsafe { ffi::lightsss1_context_args(raw, pointers.len() as i32, pointers.as_ptr()) };
        if let Some(seed) = options.seed {
            // SAFETY: `raw` is live.
            status |= unsafe { ffi::lightsss1_context_seed(raw, seed) };
        }
        if let Some(reset) = options.reset {
            // SAFETY: `raw` is live.
            status |= unsafe { ffi::lightsss1_context_reset(raw, reset) };
        }
        if let Some(on) = options.assertions {
            // SAFETY: `raw` is live.
            unsafe { ffi::lightsss1_context_assert_on(raw, on) }
        }
        match (status, context.take_halt()) {
            (ffi::OK, _) => Ok(context),
            (_, halt) => Err(ModelError::Construct {
                model: "context",
                halt: halt.unwrap_or_else(|| Box::new(Halt::runtime("refused its options"))),
            }),
        }
    }

    /// The simulation time, in units of the time precision.
    #[inline]
    #[must_use]
    pub fn time(&self) -> u64 {
        // SAFETY: `time` points into the live context, which only this thread touches, and no
        // reference into it exists.
        unsafe { self.inner.time.as_ptr().read() }
    }

    /// Sets the simulation time, in units of the time precision.
    #[inline]
    pub fn set_time(&self, time: u64) {
        // SAFETY: as for `time`.
        unsafe { self.inner.time.as_ptr().write(time) }
    }

    /// Turns assertions on or off (the models must have been verilated with `--assert`).
    #[inline]
    pub fn set_assertions(&self, on: bool) {
        // SAFETY: `raw` is a live context.
        unsafe { ffi::lightsss1_context_assert_on(self.raw(), on) }
    }

    /// The time unit of the design, as a power of ten in seconds: -9 for nanoseconds.
    #[inline]
    #[must_use]
    pub fn time_unit(&self) -> i32 {
        // SAFETY: `raw` is a live context.
        unsafe { ffi::lightsss1_context_time_unit(self.raw()) }
    }

    /// The time precision of the design, as a power of ten in seconds: -12 for picoseconds.
    #[inline]
    #[must_use]
    pub fn time_precision(&self) -> i32 {
        // SAFETY: `raw` is a live context.
        unsafe { ffi::lightsss1_context_time_precision(self.raw()) }
    }

    /// How many threads its models may run on.
    #[inline]
    #[must_use]
    pub fn threads(&self) -> u32 {
        self.inner.threads
    }

    /// Sends the design's output (`$display` and its like, and Verilator's warnings) to a
    /// function, line by line and without the line feed, instead of to the standard output.
    /// What it writes there by a descriptor (`$fdisplay(1, ..)`) goes there all the same.
    ///
    /// The function may call anything: lines that it causes itself, for example by an evaluation of another model
    /// of this context, reach it after it has returned. A panic in it is reported by the panic hook and goes no
    /// further.
    #[inline]
    pub fn set_output(&self, output: impl FnMut(&str) + 'static) {
        let env = self.inner.outlet.as_ptr().cast();
        // SAFETY: `raw` is live; the outlet lives until `raw` is deleted, on this thread, and is only shared.
        unsafe { ffi::lightsss1_context_output(self.raw(), Some(print_line), env) }
        self.inner.outlet().set(Some(Box::new(output)));
    }

    /// Sends the design's output to a writer, a line and its line feed at a time.
    ///
    /// As for [`Context::set_output`]. Errors of the writer are dropped, as those of the standard
    /// output are.
    #[inline]
    pub fn set_writer(&self, mut writer: impl Write + 'static) {
        self.set_output(move |line| {
            let _ = writeln!(writer, "{line}");
        });
    }

    /// Sends the design's output to the standard output again.
    #[inline]
    pub fn reset_output(&self) {
        // SAFETY: `raw` is live.
        unsafe { ffi::lightsss1_context_output(self.raw(), None, std::ptr::null_mut()) }
        self.inner.outlet().set(None);
    }

    /// The C++ object.
    #[doc(hidden)]
    #[inline]
    #[must_use]
    pub fn raw(&self) -> *mut ffi::RawContext {
        self.inner.raw.as_ptr()
    }

    /// The C++ object, which is never null.
    #[doc(hidden)]
    #[inline]
    #[must_use]
    pub fn as_non_null(&self) -> NonNull<ffi::RawContext> {
        self.inner.raw
    }

    /// The halt that waits in the context, if any.
    #[doc(hidden)]
    #[inline]
    #[must_use]
    pub fn take_halt(&self) -> Option<Box<Halt>> {
        let mut halt = ffi::RawHalt {
            kind: 0,
            line: 0,
            time: 0,
            message: std::ptr::null(),
            file: std::ptr::null(),
            hierarchy: std::ptr::null(),
        };
        // SAFETY: `raw` is live, `halt` is a place to write to.
        let waiting = unsafe { ffi::lightsss1_context_take_halt(self.raw(), &raw mut halt) };
        // SAFETY: the texts live until the next call with the context, which is after the copy.
        waiting.then(|| Box::new(unsafe { Halt::from_raw(&halt) }))
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("time", &self.time())
            .field("threads", &self.inner.threads)
            .finish_non_exhaustive()
    }
}

fn c_strings(args: &[String]) -> Result<Vec<CString>, ModelError> {
    // The first is the program's name, which Verilator skips.
    std::iter::once("lightsss")
        .chain(args.iter().map(String::as_str))
        .map(|text| {
            CString::new(text).map_err(|_| ModelError::ZeroByte {
                argument: text.to_owned(),
            })
        })
        .collect()
}
