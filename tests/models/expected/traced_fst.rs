// Bindings of the model `traced_fst`, for Verilator $VERILATOR. Written by lightsss-codegen.

use __lightsss::model as rt;

/// The model's name.
pub const NAME: &str = "traced_fst";

/// The C++ class that Verilator wrote.
pub const CLASS: &str = "Vtraced_fst";

/// The Verilator that wrote it.
pub const VERILATOR: &str = "$VERILATOR";

/// A hash of all that Verilator wrote, of its version, and of the C++ sources of the model. No other model has it.
pub const FINGERPRINT: u64 = $FINGERPRINT;

/// The parts of this model that a snapshot does not hold, each with its remedy.
pub const GAPS: &[&str] = &["an open trace: open one after a restore"];

/// The model `traced_fst`: a C++ object of class `Vtraced_fst`.
///
/// It belongs to the thread that made it.
pub struct Model {
    raw: ::core::ptr::NonNull<rt::ffi::RawModel>,
    ports: Ports,
    trace: ::core::option::Option<::std::path::PathBuf>,
    trace_levels: u16,
    migration: ::core::option::Option<::std::boxed::Box<__lightsss::state::Migration>>,
    _forks: rt::ModelForks,
    context: rt::Context,
}

/// Where the ports live: in the C++ object, for as long as it does.
#[repr(C)]
struct Ports {
    clk: *mut u8,
    a: *mut u16,
    y: *mut u16,
}

impl Model {
    /// Makes the model in a context of its own, which has as many threads as the model.
    ///
    /// # Errors
    /// The context or the model's constructor refuses.
    pub fn new(options: &rt::ContextOptions) -> ::core::result::Result<Self, rt::ModelError> {
        Self::in_context(&rt::Context::with_threads(options, 1)?)
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
        if context.threads() < 1 {
            return Err(rt::ModelError::Threads {
                model: NAME,
                needed: 1,
                found: context.threads(),
            });
        }
        // SAFETY: the context is live.
        unsafe { rt::ffi::lightsss1_context_trace_ever_on(context.raw()) }
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
        let forks = unsafe {
            rt::ModelForks::register(
                raw,
                ffi::prepare_clone,
                ffi::at_clone,
                Some(ffi::trace_abandon),
            )
        };
        Ok(Self {
            raw,
            ports,
            trace: None,
            trace_levels: 0,
            migration: None,
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
    /// Input `clk`: 1 bit. Declared at designs/traced.sv:3.
    #[inline]
    #[must_use]
    pub fn clk(&self) -> u8 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.clk.read() }
    }

    /// Input `clk`: 1 bit. Declared at designs/traced.sv:3.
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

    /// Input `a`: 16 bits, `[15:0]`. Declared at designs/traced.sv:4.
    #[inline]
    #[must_use]
    pub fn a(&self) -> u16 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.a.read() }
    }

    /// Input `a`: 16 bits, `[15:0]`. Declared at designs/traced.sv:4.
    #[inline]
    pub fn set_a(&mut self, value: u16) {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.a.write(value) }
    }

    /// Output `y`: 16 bits, `[15:0]`. Declared at designs/traced.sv:5.
    #[inline]
    #[must_use]
    pub fn y(&self) -> u16 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.y.read() }
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
}

impl Model {
    /// Opens a waveform file (FST). Several may be written one after another.
    ///
    /// `levels` is how deep into the hierarchy it goes: 1 is the top module alone, 0 all of it.
    /// Calls of [`Model::dump_trace`] fill it.
    ///
    /// # Errors
    /// When a trace is open already, or the file cannot be made.
    pub fn open_trace(
        &mut self,
        path: impl ::core::convert::AsRef<::std::path::Path>,
        levels: u16,
    ) -> ::core::result::Result<(), rt::ModelError> {
        let path = path.as_ref();
        if let Some(path) = self.trace() {
            return Err(rt::ModelError::TraceOpen {
                path: path.to_owned(),
            });
        }
        let failed = |reason: ::std::string::String| rt::ModelError::Trace {
            path: path.to_owned(),
            reason,
        };
        let text = rt::trace_path(path).map_err(|error| failed(error.to_string()))?;
        // SAFETY: the model is live, no trace is open, C++ copies the path.
        let status = unsafe { ffi::trace_open(self.raw.as_ptr(), text.as_ptr(), levels.into()) };
        if status != rt::ffi::OK {
            return Err(failed(self.halt().message));
        }
        // SAFETY: the model is live.
        if !unsafe { ffi::trace_is_open(self.raw.as_ptr()) } {
            return Err(failed(::std::string::String::from(
                "Verilator could not make the file",
            )));
        }
        self.trace = Some(path.to_owned());
        self.trace_levels = levels;
        Ok(())
    }

    /// Adds the signals' present values to the open trace, under `time`, in units of the
    /// time precision. Without an open trace it does nothing. Times must ascend.
    ///
    /// Where the file cannot be written, [`Model::close_trace`] says why; a VCD is closed at once, and the next
    /// evaluation's error says it too.
    #[inline]
    pub fn dump_trace(&mut self, time: u64) {
        if self.trace.is_some() {
            // SAFETY: the model is live.
            unsafe { ffi::trace_dump(self.raw.as_ptr(), time) };
        }
    }

    /// Writes out what is buffered. Without an open trace it does nothing.
    pub fn flush_trace(&mut self) {
        if self.trace.is_some() {
            // SAFETY: the model is live.
            unsafe { ffi::trace_flush(self.raw.as_ptr()) };
        }
    }

    /// Completes the open trace and goes on in another file, with the same levels; returns
    /// the path of the completed one.
    ///
    /// # Errors
    /// When no trace is open, the open one is not whole, or the new file cannot be made; the open trace is
    /// closed then.
    pub fn rotate_trace(
        &mut self,
        path: impl ::core::convert::AsRef<::std::path::Path>,
    ) -> ::core::result::Result<::std::path::PathBuf, rt::ModelError> {
        let Some(done) = self.close_trace()? else {
            return Err(rt::ModelError::Trace {
                path: path.as_ref().to_owned(),
                reason: ::std::string::String::from("no trace is open that it could follow"),
            });
        };
        self.open_trace(path, self.trace_levels)?;
        Ok(done)
    }

    /// Completes and closes the trace; returns its path. Dropping the model does so too, but reports no error.
    ///
    /// # Errors
    /// When the file could not be written whole, for example because the disk is full.
    pub fn close_trace(
        &mut self,
    ) -> ::core::result::Result<::core::option::Option<::std::path::PathBuf>, rt::ModelError> {
        let Some(path) = self.trace.take() else {
            return Ok(None);
        };
        // SAFETY: the model is live; the text lives until the next trace is opened.
        let error = unsafe {
            ffi::trace_close(self.raw.as_ptr());
            rt::text_of(ffi::trace_error(self.raw.as_ptr()))
        };
        match error {
            None => Ok(Some(path)),
            Some(reason) => Err(rt::ModelError::TraceWrite { path, reason }),
        }
    }

    /// The open trace's file.
    #[must_use]
    pub fn trace(&self) -> ::core::option::Option<&::std::path::Path> {
        // SAFETY: the model is live.
        let open = unsafe { ffi::trace_is_open(self.raw.as_ptr()) };
        self.trace.as_deref().filter(|_| open)
    }
}

use __lightsss::state as rt_state;

static STATE: rt_state::ModelState = {
    // SAFETY: the functions are those of one shim, and the table was written with it.
    unsafe {
        rt_state::ModelState::new(
            NAME,
            VERILATOR,
            FINGERPRINT,
            ::core::result::Result::Ok(include_bytes!("traced_fst.state")),
            rt_state::Functions {
                layout: ffi::state_layout,
                save_entries: ffi::state_save_entries,
                restore_entries: ffi::state_restore_entries,
                refusal: ffi::state_refusal,
                mark_active: ffi::state_mark_active,
                settle: ffi::state_settle,
                waits: ffi::state_waits,
                save: ffi::save,
                restore: ffi::restore,
                context: rt::ffi::CONTEXT,
            },
        )
    }
};

impl Model {
    fn live(&self) -> rt_state::LiveModel {
        // SAFETY: the model and its context are live, they cannot leave this thread, and what is done with the
        // result ends before the borrow of `self` does.
        unsafe { rt_state::LiveModel::new(&STATE, self.raw, self.context.as_non_null()) }
    }

    /// The state by name: `model.state()?.peek("soc.cpu.pc")?`.
    ///
    /// # Errors
    /// Where the model has no state table, or one that differs from what Verilator saves.
    pub fn state(&mut self) -> ::core::result::Result<rt_state::State<'_>, rt_state::StateError> {
        rt_state::State::new(self.live())
    }

    /// The report of the last restore, if it was one by name from another build of the model.
    #[must_use]
    pub fn migration(&self) -> ::core::option::Option<&rt_state::Migration> {
        self.migration.as_deref()
    }
}

impl __lightsss::savable::Savable for Model {
    const SCHEMA: __lightsss::savable::Schema = __lightsss::savable::Schema::new(
        NAME,
        __lightsss::savable::Shape::Section(__lightsss::savable::SectionKind::Model),
    )
    .fails_late(false);
    const SIZE: __lightsss::savable::Size = __lightsss::savable::Size::fixed(4);
    fn save(
        &self,
        out: &mut __lightsss::savable::Writer<'_>,
    ) -> ::core::result::Result<(), __lightsss::savable::SaveError> {
        rt_state::save(self.live(), out)
    }

    fn restore(
        &mut self,
        input: &mut __lightsss::savable::Reader<'_>,
    ) -> ::core::result::Result<(), __lightsss::savable::RestoreError> {
        let migration = rt_state::restore(self.live(), input)?;
        self.migration = migration.map(::std::boxed::Box::new);
        Ok(())
    }

    fn check(
        input: &mut __lightsss::savable::Reader<'_>,
    ) -> ::core::result::Result<(), __lightsss::savable::RestoreError> {
        rt_state::check(&STATE, input)
    }
}

mod ffi {
    use super::rt;

    // SAFETY: the shim defines them so: both are written from one table, and the names hold the
    // fingerprint of the model.
    unsafe extern "C" {
        #[link_name = "lightsss_traced_fst_bindings_and_compiled_model_differ_headers_$FINGERPRINT"]
        pub static bindings_and_model_differ: u8;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_new"]
        pub fn new(
            contextp: *mut rt::ffi::RawContext,
            name: *const ::core::ffi::c_char,
        ) -> *mut rt::ffi::RawModel;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_delete"]
        pub fn delete(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_ports"]
        pub fn ports(handlep: *mut rt::ffi::RawModel, places: *mut *mut ::core::ffi::c_void);
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_eval"]
        pub fn eval(handlep: *mut rt::ffi::RawModel) -> u32;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_finish"]
        pub fn finish(handlep: *mut rt::ffi::RawModel) -> u32;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_finish_at_drop"]
        pub fn finish_at_drop(handlep: *mut rt::ffi::RawModel) -> u32;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_prepare_clone"]
        pub fn prepare_clone(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_at_clone"]
        pub fn at_clone(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_events_pending"]
        pub fn events_pending(handlep: *mut rt::ffi::RawModel) -> bool;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_next_time_slot"]
        pub fn next_time_slot(handlep: *mut rt::ffi::RawModel) -> u64;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_trace_open"]
        pub fn trace_open(
            handlep: *mut rt::ffi::RawModel,
            path: *const ::core::ffi::c_char,
            levels: ::core::ffi::c_int,
        ) -> u32;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_trace_is_open"]
        pub fn trace_is_open(handlep: *mut rt::ffi::RawModel) -> bool;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_trace_dump"]
        pub fn trace_dump(handlep: *mut rt::ffi::RawModel, time: u64) -> u32;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_trace_flush"]
        pub fn trace_flush(handlep: *mut rt::ffi::RawModel) -> u32;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_trace_close"]
        pub fn trace_close(handlep: *mut rt::ffi::RawModel) -> u32;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_trace_error"]
        pub fn trace_error(handlep: *mut rt::ffi::RawModel) -> *const ::core::ffi::c_char;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_trace_abandon"]
        pub fn trace_abandon(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_save"]
        pub fn save(
            handlep: *mut rt::ffi::RawModel,
            write: rt::ffi::WriteFn,
            env: *mut ::core::ffi::c_void,
        ) -> u32;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_restore"]
        pub fn restore(handlep: *mut rt::ffi::RawModel, bytes: *const u8, length: usize) -> u32;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_state_layout"]
        pub fn state_layout(
            handlep: *mut rt::ffi::RawModel,
            places: *mut super::__lightsss::state::Place,
            instances: *mut u64,
        ) -> *mut u8;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_state_save_entries"]
        pub fn state_save_entries(
            handlep: *mut rt::ffi::RawModel,
            write: rt::ffi::WriteFn,
            mark: super::__lightsss::state::MarkFn,
            env: *mut ::core::ffi::c_void,
        ) -> u32;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_state_restore_entries"]
        pub fn state_restore_entries(
            handlep: *mut rt::ffi::RawModel,
            bytes: *const u8,
            length: usize,
        ) -> u32;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_state_refusal"]
        pub fn state_refusal(handlep: *mut rt::ffi::RawModel) -> *const ::core::ffi::c_char;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_state_mark_active"]
        pub fn state_mark_active(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_state_settle"]
        pub fn state_settle(handlep: *mut rt::ffi::RawModel, done: *mut bool) -> u32;
        #[link_name = "lightsss_traced_fst_headers_$FINGERPRINT_state_waits"]
        pub fn state_waits(handlep: *mut rt::ffi::RawModel) -> bool;
    }
}
