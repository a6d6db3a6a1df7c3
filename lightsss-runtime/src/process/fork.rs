//! The fork, and what stands around it: that of a slot and that of a save in the background.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use nix::{
    errno::Errno,
    sys::signal::SigSet,
    unistd::{ForkResult, Pid},
};

use super::{
    hooks::{self, ForkMoment},
    panics::{self, Payload},
    sys, threads,
};

/// The exit status of a child in which foreign code panicked: that of a Rust program after a panic.
const PANICKED: i32 = 101;

/// Why this process did not fork.
pub(crate) enum ForkError {
    /// Other threads live; their names.
    Threads(Vec<String>),
    /// A fork hook asks for it.
    InHook,
    System(Errno),
}

/// Which process this is after a fork.
pub(crate) enum Forked<N, T> {
    Original {
        child: Pid,
        noted: N,
        /// Until it is dropped, what the hooks have released stays released.
        released: Released,
    },
    Child {
        /// What `run` gave.
        value: T,
        /// The signal mask from before the fork: in the child all signals are blocked.
        mask: SigSet,
    },
}

/// Forks this process. All that must not be alive meanwhile is released first, and rebuilt afterwards.
///
/// 1. The hooks release what they hold, other threads are looked for, and standard output is flushed.
/// 2. `note` notes what the child is to find as it is now.
/// 3. The process forks. If memory is short, `make_room` is called, and it forks once more.
/// 4. In the child `settle` binds it to its parent; then the hooks hear of it, and `run` runs.
///
/// A panic of `settle`, of `run` or of a hook ends the child: it would go on in the code of the original, a
/// second time.
///
/// # Panics
///
/// A panic of a hook in the original goes on here, once all hooks have rebuilt what they released.
pub(crate) fn fork<N, T>(
    note: impl FnOnce() -> N,
    make_room: impl FnOnce(),
    settle: impl FnOnce(&N),
    run: impl FnOnce(N) -> T,
) -> Result<Forked<N, T>, ForkError> {
    let released = Released::new()?;
    let noted = note();
    let forked = match sys::fork_blocked() {
        Err(Errno::ENOMEM) => {
            make_room();
            sys::fork_blocked()
        }
        other => other,
    };
    let (forked, mask) = forked.map_err(ForkError::System)?;
    match forked {
        ForkResult::Parent { child } => Ok(Forked::Original {
            child,
            noted,
            released,
        }),
        ForkResult::Child => {
            // The hooks of the original rebuild nothing here.
            std::mem::forget(released);
            let part = AssertUnwindSafe(|| {
                settle(&noted);
                hooks::run(ForkMoment::InSlot);
                run(noted)
            });
            match catch_unwind(part) {
                Ok(value) => Ok(Forked::Child { value, mask }),
                Err(payload) => {
                    panics::discard(payload);
                    sys::exit_now(PANICKED)
                }
            }
        }
    }
}

/// All that must not be alive during a fork is released.
///
/// Dropped in the original, it has the hooks rebuild what they released.
pub(crate) struct Released(());

impl Released {
    fn new() -> Result<Self, ForkError> {
        if hooks::are_running() {
            return Err(ForkError::InHook);
        }
        let before = hooks::try_run(ForkMoment::Before);
        let released = Self(());
        if let Err(payload) = before {
            released.rebuild_after(payload);
        }
        let others = threads::others();
        if !others.is_empty() {
            return Err(ForkError::Threads(others));
        }
        // Before anything is noted: it moves the offsets of files.
        sys::flush_stdio();
        Ok(released)
    }

    fn rebuild_after(self, payload: Payload) -> ! {
        std::mem::forget(self);
        if let Err(second) = hooks::try_run(ForkMoment::InOriginal) {
            panics::discard(second);
        }
        resume_unwind(payload)
    }
}

impl Drop for Released {
    fn drop(&mut self) {
        hooks::run(ForkMoment::InOriginal);
    }
}
