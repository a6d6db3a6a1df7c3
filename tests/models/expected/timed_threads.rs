// Bindings of the model `timed_threads`, for Verilator $VERILATOR. Written by lightsss-codegen.

use __lightsss::model as rt;

/// The model's name.
pub const NAME: &str = "timed_threads";

/// The C++ class that Verilator wrote.
pub const CLASS: &str = "Vtimed_threads";

/// The Verilator that wrote it.
pub const VERILATOR: &str = "$VERILATOR";

/// A hash of all that Verilator wrote, of its version, and of the C++ sources of the model. No other model has it.
pub const FINGERPRINT: u64 = $FINGERPRINT;

/// The model `timed_threads`: a C++ object of class `Vtimed_threads`.
///
/// It belongs to the thread that made it.
pub struct Model {
    raw: ::core::ptr::NonNull<rt::ffi::RawModel>,
    ports: Ports,
    _forks: rt::ModelForks,
    context: rt::Context,
}

/// Where the ports live: in the C++ object, for as long as it does.
#[repr(C)]
struct Ports {
    steps: *mut u8,
    own_clock: *mut u8,
    delayed: *mut u8,
    last: *mut u64,
    clk: *mut u8,
    a: *mut u8,
}

impl Model {
    /// Makes the model in a context of its own, which has as many threads as the model.
    ///
    /// # Errors
    /// The context or the model's constructor refuses.
    pub fn new(options: &rt::ContextOptions) -> ::core::result::Result<Self, rt::ModelError> {
        Self::in_context(&rt::Context::with_threads(options, 2)?)
    }

    /// Makes the model in a context that it shares with others. Verilator's name of it is `TOP`, or `TOP_2` and so on
    /// where another model has that.
    ///
    /// # Errors
    /// The model's constructor refuses, the context has fewer threads than the model, or its time has left 0.
    pub fn in_context(context: &rt::Context) -> ::core::result::Result<Self, rt::ModelError> {
        Self::in_context_as(context, ::core::ptr::null())
    }

    /// Makes the model in a context that it shares with others, under a name that scopes
    /// and messages show.
    ///
    /// # Errors
    /// As for [`Model::in_context`]; a name that another model of the context has.
    pub fn with_name(
        context: &rt::Context,
        name: &::core::ffi::CStr,
    ) -> ::core::result::Result<Self, rt::ModelError> {
        Self::in_context_as(context, name.as_ptr())
    }

    fn in_context_as(
        context: &rt::Context,
        name: *const ::core::ffi::c_char,
    ) -> ::core::result::Result<Self, rt::ModelError> {
        if context.threads() < 2 {
            return Err(rt::ModelError::Threads {
                model: NAME,
                needed: 2,
                found: context.threads(),
            });
        }
        ::core::hint::black_box(&raw const ffi::bindings_and_model_differ);
        // SAFETY: the context is live and outlives the model, which holds it; C++ copies
        // the name, which is null or a C string.
        let raw = unsafe { ffi::new(context.raw(), name) };
        let Some(raw) = ::core::ptr::NonNull::new(raw) else {
            return Err(rt::ModelError::Construct {
                model: NAME,
                halt: context
                    .take_halt()
                    .unwrap_or_else(|| ::std::boxed::Box::new(rt::Halt::runtime("out of memory"))),
            });
        };
        let mut ports = ::core::mem::MaybeUninit::<Ports>::uninit();
        // SAFETY: `Ports` holds pointers only, in the order and number that the shim
        // writes: both come from one description.
        unsafe { ffi::ports(raw.as_ptr(), ports.as_mut_ptr().cast()) }
        // SAFETY: the shim has written all of it.
        let ports = unsafe { ports.assume_init() };
        // SAFETY: the functions are the model's own. `drop` frees it just before the
        // registration goes, on the thread whose forks alone call the hooks.
        let forks =
            unsafe { rt::ModelForks::register(raw, ffi::prepare_clone, ffi::at_clone, None) };
        Ok(Self {
            raw,
            ports,
            _forks: forks,
            context: context.clone(),
        })
    }

    /// The context: time, seeds, arguments, output.
    #[inline]
    #[must_use]
    pub fn context(&self) -> &rt::Context {
        &self.context
    }

    #[cold]
    fn halt(&self) -> ::std::boxed::Box<rt::Halt> {
        self.context
            .take_halt()
            .unwrap_or_else(|| ::std::boxed::Box::new(rt::Halt::runtime("halted without a word")))
    }
}

impl ::core::ops::Drop for Model {
    fn drop(&mut self) {
        // SAFETY: the model is live until here; `final` runs once, which the shim sees to.
        unsafe {
            ffi::finish_at_drop(self.raw.as_ptr());
            ffi::delete(self.raw.as_ptr());
        }
    }
}

impl ::core::fmt::Debug for Model {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("Model")
            .field("name", &NAME)
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

impl Model {
    /// Output `steps`: 8 bits, `[7:0]`. Declared at designs/timed.sv:7.
    #[inline]
    #[must_use]
    pub fn steps(&self) -> u8 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.steps.read() }
    }

    /// Output `own_clock`: 1 bit. Declared at designs/timed.sv:8.
    #[inline]
    #[must_use]
    pub fn own_clock(&self) -> u8 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.own_clock.read() }
    }

    /// Output `delayed`: 8 bits, `[7:0]`. Declared at designs/timed.sv:6.
    #[inline]
    #[must_use]
    pub fn delayed(&self) -> u8 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.delayed.read() }
    }

    /// Output `last`: 64 bits, `[63:0]`. Declared at designs/timed.sv:9.
    #[inline]
    #[must_use]
    pub fn last(&self) -> u64 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.last.read() }
    }

    /// Input `clk`: 1 bit. Declared at designs/timed.sv:4.
    #[inline]
    #[must_use]
    pub fn clk(&self) -> u8 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.clk.read() }
    }

    /// Input `clk`: 1 bit. Declared at designs/timed.sv:4.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_clk(&mut self, value: u8) {
        debug_assert!(
            value <= 0x1,
            "{value:#x} does not fit into the 1 bits of `clk`"
        );
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.clk.write(value & 0x1) }
    }

    /// Input `a`: 8 bits, `[7:0]`. Declared at designs/timed.sv:5.
    #[inline]
    #[must_use]
    pub fn a(&self) -> u8 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.a.read() }
    }

    /// Input `a`: 8 bits, `[7:0]`. Declared at designs/timed.sv:5.
    #[inline]
    pub fn set_a(&mut self, value: u8) {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.a.write(value) }
    }
}

impl Model {
    /// Evaluates the model. Call it after its inputs, or the time, have changed.
    ///
    /// # Errors
    /// The [`Halt`](rt::Halt) that the design or Verilator's runtime raised: `$finish`, `$stop`, `$error`, `$fatal`, a failed
    /// assertion. After one of kind [`Runtime`](rt::HaltKind::Runtime) the model cannot go on until it is restored; after
    /// others it may.
    #[inline]
    pub fn eval(&mut self) -> ::core::result::Result<(), ::std::boxed::Box<rt::Halt>> {
        // SAFETY: the model is live, and this is its thread.
        match unsafe { ffi::eval(self.raw.as_ptr()) } {
            rt::ffi::OK => Ok(()),
            _ => Err(self.halt()),
        }
    }

    /// Runs the design's `final` blocks now rather than when the model is dropped. They run once.
    ///
    /// # Errors
    /// A [`Halt`](rt::Halt), as from `eval`.
    #[inline]
    pub fn finish(&mut self) -> ::core::result::Result<(), ::std::boxed::Box<rt::Halt>> {
        // SAFETY: the model is live, and this is its thread.
        match unsafe { ffi::finish(self.raw.as_ptr()) } {
            rt::ffi::OK => Ok(()),
            _ => Err(self.halt()),
        }
    }

    /// Whether the design waits for a later time (`#` delays and their like).
    #[must_use]
    pub fn events_pending(&self) -> bool {
        // SAFETY: the model is live.
        unsafe { ffi::events_pending(self.raw.as_ptr()) }
    }

    /// The time of the next event, in units of the time precision; `None` when nothing waits.
    #[must_use]
    pub fn next_time_slot(&self) -> ::core::option::Option<u64> {
        // SAFETY: the model is live, and has an event pending.
        self.events_pending()
            .then(|| unsafe { ffi::next_time_slot(self.raw.as_ptr()) })
    }

    /// Moves the context's time to the next event and evaluates there. Gives false, and does
    /// nothing, when nothing waits.
    ///
    /// # Errors
    /// As from `eval`.
    pub fn eval_next(&mut self) -> ::core::result::Result<bool, ::std::boxed::Box<rt::Halt>> {
        let Some(time) = self.next_time_slot() else {
            return Ok(false);
        };
        self.context.set_time(time);
        self.eval()?;
        Ok(true)
    }
}

impl Model {
    /// Writes the coverage that all models of the context have collected so far, in the
    /// format of `verilator_coverage`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_coverage(
        &self,
        path: impl ::core::convert::AsRef<::std::path::Path>,
    ) -> ::core::result::Result<(), rt::ModelError> {
        let path = path.as_ref();
        let failed = |reason: ::std::string::String| rt::ModelError::Coverage {
            path: path.to_owned(),
            reason,
        };
        let text = rt::trace_path(path).map_err(|error| failed(error.to_string()))?;
        // SAFETY: the model is live; the path lives for the call.
        match unsafe { ffi::coverage_write(self.raw.as_ptr(), text.as_ptr()) } {
            rt::ffi::OK => Ok(()),
            _ => Err(failed(self.halt().message)),
        }
    }
}

mod ffi {
    use super::rt;

    // SAFETY: the shim defines them so: both are written from one table, and the names hold the
    // fingerprint of the model.
    unsafe extern "C" {
        #[link_name = "lightsss_timed_threads_bindings_and_compiled_model_differ_headers_$FINGERPRINT"]
        pub static bindings_and_model_differ: u8;
        #[link_name = "lightsss_timed_threads_headers_$FINGERPRINT_new"]
        pub fn new(
            contextp: *mut rt::ffi::RawContext,
            name: *const ::core::ffi::c_char,
        ) -> *mut rt::ffi::RawModel;
        #[link_name = "lightsss_timed_threads_headers_$FINGERPRINT_delete"]
        pub fn delete(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_timed_threads_headers_$FINGERPRINT_ports"]
        pub fn ports(handlep: *mut rt::ffi::RawModel, places: *mut *mut ::core::ffi::c_void);
        #[link_name = "lightsss_timed_threads_headers_$FINGERPRINT_eval"]
        pub fn eval(handlep: *mut rt::ffi::RawModel) -> u32;
        #[link_name = "lightsss_timed_threads_headers_$FINGERPRINT_finish"]
        pub fn finish(handlep: *mut rt::ffi::RawModel) -> u32;
        #[link_name = "lightsss_timed_threads_headers_$FINGERPRINT_finish_at_drop"]
        pub fn finish_at_drop(handlep: *mut rt::ffi::RawModel) -> u32;
        #[link_name = "lightsss_timed_threads_headers_$FINGERPRINT_prepare_clone"]
        pub fn prepare_clone(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_timed_threads_headers_$FINGERPRINT_at_clone"]
        pub fn at_clone(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_timed_threads_headers_$FINGERPRINT_events_pending"]
        pub fn events_pending(handlep: *mut rt::ffi::RawModel) -> bool;
        #[link_name = "lightsss_timed_threads_headers_$FINGERPRINT_next_time_slot"]
        pub fn next_time_slot(handlep: *mut rt::ffi::RawModel) -> u64;
        #[link_name = "lightsss_timed_threads_headers_$FINGERPRINT_coverage_write"]
        pub fn coverage_write(
            handlep: *mut rt::ffi::RawModel,
            path: *const ::core::ffi::c_char,
        ) -> u32;
    }
}
