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
    /// The oldest version whose whole state a snapshot holds.
    pub saved_since: u32,
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
        saved_since: 6,
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

/// All designs, as 5.006 and 5.048 take them; `cargo xtask matrix` tries them with the versions
/// between.
pub const DESIGNS: &[Design] = &[
    design("associative", &[Savable]),
    design("asserts", &[Assertions, Savable]),
    design("blocks", &[Arg("--hierarchical")]),
    design("class_handles", &[Savable]),
    design("clocks", &[Savable]),
    design("combinational", &[]),
    design("containers", &[]),
    design("counter", &[Savable]),
    variant(
        "counter_prefixed",
        "counter",
        &[
            Prefix("Prefixed"),
            Arg("--mod-prefix"),
            Arg("Inner"),
            Savable,
        ],
    ),
    variant(
        "counter_bv",
        "counter",
        &[Arg("--pins-bv"), Arg("2"), Arg("--x-assign"), Arg("unique")],
    ),
    design("covered", &[Coverage]),
    design("display", &[Savable]),
    design("dpi", &[Imports("dpi.cpp"), Savable]),
    design("dpi_exports", &[Savable]),
    design("dynamic_arrays", &[Savable]),
    design("empty", &[Savable]),
    design("events", &[Savable]),
    design("files", &[Savable]),
    design("finish", &[Savable]),
    design("forced", &[Savable]),
    design("halts", &[Savable]),
    design("hierarchy", &[Savable]),
    variant("hierarchy_public", "hierarchy", &[Public, Savable]),
    since(
        30,
        design("inout_enables", &[Arg("--pins-inout-enables"), Savable]),
    ),
    design("inouts", &[Savable]),
    design("internals", &[Savable]),
    design("latches", &[Savable]),
    design("lib_made", &[Arg("--lib-create"), Arg("lib_made_part")]),
    design("many_members", &[Savable]),
    design("memories", &[Savable]),
    design("named_events", &[Savable]),
    design("names", &[Arg("-Wno-SYMRSVDWORD"), Savable]),
    design("nested_blocks", &[Arg("--hierarchical")]),
    // Earlier ones refuse it or crash.
    since(48, design("nested_queues", &[Savable])),
    design("odd_ports", &[Arg("-Wno-lint"), Savable]),
    design("packed_arrays", &[Savable]),
    design(
        "parameters",
        &[Parameter("WIDTH", "40"), Parameter("DEPTH", "9"), Savable],
    ),
    Design {
        plusargs: &["+flag", "+value=42", "+hex=dead", "+text=hello"],
        ..design("plusargs", &[Savable])
    },
    design("ports66", &[Savable]),
    design("queues", &[Savable]),
    // The generator of 5.006 is a variable within a function of Verilator's runtime.
    Design {
        saved_since: 30,
        ..design("randoms", &[Savable])
    },
    design("ranges", &[Savable]),
    design("real_arrays", &[Savable]),
    design("reals", &[Savable]),
    design(
        "reserved",
        &[Arg("-Wno-lint"), Arg("--trace-underscore"), Savable],
    ),
    design("showcase", &[Parameter("WIDTH", "40"), Savable]),
    design("signs", &[Savable]),
    design("strings", &[Savable]),
    design("structs", &[Savable]),
    since(16, design("threaded", &[Threads(2), Savable])),
    design("timed", &[Timing]),
    since(
        16,
        variant("timed_threads", "timed", &[Timing, Threads(2), Coverage]),
    ),
    design("times", &[Savable]),
    design("tops", &[Top("tops_chosen"), Savable]),
    variant("traced_fst", "traced", &[Fst, Savable]),
    since(36, variant("traced_saif", "traced", &[Saif])),
    variant("traced_vcd", "traced", &[Vcd, Savable]),
    since(30, design("unions", &[Savable])),
    design("unknowns", &[Arg("--x-initial"), Arg("unique"), Savable]),
    design("unpacked_arrays", &[Savable]),
    // 5.006 gives up with an internal error.
    since(30, design("unpacked_structs", &[Savable])),
    design("virtual_interfaces", &[Savable]),
    design("wide", &[Savable]),
    design("widths", &[Savable]),
];

/// A design that cannot be saved, what is asked for, and what the refusal names.
#[derive(Debug)]
pub struct Refused {
    /// The model's name.
    pub name: &'static str,
    /// The file in `designs`, without `.sv`.
    pub source: &'static str,
    /// How it is verilated.
    pub options: &'static [Setting],
    /// What the message says among other things.
    pub reason: &'static str,
}

/// What no build of a savable model may take without a word.
pub const REFUSED: &[Refused] = &[
    Refused {
        name: "saved_class",
        source: "containers",
        options: &[Savable],
        // Verilator says so itself, and its messages stand above ours.
        reason: "Verilator refused",
    },
    Refused {
        name: "saved_coverage",
        source: "covered",
        options: &[Coverage, Savable],
        reason: "coverage",
    },
    Refused {
        name: "saved_timing",
        source: "timed",
        options: &[Timing, Savable],
        reason: "timing",
    },
];

/// What is built unless `LIGHTSSS_DESIGNS` is set: all would take minutes.
pub const QUICK: &[&str] = &[
    "associative",
    "class_handles",
    "combinational",
    "counter",
    "dpi",
    "forced",
    "halts",
    "many_members",
    "nested_queues",
    "odd_ports",
    "queues",
    "randoms",
    "ranges",
    "reserved",
    "showcase",
    "structs",
    "timed_threads",
    "traced_fst",
    "unpacked_arrays",
    "virtual_interfaces",
    "wide",
];

/// Whose texts are kept as they are to be written. Between them they show everything: DPI imports; ports, parameters,
/// exports, state and variables inside; threads, delays and coverage; waveforms.
pub const WRITTEN_OUT: &[&str] = &["dpi", "showcase", "timed_threads", "traced_fst"];

impl Design {
    /// Whether `LIGHTSSS_DESIGNS` asks for it: `all`, or names with commas between.
    #[must_use]
    pub fn is_asked_for(&self) -> bool {
        match std::env::var("LIGHTSSS_DESIGNS").as_deref() {
            Ok("all") => true,
            Ok(names) if !names.is_empty() => names.split(',').any(|name| name == self.name),
            _ => QUICK.contains(&self.name),
        }
    }

    /// Whether Verilator 5.`minor` takes it.
    #[must_use]
    pub fn is_taken_by(&self, minor: u32) -> bool {
        minor >= self.since
    }

    /// Whether Verilator 5.`minor` gives a model that a snapshot holds whole.
    #[must_use]
    pub fn is_held_by(&self, minor: u32) -> bool {
        self.is_savable() && minor >= self.saved_since
    }

    /// Whether it is built to be saved.
    #[must_use]
    pub fn is_savable(&self) -> bool {
        let is_it = |setting: &Setting| matches!(setting, Savable);
        self.options.iter().any(is_it)
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
