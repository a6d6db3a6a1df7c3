//! Where a process crashed, in names.

use std::{
    fmt,
    path::Path,
    sync::atomic::Ordering::{Acquire, Relaxed},
};

use serde::Serialize;

use super::{
    order::ProcessEnd,
    record::{CrashSite, Record},
    unwind,
};

/// What Rust calls to give up on an exception that is none of its own.
const FOREIGN_EXCEPTION: &str = "__rust_foreign_exception";

/// Where a process crashed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Site {
    /// Address that could not be accessed, for the signals that have one.
    pub address: Option<u64>,
    /// Program counter.
    pub pc: Option<u64>,
    /// The function there, as far as symbols tell. If the process sent itself the signal, as
    /// `abort` does, it is the function that called into the C, C++ or Rust library.
    pub function: Option<String>,
    /// File and line there, if debug information tells.
    pub location: Option<String>,
    /// What that function called: `abort`, `__cxa_throw` for an exception that nobody catches,
    /// `__assert_fail`. Without a function, `__rust_foreign_exception`: Rust was to catch an exception of
    /// C++, when the functions that it had gone through were gone from the stack.
    pub called: Option<String>,
    /// A Rust panic's message and place.
    pub panic: Option<String>,
}

impl Site {
    /// What the original's handlers wrote, if it ended that way.
    ///
    /// Functions are looked up only where `named` asks for it: that reads the program's debug
    /// information, which takes a quarter of a second and more, and a slot waits to be woken.
    pub(crate) fn read(record: &Record, end: ProcessEnd, named: bool) -> Option<Self> {
        let crash = &record.crash;
        let mut site = Self::default();
        let signal = crash.signal.load(Acquire);
        let was_sent = crash.code.load(Relaxed) <= 0;
        match end {
            ProcessEnd::Exited(101) => site.panic = panic_of(crash),
            // The signal need not be the one that ended it: Rust's own handler turns a stack overflow
            // into SIGABRT.
            ProcessEnd::Signaled(_) if signal != 0 && !was_sent => site.fault(crash, signal, named),
            ProcessEnd::Signaled(by) if signal == by && named => site.find_caller(crash),
            _ => {}
        }
        (site != Self::default()).then_some(site)
    }

    fn fault(&mut self, crash: &CrashSite, signal: i32, named: bool) {
        let pc = crash.pc.load(Relaxed);
        if [libc::SIGSEGV, libc::SIGBUS].contains(&signal) {
            self.address = Some(crash.address.load(Relaxed));
        }
        self.pc = Some(pc);
        if named && let Some(outermost) = look_up(pc + 1).pop() {
            self.function = outermost.function;
            self.location = outermost.location;
        }
    }

    /// The first function in the chain of calls that belongs to none of the libraries that programs
    /// are run by. Nothing if there is none: that `raise` was called says no more than the signal.
    fn find_caller(&mut self, crash: &CrashSite) {
        let mut called = None;
        let mut panicked = false;
        for frame in unwind::frames(&crash.stack) {
            for place in look_up(frame.return_address) {
                if place.is_of_foreign_exception() {
                    self.called = place.function;
                    return;
                }
                if is_library(&frame.file) || place.is_of_library() {
                    panicked |= place.is_of_panic();
                    called = place.function.or(called);
                    continue;
                }
                self.pc = Some(frame.return_address - 1);
                self.function = place.function;
                self.location = place.location;
                self.called = called;
                self.panic = panic_of(crash).filter(|_| panicked);
                return;
            }
        }
    }
}

fn panic_of(crash: &CrashSite) -> Option<String> {
    Some(crash.panic.get()).filter(|text| !text.is_empty())
}

/// A function, or a part of one that was inlined into it.
struct StackFrame {
    function: Option<String>,
    location: Option<String>,
}

impl StackFrame {
    /// Whether it is part of such a library, or of Rust's: they may be linked into the program, and
    /// their generic functions always are.
    fn is_of_library(&self) -> bool {
        const WHOLE: [&str; 5] = ["abort", "raise", "gsignal", "pthread_kill", "_start"];
        const BEGINNINGS: [&str; 15] = [
            "std::",
            "core::",
            "alloc::",
            "<std::",
            "<core::",
            "<alloc::",
            "panic_unwind::",
            "__rust",
            "rust_",
            "__cxxabiv1::",
            "__gnu_cxx::",
            "__cxa_",
            "_Unwind_",
            "__assert_",
            "__libc_",
        ];
        const SOURCES: [&str; 5] = [
            "/library/std/src/",
            "/library/core/src/",
            "/library/alloc/src/",
            "/library/panic_unwind/src/",
            "/include/c++/",
        ];
        let source = self.location.as_deref().unwrap_or_default();
        let function = self.function.as_deref().unwrap_or_default();
        // Rust's own `main` has no source; it calls the program's.
        let begins_rust = function == "main" && source.is_empty();
        begins_rust
            || WHOLE.contains(&function)
            || BEGINNINGS.iter().any(|name| function.starts_with(name))
            || SOURCES.iter().any(|folder| source.contains(folder))
    }

    /// Whether Rust gives up here on an exception that is none of its own. Who caught it is to be found
    /// on the stack, but says nothing of who threw it.
    fn is_of_foreign_exception(&self) -> bool {
        let function = self.function.as_deref().unwrap_or_default();
        function.ends_with(FOREIGN_EXCEPTION)
    }

    /// Whether it is part of how Rust panics.
    fn is_of_panic(&self) -> bool {
        let function = self.function.as_deref().unwrap_or_default();
        ["std::panicking", "core::panicking"]
            .iter()
            .any(|module| function.starts_with(module))
    }
}

/// What the byte before `address` belongs to: what was inlined first, and the function itself last;
/// one place without names if there are none. The supervisor is a fork of the same program, at the
/// same addresses.
fn look_up(address: u64) -> Vec<StackFrame> {
    let mut places = Vec::new();
    backtrace::resolve(address as *mut _, |symbol| {
        let line = symbol
            .lineno()
            .map_or(String::new(), |line| format!(":{line}"));
        places.push(StackFrame {
            // Without the hash of a Rust function.
            function: symbol.name().map(|name| format!("{name:#}")).map(plain),
            location: symbol
                .filename()
                .map(|file| format!("{}{line}", file.display())),
        });
    });
    if places.is_empty() {
        places.push(StackFrame {
            function: None,
            location: None,
        });
    }
    places
}

/// Without what glibc puts before the names of functions that it calls itself.
fn plain(function: String) -> String {
    match function.strip_prefix("__GI_") {
        Some(known) => known.to_owned(),
        None => function,
    }
}

/// Whether a file is one of the libraries of C, C++ and the loader.
fn is_library(file: &str) -> bool {
    const NAMES: [&str; 10] = [
        "libc.",
        "libc-",
        "libstdc++",
        "libc++",
        "libgcc_s",
        "libpthread",
        "libasan",
        "libtsan",
        "ld-",
        "linux-vdso",
    ];
    let name = Path::new(file).file_name().unwrap_or_default();
    let name = name.to_string_lossy();
    NAMES.iter().any(|prefix| name.starts_with(prefix))
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(panic) = &self.panic {
            parts.push(panic.replace('\n', " "));
        }
        if let Some(address) = self.address {
            parts.push(format!("address {address:#x}"));
        }
        match (&self.function, &self.location) {
            (Some(function), Some(location)) => parts.push(format!("in {function} at {location}")),
            (Some(function), None) => parts.push(format!("in {function}")),
            _ => parts.extend(self.pc.map(|pc| format!("program counter {pc:#x}"))),
        }
        parts.extend(self.called.as_ref().map(|called| {
            if called.ends_with(FOREIGN_EXCEPTION) {
                "an exception of C++ that nothing in C++ caught".to_owned()
            } else {
                format!("called {called}")
            }
        }));
        f.write_str(&parts.join(", "))
    }
}
