//! What a model does around a fork.

use std::cell::Cell;
use std::ptr::NonNull;

use super::ffi;
use crate::process::hooks::{self, ForkHooks};

/// Calls a model's shim around forks, for as long as it lives.
#[doc(hidden)]
#[derive(Debug)]
pub struct ModelForks {
    _registration: hooks::Registration,
}

/// A function of a model's shim.
type ModelFn = unsafe extern "C" fn(*mut ffi::RawModel);

struct Hooks {
    raw: NonNull<ffi::RawModel>,
    prepare_clone: ModelFn,
    at_clone: ModelFn,
    abandon_trace: Option<ModelFn>,
}

impl ModelForks {
    /// Registers the model.
    ///
    /// # Safety
    /// The functions are those of `raw`'s shim, and the model outlives what this returns.
    #[must_use]
    pub unsafe fn register(
        raw: NonNull<ffi::RawModel>,
        prepare_clone: ModelFn,
        at_clone: ModelFn,
        abandon_trace: Option<ModelFn>,
    ) -> Self {
        let hooks = Hooks {
            raw,
            prepare_clone,
            at_clone,
            abandon_trace,
        };
        CHANGES.set(CHANGES.get() + 1);
        Self {
            _registration: hooks::register(Box::new(hooks)),
        }
    }
}

impl Drop for ModelForks {
    fn drop(&mut self) {
        CHANGES.set(CHANGES.get() + 1);
    }
}

thread_local! {
    /// How often a model was made or dropped on this thread.
    static CHANGES: Cell<u64> = const { Cell::new(0) };
}

/// Another number after each model that this thread makes or drops: as long as it is the same, a model that was live
/// is live.
#[cfg(feature = "driver")]
pub(crate) fn model_changes() -> u64 {
    CHANGES.get()
}

impl ForkHooks for Hooks {
    fn before(&mut self) {
        // SAFETY: the model is live: `ModelForks` lives, and `register`'s contract.
        unsafe { (self.prepare_clone)(self.raw.as_ptr()) }
    }

    fn in_original(&mut self) {
        // SAFETY: as for `before`.
        unsafe { (self.at_clone)(self.raw.as_ptr()) }
    }

    fn in_replay(&mut self) {
        if let Some(abandon_trace) = self.abandon_trace {
            // SAFETY: as for `before`.
            unsafe { abandon_trace(self.raw.as_ptr()) }
        }
        // SAFETY: as for `before`.
        unsafe { (self.at_clone)(self.raw.as_ptr()) }
    }
}
