//! The harness's function that takes a design's output.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::ffi::c_void;
use std::io::Write as _;

use crate::process::panics::quietly;

/// Takes a line of output, without its line feed.
pub(super) type Sink = Box<dyn FnMut(&str)>;

/// Where a context's lines go. C++ knows its address for as long as the context lives, whichever sink it holds.
///
/// A sink is foreign code: it may replace itself, evaluate a model that prints into the same context, and panic. So
/// nothing is borrowed while it runs, and the lines that come meanwhile wait for their turn.
#[derive(Default)]
pub(super) struct Outlet {
    sink: Cell<Option<Sink>>,
    /// Counts the sinks that were set or taken off: one that runs is put back only if it is still the newest.
    changes: Cell<u64>,
    /// A sink runs.
    busy: Cell<bool>,
    waiting: RefCell<VecDeque<String>>,
}

impl Outlet {
    /// Puts a sink in the place of the one before, which is dropped last: its `drop` may come back here.
    pub(super) fn set(&self, sink: Option<Sink>) {
        self.changes.set(self.changes.get() + 1);
        let before = self.sink.replace(sink);
        drop(before);
    }

    /// Hands over a line, and then those that the sink itself caused. Never panics.
    fn print(&self, line: String) {
        self.waiting.borrow_mut().push_back(line);
        if self.busy.replace(true) {
            return;
        }
        while let Some(line) = self.next() {
            self.hand_over(&line);
        }
        self.busy.set(false);
    }

    fn next(&self) -> Option<String> {
        self.waiting.borrow_mut().pop_front()
    }

    fn hand_over(&self, line: &str) {
        let Some(mut sink) = self.sink.take() else {
            // The sink that was set when the line was printed is gone.
            let _ = writeln!(std::io::stdout(), "{line}");
            return;
        };
        let changes = self.changes.get();
        quietly(|| sink(line));
        if self.changes.get() == changes {
            self.sink.set(Some(sink));
        } else {
            quietly(|| drop(sink));
        }
    }
}

/// Hands a line to the [`Outlet`] at `env`.
///
/// # Safety
///
/// `env` is a live `Outlet` of the calling thread, to which no unique reference exists. `text` holds `length`
/// initialised bytes for the length of the call.
pub(super) unsafe extern "C" fn print_line(env: *mut c_void, text: *const u8, length: usize) {
    // SAFETY: the caller's contract.
    let outlet = unsafe { &*env.cast::<Outlet>() };
    // SAFETY: the caller's contract.
    let text = unsafe { std::slice::from_raw_parts(text, length) };
    outlet.print(String::from_utf8_lossy(text).into_owned());
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    type Lines = Rc<RefCell<Vec<String>>>;

    /// Prints as C++ does.
    fn print(outlet: &Rc<Outlet>, line: &str) {
        let env = Rc::as_ptr(outlet).cast_mut().cast();
        // SAFETY: the outlet lives in `outlet`, on this thread, and is shared only.
        unsafe { print_line(env, line.as_ptr(), line.len()) }
    }

    /// A sink that notes lines with a mark in front.
    fn noting(mark: &'static str, lines: &Lines) -> Sink {
        let lines = Rc::clone(lines);
        Box::new(move |line| lines.borrow_mut().push(format!("{mark} {line}")))
    }

    #[test]
    fn a_sink_takes_itself_off() {
        let (outlet, kept) = (Rc::new(Outlet::default()), Rc::new(Cell::new(0)));
        let (inside, seen, data) = (Rc::clone(&outlet), Rc::clone(&kept), vec![7_u8; 5000]);
        outlet.set(Some(Box::new(move |_| {
            inside.set(None);
            seen.set(data.len());
        })));
        print(&outlet, "one");
        assert_eq!(kept.get(), 5000);
        assert!(outlet.sink.take().is_none());
    }

    #[test]
    fn a_sink_puts_another_in_its_place() {
        let (outlet, lines) = (Rc::new(Outlet::default()), Lines::default());
        let (inside, seen) = (Rc::clone(&outlet), Rc::clone(&lines));
        outlet.set(Some(Box::new(move |line| {
            inside.set(Some(noting("second", &seen)));
            seen.borrow_mut().push(format!("first {line}"));
        })));
        print(&outlet, "a");
        print(&outlet, "b");
        assert_eq!(*lines.borrow(), ["first a", "second b"]);
    }

    #[test]
    fn lines_that_a_sink_causes_wait_for_their_turn() {
        let (outlet, lines) = (Rc::new(Outlet::default()), Lines::default());
        let (inside, seen) = (Rc::clone(&outlet), Rc::clone(&lines));
        outlet.set(Some(Box::new(move |line| {
            let mut lines = seen.borrow_mut();
            if lines.is_empty() {
                print(&inside, "nested");
            }
            lines.push(line.to_owned());
        })));
        print(&outlet, "outer");
        print(&outlet, "last");
        assert_eq!(*lines.borrow(), ["outer", "nested", "last"]);
    }

    #[test]
    fn the_drop_of_the_sink_before_sets_another() {
        struct SetsAnother(Rc<Outlet>, Lines);
        impl Drop for SetsAnother {
            fn drop(&mut self) {
                self.0.set(Some(noting("dropped", &self.1)));
            }
        }
        let (outlet, lines) = (Rc::new(Outlet::default()), Lines::default());
        let first = SetsAnother(Rc::clone(&outlet), Rc::clone(&lines));
        outlet.set(Some(Box::new(move |_| {
            let _ = &first;
        })));
        outlet.set(Some(noting("new", &lines)));
        print(&outlet, "a");
        assert_eq!(*lines.borrow(), ["dropped a"], "the last that was set");
    }

    #[test]
    fn a_panic_and_the_panic_of_its_payload_end_here() {
        struct PanicsInDrop;
        impl Drop for PanicsInDrop {
            fn drop(&mut self) {
                std::panic::panic_any(PanicsInDrop);
            }
        }
        let outlet = Rc::new(Outlet::default());
        let count = Rc::new(Cell::new(0));
        let seen = Rc::clone(&count);
        outlet.set(Some(Box::new(move |_| {
            seen.set(seen.get() + 1);
            std::panic::panic_any(PanicsInDrop);
        })));
        print(&outlet, "a");
        print(&outlet, "b");
        assert_eq!(count.get(), 2, "a sink that panicked gets the next line");
    }

    #[test]
    fn a_sink_that_replaced_itself_may_panic_in_its_drop() {
        struct PanicsInDrop;
        impl Drop for PanicsInDrop {
            fn drop(&mut self) {
                panic!("in drop");
            }
        }
        let (outlet, lines) = (Rc::new(Outlet::default()), Lines::default());
        let (inside, seen, held) = (Rc::clone(&outlet), Rc::clone(&lines), PanicsInDrop);
        outlet.set(Some(Box::new(move |_| {
            let _ = &held;
            inside.set(Some(noting("second", &seen)));
        })));
        print(&outlet, "a");
        print(&outlet, "b");
        assert_eq!(*lines.borrow(), ["second b"]);
    }
}
