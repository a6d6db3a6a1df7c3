// Bindings of the model `showcase`, for Verilator $VERILATOR. Written by lightsss-codegen.

use __lightsss::model as rt;

/// The model's name.
pub const NAME: &str = "showcase";

/// The C++ class that Verilator wrote.
pub const CLASS: &str = "Vshowcase";

/// The Verilator that wrote it.
pub const VERILATOR: &str = "$VERILATOR";

/// A hash of all that Verilator wrote, of its version, and of the C++ sources of the model. No other model has it.
pub const FINGERPRINT: u64 = $FINGERPRINT;

/// The parts of this model that a snapshot does not hold, each with its remedy.
pub const GAPS: &[&str] = &[];

/// The model `showcase`: a C++ object of class `Vshowcase`.
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
    rst: *mut u8,
    level: *mut u8,
    pad: *mut u8,
    mode: *mut u8,
    pings: *mut u8,
    request: *mut u16,
    wide: *mut rt::Wide<100, 4>,
    doubled: *mut rt::Wide<80, 3>,
    turned: *mut rt::Wide<100, 4>,
    data: *mut u64,
    grid: *mut [[u16; 3]; 2],
    grid_out: *mut [[u16; 3]; 2],
    ping: *mut ::core::ffi::c_void,
    gain: *mut f64,
    text: *mut ::core::ffi::c_void,
    sum: *mut f64,
    longer: *mut ::core::ffi::c_void,
    showcase_memory: *mut [u64; 4],
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

/// Parameters of the design that are public.
pub mod parameters {
    /// `showcase.DEPTH`: 32 bits, `[31:0]`.
    pub const SHOWCASE_DEPTH: u32 = 4;
}

impl Model {
    /// Input `clk`: 1 bit. Declared at designs/showcase.sv:16.
    #[inline]
    #[must_use]
    pub fn clk(&self) -> u8 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.clk.read() }
    }

    /// Input `clk`: 1 bit. Declared at designs/showcase.sv:16.
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

    /// Input `rst`: 1 bit. Declared at designs/showcase.sv:17.
    #[inline]
    #[must_use]
    pub fn rst(&self) -> u8 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.rst.read() }
    }

    /// Input `rst`: 1 bit. Declared at designs/showcase.sv:17.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_rst(&mut self, value: u8) {
        debug_assert!(
            value <= 0x1,
            "{value:#x} does not fit into the 1 bits of `rst`"
        );
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.rst.write(value & 0x1) }
    }

    /// Input `level`: 7 bits, `[6:0]`, signed. Declared at designs/showcase.sv:18.
    #[inline]
    #[must_use]
    pub fn level(&self) -> u8 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.level.read() }
    }

    /// Input `level`: 7 bits, `[6:0]`, signed. Declared at designs/showcase.sv:18.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_level(&mut self, value: u8) {
        debug_assert!(
            value <= 0x7f,
            "{value:#x} does not fit into the 7 bits of `level`"
        );
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.level.write(value & 0x7f) }
    }

    /// As [`Model::level`], signed.
    #[inline]
    #[must_use]
    pub fn level_signed(&self) -> i8 {
        let bits = self.level();
        ((bits << 1) as i8) >> 1
    }

    /// As [`Model::set_level`], signed.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_level_signed(&mut self, value: i8) {
        debug_assert!(
            value << 1 >> 1 == value,
            "{value} does not fit into the 7 signed bits of `level`"
        );
        self.set_level(value as u8 & 127);
    }

    /// Inout `pad`: 4 bits, `[3:0]`.
    #[inline]
    #[must_use]
    pub fn pad(&self) -> u8 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.pad.read() }
    }

    /// Inout `pad`: 4 bits, `[3:0]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_pad(&mut self, value: u8) {
        debug_assert!(
            value <= 0xf,
            "{value:#x} does not fit into the 4 bits of `pad`"
        );
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.pad.write(value & 0xf) }
    }

    /// Output `mode`: 2 bits, `[1:0]`. Declared at designs/showcase.sv:27.
    #[inline]
    #[must_use]
    pub fn mode(&self) -> u8 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.mode.read() }
    }

    /// Output `pings`: 8 bits, `[7:0]`. Declared at designs/showcase.sv:32.
    #[inline]
    #[must_use]
    pub fn pings(&self) -> u8 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.pings.read() }
    }

    /// Input `request`: 15 bits, `[14:0]`. Declared at designs/showcase.sv:19.
    #[inline]
    #[must_use]
    pub fn request(&self) -> u16 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.request.read() }
    }

    /// Input `request`: 15 bits, `[14:0]`. Declared at designs/showcase.sv:19.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_request(&mut self, value: u16) {
        debug_assert!(
            value <= 0x7fff,
            "{value:#x} does not fit into the 15 bits of `request`"
        );
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.request.write(value & 0x7fff) }
    }

    /// The field `mode` of `request`: bits `[14:13]`.
    #[inline]
    #[must_use]
    pub fn request_mode(&self) -> u8 {
        (self.request() >> 13) as u8 & 3
    }

    /// The field `mode` of `request`: bits `[14:13]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_request_mode(&mut self, value: u8) {
        debug_assert!(
            value <= 3,
            "{value:#x} does not fit into the 2 bits of field `mode` of `request`"
        );
        let field = u16::from(value & 3);
        self.set_request(self.request() & 40959 | field << 13);
    }

    /// The field `tag` of `request`: bits `[12:0]`.
    #[inline]
    #[must_use]
    pub fn request_tag(&self) -> u16 {
        self.request() & 8191
    }

    /// The field `tag` of `request`: bits `[12:0]`.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_request_tag(&mut self, value: u16) {
        debug_assert!(
            value <= 8191,
            "{value:#x} does not fit into the 13 bits of field `tag` of `request`"
        );
        let field = value & 8191;
        self.set_request(self.request() & 57344 | field);
    }

    /// Input `wide`: 100 bits, `[99:0]`. Declared at designs/showcase.sv:21.
    #[inline]
    #[must_use]
    pub fn wide(&self) -> &rt::Wide<100, 4> {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a `VlWide`
        // is its words.
        unsafe { &*self.ports.wide }
    }

    /// Input `wide`: 100 bits, `[99:0]`. Declared at designs/showcase.sv:21.
    #[inline]
    pub fn set_wide(&mut self, value: rt::Wide<100, 4>) {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.wide.write(value) }
    }

    /// Output `doubled`: 80 bits, `[79:0]`. Declared at designs/showcase.sv:28.
    #[inline]
    #[must_use]
    pub fn doubled(&self) -> &rt::Wide<80, 3> {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a `VlWide`
        // is its words.
        unsafe { &*self.ports.doubled }
    }

    /// Output `turned`: 100 bits, `[99:0]`. Declared at designs/showcase.sv:29.
    #[inline]
    #[must_use]
    pub fn turned(&self) -> &rt::Wide<100, 4> {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a `VlWide`
        // is its words.
        unsafe { &*self.ports.turned }
    }

    /// Input `data`: 40 bits, `[39:0]`. Declared at designs/showcase.sv:20.
    #[inline]
    #[must_use]
    pub fn data(&self) -> u64 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.data.read() }
    }

    /// Input `data`: 40 bits, `[39:0]`. Declared at designs/showcase.sv:20.
    ///
    /// A value too wide is refused by a panic in debug builds and cut in release builds.
    #[inline]
    pub fn set_data(&mut self, value: u64) {
        debug_assert!(
            value <= 0xffffffffff,
            "{value:#x} does not fit into the 40 bits of `data`"
        );
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.data.write(value & 0xffffffffff) }
    }

    /// Input `grid`: array `[2][3]` of 13 bits, `[12:0]`. Declared at designs/showcase.sv:25.
    #[inline]
    #[must_use]
    pub fn grid(&self) -> &[[u16; 3]; 2] {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a
        // `VlUnpacked` is its elements.
        unsafe { &*self.ports.grid }
    }

    /// Input `grid`: array `[2][3]` of 13 bits, `[12:0]`. Declared at designs/showcase.sv:25.
    pub fn set_grid(&mut self, values: &[[u16; 3]; 2]) {
        let mut values = *values;
        for element in values.iter_mut().flatten() {
            let value = *element;
            debug_assert!(
                value <= 0x1fff,
                "{value:#x} does not fit into the 13 bits of an element of `grid`"
            );
            *element = value & 0x1fff;
        }
        let values = &values;
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a
        // `VlUnpacked` is its elements.
        unsafe { self.ports.grid.write(*values) }
    }

    /// Input `grid`: array `[2][3]` of 13 bits, `[12:0]`. Declared at designs/showcase.sv:25. Sets one element.
    ///
    /// # Panics
    /// With an index outside the array.
    #[inline]
    pub fn set_grid_at(&mut self, i0: usize, i1: usize, value: u16) {
        debug_assert!(
            value <= 0x1fff,
            "{value:#x} does not fit into the 13 bits of an element of `grid`"
        );
        // SAFETY: as for the whole array.
        unsafe { (&mut *self.ports.grid)[i0][i1] = value & 0x1fff }
    }

    /// Output `grid_out`: array `[2][3]` of 13 bits, `[12:0]`. Declared at designs/showcase.sv:33.
    #[inline]
    #[must_use]
    pub fn grid_out(&self) -> &[[u16; 3]; 2] {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a
        // `VlUnpacked` is its elements.
        unsafe { &*self.ports.grid_out }
    }

    /// Input `ping`: `event`. Declared at designs/showcase.sv:24.
    pub fn fire_ping(&mut self) {
        // SAFETY: the model is live, and the port is an event.
        unsafe { ffi::fire(self.raw.as_ptr(), 13) }
    }

    /// Input `gain`: `real`. Declared at designs/showcase.sv:22.
    #[inline]
    #[must_use]
    pub fn gain(&self) -> f64 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.gain.read() }
    }

    /// Input `gain`: `real`. Declared at designs/showcase.sv:22.
    #[inline]
    pub fn set_gain(&mut self, value: f64) {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.gain.write(value) }
    }

    /// Input `text`: `string`. Declared at designs/showcase.sv:23.
    #[must_use]
    pub fn text(&self) -> ::std::string::String {
        let mut length = 0;
        // SAFETY: the place is a `std::string` of the live C++ object.
        let text = unsafe { ffi::text(self.ports.text, &raw mut length) };
        // SAFETY: the string holds `length` bytes there until it is changed, which takes
        // `&mut self`.
        let bytes = unsafe { ::core::slice::from_raw_parts(text.cast::<u8>(), length) };
        ::std::string::String::from_utf8_lossy(bytes).into_owned()
    }

    /// Input `text`: `string`. Declared at designs/showcase.sv:23.
    pub fn set_text(&mut self, value: &str) {
        // SAFETY: the place is a `std::string` of the live C++ object, which copies.
        unsafe { ffi::set_text(self.ports.text, value.as_ptr().cast(), value.len()) }
    }

    /// Output `sum`: `real`. Declared at designs/showcase.sv:30.
    #[inline]
    #[must_use]
    pub fn sum(&self) -> f64 {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes.
        unsafe { self.ports.sum.read() }
    }

    /// Output `longer`: `string`. Declared at designs/showcase.sv:31.
    #[must_use]
    pub fn longer(&self) -> ::std::string::String {
        let mut length = 0;
        // SAFETY: the place is a `std::string` of the live C++ object.
        let text = unsafe { ffi::text(self.ports.longer, &raw mut length) };
        // SAFETY: the string holds `length` bytes there until it is changed, which takes
        // `&mut self`.
        let bytes = unsafe { ::core::slice::from_raw_parts(text.cast::<u8>(), length) };
        ::std::string::String::from_utf8_lossy(bytes).into_owned()
    }

    /// Inside the design, `showcase.memory`: array `[4]` of 40 bits, `[39:0]`.
    #[inline]
    #[must_use]
    pub fn showcase_memory(&self) -> &[u64; 4] {
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a
        // `VlUnpacked` is its elements.
        unsafe { &*self.ports.showcase_memory }
    }

    /// Inside the design, `showcase.memory`: array `[4]` of 40 bits, `[39:0]`.
    pub fn set_showcase_memory(&mut self, values: &[u64; 4]) {
        let mut values = *values;
        for element in values.iter_mut() {
            let value = *element;
            debug_assert!(
                value <= 0xffffffffff,
                "{value:#x} does not fit into the 40 bits of an element of `showcase.memory`"
            );
            *element = value & 0xffffffffff;
        }
        let values = &values;
        // SAFETY: the place lives in the C++ object, which only `&mut self` changes; a
        // `VlUnpacked` is its elements.
        unsafe { self.ports.showcase_memory.write(*values) }
    }

    /// Inside the design, `showcase.memory`: array `[4]` of 40 bits, `[39:0]`. Sets one element.
    ///
    /// # Panics
    /// With an index outside the array.
    #[inline]
    pub fn set_showcase_memory_at(&mut self, i0: usize, value: u64) {
        debug_assert!(
            value <= 0xffffffffff,
            "{value:#x} does not fit into the 40 bits of an element of `showcase.memory`"
        );
        // SAFETY: as for the whole array.
        unsafe { (&mut *self.ports.showcase_memory)[i0] = value & 0xffffffffff }
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

use __lightsss::state as rt_state;

static STATE: rt_state::ModelState = {
    // SAFETY: the functions are those of one shim, and the table was written with it.
    unsafe {
        rt_state::ModelState::new(
            NAME,
            VERILATOR,
            FINGERPRINT,
            ::core::result::Result::Ok(include_bytes!("showcase.state")),
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
    .fails_late(true);
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

impl Model {
    /// DPI export `showcase_mask`, at designs/showcase.sv:44:19.
    ///
    /// # Errors
    /// A [`Halt`](rt::Halt), as from `eval`.
    pub fn showcase_mask(
        &mut self,
        mask: &rt::Wide<70, 3>,
        value: &mut rt::Wide<70, 3>,
    ) -> ::core::result::Result<(), ::std::boxed::Box<rt::Halt>> {
        let mut raw_mask = [0_u32; 3];
        // SAFETY: the array holds the vectors' words.
        unsafe { rt::store_vectors(&[*mask], raw_mask.as_mut_ptr(), 70, 1) };
        let mut raw_value = [0_u32; 3];
        // SAFETY: the array holds the vectors' words.
        unsafe { rt::store_vectors(&[*value], raw_value.as_mut_ptr(), 70, 1) };
        // SAFETY: the model is live, this is its thread, and what is pointed to outlives the
        // call and has the sizes that the design declares.
        let status = unsafe {
            ffi::export_showcase_mask(
                self.raw.as_ptr(),
                c"showcase".as_ptr(),
                raw_mask.as_ptr(),
                raw_value.as_mut_ptr(),
            )
        };
        // SAFETY: the design has filled the words.
        [*value] = unsafe { rt::load_vectors::<rt::Wide<70, 3>, 1>(raw_value.as_ptr(), 70, 1) };
        if status == rt::ffi::OK {
            Ok(())
        } else {
            Err(self.halt())
        }
    }

    /// DPI export `showcase_peek`, at designs/showcase.sv:41:18.
    ///
    /// # Errors
    /// A [`Halt`](rt::Halt), as from `eval`.
    pub fn showcase_peek(
        &mut self,
        at: i32,
    ) -> ::core::result::Result<i32, ::std::boxed::Box<rt::Halt>> {
        let mut result = <i32 as ::core::default::Default>::default();
        // SAFETY: the model is live, this is its thread, and what is pointed to outlives the
        // call and has the sizes that the design declares.
        let status = unsafe {
            ffi::export_showcase_peek(self.raw.as_ptr(), c"showcase".as_ptr(), at, &raw mut result)
        };
        if status == rt::ffi::OK {
            Ok(result)
        } else {
            Err(self.halt())
        }
    }
}

mod ffi {
    use super::rt;

    // SAFETY: the shim defines them so: both are written from one table, and the names hold the
    // fingerprint of the model.
    unsafe extern "C" {
        #[link_name = "lightsss_showcase_bindings_and_compiled_model_differ_headers_$FINGERPRINT"]
        pub static bindings_and_model_differ: u8;
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_new"]
        pub fn new(
            contextp: *mut rt::ffi::RawContext,
            name: *const ::core::ffi::c_char,
        ) -> *mut rt::ffi::RawModel;
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_delete"]
        pub fn delete(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_ports"]
        pub fn ports(handlep: *mut rt::ffi::RawModel, places: *mut *mut ::core::ffi::c_void);
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_eval"]
        pub fn eval(handlep: *mut rt::ffi::RawModel) -> u32;
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_finish"]
        pub fn finish(handlep: *mut rt::ffi::RawModel) -> u32;
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_finish_at_drop"]
        pub fn finish_at_drop(handlep: *mut rt::ffi::RawModel) -> u32;
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_prepare_clone"]
        pub fn prepare_clone(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_at_clone"]
        pub fn at_clone(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_events_pending"]
        pub fn events_pending(handlep: *mut rt::ffi::RawModel) -> bool;
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_next_time_slot"]
        pub fn next_time_slot(handlep: *mut rt::ffi::RawModel) -> u64;
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_text"]
        pub fn text(
            textp: *mut ::core::ffi::c_void,
            length: *mut usize,
        ) -> *const ::core::ffi::c_char;
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_set_text"]
        pub fn set_text(
            textp: *mut ::core::ffi::c_void,
            text: *const ::core::ffi::c_char,
            length: usize,
        );
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_fire"]
        pub fn fire(handlep: *mut rt::ffi::RawModel, port: u32);
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_save"]
        pub fn save(
            handlep: *mut rt::ffi::RawModel,
            write: rt::ffi::WriteFn,
            env: *mut ::core::ffi::c_void,
        ) -> u32;
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_restore"]
        pub fn restore(handlep: *mut rt::ffi::RawModel, bytes: *const u8, length: usize) -> u32;
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_state_layout"]
        pub fn state_layout(
            handlep: *mut rt::ffi::RawModel,
            places: *mut super::__lightsss::state::Place,
            instances: *mut u64,
        ) -> *mut u8;
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_state_save_entries"]
        pub fn state_save_entries(
            handlep: *mut rt::ffi::RawModel,
            write: rt::ffi::WriteFn,
            mark: super::__lightsss::state::MarkFn,
            env: *mut ::core::ffi::c_void,
        ) -> u32;
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_state_restore_entries"]
        pub fn state_restore_entries(
            handlep: *mut rt::ffi::RawModel,
            bytes: *const u8,
            length: usize,
        ) -> u32;
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_state_refusal"]
        pub fn state_refusal(handlep: *mut rt::ffi::RawModel) -> *const ::core::ffi::c_char;
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_state_mark_active"]
        pub fn state_mark_active(handlep: *mut rt::ffi::RawModel);
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_state_settle"]
        pub fn state_settle(handlep: *mut rt::ffi::RawModel, done: *mut bool) -> u32;
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_state_waits"]
        pub fn state_waits(handlep: *mut rt::ffi::RawModel) -> bool;
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_export_showcase_mask"]
        pub fn export_showcase_mask(
            handlep: *mut rt::ffi::RawModel,
            scope: *const ::core::ffi::c_char,
            raw_mask: *const u32,
            raw_value: *mut u32,
        ) -> u32;
        #[link_name = "lightsss_showcase_headers_$FINGERPRINT_export_showcase_peek"]
        pub fn export_showcase_peek(
            handlep: *mut rt::ffi::RawModel,
            scope: *const ::core::ffi::c_char,
            raw_at: i32,
            result: *mut i32,
        ) -> u32;
    }
}
