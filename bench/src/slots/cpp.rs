//! The class for C++ harnesses, beside one that a user would write with fork alone.

use std::ffi::{CString, c_char};

use clap::ValueEnum;
use lightsss_bench_rows::{Options, Row, turns};
// Has the functions that the class calls.
use lightsss_capi as _;

use crate::{program::Program, scaled};

const MEBIBYTES: u64 = 64;

/// Which class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Class {
    /// That of `lightsss.h`.
    Library,
    /// One of fork alone.
    Plain,
}

unsafe extern "C" {
    fn measure_library_class(what: *const c_char, mebibytes: u64);
    fn measure_plain_class(what: *const c_char, mebibytes: u64);
}

/// Takes samples until the input ends.
pub fn take_samples(class: Class, what: &str, mebibytes: u64) {
    let what = CString::new(what).expect("no zero byte");
    // SAFETY: they read a C string that outlives the call.
    unsafe {
        match class {
            Class::Library => measure_library_class(what.as_ptr(), mebibytes),
            Class::Plain => measure_plain_class(what.as_ptr(), mebibytes),
        }
    }
}

pub fn rows(options: &Options) {
    for (what, words) in [
        (
            "pause",
            "pause of `do_fork` with two slots kept, after scattered writes to 1 % of the pages",
        ),
        ("wake", "from `wakeup_child` to the awake slot"),
        ("drop", "`do_clear` of two slots"),
    ] {
        let name = format!("slots/cpp/{what}/{MEBIBYTES}mib");
        if !options.wants(&name) {
            continue;
        }
        let mut ours = Program::ours(&format!("cpp library {what} {MEBIBYTES}"));
        let mut theirs = Program::ours(&format!("cpp plain {what} {MEBIBYTES}"));
        let (mine, plain) = turns(
            options.samples(60, 20),
            || ours.measure(),
            || theirs.measure(),
        );
        let what = format!("class for C++ harnesses, {MEBIBYTES} MiB: {words}");
        Row::new(name, what, "us", scaled(&mine, 1e3))
            .against(
                "a class of fork alone, polling each 0.5 ms",
                scaled(&plain, 1e3),
            )
            .target_ratio(1.0)
            .print();
    }
}
