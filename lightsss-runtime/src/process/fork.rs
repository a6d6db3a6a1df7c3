//! What stands around every fork: a slot's and that of a save in the background.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::panics::{self, Payload};
use crate::process::hooks::{self, Moment};
use crate::process::{sys, threads};

/// The exit status of a child in which foreign code panicked: that of a Rust program after a panic.
const PANICKED: i32 = 101;

/// Why this process may not fork now.
pub(crate) enum Refused {
    /// Other threads live; their names.
    Threads(Vec<String>),
    /// A fork hook asks for it.
    InHook,
}

/// All that must not be alive during a fork is released, and standard output is flushed.
///
/// Dropped in the original, it has the hooks rebuild what they released.
pub(crate) struct Released(());

impl Released {
    /// Runs the hooks and looks for threads.
    ///
    /// # Panics
    ///
    /// A panic of a hook goes on here, once all hooks have rebuilt what they released.
    pub(crate) fn new() -> Result<Self, Refused> {
        if hooks::are_running() {
            return Err(Refused::InHook);
        }
        let before = hooks::try_run(Moment::Before);
        let released = Self(());
        if let Err(payload) = before {
            released.rebuild_after(payload);
        }
        let others = threads::others();
        if !others.is_empty() {
            return Err(Refused::Threads(others));
        }
        sys::flush_stdio();
        Ok(released)
    }

    fn rebuild_after(self, payload: Payload) -> ! {
        std::mem::forget(self);
        if let Err(second) = hooks::try_run(Moment::InOriginal) {
            panics::discard(second);
        }
        resume_unwind(payload)
    }

    /// Runs what a child does before it is a process of its own. A panic in it ends the child: it would go on in the
    /// code of the original, a second time.
    pub(crate) fn in_child<T>(self, call: impl FnOnce() -> T) -> T {
        std::mem::forget(self);
        match catch_unwind(AssertUnwindSafe(call)) {
            Ok(value) => value,
            Err(payload) => {
                panics::discard(payload);
                sys::exit_now(PANICKED)
            }
        }
    }
}

impl Drop for Released {
    fn drop(&mut self) {
        hooks::run(Moment::InOriginal);
    }
}
