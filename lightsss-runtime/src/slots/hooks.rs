//! What must happen around a fork, registered by whoever owns a resource that a fork disturbs.
//!
//! Generated models register themselves (their thread pools and traces); a harness registers what
//! else it has: a connection, a device, a library with threads of its own.

use std::cell::{Cell, RefCell};

/// Called around each fork, on the thread that forks.
///
/// What was registered last is released first and rebuilt last.
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
#[must_use = "hooks are taken off when their registration is dropped"]
#[derive(Debug)]
pub struct Registration {
    id: u64,
    // A registration belongs to the thread whose list it is in.
    _thread: std::marker::PhantomData<*const ()>,
}

type Entry = (u64, Box<dyn ForkHooks>);

thread_local! {
    static HOOKS: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
    static NEXT: Cell<u64> = const { Cell::new(0) };
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

fn entry(hooks: Box<dyn ForkHooks>) -> (Entry, Registration) {
    let id = NEXT.with(|next| next.replace(next.get() + 1));
    let registration = Registration {
        id,
        _thread: std::marker::PhantomData,
    };
    ((id, hooks), registration)
}

impl Drop for Registration {
    fn drop(&mut self) {
        // A thread that ends has dropped its list; hooks that drop registrations of their own find
        // the list free again: the entry is dropped here, when the list is not borrowed.
        let entry = HOOKS.try_with(|list| {
            let mut list = list.try_borrow_mut().ok()?;
            let at = list.iter().position(|(id, _)| *id == self.id)?;
            Some(list.remove(at))
        });
        drop(entry);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Before,
    InOriginal,
    InSlot,
    InReplay,
    Shortage,
}

/// Bytes that the hooks of this thread have copied for the slot about to be forked.
pub(crate) fn copied() -> u64 {
    HOOKS.with(|list| list.borrow().iter().map(|(_, hooks)| hooks.copied()).sum())
}

/// Calls every hook of this thread. `Before` goes from the last registered to the first, the
/// others the other way round.
pub(crate) fn run(moment: Moment) {
    // Taken out of the list while they run, so that a hook may register or drop others.
    let mut hooks = HOOKS.with(RefCell::take);
    let call = |(_, hooks): &mut Entry| match moment {
        Moment::Before => hooks.before(),
        Moment::InOriginal => hooks.in_original(),
        Moment::InSlot => hooks.in_slot(),
        Moment::InReplay => hooks.in_replay(),
        Moment::Shortage => hooks.give_back(),
    };
    if moment == Moment::Before {
        hooks.iter_mut().rev().for_each(call);
    } else {
        hooks.iter_mut().for_each(call);
    }
    HOOKS.with(|list| {
        let added = list.replace(hooks);
        list.borrow_mut().extend(added);
    });
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

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
        run(Moment::Before);
        run(Moment::InOriginal);
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
        run(Moment::Before);
        run(Moment::InOriginal);
        drop(b);
        run(Moment::Before);
        let expected = [
            "before b",
            "before a",
            "original a",
            "original b",
            "before a",
        ];
        assert_eq!(*log.borrow(), expected);
    }
}
