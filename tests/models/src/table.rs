//! The designs, the options each is verilated with, and the versions of Verilator that take it.
//!
//! The build script reads this file too.

/// A design.
#[derive(Clone, Copy, Debug)]
pub struct Design {
    /// The model's name.
    pub name: &'static str,
    /// The file in `designs`, without `.sv`.
    pub source: &'static str,
    /// How it is verilated.
    pub options: &'static [Setting],
    /// Arguments of the run.
    pub plusargs: &'static [&'static str],
    /// The oldest version that takes it, as the minor number of Verilator 5.
    pub since: u32,
}

/// What the builder is told.
#[derive(Debug)]
pub enum Setting {
    /// `--assert`.
    Assertions,
    /// `--coverage`.
    Coverage,
    /// C++ that implements its DPI imports for the C++ main.
    Imports(&'static str),
    /// `--savable`.
    Savable,
    /// `--timing`.
    Timing,
    /// `--threads`.
    Threads(u32),
    /// `--public-flat-rw`.
    Public,
    /// `--top-module`.
    Top(&'static str),
    /// `--prefix`.
    Prefix(&'static str),
    /// `-G`.
    Parameter(&'static str, &'static str),
    /// `--trace-vcd`.
    Vcd,
    /// `--trace-fst`.
    Fst,
    /// `--trace-saif`.
    Saif,
    /// Anything else.
    Arg(&'static str),
}

use Setting::{
    Arg, Assertions, Coverage, Fst, Imports, Parameter, Prefix, Public, Saif, Savable, Threads,
    Timing, Top, Vcd,
};

const fn design(name: &'static str, options: &'static [Setting]) -> Design {
    Design {
        name,
        source: name,
        options,
        plusargs: &[],
        since: 6,
    }
}

const fn variant(name: &'static str, source: &'static str, options: &'static [Setting]) -> Design {
    Design {
        source,
        ..design(name, options)
    }
}

const fn since(minor: u32, design: Design) -> Design {
    Design {
        since: minor,
        ..design
    }
}

/// All designs. Each was tried with 5.006, 5.030, 5.032, 5.034, 5.038 and 5.048.
pub const DESIGNS: &[Design] = &[
    design("asserts", &[Assertions]),
    design("clocks", &[Savable]),
    design("combinational", &[]),
    design("containers", &[]),
    design("counter", &[Savable]),
    variant(
        "counter_prefixed",
        "counter",
        &[Prefix("Prefixed"), Arg("--mod-prefix"), Arg("Inner")],
    ),
    variant(
        "counter_bv",
        "counter",
        &[Arg("--pins-bv"), Arg("2"), Arg("--x-assign"), Arg("unique")],
    ),
    design("covered", &[Coverage]),
    design("display", &[]),
    design("dpi", &[Imports("dpi.cpp")]),
    design("dpi_exports", &[]),
    design("empty", &[]),
    design("events", &[]),
    design("finish", &[]),
    design("halts", &[]),
    design("hierarchy", &[]),
    variant("hierarchy_public", "hierarchy", &[Public]),
    since(30, design("inout_enables", &[Arg("--pins-inout-enables")])),
    design("inouts", &[]),
    design("internals", &[]),
    design("latches", &[]),
    design("lib_made", &[Arg("--lib-create"), Arg("lib_made_part")]),
    design("memories", &[Savable]),
    design("names", &[Arg("-Wno-SYMRSVDWORD")]),
    design("packed_arrays", &[]),
    design(
        "parameters",
        &[Parameter("WIDTH", "40"), Parameter("DEPTH", "9")],
    ),
    Design {
        plusargs: &["+flag", "+value=42", "+hex=dead", "+text=hello"],
        ..design("plusargs", &[])
    },
    design("ports66", &[]),
    design("randoms", &[]),
    design("ranges", &[]),
    design("real_arrays", &[]),
    design("reals", &[]),
    design("signs", &[]),
    design("strings", &[]),
    design("structs", &[]),
    since(16, design("threaded", &[Threads(2)])),
    design("timed", &[Timing]),
    design("times", &[]),
    design("tops", &[Top("tops_chosen")]),
    variant("traced_fst", "traced", &[Fst]),
    since(36, variant("traced_saif", "traced", &[Saif])),
    variant("traced_vcd", "traced", &[Vcd]),
    design("unknowns", &[Arg("--x-initial"), Arg("unique")]),
    design("unpacked_arrays", &[]),
    design("wide", &[Savable]),
    design("widths", &[]),
];

/// What is built unless `LIGHTSSS_DESIGNS=all` is set: all would take minutes.
pub const QUICK: &[&str] = &[
    "combinational",
    "counter",
    "dpi",
    "halts",
    "ranges",
    "structs",
    "unpacked_arrays",
    "wide",
];

impl Design {
    /// Whether Verilator 5.`minor` takes it.
    #[must_use]
    pub fn is_taken_by(&self, minor: u32) -> bool {
        minor >= self.since
    }

    /// On how many threads it runs.
    #[must_use]
    pub fn threads(&self) -> u32 {
        self.options
            .iter()
            .find_map(|setting| match setting {
                Setting::Threads(threads) => Some(*threads),
                _ => None,
            })
            .unwrap_or(1)
    }
}
