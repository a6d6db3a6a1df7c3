//! A live model's state, reached through the functions of its shim.

use std::ffi::{CStr, c_char, c_void};
use std::ptr::NonNull;
use std::sync::OnceLock;

use super::layout::{ModelLayout, Place, StreamStep};
use super::names::NamesCell;
use super::operator_entries::OperatorEntries;
use super::stream::Stream;
use super::table::Table;
use super::target::Target;
use super::verify::Verification;
use super::widths::{Above, does_not_fit};
use crate::model::ffi::{ContextFunctions, OK, RawContext, RawModel, WriteFn};
use crate::model::outside::LiveContext;
use crate::savable::{RestoreError, Section};

/// Says that an entry is complete.
pub type MarkFn = unsafe extern "C" fn(env: *mut c_void);

/// The functions of a model's shim that reach its state.
#[derive(Clone, Copy, Debug)]
pub struct Functions {
    /// Gives the address from which offsets count. Where the pointers are not null, writes a place for
    /// every entry of the table and an offset for every instance.
    pub layout: unsafe extern "C" fn(*mut RawModel, *mut Place, *mut u64) -> *mut u8,
    /// Streams the context and then every entry that needs operators; marks the end of each.
    pub save_entries: unsafe extern "C" fn(*mut RawModel, WriteFn, MarkFn, *mut c_void) -> u32,
    /// Reads back what `save_entries` wrote.
    pub restore_entries: unsafe extern "C" fn(*mut RawModel, *const u8, usize) -> u32,
    /// Why the last of these functions did not end well; lives until the next one is called.
    pub refusal: unsafe extern "C" fn(*mut RawModel) -> *const c_char,
    /// Marks everything as changed since the last dump of a trace.
    pub mark_active: unsafe extern "C" fn(*mut RawModel),
    /// Computes everything combinational, or has the next evaluation begin with it; writes false where the model has
    /// no function for it.
    pub settle: unsafe extern "C" fn(*mut RawModel, *mut bool) -> u32,
    /// Whether the next evaluation begins with that.
    pub waits: unsafe extern "C" fn(*mut RawModel) -> bool,
    /// Streams everything through `operator<<`.
    pub save: unsafe extern "C" fn(*mut RawModel, WriteFn, *mut c_void) -> u32,
    /// Reads everything through `operator>>`.
    pub restore: unsafe extern "C" fn(*mut RawModel, *const u8, usize) -> u32,
    /// Those that reach the model's context.
    pub context: ContextFunctions,
}

/// What the generated bindings know of the state of a kind of model: one static of each.
#[derive(Debug)]
pub struct ModelState {
    /// The model's name.
    pub name: &'static str,
    /// Verilator's version.
    pub version: &'static str,
    /// The model's fingerprint.
    pub fingerprint: u64,
    table: Result<&'static [u8], &'static str>,
    pub(super) functions: Functions,
    decoded: OnceLock<Result<Table, String>>,
    verification: OnceLock<Verification>,
    pub(super) names: NamesCell,
    layout: OnceLock<Result<ModelLayout, String>>,
    verified: OnceLock<Result<(), String>>,
}

impl ModelState {
    /// What codegen writes. Without a table: the reason why there is none.
    ///
    /// # Safety
    ///
    /// The functions are those of one shim, and the table is the one that was generated with it.
    #[must_use]
    pub const unsafe fn new(
        name: &'static str,
        version: &'static str,
        fingerprint: u64,
        table: Result<&'static [u8], &'static str>,
        functions: Functions,
    ) -> ModelState {
        ModelState {
            name,
            version,
            fingerprint,
            table,
            functions,
            decoded: OnceLock::new(),
            verification: OnceLock::new(),
            names: OnceLock::new(),
            layout: OnceLock::new(),
            verified: OnceLock::new(),
        }
    }

    /// The table, or why there is none.
    pub fn table(&self) -> Result<&Table, &str> {
        let decoded = self.decoded.get_or_init(|| {
            Table::decode(self.table.map_err(str::to_owned)?).map_err(|error| error.to_string())
        });
        decoded.as_ref().map_err(String::as_str)
    }

    /// What verifies a stream of `table`, which is this model's.
    pub(super) fn verification(&self, table: &Table) -> &Verification {
        self.verification.get_or_init(|| Verification::new(table))
    }
}

/// A live model, with what is known of its kind.
#[derive(Clone, Copy, Debug)]
pub struct LiveModel {
    pub(super) state: &'static ModelState,
    raw: NonNull<RawModel>,
    context: NonNull<RawContext>,
}

impl LiveModel {
    /// The model behind `raw`, whose context is `context`.
    ///
    /// # Safety
    ///
    /// `raw` is a model of the kind that `state` describes. Model and context stay live, and nobody else evaluates or
    /// changes them, as long as the result is used; the calling thread is the one that evaluates it.
    #[must_use]
    pub unsafe fn new(
        state: &'static ModelState,
        raw: NonNull<RawModel>,
        context: NonNull<RawContext>,
    ) -> LiveModel {
        LiveModel {
            state,
            raw,
            context,
        }
    }

    /// The simulation time of its context, in units of the time precision.
    #[must_use]
    pub fn time(self) -> u64 {
        self.context().time()
    }

    /// Its context.
    pub(super) fn context(self) -> LiveContext {
        // SAFETY: it is the model's, which these functions reach (`ModelState::new`), and both are live (`new`).
        unsafe { LiveContext::new(self.context, self.state.functions.context) }
    }

    /// Where the state lies; made once per kind of model and process.
    pub(super) fn layout(self) -> Result<&'static ModelLayout, &'static str> {
        let made = self.state.layout.get_or_init(|| {
            let table = self.state.table().map_err(str::to_owned)?;
            let mut places = vec![Place::default(); table.entries().len()];
            let mut instances = vec![0; table.instance_count() as usize];
            // SAFETY: the model is live (`new`), and the table was generated with the shim
            // (`ModelState::new`), so it writes as many places and instances as the table has.
            unsafe {
                (self.state.functions.layout)(
                    self.raw.as_ptr(),
                    places.as_mut_ptr(),
                    instances.as_mut_ptr(),
                );
            }
            ModelLayout::new(table, places, instances)
        });
        made.as_ref().map_err(String::as_str)
    }

    /// The layout, verified once per process against what Verilator's operators write. Where it does not hold, they
    /// take its place, which the user is told once.
    pub(super) fn verified(self) -> Result<&'static ModelLayout, &'static str> {
        let mut fresh = false;
        let verified = self.state.verified.get_or_init(|| {
            fresh = true;
            let layout = self.layout().map_err(str::to_owned);
            layout.and_then(|layout| self.verify(layout))
        });
        // That a model has no table was said when it was built. (Said here, where a subscriber may come back.)
        if let (true, Err(reason), Ok(_)) = (fresh, verified, self.state.table) {
            tracing::warn!(
                model = self.state.name,
                %reason,
                "the state table does not hold: snapshots of the model have no names, and take longer"
            );
        }
        verified.as_ref().map_err(String::as_str)?;
        self.layout()
    }

    /// Compares the layout's stream with the operators', byte for byte.
    fn verify(self, layout: &ModelLayout) -> Result<(), String> {
        let entries = self.save_entries()?;
        let theirs = self.save_operators()?;
        let mut at = 0;
        self.walk(layout, &entries, |piece| {
            let found = theirs.get(at..at + piece.len());
            at += piece.len();
            if found == Some(piece) {
                Ok(())
            } else {
                Err(())
            }
        })
        .map_err(|()| {
            format!("the state table differs from Verilator's stream before byte {at}")
        })?;
        if at != theirs.len() {
            return Err(format!(
                "the state table stands for {at} bytes, Verilator's stream has {}",
                theirs.len()
            ));
        }
        Ok(())
    }

    /// Hands the stream's pieces to `take`, in order.
    pub(super) fn walk<E>(
        self,
        layout: &ModelLayout,
        entries: &OperatorEntries,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let base = self.base();
        let mut operators = 1;
        for step in &layout.steps {
            match *step {
                StreamStep::Check(value) => take(&value.to_le_bytes())?,
                StreamStep::Context => take(entries.get(0).unwrap_or_default())?,
                StreamStep::Operator => {
                    take(entries.get(operators).unwrap_or_default())?;
                    operators += 1;
                }
                StreamStep::Copy { offset, size } => {
                    // SAFETY: offset and size are those of members of the model, side by side, as the
                    // C++ compiler gave them (`ModelLayout::new`); the model is live and nobody changes it
                    // meanwhile (`new`); `take` gets no access to it. Members are arrays of integers,
                    // without padding, which the model's constructor fills.
                    let bytes = unsafe {
                        std::slice::from_raw_parts(
                            base.wrapping_add(offset as usize),
                            size as usize,
                        )
                    };
                    take(bytes)?;
                }
            }
        }
        Ok(())
    }

    /// Where the bytes of a stream go whose `entries` operators have read.
    pub(super) fn target<'l>(
        self,
        layout: &'l ModelLayout,
        entries: &OperatorEntries,
    ) -> Target<'l> {
        Target::new(self.base(), layout, entries)
    }

    /// Copies bytes out of the model.
    pub(super) fn read(self, offset: u64, size: usize) -> Vec<u8> {
        // SAFETY: callers pass places of this model's layout; as in `walk`.
        unsafe {
            std::slice::from_raw_parts(self.base().wrapping_add(offset as usize), size).to_vec()
        }
    }

    /// Copies bytes into the model.
    pub(super) fn write(self, offset: u64, bytes: &[u8]) {
        // SAFETY: callers pass places of this model's layout and values of the members' types; as in `walk`, for
        // writing.
        unsafe {
            let to = self.base().wrapping_add(offset as usize);
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len());
        }
    }

    /// Where a place of this model's layout lies.
    #[cfg(feature = "driver")]
    pub(super) fn address(self, offset: u64) -> *const u8 {
        self.base().wrapping_add(offset as usize)
    }

    fn base(self) -> *mut u8 {
        // SAFETY: the model is live (`new`); with null pointers the function only gives an address.
        unsafe {
            (self.state.functions.layout)(
                self.raw.as_ptr(),
                std::ptr::null_mut(),
                std::ptr::null_mut(),
            )
        }
    }

    /// What operators write of the context and of members that are not plain data.
    pub(super) fn save_entries(self) -> Result<OperatorEntries, String> {
        let mut entries = OperatorEntries::default();
        // SAFETY: the model is live (`new`); `write_entry` and `mark_entry` take `entries` as their
        // environment, which outlives the call.
        let status = unsafe {
            (self.state.functions.save_entries)(
                self.raw.as_ptr(),
                write_entry,
                mark_entry,
                (&raw mut entries).cast(),
            )
        };
        if status == OK {
            Ok(entries)
        } else {
            Err(self.refused("a save"))
        }
    }

    /// Reads back what operators wrote.
    pub(super) fn restore_entries(self, bytes: &[u8]) -> Result<(), String> {
        // SAFETY: the model is live (`new`); the shim reads `bytes` during the call only.
        let status = unsafe {
            (self.state.functions.restore_entries)(self.raw.as_ptr(), bytes.as_ptr(), bytes.len())
        };
        if status == OK {
            Ok(())
        } else {
            Err(self.refused("a string, queue or associative array in it"))
        }
    }

    /// The whole stream, through Verilator's operators.
    pub(super) fn save_operators(self) -> Result<Vec<u8>, String> {
        let mut bytes: Vec<u8> = Vec::new();
        // SAFETY: the model is live (`new`); `write_bytes` takes `bytes` as its environment, which
        // outlives the call.
        let status = unsafe {
            (self.state.functions.save)(self.raw.as_ptr(), write_bytes, (&raw mut bytes).cast())
        };
        if status == OK {
            Ok(bytes)
        } else {
            Err(self.refused("a save"))
        }
    }

    /// Reads the whole stream through Verilator's operators.
    pub(super) fn restore_operators(self, bytes: &[u8]) -> Result<(), String> {
        // SAFETY: the model is live (`new`); the shim reads `bytes` during the call only.
        let status = unsafe {
            (self.state.functions.restore)(self.raw.as_ptr(), bytes.as_ptr(), bytes.len())
        };
        if status == OK {
            Ok(())
        } else {
            Err(self.refused("a restore"))
        }
    }

    /// Looks for values that are wider than their variables: operators read any.
    pub(super) fn verify_widths(self) -> Result<(), String> {
        let Ok(layout) = self.layout() else {
            return Ok(());
        };
        let base = self.base().cast_const();
        for signal in layout.table.signals() {
            let Some(above) = Above::of(signal.entry) else {
                continue;
            };
            let (offset, size) = layout.place(&signal);
            let start = base.wrapping_add(offset as usize);
            // SAFETY: a place of this model's layout; as in `walk`. Nothing changes the model before the slice is gone.
            let bytes = unsafe { std::slice::from_raw_parts(start, size as usize) };
            if !above.are_zeros(0, bytes) {
                return Err(does_not_fit(&signal));
            }
        }
        Ok(())
    }

    /// Puts a verified stream into the model.
    pub(super) fn put(
        self,
        layout: &ModelLayout,
        stream: &Stream<'_>,
        entries: &OperatorEntries,
        section: &Section<'_>,
    ) -> Result<(), RestoreError> {
        // First what may be refused, which then gets back what it had.
        let before = self
            .save_entries()
            .map_err(|error| section.refused(error))?;
        if let Err(error) = self.restore_entries(&entries.bytes) {
            let _ = self.restore_entries(&before.bytes);
            return Err(section.refused(error));
        }
        let target = self.target(layout, entries);
        stream.pieces(0..stream.len(), &|at, bytes| {
            // SAFETY: the model is live and the caller's alone (`LiveModel::new`); the stream was verified (the caller).
            // This thread waits here for those that hand out the pieces, each byte once, and the bytes are those that were
            // verified (`InPlace`).
            unsafe { target.fill(at, bytes) }
        })?;
        self.mark_active();
        Ok(())
    }

    /// Marks everything as changed since the last dump of a trace: the next one compares it all.
    pub(super) fn mark_active(self) {
        // SAFETY: the model is live (`new`).
        unsafe { (self.state.functions.mark_active)(self.raw.as_ptr()) }
    }

    /// Whether everything combinational waits for the next evaluation.
    pub(super) fn waits(self) -> bool {
        // SAFETY: the model is live (`new`).
        unsafe { (self.state.functions.waits)(self.raw.as_ptr()) }
    }

    /// Computes everything combinational from the state, where the model has imports at its next evaluation; false
    /// where it cannot.
    pub(super) fn settle(self) -> Result<bool, String> {
        let mut done = false;
        // SAFETY: the model is live (`new`); the shim writes one bool.
        let status = unsafe { (self.state.functions.settle)(self.raw.as_ptr(), &raw mut done) };
        if status == OK {
            Ok(done)
        } else {
            Err(self.refused("a restore"))
        }
    }

    fn refused(self, what: &str) -> String {
        // SAFETY: the model is live (`new`), and the text lives until the next call.
        let why = unsafe { CStr::from_ptr((self.state.functions.refusal)(self.raw.as_ptr())) };
        format!(
            "the model `{}` refuses {what}: {}",
            self.state.name,
            why.to_string_lossy()
        )
    }
}

unsafe extern "C" fn write_bytes(env: *mut c_void, bytes: *const u8, length: usize) {
    // SAFETY: `save_operators` passes a vector that nothing else uses during the call.
    let to = unsafe { &mut *env.cast::<Vec<u8>>() };
    // SAFETY: the shim passes bytes of its own that live during the call.
    to.extend_from_slice(unsafe { std::slice::from_raw_parts(bytes, length) });
}

unsafe extern "C" fn write_entry(env: *mut c_void, bytes: *const u8, length: usize) {
    // SAFETY: `save_entries` passes entries that nothing else uses during the call.
    let to = unsafe { &mut *env.cast::<OperatorEntries>() };
    // SAFETY: the shim passes bytes of its own that live during the call.
    to.bytes
        .extend_from_slice(unsafe { std::slice::from_raw_parts(bytes, length) });
}

unsafe extern "C" fn mark_entry(env: *mut c_void) {
    // SAFETY: `save_entries` passes entries that nothing else uses during the call.
    let entries = unsafe { &mut *env.cast::<OperatorEntries>() };
    entries.ends.push(entries.bytes.len());
}
