//! The options of a model, each declared once: a field, a flag of the command, a method of the builder, and the
//! documentation of all three.

use std::path::PathBuf;

use crate::describe::BusKind;
use crate::trace::Trace;

/// Calls a macro with the table of all options.
///
/// Of each option the table has its documentation, the attributes of its flag, who obeys it (`verilator` where only a
/// run of Verilator can), its field, and its method in [`Model`](crate::Model):
///
/// * `each` adds a value to a list, and a second method adds several;
/// * `some` sets a value that is converted, `value` sets one that is not;
/// * `flag` and `choice` switch something on or off;
/// * `pair` adds a name and its value to a list;
/// * `none` has a method that is written by hand.
macro_rules! for_each_option {
    ($then:ident) => {
        $then! {
            /// Verilog sources, in order. Give none with a folder that is verilated already
            [value_name = "SOURCE"]
            verilator, sources: (Vec<PathBuf>), each PathBuf: source, sources;

            /// A list of sources and options for Verilator (-F). Paths in it are relative to the list's folder. May be
            /// repeated
            [short = 'f', long = "filelist", value_name = "FILE"]
            verilator, filelists: (Vec<PathBuf>), each PathBuf: filelist, filelists;

            /// A folder that Verilator wrote (its --Mdir). Verilator itself does not run then
            [long, value_name = "DIR"]
            anyone, obj_dir: (Option<PathBuf>), none: from_obj_dir;

            /// Verilator's root, the folder above its headers, for a folder that is verilated already. By
            /// default the one that the variable `VERILATOR_ROOT` or the folder's makefile names
            [long, value_name = "DIR", requires = "obj_dir"]
            anyone, verilator_root: (Option<PathBuf>), some PathBuf: verilator_root;

            /// A folder in which included files and modules are looked for (+incdir+, -y). May be repeated
            [short = 'I', long = "include", value_name = "DIR"]
            verilator, includes: (Vec<PathBuf>), each PathBuf: include, includes;

            /// A macro: NAME or NAME=VALUE. May be repeated
            [short = 'D', long = "define", value_name = "NAME[=VALUE]"]
            verilator, defines: (Vec<String>), each String: define, defines;

            /// A parameter of the top module (-G). May be repeated
            [short = 'G', long = "parameter", value_name = "NAME=VALUE"]
            verilator, parameters: (Vec<String>), pair: parameter;

            /// The top module (--top-module)
            [long, value_name = "MODULE"]
            verilator, top: (Option<String>), some String: top;

            /// The C++ class (--prefix). By default V and the model's name. With a folder that is verilated already:
            /// which of several models in it
            [long, value_name = "CLASS"]
            anyone, prefix: (Option<String>), some String: prefix;

            /// Save and restore (--savable). A folder that is verilated already is refused without it, as for the next
            /// options
            [long]
            anyone, savable: (bool), flag: savable;

            /// The format of waveforms. By default there are none
            [long, value_enum, value_name = "FORMAT"]
            anyone, trace: (Option<Trace>), value Trace: trace;

            /// The threads that the model runs on (--threads)
            [long, value_name = "NUMBER"]
            anyone, threads: (Option<u32>), value u32: threads;

            /// Keep delays and event controls (--timing), or drop them (--no-timing)
            [long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true"]
            anyone, timing: (Option<bool>), choice: timing;

            /// Check assertions (--assert), or leave them out (--no-assert)
            [long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true"]
            verilator, assertions: (Option<bool>), choice: assertions;

            /// Collect coverage (--coverage)
            [long]
            anyone, coverage: (bool), flag: coverage;

            /// Let Verilator's warnings pass (-Wno-fatal): the build shows them and goes on
            [long]
            verilator, allow_warnings: (bool), flag: allow_warnings;

            /// A warning of Verilator's to switch off, such as WIDTH (-Wno-WIDTH). May be repeated
            [long = "no-warning", value_name = "NAME"]
            verilator, off_warnings: (Vec<String>), each String: no_warning, no_warnings;

            /// Make every variable public (--public-flat-rw). It costs speed
            [long]
            verilator, public: (bool), flag: public;

            /// Do not ask Verilator how ports are declared, which takes a second elaboration of the design. The bindings
            /// then have no source lines, signed accessors and fields of structures
            [long]
            anyone, plain_ports: (bool), flag: plain_ports;

            /// A snapshot may leave out what Verilator does not save of this model, such as hierarchical blocks. Without
            /// it such a model is refused. GAPS in its bindings lists what is left out
            [long]
            anyone, incomplete_snapshots: (bool), flag: incomplete_snapshots;

            /// An AXI4 bus whose manager is the model, by what its ports' names begin with: `m_axi_`. The bindings have a
            /// method of that name, for the memory `bus::Axi4Memory` of the runtime. May be repeated
            [long, value_name = "PREFIX"]
            anyone, axi4: (Vec<String>), each String: axi4, axi4_buses;

            /// An AXI4-Lite bus, as --axi4. May be repeated
            [long, value_name = "PREFIX"]
            anyone, axi4_lite: (Vec<String>), each String: axi4_lite, axi4_lite_buses;

            /// A Wishbone bus, as --axi4, for `bus::WordMemory`. May be repeated
            [long, value_name = "PREFIX"]
            anyone, wishbone: (Vec<String>), each String: wishbone, wishbone_buses;

            /// A bus with `valid`, `ready`, `addr`, `wdata`, `wstrb` and `rdata` behind the prefix, as --axi4, for
            /// `bus::WordMemory`. May be repeated
            [long, value_name = "PREFIX"]
            anyone, handshake: (Vec<String>), each String: handshake, handshake_buses;

            /// A C++ source to compile with the model. May be repeated
            ///
            /// What it defines is the model's own: another model of the program may have the same source, with variables
            /// of its own. Rust may call what has a C name (extern "C"). Where sources of several models define one C
            /// name, Rust calls one of them; give them different names then.
            [long = "cxx-source", value_name = "FILE"]
            anyone, cxx_sources: (Vec<PathBuf>), each PathBuf: cxx_source, cxx_sources;

            /// A DPI import that a C++ source implements. May be repeated
            ///
            /// It keeps its name and is no part of the trait Dpi.
            [long = "foreign-import", value_name = "NAME"]
            anyone, foreign_imports: (Vec<String>), each String: foreign_import, foreign_imports;

            /// A function or variable of a C++ source that keeps its symbol, that of C++ itself. May be repeated
            ///
            /// For what the rest of the program calls by such a name, or defines instead. No other model of the program
            /// may define it then.
            [long = "keep-symbol", value_name = "NAME"]
            anyone, kept_symbols: (Vec<String>), each String: keep_symbol, keep_symbols;

            /// A flag for the C++ compiler, behind the default -O2. May be repeated
            [long = "cflag", value_name = "FLAG", allow_hyphen_values = true]
            anyone, cflags: (Vec<String>), each String: cflag, cflags;

            /// Debug information in the C++ objects
            [long]
            anyone, debug: (bool), flag: debug;

            /// Arguments for Verilator
            [last = true, value_name = "ARGUMENT"]
            verilator, arguments: (Vec<String>), each String: arg, args;
        }
    };
}
pub(crate) use for_each_option;

macro_rules! declare {
    ($(
        $(#[doc = $doc:literal])*
        [$($flag:tt)*]
        $by:ident, $field:ident: ($($ty:tt)*), $kind:ident $($item:ident)?: $method:ident $(, $more:ident)?;
    )*) => {
        /// The options of a model. [`Model`](crate::Model) has a method for each; the command
        /// `lightsss-codegen` (feature `cli`) has an argument for each.
        #[allow(clippy::struct_excessive_bools, reason = "independent switches of Verilator")]
        #[allow(clippy::doc_markdown, reason = "the command prints these as plain text")]
        #[derive(Clone, Debug, Default)]
        #[cfg_attr(feature = "cli", derive(clap::Args))]
        #[non_exhaustive]
        pub struct Options {
            $(
                $(#[doc = $doc])*
                #[cfg_attr(feature = "cli", arg($($flag)*))]
                pub $field: $($ty)*,
            )*
        }

        impl Options {
            /// The options given that only a run of Verilator can obey, as the builder names them.
            pub(crate) fn only_for_verilator(&self) -> Vec<&'static str> {
                let given = [$((stringify!($by), stringify!($method), self.$field.is_given())),*];
                given
                    .into_iter()
                    .filter_map(|(by, name, given)| (given && by == "verilator").then_some(name))
                    .collect()
            }
        }
    };
}
for_each_option!(declare);

impl Options {
    /// The buses asked for.
    pub(crate) fn buses(&self) -> Vec<(BusKind, &str)> {
        [
            (BusKind::Axi4, &self.axi4),
            (BusKind::Axi4Lite, &self.axi4_lite),
            (BusKind::Wishbone, &self.wishbone),
            (BusKind::Handshake, &self.handshake),
        ]
        .into_iter()
        .flat_map(|(kind, prefixes)| prefixes.iter().map(move |prefix| (kind, prefix.as_str())))
        .collect()
    }
}

/// Whether an option differs from its default.
trait Given {
    fn is_given(&self) -> bool;
}

impl<T> Given for Vec<T> {
    fn is_given(&self) -> bool {
        !self.is_empty()
    }
}

impl<T> Given for Option<T> {
    fn is_given(&self) -> bool {
        self.is_some()
    }
}

impl Given for bool {
    fn is_given(&self) -> bool {
        *self
    }
}
