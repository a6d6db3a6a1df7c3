// Bindings of the model `structs`, for Verilator $VERILATOR. Written by lightsss-codegen.

use __lightsss::model as rt;

/// The model's name.
pub const NAME: &str = "structs";

/// The C++ class that Verilator wrote.
pub const CLASS: &str = "Vstructs";

/// The Verilator that wrote it.
pub const VERILATOR: &str = "$VERILATOR";

/// A hash of all that Verilator wrote, of its version, and of the C++ sources of the model. No other model has it.
pub const FINGERPRINT: u64 = $FINGERPRINT;

/// What a snapshot of this model does not hold, and what to do about it.
pub const GAPS: &[&str] = &[];

/// The model `structs`: a C++ object of class `Vstructs`.
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
    kind_bits: *mut u8,
    kind: *mut u8,
    word: *mut u32,
    word_out: *mut u32,
    request: *mut u64,
    pair: *mut rt::Wide<112, 4>,
    request_out: *mut u64,
    pair_out: *mut rt::Wide<112, 4>,
}

impl Model {
    /// Makes the model in a context of its own, which has as many threads as the model.
    ///
    /// # Errors
    /// What the context or the model's constructor refuses.
    pub fn new(options: &rt::ContextOptions) -> ::core::result::Result<Self, rt::ModelError> {
        Self::in_context(&rt::Context::with_threads(options, 1)?)
    }

    /// Makes the model in a context that it shares with others. Verilator's name of it is `TOP`, or `TOP_2` and so on
    /// where another model has that.
    ///
    /// # Errors
    /// What the model's constructor refuses; a context of fewer threads than the model; a
    /// context whose time has left 0.
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
    /// Input `clk`: 1 bit. Declared at designs/structs.sv:23.
    #[inline]
    #[must_use]
    pub fn clk(&self) -> u8 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.clk.read() }
    }

    /// Input `clk`: 1 bit. Declared at designs/structs.sv:23.
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

    /// Input `kind_bits`: 3 bits, `[2:0]`. Declared at designs/structs.sv:24.
    #[inline]
    #[must_use]
    pub fn kind_bits(&self) -> u8 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.kind_bits.read() }
    }

    /// Input `kind_bits`: 3 bits, `[2:0]`. Declared at designs/structs.sv:24.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_kind_bits(&mut self, value: u8) {
        debug_assert!(
            value <= 0x7,
            "{value:#x} does not fit into the 3 bits of `kind_bits`"
        );
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.kind_bits.write(value & 0x7) }
    }

    /// Output `kind`: 3 bits, `[2:0]`. Declared at designs/structs.sv:28.
    #[inline]
    #[must_use]
    pub fn kind(&self) -> u8 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.kind.read() }
    }

    /// Input `word`: 32 bits, `[31:0]`. Declared at designs/structs.sv:26.
    #[inline]
    #[must_use]
    pub fn word(&self) -> u32 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.word.read() }
    }

    /// Input `word`: 32 bits, `[31:0]`. Declared at designs/structs.sv:26.
    #[inline]
    pub fn set_word(&mut self, value: u32) {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.word.write(value) }
    }

    /// The field `word` of `word`: bits `[31:0]`.
    #[inline]
    #[must_use]
    pub fn word_word(&self) -> u32 {
        self.word()
    }

    /// The field `word` of `word`: bits `[31:0]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_word_word(&mut self, value: u32) {
        let field = value;
        self.set_word(self.word() & 0 | field);
    }

    /// The field `bytes` of `word`: bits `[31:0]`.
    #[inline]
    #[must_use]
    pub fn word_bytes(&self) -> u32 {
        self.word()
    }

    /// The field `bytes` of `word`: bits `[31:0]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_word_bytes(&mut self, value: u32) {
        let field = value;
        self.set_word(self.word() & 0 | field);
    }

    /// Output `word_out`: 32 bits, `[31:0]`. Declared at designs/structs.sv:30.
    #[inline]
    #[must_use]
    pub fn word_out(&self) -> u32 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.word_out.read() }
    }

    /// The field `word` of `word_out`: bits `[31:0]`.
    #[inline]
    #[must_use]
    pub fn word_out_word(&self) -> u32 {
        self.word_out()
    }

    /// The field `bytes` of `word_out`: bits `[31:0]`.
    #[inline]
    #[must_use]
    pub fn word_out_bytes(&self) -> u32 {
        self.word_out()
    }

    /// Input `request`: 40 bits, `[39:0]`. Declared at designs/structs.sv:25.
    #[inline]
    #[must_use]
    pub fn request(&self) -> u64 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.request.read() }
    }

    /// Input `request`: 40 bits, `[39:0]`. Declared at designs/structs.sv:25.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_request(&mut self, value: u64) {
        debug_assert!(
            value <= 0xffffffffff,
            "{value:#x} does not fit into the 40 bits of `request`"
        );
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.request.write(value & 0xffffffffff) }
    }

    /// The field `kind` of `request`: bits `[39:37]`.
    #[inline]
    #[must_use]
    pub fn request_kind(&self) -> u8 {
        (self.request() >> 37) as u8 & 7
    }

    /// The field `kind` of `request`: bits `[39:37]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_request_kind(&mut self, value: u8) {
        debug_assert!(
            value <= 7,
            "{value:#x} does not fit into the 3 bits of field `kind` of `request`"
        );
        let field = u64::from(value & 7);
        self.set_request(self.request() & 18446743111636877311 | field << 37);
    }

    /// The field `rd` of `request`: bits `[36:32]`.
    #[inline]
    #[must_use]
    pub fn request_rd(&self) -> u8 {
        (self.request() >> 32) as u8 & 31
    }

    /// The field `rd` of `request`: bits `[36:32]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_request_rd(&mut self, value: u8) {
        debug_assert!(
            value <= 31,
            "{value:#x} does not fit into the 5 bits of field `rd` of `request`"
        );
        let field = u64::from(value & 31);
        self.set_request(self.request() & 18446743940565565439 | field << 32);
    }

    /// The field `address` of `request`: bits `[31:0]`.
    #[inline]
    #[must_use]
    pub fn request_address(&self) -> u32 {
        self.request() as u32
    }

    /// The field `address` of `request`: bits `[31:0]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_request_address(&mut self, value: u32) {
        let field = u64::from(value);
        self.set_request(self.request() & 18446744069414584320 | field);
    }

    /// Input `pair`: 112 bits, `[111:0]`. Declared at designs/structs.sv:27.
    #[inline]
    #[must_use]
    pub fn pair(&self) -> &rt::Wide<112, 4> {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a `VlWide`
        // is its words.
        unsafe { &*self.ports.pair }
    }

    /// Input `pair`: 112 bits, `[111:0]`. Declared at designs/structs.sv:27.
    #[inline]
    pub fn set_pair(&mut self, value: rt::Wide<112, 4>) {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.pair.write(value) }
    }

    /// The field `first` of `pair`: bits `[111:72]`.
    #[inline]
    #[must_use]
    pub fn pair_first(&self) -> u64 {
        self.pair().bits(72, 40)
    }

    /// The field `first` of `pair`: bits `[111:72]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_pair_first(&mut self, value: u64) {
        debug_assert!(
            value <= 1099511627775,
            "{value:#x} does not fit into the 40 bits of field `first` of `pair`"
        );
        let mut all = *self.pair();
        all.set_bits(72, 40, value & 1099511627775);
        self.set_pair(all);
    }

    /// The field `first.kind` of `pair`: bits `[111:109]`.
    #[inline]
    #[must_use]
    pub fn pair_first_kind(&self) -> u8 {
        self.pair().bits(109, 3) as u8
    }

    /// The field `first.kind` of `pair`: bits `[111:109]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_pair_first_kind(&mut self, value: u8) {
        debug_assert!(
            value <= 7,
            "{value:#x} does not fit into the 3 bits of field `first.kind` of `pair`"
        );
        let mut all = *self.pair();
        all.set_bits(109, 3, u64::from(value & 7));
        self.set_pair(all);
    }

    /// The field `first.rd` of `pair`: bits `[108:104]`.
    #[inline]
    #[must_use]
    pub fn pair_first_rd(&self) -> u8 {
        self.pair().bits(104, 5) as u8
    }

    /// The field `first.rd` of `pair`: bits `[108:104]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_pair_first_rd(&mut self, value: u8) {
        debug_assert!(
            value <= 31,
            "{value:#x} does not fit into the 5 bits of field `first.rd` of `pair`"
        );
        let mut all = *self.pair();
        all.set_bits(104, 5, u64::from(value & 31));
        self.set_pair(all);
    }

    /// The field `first.address` of `pair`: bits `[103:72]`.
    #[inline]
    #[must_use]
    pub fn pair_first_address(&self) -> u32 {
        self.pair().bits(72, 32) as u32
    }

    /// The field `first.address` of `pair`: bits `[103:72]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_pair_first_address(&mut self, value: u32) {
        let mut all = *self.pair();
        all.set_bits(72, 32, u64::from(value));
        self.set_pair(all);
    }

    /// The field `second` of `pair`: bits `[71:32]`.
    #[inline]
    #[must_use]
    pub fn pair_second(&self) -> u64 {
        self.pair().bits(32, 40)
    }

    /// The field `second` of `pair`: bits `[71:32]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_pair_second(&mut self, value: u64) {
        debug_assert!(
            value <= 1099511627775,
            "{value:#x} does not fit into the 40 bits of field `second` of `pair`"
        );
        let mut all = *self.pair();
        all.set_bits(32, 40, value & 1099511627775);
        self.set_pair(all);
    }

    /// The field `second.kind` of `pair`: bits `[71:69]`.
    #[inline]
    #[must_use]
    pub fn pair_second_kind(&self) -> u8 {
        self.pair().bits(69, 3) as u8
    }

    /// The field `second.kind` of `pair`: bits `[71:69]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_pair_second_kind(&mut self, value: u8) {
        debug_assert!(
            value <= 7,
            "{value:#x} does not fit into the 3 bits of field `second.kind` of `pair`"
        );
        let mut all = *self.pair();
        all.set_bits(69, 3, u64::from(value & 7));
        self.set_pair(all);
    }

    /// The field `second.rd` of `pair`: bits `[68:64]`.
    #[inline]
    #[must_use]
    pub fn pair_second_rd(&self) -> u8 {
        self.pair().bits(64, 5) as u8
    }

    /// The field `second.rd` of `pair`: bits `[68:64]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_pair_second_rd(&mut self, value: u8) {
        debug_assert!(
            value <= 31,
            "{value:#x} does not fit into the 5 bits of field `second.rd` of `pair`"
        );
        let mut all = *self.pair();
        all.set_bits(64, 5, u64::from(value & 31));
        self.set_pair(all);
    }

    /// The field `second.address` of `pair`: bits `[63:32]`.
    #[inline]
    #[must_use]
    pub fn pair_second_address(&self) -> u32 {
        self.pair().bits(32, 32) as u32
    }

    /// The field `second.address` of `pair`: bits `[63:32]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_pair_second_address(&mut self, value: u32) {
        let mut all = *self.pair();
        all.set_bits(32, 32, u64::from(value));
        self.set_pair(all);
    }

    /// The field `data` of `pair`: bits `[31:0]`.
    #[inline]
    #[must_use]
    pub fn pair_data(&self) -> u32 {
        self.pair().bits(0, 32) as u32
    }

    /// The field `data` of `pair`: bits `[31:0]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_pair_data(&mut self, value: u32) {
        let mut all = *self.pair();
        all.set_bits(0, 32, u64::from(value));
        self.set_pair(all);
    }

    /// The field `data.word` of `pair`: bits `[31:0]`.
    #[inline]
    #[must_use]
    pub fn pair_data_word(&self) -> u32 {
        self.pair().bits(0, 32) as u32
    }

    /// The field `data.word` of `pair`: bits `[31:0]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_pair_data_word(&mut self, value: u32) {
        let mut all = *self.pair();
        all.set_bits(0, 32, u64::from(value));
        self.set_pair(all);
    }

    /// The field `data.bytes` of `pair`: bits `[31:0]`.
    #[inline]
    #[must_use]
    pub fn pair_data_bytes(&self) -> u32 {
        self.pair().bits(0, 32) as u32
    }

    /// The field `data.bytes` of `pair`: bits `[31:0]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_pair_data_bytes(&mut self, value: u32) {
        let mut all = *self.pair();
        all.set_bits(0, 32, u64::from(value));
        self.set_pair(all);
    }

    /// Output `request_out`: 40 bits, `[39:0]`. Declared at designs/structs.sv:29.
    #[inline]
    #[must_use]
    pub fn request_out(&self) -> u64 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.request_out.read() }
    }

    /// The field `kind` of `request_out`: bits `[39:37]`.
    #[inline]
    #[must_use]
    pub fn request_out_kind(&self) -> u8 {
        (self.request_out() >> 37) as u8 & 7
    }

    /// The field `rd` of `request_out`: bits `[36:32]`.
    #[inline]
    #[must_use]
    pub fn request_out_rd(&self) -> u8 {
        (self.request_out() >> 32) as u8 & 31
    }

    /// The field `address` of `request_out`: bits `[31:0]`.
    #[inline]
    #[must_use]
    pub fn request_out_address(&self) -> u32 {
        self.request_out() as u32
    }

    /// Output `pair_out`: 112 bits, `[111:0]`. Declared at designs/structs.sv:31.
    #[inline]
    #[must_use]
    pub fn pair_out(&self) -> &rt::Wide<112, 4> {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a `VlWide`
        // is its words.
        unsafe { &*self.ports.pair_out }
    }

    /// The field `first` of `pair_out`: bits `[111:72]`.
    #[inline]
    #[must_use]
    pub fn pair_out_first(&self) -> u64 {
        self.pair_out().bits(72, 40)
    }

    /// The field `first.kind` of `pair_out`: bits `[111:109]`.
    #[inline]
    #[must_use]
    pub fn pair_out_first_kind(&self) -> u8 {
        self.pair_out().bits(109, 3) as u8
    }

    /// The field `first.rd` of `pair_out`: bits `[108:104]`.
    #[inline]
    #[must_use]
    pub fn pair_out_first_rd(&self) -> u8 {
        self.pair_out().bits(104, 5) as u8
    }

    /// The field `first.address` of `pair_out`: bits `[103:72]`.
    #[inline]
    #[must_use]
    pub fn pair_out_first_address(&self) -> u32 {
        self.pair_out().bits(72, 32) as u32
    }

    /// The field `second` of `pair_out`: bits `[71:32]`.
    #[inline]
    #[must_use]
    pub fn pair_out_second(&self) -> u64 {
        self.pair_out().bits(32, 40)
    }

    /// The field `second.kind` of `pair_out`: bits `[71:69]`.
    #[inline]
    #[must_use]
    pub fn pair_out_second_kind(&self) -> u8 {
        self.pair_out().bits(69, 3) as u8
    }

    /// The field `second.rd` of `pair_out`: bits `[68:64]`.
    #[inline]
    #[must_use]
    pub fn pair_out_second_rd(&self) -> u8 {
        self.pair_out().bits(64, 5) as u8
    }

    /// The field `second.address` of `pair_out`: bits `[63:32]`.
    #[inline]
    #[must_use]
    pub fn pair_out_second_address(&self) -> u32 {
        self.pair_out().bits(32, 32) as u32
    }

    /// The field `data` of `pair_out`: bits `[31:0]`.
    #[inline]
    #[must_use]
    pub fn pair_out_data(&self) -> u32 {
        self.pair_out().bits(0, 32) as u32
    }

    /// The field `data.word` of `pair_out`: bits `[31:0]`.
    #[inline]
    #[must_use]
    pub fn pair_out_data_word(&self) -> u32 {
        self.pair_out().bits(0, 32) as u32
    }

    /// The field `data.bytes` of `pair_out`: bits `[31:0]`.
    #[inline]
    #[must_use]
    pub fn pair_out_data_bytes(&self) -> u32 {
        self.pair_out().bits(0, 32) as u32
    }
}

impl Model {
    /// Evaluates the model: to be called after its inputs, or the time, have changed.
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

use __lightsss::state as rt_state;

static STATE: rt_state::ModelState = {
    // SAFETY: the functions are those of one shim, and the table was written with it.
    unsafe {
        rt_state::ModelState::new(
            NAME,
            VERILATOR,
            FINGERPRINT,
            ::core::result::Result::Ok(include_bytes!("structs.state")),
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
            },
        )
    }
};

impl Model {
    fn live(&self) -> rt_state::LiveModel {
        // SAFETY: the model is live, it cannot leave this thread, and what is done with the
        // result ends before the borrow of `self` does.
        unsafe { rt_state::LiveModel::new(&STATE, self.raw) }
    }

    /// The state by name: `model.state()?.peek("soc.cpu.pc")?`.
    ///
    /// # Errors
    /// Where the model has no state table, or one that differs from what Verilator saves.
    pub fn state(&mut self) -> ::core::result::Result<rt_state::State<'_>, rt_state::StateError> {
        rt_state::State::new(self.live())
    }

    /// What the last restore did, if it was one by name from another build of the model.
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
        rt_state::save(self.live(), &self.context, out)
    }

    fn restore(
        &mut self,
        input: &mut __lightsss::savable::Reader<'_>,
    ) -> ::core::result::Result<(), __lightsss::savable::RestoreError> {
        let migration = rt_state::restore(self.live(), &self.context, input)?;
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
        #[link_name = "lightsss_structs_bindings_and_compiled_model_differ_headers_$FINGERPRINT"]
        pub static bindings_and_model_differ: u8;
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_new"]
        pub fn new(
            contextp: *mut rt::ffi::RawContext,
            name: *const ::core::ffi::c_char,
        ) -> *mut rt::ffi::RawModel;
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_delete"]
        pub fn delete(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_ports"]
        pub fn ports(handlep: *mut rt::ffi::RawModel, places: *mut *mut ::core::ffi::c_void);
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_eval"]
        pub fn eval(handlep: *mut rt::ffi::RawModel) -> u32;
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_finish"]
        pub fn finish(handlep: *mut rt::ffi::RawModel) -> u32;
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_finish_at_drop"]
        pub fn finish_at_drop(handlep: *mut rt::ffi::RawModel) -> u32;
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_prepare_clone"]
        pub fn prepare_clone(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_at_clone"]
        pub fn at_clone(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_events_pending"]
        pub fn events_pending(handlep: *mut rt::ffi::RawModel) -> bool;
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_next_time_slot"]
        pub fn next_time_slot(handlep: *mut rt::ffi::RawModel) -> u64;
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_save"]
        pub fn save(
            handlep: *mut rt::ffi::RawModel,
            write: rt::ffi::WriteFn,
            env: *mut ::core::ffi::c_void,
        ) -> u32;
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_restore"]
        pub fn restore(handlep: *mut rt::ffi::RawModel, bytes: *const u8, length: usize) -> u32;
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_state_layout"]
        pub fn state_layout(
            handlep: *mut rt::ffi::RawModel,
            places: *mut super::__lightsss::state::Place,
            instances: *mut u64,
        ) -> *mut u8;
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_state_save_entries"]
        pub fn state_save_entries(
            handlep: *mut rt::ffi::RawModel,
            write: rt::ffi::WriteFn,
            mark: super::__lightsss::state::MarkFn,
            env: *mut ::core::ffi::c_void,
        ) -> u32;
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_state_restore_entries"]
        pub fn state_restore_entries(
            handlep: *mut rt::ffi::RawModel,
            bytes: *const u8,
            length: usize,
        ) -> u32;
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_state_refusal"]
        pub fn state_refusal(handlep: *mut rt::ffi::RawModel) -> *const ::core::ffi::c_char;
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_state_mark_active"]
        pub fn state_mark_active(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_state_settle"]
        pub fn state_settle(handlep: *mut rt::ffi::RawModel, done: *mut bool) -> u32;
        #[link_name = "lightsss_structs_headers_$FINGERPRINT_state_waits"]
        pub fn state_waits(handlep: *mut rt::ffi::RawModel) -> bool;
    }
}
