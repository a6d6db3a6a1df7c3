// Bindings of the model `dpi`, for Verilator $VERILATOR. Written by lightsss-codegen.

use __lightsss::model as rt;

/// The model's name.
pub const NAME: &str = "dpi";

/// The C++ class that Verilator wrote.
pub const CLASS: &str = "Vdpi";

/// The Verilator that wrote it.
pub const VERILATOR: &str = "$VERILATOR";

/// A hash of all that Verilator wrote, of its version, and of the C++ sources of the model. No other model has it.
pub const FINGERPRINT: u64 = $FINGERPRINT;

/// The parts of this model that a snapshot does not hold, each with its remedy.
pub const GAPS: &[&str] = &[
    "what the design's `chandle`s point to: it gets them through `imp_new`, `imp_use`, and a snapshot holds their addresses: give the design numbers and look them up in the harness",
];

/// The model `dpi`: a C++ object of class `Vdpi`.
///
/// It belongs to the thread that made it.
pub struct Model {
    raw: ::core::ptr::NonNull<rt::ffi::RawModel>,
    ports: Ports,
    migration: ::core::option::Option<::std::boxed::Box<__lightsss::state::Migration>>,
    _forks: rt::ModelForks,
    context: rt::Context,
}

/// Where the ports live: in the C++ object, for as long as it does.
#[repr(C)]
struct Ports {
    clk: *mut u8,
    bits: *mut u8,
    narrow: *mut u16,
    a: *mut u32,
    w: *mut rt::Wide<100, 4>,
    ints: *mut u32,
    wides: *mut rt::Wide<100, 4>,
    texts: *mut u32,
    arrays: *mut u32,
    handles: *mut u32,
    vectors: *mut u32,
    lists: *mut u32,
    longs: *mut u64,
    reals: *mut f64,
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
    /// Input `clk`: 1 bit. Declared at designs/dpi.sv:3.
    #[inline]
    #[must_use]
    pub fn clk(&self) -> u8 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.clk.read() }
    }

    /// Input `clk`: 1 bit. Declared at designs/dpi.sv:3.
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

    /// Output `bits`: 1 bit. Declared at designs/dpi.sv:10.
    #[inline]
    #[must_use]
    pub fn bits(&self) -> u8 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.bits.read() }
    }

    /// Output `narrow`: 13 bits, `[12:0]`. Declared at designs/dpi.sv:9.
    #[inline]
    #[must_use]
    pub fn narrow(&self) -> u16 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.narrow.read() }
    }

    /// Input `a`: 32 bits, `[31:0]`. Declared at designs/dpi.sv:4.
    #[inline]
    #[must_use]
    pub fn a(&self) -> u32 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.a.read() }
    }

    /// Input `a`: 32 bits, `[31:0]`. Declared at designs/dpi.sv:4.
    #[inline]
    pub fn set_a(&mut self, value: u32) {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.a.write(value) }
    }

    /// Input `w`: 100 bits, `[99:0]`. Declared at designs/dpi.sv:5.
    #[inline]
    #[must_use]
    pub fn w(&self) -> &rt::Wide<100, 4> {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a `VlWide`
        // is its words.
        unsafe { &*self.ports.w }
    }

    /// Input `w`: 100 bits, `[99:0]`. Declared at designs/dpi.sv:5.
    #[inline]
    pub fn set_w(&mut self, value: rt::Wide<100, 4>) {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.w.write(value) }
    }

    /// Output `ints`: 32 bits, `[31:0]`. Declared at designs/dpi.sv:6.
    #[inline]
    #[must_use]
    pub fn ints(&self) -> u32 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.ints.read() }
    }

    /// Output `wides`: 100 bits, `[99:0]`. Declared at designs/dpi.sv:8.
    #[inline]
    #[must_use]
    pub fn wides(&self) -> &rt::Wide<100, 4> {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a `VlWide`
        // is its words.
        unsafe { &*self.ports.wides }
    }

    /// Output `texts`: 32 bits, `[31:0]`. Declared at designs/dpi.sv:11.
    #[inline]
    #[must_use]
    pub fn texts(&self) -> u32 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.texts.read() }
    }

    /// Output `arrays`: 32 bits, `[31:0]`. Declared at designs/dpi.sv:12.
    #[inline]
    #[must_use]
    pub fn arrays(&self) -> u32 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.arrays.read() }
    }

    /// Output `handles`: 32 bits, `[31:0]`. Declared at designs/dpi.sv:14.
    #[inline]
    #[must_use]
    pub fn handles(&self) -> u32 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.handles.read() }
    }

    /// Output `vectors`: 32 bits, `[31:0]`. Declared at designs/dpi.sv:15.
    #[inline]
    #[must_use]
    pub fn vectors(&self) -> u32 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.vectors.read() }
    }

    /// Output `lists`: 32 bits, `[31:0]`. Declared at designs/dpi.sv:16.
    #[inline]
    #[must_use]
    pub fn lists(&self) -> u32 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.lists.read() }
    }

    /// Output `longs`: 64 bits, `[63:0]`. Declared at designs/dpi.sv:7.
    #[inline]
    #[must_use]
    pub fn longs(&self) -> u64 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.longs.read() }
    }

    /// Output `reals`: `real`. Declared at designs/dpi.sv:13.
    #[inline]
    #[must_use]
    pub fn reals(&self) -> f64 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.reals.read() }
    }
}

impl Model {
    /// Evaluates the model. Call it after its inputs, or the time, have changed.
    ///
    /// # Errors
    /// The [`Halt`](rt::Halt) that the design or Verilator's runtime raised: `$finish`, `$stop`, `$error`, `$fatal`, a failed
    /// assertion. After one of kind [`Runtime`](rt::HaltKind::Runtime) the model cannot go on until it is restored; after
    /// others it may.
    ///
    /// The call borrows `dpi` while it runs. A panic in it goes on after C++ has unwound.
    #[inline]
    pub fn eval(
        &mut self,
        dpi: &mut (dyn Dpi + '_),
    ) -> ::core::result::Result<(), ::std::boxed::Box<rt::Halt>> {
        let mut env = rt::DpiEnv::<dyn Dpi + '_>::new(dpi);
        let mut borrow = DpiBorrow {
            table: &DPI_TABLE,
            env: (&raw mut env).cast(),
        };
        // SAFETY: the model is live, this is its thread, and `borrow` and what it points to
        // outlive the call.
        let status = unsafe { ffi::eval(self.raw.as_ptr(), &raw mut borrow) };
        if status == rt::ffi::OK && !env.panicked() {
            return Ok(());
        }
        env.resume();
        Err(self.halt())
    }

    /// Runs the design's `final` blocks now rather than when the model is dropped. They run once.
    ///
    /// # Errors
    /// A [`Halt`](rt::Halt), as from `eval`.
    ///
    /// When the model is dropped, the imports that `final` blocks call do nothing and return zeros.
    #[inline]
    pub fn finish(
        &mut self,
        dpi: &mut (dyn Dpi + '_),
    ) -> ::core::result::Result<(), ::std::boxed::Box<rt::Halt>> {
        let mut env = rt::DpiEnv::<dyn Dpi + '_>::new(dpi);
        let mut borrow = DpiBorrow {
            table: &DPI_TABLE,
            env: (&raw mut env).cast(),
        };
        // SAFETY: the model is live, this is its thread, and `borrow` and what it points to
        // outlive the call.
        let status = unsafe { ffi::finish(self.raw.as_ptr(), &raw mut borrow) };
        if status == rt::ffi::OK && !env.panicked() {
            return Ok(());
        }
        env.resume();
        Err(self.halt())
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
            ::core::result::Result::Ok(include_bytes!("dpi.state")),
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

/// The functions that the design of `dpi` calls through the DPI.
///
/// The harness implements it, and a call such as `eval` borrows it while it runs.
pub trait Dpi {
    /// DPI import `imp_all`, at designs/dpi.sv:33:40.
    fn imp_all(&mut self, a: u32) -> u32;

    /// DPI import `imp_bit`, at designs/dpi.sv:21:33.
    fn imp_bit(&mut self, a: bool, b: bool, c: &mut bool, d: &mut bool) -> bool;

    /// DPI import `imp_fixed`, at designs/dpi.sv:28:34.
    fn imp_fixed(&mut self, a: &[i32; 3], b: &mut [[i8; 2]; 2], c: &mut [u64; 2]);

    /// DPI import `imp_int`, at designs/dpi.sv:18:33.
    fn imp_int(&mut self, a: i32, b: i8, c: i16, d: i64) -> i32;

    /// DPI import `imp_new`, at designs/dpi.sv:26:37.
    fn imp_new(&mut self, a: i32) -> rt::Chandle;

    /// DPI import `imp_open`, at designs/dpi.sv:29:33.
    fn imp_open(&mut self, a: &mut rt::OpenArray<'_>) -> i32;

    /// DPI import `imp_real`, at designs/dpi.sv:24:34.
    fn imp_real(&mut self, a: f64, b: &mut f64, c: &mut f64) -> f64;

    /// DPI import `imp_string`, at designs/dpi.sv:25:36.
    fn imp_string(
        &mut self,
        a: &::core::ffi::CStr,
        b: &mut ::std::ffi::CString,
    ) -> ::std::ffi::CString;

    /// DPI import `imp_task`, at designs/dpi.sv:35:25.
    fn imp_task(&mut self, a: i32, b: &mut i32) -> i32;

    /// DPI import `imp_texts`, at designs/dpi.sv:34:33.
    fn imp_texts(
        &mut self,
        a: &[&::core::ffi::CStr; 2],
        b: &mut [::std::ffi::CString; 3],
        c: &mut [[::std::ffi::CString; 1]; 2],
    ) -> i32;

    /// DPI import `imp_thirteen`, at designs/dpi.sv:32:40.
    fn imp_thirteen(&mut self, a: u16, b: i8) -> u16;

    /// DPI import `imp_three`, at designs/dpi.sv:31:39.
    fn imp_three(&mut self, a: i8) -> u8;

    /// DPI import `imp_unsigned`, at designs/dpi.sv:19:37.
    fn imp_unsigned(&mut self, a: u32, b: u8, c: u16, d: u64) -> i64;

    /// DPI import `imp_use` (context), at designs/dpi.sv:27:41.
    fn imp_use(&mut self, a: rt::Chandle) -> i32;

    /// DPI import `imp_vectors`, at designs/dpi.sv:22:34.
    fn imp_vectors(&mut self, a: &rt::Wide<100, 4>, b: &mut rt::Wide<100, 4>, c: &mut u16, d: u16);

    /// DPI import `renamed_in_c`, at designs/dpi.sv:30:48.
    fn renamed_in_c(&mut self, type_: i32) -> i32;
}

/// Rust's side of the imports, in the order of the shim's `DpiTable`.
#[repr(C)]
struct DpiTable {
    imp_all: unsafe extern "C" fn(
        env: *mut ::core::ffi::c_void,
        raw_a: *const u32,
        result: *mut u32,
    ) -> bool,
    imp_bit: unsafe extern "C" fn(
        env: *mut ::core::ffi::c_void,
        raw_a: u8,
        raw_b: u8,
        raw_c: *mut u8,
        raw_d: *mut u8,
        result: *mut u8,
    ) -> bool,
    imp_fixed: unsafe extern "C" fn(
        env: *mut ::core::ffi::c_void,
        raw_a: *const i32,
        raw_b: *mut i8,
        raw_c: *mut u32,
    ) -> bool,
    imp_int: unsafe extern "C" fn(
        env: *mut ::core::ffi::c_void,
        raw_a: i32,
        raw_b: i8,
        raw_c: i16,
        raw_d: i64,
        result: *mut i32,
    ) -> bool,
    imp_new: unsafe extern "C" fn(
        env: *mut ::core::ffi::c_void,
        raw_a: i32,
        result: *mut rt::Chandle,
    ) -> bool,
    imp_open: unsafe extern "C" fn(
        env: *mut ::core::ffi::c_void,
        raw_a: *mut ::core::ffi::c_void,
        result: *mut i32,
    ) -> bool,
    imp_real: unsafe extern "C" fn(
        env: *mut ::core::ffi::c_void,
        raw_a: f64,
        raw_b: *mut f64,
        raw_c: *mut f64,
        result: *mut f64,
    ) -> bool,
    imp_string: unsafe extern "C" fn(
        env: *mut ::core::ffi::c_void,
        raw_a: *const ::core::ffi::c_char,
        raw_b: *mut *const ::core::ffi::c_char,
        result: *mut *const ::core::ffi::c_char,
    ) -> bool,
    imp_task: unsafe extern "C" fn(
        env: *mut ::core::ffi::c_void,
        raw_a: i32,
        raw_b: *mut i32,
        result: *mut i32,
    ) -> bool,
    imp_texts: unsafe extern "C" fn(
        env: *mut ::core::ffi::c_void,
        raw_a: *const *const ::core::ffi::c_char,
        raw_b: *mut *const ::core::ffi::c_char,
        raw_c: *mut *const ::core::ffi::c_char,
        result: *mut i32,
    ) -> bool,
    imp_thirteen: unsafe extern "C" fn(
        env: *mut ::core::ffi::c_void,
        raw_a: *const u32,
        raw_b: i8,
        result: *mut u32,
    ) -> bool,
    imp_three:
        unsafe extern "C" fn(env: *mut ::core::ffi::c_void, raw_a: i8, result: *mut u32) -> bool,
    imp_unsigned: unsafe extern "C" fn(
        env: *mut ::core::ffi::c_void,
        raw_a: u32,
        raw_b: u8,
        raw_c: u16,
        raw_d: u64,
        result: *mut i64,
    ) -> bool,
    imp_use: unsafe extern "C" fn(
        env: *mut ::core::ffi::c_void,
        raw_a: rt::Chandle,
        result: *mut i32,
    ) -> bool,
    imp_vectors: unsafe extern "C" fn(
        env: *mut ::core::ffi::c_void,
        raw_a: *const u32,
        raw_b: *mut u32,
        raw_c: *mut u32,
        raw_d: *const u32,
    ) -> bool,
    renamed_in_c: unsafe extern "C" fn(
        env: *mut ::core::ffi::c_void,
        raw_type_: i32,
        result: *mut i32,
    ) -> bool,
}

static DPI_TABLE: DpiTable = DpiTable {
    imp_all: import_imp_all,
    imp_bit: import_imp_bit,
    imp_fixed: import_imp_fixed,
    imp_int: import_imp_int,
    imp_new: import_imp_new,
    imp_open: import_imp_open,
    imp_real: import_imp_real,
    imp_string: import_imp_string,
    imp_task: import_imp_task,
    imp_texts: import_imp_texts,
    imp_thirteen: import_imp_thirteen,
    imp_three: import_imp_three,
    imp_unsigned: import_imp_unsigned,
    imp_use: import_imp_use,
    imp_vectors: import_imp_vectors,
    renamed_in_c: import_renamed_in_c,
};

/// The imports that a call into the model borrows, as the shim's `DpiBorrow` has them.
#[repr(C)]
pub struct DpiBorrow {
    table: *const DpiTable,
    env: *mut ::core::ffi::c_void,
}

// SAFETY: only the shim calls it, with the `env` that it was given and with arguments that
// Verilator's wrapper gave it.
unsafe extern "C" fn import_imp_all(
    env: *mut ::core::ffi::c_void,
    raw_a: *const u32,
    result: *mut u32,
) -> bool {
    // SAFETY: `env` is what `eval` or `finish` of this module gave: a `DpiEnv` on its
    // stack, borrowed by one import at a time.
    let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
    // SAFETY: the wrapper gives as many words as the width has, initialised.
    let [a] = unsafe { rt::load_vectors::<u32, 1>(raw_a, 32, 1) };
    let mut returned = ::core::option::Option::None;
    let called = env.call(|dpi| returned = ::core::option::Option::Some(dpi.imp_all(a)));
    if let ::core::option::Option::Some(value) = returned {
        // SAFETY: the shim gives the place of the result.
        unsafe { result.write(value) }
    }
    called
}

// SAFETY: only the shim calls it, with the `env` that it was given and with arguments that
// Verilator's wrapper gave it.
unsafe extern "C" fn import_imp_bit(
    env: *mut ::core::ffi::c_void,
    raw_a: u8,
    raw_b: u8,
    raw_c: *mut u8,
    raw_d: *mut u8,
    result: *mut u8,
) -> bool {
    // SAFETY: `env` is what `eval` or `finish` of this module gave: a `DpiEnv` on its
    // stack, borrowed by one import at a time.
    let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
    // SAFETY: the wrapper gives the place, which is initialised.
    let mut c = unsafe { raw_c.read() } & 1 == 1;
    // SAFETY: the wrapper gives the place, which is initialised.
    let mut d = unsafe { raw_d.read() } & 1 == 1;
    let mut returned = ::core::option::Option::None;
    let called = env.call(|dpi| {
        returned = ::core::option::Option::Some(dpi.imp_bit(
            raw_a & 1 == 1,
            raw_b & 1 == 1,
            &mut c,
            &mut d,
        ))
    });
    if let ::core::option::Option::Some(value) = returned {
        // SAFETY: the shim gives the place of the result.
        unsafe { result.write(u8::from(value)) }
    }
    // SAFETY: as above.
    unsafe { raw_c.write(u8::from(c)) }
    // SAFETY: as above.
    unsafe { raw_d.write(u8::from(d)) }
    called
}

// SAFETY: only the shim calls it, with the `env` that it was given and with arguments that
// Verilator's wrapper gave it.
unsafe extern "C" fn import_imp_fixed(
    env: *mut ::core::ffi::c_void,
    raw_a: *const i32,
    raw_b: *mut i8,
    raw_c: *mut u32,
) -> bool {
    // SAFETY: `env` is what `eval` or `finish` of this module gave: a `DpiEnv` on its
    // stack, borrowed by one import at a time.
    let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
    // SAFETY: the wrapper gives as many elements, initialised.
    let a = unsafe { &*raw_a.cast::<[i32; 3]>() };
    // SAFETY: the wrapper gives as many elements, initialised and not shared.
    let b = unsafe { &mut *raw_b.cast::<[[i8; 2]; 2]>() };
    // SAFETY: the wrapper gives as many words as the elements have, initialised.
    let mut flat_c = unsafe { rt::load_vectors::<u64, 2>(raw_c, 41, 1) };
    // SAFETY: nested arrays lie in memory as the flat one does.
    let c = unsafe { &mut *(&raw mut flat_c).cast::<[u64; 2]>() };
    let called = env.call(|dpi| dpi.imp_fixed(a, b, c));
    // SAFETY: the wrapper gives as many words as the elements have.
    unsafe { rt::store_vectors(&flat_c, raw_c, 41, 1) }
    called
}

// SAFETY: only the shim calls it, with the `env` that it was given and with arguments that
// Verilator's wrapper gave it.
unsafe extern "C" fn import_imp_int(
    env: *mut ::core::ffi::c_void,
    raw_a: i32,
    raw_b: i8,
    raw_c: i16,
    raw_d: i64,
    result: *mut i32,
) -> bool {
    // SAFETY: `env` is what `eval` or `finish` of this module gave: a `DpiEnv` on its
    // stack, borrowed by one import at a time.
    let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
    let mut returned = ::core::option::Option::None;
    let called = env.call(|dpi| {
        returned = ::core::option::Option::Some(dpi.imp_int(raw_a, raw_b, raw_c, raw_d))
    });
    if let ::core::option::Option::Some(value) = returned {
        // SAFETY: the shim gives the place of the result.
        unsafe { result.write(value) }
    }
    called
}

// SAFETY: only the shim calls it, with the `env` that it was given and with arguments that
// Verilator's wrapper gave it.
unsafe extern "C" fn import_imp_new(
    env: *mut ::core::ffi::c_void,
    raw_a: i32,
    result: *mut rt::Chandle,
) -> bool {
    // SAFETY: `env` is what `eval` or `finish` of this module gave: a `DpiEnv` on its
    // stack, borrowed by one import at a time.
    let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
    let mut returned = ::core::option::Option::None;
    let called = env.call(|dpi| returned = ::core::option::Option::Some(dpi.imp_new(raw_a)));
    if let ::core::option::Option::Some(value) = returned {
        // SAFETY: the shim gives the place of the result.
        unsafe { result.write(value) }
    }
    called
}

// SAFETY: only the shim calls it, with the `env` that it was given and with arguments that
// Verilator's wrapper gave it.
unsafe extern "C" fn import_imp_open(
    env: *mut ::core::ffi::c_void,
    raw_a: *mut ::core::ffi::c_void,
    result: *mut i32,
) -> bool {
    // SAFETY: `env` is what `eval` or `finish` of this module gave: a `DpiEnv` on its
    // stack, borrowed by one import at a time.
    let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
    // SAFETY: the wrapper made the handle for the length of this call.
    let mut a = unsafe { rt::OpenArray::new(raw_a) };
    let mut returned = ::core::option::Option::None;
    let called = env.call(|dpi| returned = ::core::option::Option::Some(dpi.imp_open(&mut a)));
    if let ::core::option::Option::Some(value) = returned {
        // SAFETY: the shim gives the place of the result.
        unsafe { result.write(value) }
    }
    called
}

// SAFETY: only the shim calls it, with the `env` that it was given and with arguments that
// Verilator's wrapper gave it.
unsafe extern "C" fn import_imp_real(
    env: *mut ::core::ffi::c_void,
    raw_a: f64,
    raw_b: *mut f64,
    raw_c: *mut f64,
    result: *mut f64,
) -> bool {
    // SAFETY: `env` is what `eval` or `finish` of this module gave: a `DpiEnv` on its
    // stack, borrowed by one import at a time.
    let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
    // SAFETY: the wrapper gives the place, which is initialised and not shared.
    let b = unsafe { &mut *raw_b };
    // SAFETY: the wrapper gives the place, which is initialised and not shared.
    let c = unsafe { &mut *raw_c };
    let mut returned = ::core::option::Option::None;
    let called = env.call(|dpi| returned = ::core::option::Option::Some(dpi.imp_real(raw_a, b, c)));
    if let ::core::option::Option::Some(value) = returned {
        // SAFETY: the shim gives the place of the result.
        unsafe { result.write(value) }
    }
    called
}

// SAFETY: only the shim calls it, with the `env` that it was given and with arguments that
// Verilator's wrapper gave it.
unsafe extern "C" fn import_imp_string(
    env: *mut ::core::ffi::c_void,
    raw_a: *const ::core::ffi::c_char,
    raw_b: *mut *const ::core::ffi::c_char,
    result: *mut *const ::core::ffi::c_char,
) -> bool {
    // SAFETY: `env` is what `eval` or `finish` of this module gave: a `DpiEnv` on its
    // stack, borrowed by one import at a time.
    let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
    // SAFETY: the wrapper passes a C string that lives for the call.
    let a = unsafe { ::core::ffi::CStr::from_ptr(raw_a) };
    // SAFETY: the place holds a C string, which lives until it is replaced below.
    let mut b = unsafe { ::core::ffi::CStr::from_ptr(raw_b.read()) }.to_owned();
    let mut returned = ::core::option::Option::None;
    let called = env.call(|dpi| returned = ::core::option::Option::Some(dpi.imp_string(a, &mut b)));
    if let ::core::option::Option::Some(value) = returned {
        // SAFETY: the shim gives the place of the result.
        unsafe { result.write(env.keep(value)) }
    }
    // SAFETY: the wrapper gives the place.
    unsafe { raw_b.write(env.keep(b)) }
    called
}

// SAFETY: only the shim calls it, with the `env` that it was given and with arguments that
// Verilator's wrapper gave it.
unsafe extern "C" fn import_imp_task(
    env: *mut ::core::ffi::c_void,
    raw_a: i32,
    raw_b: *mut i32,
    result: *mut i32,
) -> bool {
    // SAFETY: `env` is what `eval` or `finish` of this module gave: a `DpiEnv` on its
    // stack, borrowed by one import at a time.
    let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
    // SAFETY: the wrapper gives the place, which is initialised and not shared.
    let b = unsafe { &mut *raw_b };
    let mut returned = ::core::option::Option::None;
    let called = env.call(|dpi| returned = ::core::option::Option::Some(dpi.imp_task(raw_a, b)));
    if let ::core::option::Option::Some(value) = returned {
        // SAFETY: the shim gives the place of the result.
        unsafe { result.write(value) }
    }
    called
}

// SAFETY: only the shim calls it, with the `env` that it was given and with arguments that
// Verilator's wrapper gave it.
unsafe extern "C" fn import_imp_texts(
    env: *mut ::core::ffi::c_void,
    raw_a: *const *const ::core::ffi::c_char,
    raw_b: *mut *const ::core::ffi::c_char,
    raw_c: *mut *const ::core::ffi::c_char,
    result: *mut i32,
) -> bool {
    // SAFETY: `env` is what `eval` or `finish` of this module gave: a `DpiEnv` on its
    // stack, borrowed by one import at a time.
    let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
    let flat_a: [&::core::ffi::CStr; 2] = ::core::array::from_fn(|at| {
        // SAFETY: the wrapper passes as many C strings, which live for the call.
        unsafe { ::core::ffi::CStr::from_ptr(raw_a.add(at).read()) }
    });
    // SAFETY: nested arrays lie in memory as the flat one does.
    let a = unsafe { &*(&raw const flat_a).cast::<[&::core::ffi::CStr; 2]>() };
    let mut flat_b: [::std::ffi::CString; 3] = ::core::array::from_fn(|at| {
        // SAFETY: the places hold C strings, which live until they are replaced below.
        unsafe { ::core::ffi::CStr::from_ptr(raw_b.add(at).read()) }.to_owned()
    });
    // SAFETY: nested arrays lie in memory as the flat one does.
    let b = unsafe { &mut *(&raw mut flat_b).cast::<[::std::ffi::CString; 3]>() };
    let mut flat_c: [::std::ffi::CString; 2] = ::core::array::from_fn(|at| {
        // SAFETY: the places hold C strings, which live until they are replaced below.
        unsafe { ::core::ffi::CStr::from_ptr(raw_c.add(at).read()) }.to_owned()
    });
    // SAFETY: nested arrays lie in memory as the flat one does.
    let c = unsafe { &mut *(&raw mut flat_c).cast::<[[::std::ffi::CString; 1]; 2]>() };
    let mut returned = ::core::option::Option::None;
    let called = env.call(|dpi| returned = ::core::option::Option::Some(dpi.imp_texts(a, b, c)));
    if let ::core::option::Option::Some(value) = returned {
        // SAFETY: the shim gives the place of the result.
        unsafe { result.write(value) }
    }
    for (at, text) in flat_b.into_iter().enumerate() {
        // SAFETY: the wrapper gives as many places.
        unsafe { raw_b.add(at).write(env.keep(text)) }
    }
    for (at, text) in flat_c.into_iter().enumerate() {
        // SAFETY: the wrapper gives as many places.
        unsafe { raw_c.add(at).write(env.keep(text)) }
    }
    called
}

// SAFETY: only the shim calls it, with the `env` that it was given and with arguments that
// Verilator's wrapper gave it.
unsafe extern "C" fn import_imp_thirteen(
    env: *mut ::core::ffi::c_void,
    raw_a: *const u32,
    raw_b: i8,
    result: *mut u32,
) -> bool {
    // SAFETY: `env` is what `eval` or `finish` of this module gave: a `DpiEnv` on its
    // stack, borrowed by one import at a time.
    let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
    // SAFETY: the wrapper gives as many words as the width has, initialised.
    let [a] = unsafe { rt::load_vectors::<u16, 1>(raw_a, 13, 1) };
    let mut returned = ::core::option::Option::None;
    let called =
        env.call(|dpi| returned = ::core::option::Option::Some(dpi.imp_thirteen(a, raw_b)));
    if let ::core::option::Option::Some(value) = returned {
        // SAFETY: the shim gives the place of the result.
        unsafe { result.write(u32::from(value)) }
    }
    called
}

// SAFETY: only the shim calls it, with the `env` that it was given and with arguments that
// Verilator's wrapper gave it.
unsafe extern "C" fn import_imp_three(
    env: *mut ::core::ffi::c_void,
    raw_a: i8,
    result: *mut u32,
) -> bool {
    // SAFETY: `env` is what `eval` or `finish` of this module gave: a `DpiEnv` on its
    // stack, borrowed by one import at a time.
    let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
    let mut returned = ::core::option::Option::None;
    let called = env.call(|dpi| returned = ::core::option::Option::Some(dpi.imp_three(raw_a)));
    if let ::core::option::Option::Some(value) = returned {
        // SAFETY: the shim gives the place of the result.
        unsafe { result.write(u32::from(value)) }
    }
    called
}

// SAFETY: only the shim calls it, with the `env` that it was given and with arguments that
// Verilator's wrapper gave it.
unsafe extern "C" fn import_imp_unsigned(
    env: *mut ::core::ffi::c_void,
    raw_a: u32,
    raw_b: u8,
    raw_c: u16,
    raw_d: u64,
    result: *mut i64,
) -> bool {
    // SAFETY: `env` is what `eval` or `finish` of this module gave: a `DpiEnv` on its
    // stack, borrowed by one import at a time.
    let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
    let mut returned = ::core::option::Option::None;
    let called = env.call(|dpi| {
        returned = ::core::option::Option::Some(dpi.imp_unsigned(raw_a, raw_b, raw_c, raw_d))
    });
    if let ::core::option::Option::Some(value) = returned {
        // SAFETY: the shim gives the place of the result.
        unsafe { result.write(value) }
    }
    called
}

// SAFETY: only the shim calls it, with the `env` that it was given and with arguments that
// Verilator's wrapper gave it.
unsafe extern "C" fn import_imp_use(
    env: *mut ::core::ffi::c_void,
    raw_a: rt::Chandle,
    result: *mut i32,
) -> bool {
    // SAFETY: `env` is what `eval` or `finish` of this module gave: a `DpiEnv` on its
    // stack, borrowed by one import at a time.
    let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
    let mut returned = ::core::option::Option::None;
    let called = env.call(|dpi| returned = ::core::option::Option::Some(dpi.imp_use(raw_a)));
    if let ::core::option::Option::Some(value) = returned {
        // SAFETY: the shim gives the place of the result.
        unsafe { result.write(value) }
    }
    called
}

// SAFETY: only the shim calls it, with the `env` that it was given and with arguments that
// Verilator's wrapper gave it.
unsafe extern "C" fn import_imp_vectors(
    env: *mut ::core::ffi::c_void,
    raw_a: *const u32,
    raw_b: *mut u32,
    raw_c: *mut u32,
    raw_d: *const u32,
) -> bool {
    // SAFETY: `env` is what `eval` or `finish` of this module gave: a `DpiEnv` on its
    // stack, borrowed by one import at a time.
    let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
    // SAFETY: the wrapper gives as many words as the width has, initialised.
    let [a] = unsafe { rt::load_vectors::<rt::Wide<100, 4>, 1>(raw_a, 100, 1) };
    // SAFETY: the wrapper gives as many words as the width has, initialised.
    let [mut b] = unsafe { rt::load_vectors::<rt::Wide<100, 4>, 1>(raw_b, 100, 1) };
    // SAFETY: the wrapper gives as many words as the width has, initialised.
    let [mut c] = unsafe { rt::load_vectors::<u16, 1>(raw_c, 13, 2) };
    // SAFETY: the wrapper gives as many words as the width has, initialised.
    let [d] = unsafe { rt::load_vectors::<u16, 1>(raw_d, 13, 2) };
    let called = env.call(|dpi| dpi.imp_vectors(&a, &mut b, &mut c, d));
    // SAFETY: the wrapper gives as many words as the width has.
    unsafe { rt::store_vectors(&[b], raw_b, 100, 1) }
    // SAFETY: the wrapper gives as many words as the width has.
    unsafe { rt::store_vectors(&[c], raw_c, 13, 2) }
    called
}

// SAFETY: only the shim calls it, with the `env` that it was given and with arguments that
// Verilator's wrapper gave it.
unsafe extern "C" fn import_renamed_in_c(
    env: *mut ::core::ffi::c_void,
    raw_type_: i32,
    result: *mut i32,
) -> bool {
    // SAFETY: `env` is what `eval` or `finish` of this module gave: a `DpiEnv` on its
    // stack, borrowed by one import at a time.
    let env = unsafe { &mut *env.cast::<rt::DpiEnv<'_, dyn Dpi + '_>>() };
    let mut returned = ::core::option::Option::None;
    let called =
        env.call(|dpi| returned = ::core::option::Option::Some(dpi.renamed_in_c(raw_type_)));
    if let ::core::option::Option::Some(value) = returned {
        // SAFETY: the shim gives the place of the result.
        unsafe { result.write(value) }
    }
    called
}

mod ffi {
    use super::rt;

    // SAFETY: the shim defines them so: both are written from one table, and the names hold the
    // fingerprint of the model.
    unsafe extern "C" {
        #[link_name = "lightsss_dpi_bindings_and_compiled_model_differ_headers_$FINGERPRINT"]
        pub static bindings_and_model_differ: u8;
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_new"]
        pub fn new(
            contextp: *mut rt::ffi::RawContext,
            name: *const ::core::ffi::c_char,
        ) -> *mut rt::ffi::RawModel;
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_delete"]
        pub fn delete(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_ports"]
        pub fn ports(handlep: *mut rt::ffi::RawModel, places: *mut *mut ::core::ffi::c_void);
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_eval"]
        pub fn eval(handlep: *mut rt::ffi::RawModel, borrowp: *mut super::DpiBorrow) -> u32;
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_finish"]
        pub fn finish(handlep: *mut rt::ffi::RawModel, borrowp: *mut super::DpiBorrow) -> u32;
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_finish_at_drop"]
        pub fn finish_at_drop(handlep: *mut rt::ffi::RawModel) -> u32;
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_prepare_clone"]
        pub fn prepare_clone(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_at_clone"]
        pub fn at_clone(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_events_pending"]
        pub fn events_pending(handlep: *mut rt::ffi::RawModel) -> bool;
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_next_time_slot"]
        pub fn next_time_slot(handlep: *mut rt::ffi::RawModel) -> u64;
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_save"]
        pub fn save(
            handlep: *mut rt::ffi::RawModel,
            write: rt::ffi::WriteFn,
            env: *mut ::core::ffi::c_void,
        ) -> u32;
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_restore"]
        pub fn restore(handlep: *mut rt::ffi::RawModel, bytes: *const u8, length: usize) -> u32;
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_state_layout"]
        pub fn state_layout(
            handlep: *mut rt::ffi::RawModel,
            places: *mut super::__lightsss::state::Place,
            instances: *mut u64,
        ) -> *mut u8;
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_state_save_entries"]
        pub fn state_save_entries(
            handlep: *mut rt::ffi::RawModel,
            write: rt::ffi::WriteFn,
            mark: super::__lightsss::state::MarkFn,
            env: *mut ::core::ffi::c_void,
        ) -> u32;
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_state_restore_entries"]
        pub fn state_restore_entries(
            handlep: *mut rt::ffi::RawModel,
            bytes: *const u8,
            length: usize,
        ) -> u32;
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_state_refusal"]
        pub fn state_refusal(handlep: *mut rt::ffi::RawModel) -> *const ::core::ffi::c_char;
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_state_mark_active"]
        pub fn state_mark_active(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_state_settle"]
        pub fn state_settle(handlep: *mut rt::ffi::RawModel, done: *mut bool) -> u32;
        #[link_name = "lightsss_dpi_headers_$FINGERPRINT_state_waits"]
        pub fn state_waits(handlep: *mut rt::ffi::RawModel) -> bool;
    }
}
