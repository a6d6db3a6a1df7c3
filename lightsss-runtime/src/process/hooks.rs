//! What must happen around a fork, registered by the owner of a resource that a fork disturbs.
//!
//! Generated models register themselves (their thread pools and traces); a harness registers what
//! else it has: a connection, a device, a library with threads of its own.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::{Rc, Weak};

use super::panics::{self, Payload};

/// Called around each fork, on the thread that forks: that of a slot, of a save in the background, and of a run of a
/// [template](crate::template), which is called as a slot and then as a replay.
///
/// What was registered last is released first and rebuilt last.
///
/// A hook may register hooks, and drop registrations, its own included. It may not fork: a checkpoint or a save in the
/// background that a hook asks for is refused. After a panic in `before` nothing is forked: all hooks are called
/// `in_original`, then the panic goes on to the caller that asked for the checkpoint. A panic in `in_slot` ends the slot.
pub trait ForkHooks {
    /// Before the fork: release what must not be alive during it, threads above all.
    fn before(&mut self) {}
    /// After the fork, in the process that goes on: rebuild it. Also called when the fork failed.
    fn in_original(&mut self) {}
    /// After the fork, in the slot, which from here on only waits. Must not start threads.
    fn in_slot(&mut self) {}
    /// In a replay, before the checkpoint returns: rebuild what `before` released, and leave alone
    /// what belongs to the original (an open trace, a connection).
    fn in_replay(&mut self) {}
    /// Bytes that `before` has copied for the slot about to be forked: they count as the slot's own
    /// memory, which the system's figures do not tell.
    fn copied(&self) -> u64 {
        0
    }
    /// In the original, when memory is short: give back what is kept only for speed. Slots are dropped
    /// only if that is not enough.
    fn give_back(&mut self) {}
}

/// Keeps hooks registered; dropping it takes them off.
///
/// From then on they are not called any more, not even if the drop happens inside a hook.
#[must_use = "hooks are taken off when their registration is dropped"]
#[derive(Debug)]
pub struct Registration {
    entry: Weak<RegisteredHooks>,
    // A registration belongs to the thread whose list it is in.
    _thread: PhantomData<*const ()>,
}

struct RegisteredHooks {
    hooks: RefCell<Box<dyn ForkHooks>>,
    /// Its registration lives.
    registered: Cell<bool>,
}

impl fmt::Debug for RegisteredHooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegisteredHooks").finish_non_exhaustive()
    }
}

thread_local! {
    static HOOKS: RefCell<Vec<Rc<RegisteredHooks>>> = const { RefCell::new(Vec::new()) };
}

/// Registers hooks for forks that this thread makes.
pub fn register(hooks: Box<dyn ForkHooks>) -> Registration {
    let (entry, registration) = entry(hooks);
    HOOKS.with(|list| list.borrow_mut().push(entry));
    registration
}

/// Registers hooks that are called next to the fork: for memory, which the others may write and read.
pub(crate) fn register_innermost(hooks: Box<dyn ForkHooks>) -> Registration {
    let (entry, registration) = entry(hooks);
    HOOKS.with(|list| list.borrow_mut().insert(0, entry));
    registration
}

fn entry(hooks: Box<dyn ForkHooks>) -> (Rc<RegisteredHooks>, Registration) {
    let entry = Rc::new(RegisteredHooks {
        hooks: RefCell::new(hooks),
        registered: Cell::new(true),
    });
    let registration = Registration {
        entry: Rc::downgrade(&entry),
        _thread: PhantomData,
    };
    (entry, registration)
}

impl Drop for Registration {
    fn drop(&mut self) {
        let Some(entry) = self.entry.upgrade() else {
            // The thread has ended, and its list with it.
            return;
        };
        entry.registered.set(false);
        let _ = HOOKS.try_with(|list| {
            let mut list = list.borrow_mut();
            list.retain(|other| !Rc::ptr_eq(other, &entry));
        });
        // The hooks themselves, which may drop registrations of their own, go here, where nothing is borrowed; those
        // that run go when `run` is done with them.
        drop(entry);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ForkMoment {
    Before,
    InOriginal,
    InSlot,
    InReplay,
    Shortage,
}

/// The hooks of this thread. Hooks may register and drop others, so the list is not borrowed while they run.
fn all() -> Vec<Rc<RegisteredHooks>> {
    HOOKS.with(|list| list.borrow().clone())
}

/// Bytes that the hooks of this thread have copied for the slot about to be forked.
pub(crate) fn copied() -> u64 {
    let copied =
        |entry: Rc<RegisteredHooks>| entry.hooks.try_borrow().map_or(0, |hooks| hooks.copied());
    all().into_iter().map(copied).sum()
}

/// Whether a hook of this thread runs: a fork that it asks for would find others half released.
pub(crate) fn are_running() -> bool {
    all()
        .iter()
        .any(|entry| entry.hooks.try_borrow_mut().is_err())
}

/// Calls every hook of this thread. `Before` goes from the last registered to the first, the
/// others the other way round.
///
/// A hook that panics keeps none of the others from running; the first panic goes on afterwards.
pub(crate) fn run(moment: ForkMoment) {
    if let Err(payload) = try_run(moment) {
        resume_unwind(payload);
    }
}

/// As [`run`]; gives the first panic.
pub(crate) fn try_run(moment: ForkMoment) -> Result<(), Payload> {
    let mut hooks = all();
    if moment == ForkMoment::Before {
        hooks.reverse();
    }
    let mut first = Ok(());
    for entry in hooks {
        if !entry.registered.get() {
            continue;
        }
        let Ok(mut hooks) = entry.hooks.try_borrow_mut() else {
            continue;
        };
        let called = catch_unwind(AssertUnwindSafe(|| match moment {
            ForkMoment::Before => hooks.before(),
            ForkMoment::InOriginal => hooks.in_original(),
            ForkMoment::InSlot => hooks.in_slot(),
            ForkMoment::InReplay => hooks.in_replay(),
            ForkMoment::Shortage => hooks.give_back(),
        }));
        drop(hooks);
        match (called, &first) {
            (Ok(()), _) => {}
            (Err(payload), Ok(())) => first = Err(payload),
            (Err(payload), Err(_)) => panics::discard(payload),
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Log(&'static str, Rc<RefCell<Vec<String>>>);

    impl ForkHooks for Log {
        fn before(&mut self) {
            self.1.borrow_mut().push(format!("before {}", self.0));
        }
        fn in_original(&mut self) {
            self.1.borrow_mut().push(format!("original {}", self.0));
        }
    }

    #[test]
    fn hooks_of_memory_are_next_to_the_fork_whenever_they_were_registered() {
        let log = Rc::default();
        let _a = register(Box::new(Log("a", Rc::clone(&log))));
        let _memory = register_innermost(Box::new(Log("memory", Rc::clone(&log))));
        let _b = register(Box::new(Log("b", Rc::clone(&log))));
        run(ForkMoment::Before);
        run(ForkMoment::InOriginal);
        let expected = [
            "before b",
            "before a",
            "before memory",
            "original memory",
            "original a",
            "original b",
        ];
        assert_eq!(*log.borrow(), expected);
    }

    #[test]
    fn the_last_registered_is_released_first_and_rebuilt_last() {
        let log = Rc::default();
        let _a = register(Box::new(Log("a", Rc::clone(&log))));
        let b = register(Box::new(Log("b", Rc::clone(&log))));
        run(ForkMoment::Before);
        run(ForkMoment::InOriginal);
        drop(b);
        run(ForkMoment::Before);
        let expected = [
            "before b",
            "before a",
            "original a",
            "original b",
            "before a",
        ];
        assert_eq!(*log.borrow(), expected);
    }

    struct Calls<F: FnMut(&'static str)>(F);

    impl<F: FnMut(&'static str)> ForkHooks for Calls<F> {
        fn before(&mut self) {
            self.0("before");
        }
        fn in_original(&mut self) {
            self.0("original");
        }
    }

    #[test]
    fn a_hook_that_panics_keeps_none_of_the_others_from_running() {
        let log = Rc::default();
        let _a = register(Box::new(Log("a", Rc::clone(&log))));
        let panicking = register(Box::new(Calls(|_| panic!("hook"))));
        let _b = register(Box::new(Log("b", Rc::clone(&log))));
        let panicked = try_run(ForkMoment::Before).unwrap_err();
        assert_eq!(panicked.downcast_ref(), Some(&"hook"));
        drop(panicking);
        run(ForkMoment::InOriginal);
        let expected = ["before b", "before a", "original a", "original b"];
        assert_eq!(*log.borrow(), expected);
    }

    #[test]
    fn payloads_that_panic_in_their_drop_end_nothing() {
        struct PanicsInDrop;
        impl Drop for PanicsInDrop {
            fn drop(&mut self) {
                panic!("in drop");
            }
        }
        let throw = |_| std::panic::panic_any(PanicsInDrop);
        let _hooks = [(); 3].map(|()| register(Box::new(Calls(throw))));
        panics::discard(try_run(ForkMoment::Before).unwrap_err());
    }

    #[test]
    fn hooks_whose_registration_goes_while_hooks_run_are_not_called_again() {
        let log = Rc::default();
        let victim = register(Box::new(Log("victim", Rc::clone(&log))));
        let mut victim = Some(victim);
        let _dropper = register(Box::new(Calls(move |_| drop(victim.take()))));
        run(ForkMoment::Before);
        run(ForkMoment::InOriginal);
        assert!(log.borrow().is_empty(), "{:?}", log.borrow());
    }

    #[test]
    fn a_hook_drops_its_own_registration() {
        let own = Rc::new(RefCell::new(None));
        let (inside, calls) = (Rc::clone(&own), Rc::new(Cell::new(0)));
        let (count, kept) = (Rc::clone(&calls), vec![1_u8; 100]);
        *own.borrow_mut() = Some(register(Box::new(Calls(move |_| {
            drop(inside.borrow_mut().take());
            count.set(count.get() + kept.len());
        }))));
        run(ForkMoment::Before);
        run(ForkMoment::InOriginal);
        assert_eq!(calls.get(), 100);
    }

    #[test]
    fn a_hook_registers_another_which_is_called_from_then_on() {
        let log = Rc::default();
        let (added, inside) = (Rc::new(RefCell::new(None)), Rc::clone(&log));
        let adds = Rc::clone(&added);
        let _adder = register(Box::new(Calls(move |_| {
            if adds.borrow().is_none() {
                let hooks = Box::new(Log("added", Rc::clone(&inside)));
                *adds.borrow_mut() = Some(register(hooks));
            }
        })));
        run(ForkMoment::Before);
        run(ForkMoment::InOriginal);
        assert_eq!(*log.borrow(), ["original added"]);
    }

    #[test]
    fn it_is_known_that_hooks_run() {
        let seen = Rc::new(Cell::new(false));
        let inside = Rc::clone(&seen);
        let _hooks = register(Box::new(Calls(move |_| inside.set(are_running()))));
        assert!(!are_running());
        run(ForkMoment::Before);
        assert!(seen.get() && !are_running());
    }
}
