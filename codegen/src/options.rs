//! What a user may ask of Verilator, of the compiler and of this crate: declared here once, for the
//! builder and for the command.

use std::path::PathBuf;

use crate::trace::Trace;

/// The options of a model. [`Model`](crate::Model) has a method for each; the command
/// `lightsss-codegen` (feature `cli`) has an argument for each.
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent switches of Verilator"
)]
#[allow(
    clippy::doc_markdown,
    reason = "the command prints these as plain text"
)]
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[non_exhaustive]
pub struct Options {
    /// Verilog sources, in order; none with --obj-dir
    #[cfg_attr(feature = "cli", arg(value_name = "SOURCE"))]
    pub sources: Vec<PathBuf>,

    /// A folder that Verilator wrote (its --Mdir); Verilator itself does not run then
    #[cfg_attr(feature = "cli", arg(long, value_name = "DIR"))]
    pub obj_dir: Option<PathBuf>,

    /// Verilator's root, the folder that holds include/verilated.h; by default the one that the
    /// folder's makefile names [env: VERILATOR_ROOT]
    #[cfg_attr(feature = "cli", arg(long, value_name = "DIR", requires = "obj_dir"))]
    pub verilator_root: Option<PathBuf>,

    /// A folder for included files and for modules; may be repeated
    #[cfg_attr(
        feature = "cli",
        arg(short = 'I', long = "include", value_name = "DIR")
    )]
    pub includes: Vec<PathBuf>,

    /// A macro; may be repeated
    #[cfg_attr(
        feature = "cli",
        arg(short = 'D', long = "define", value_name = "NAME[=VALUE]")
    )]
    pub defines: Vec<String>,

    /// A parameter of the top module; may be repeated
    #[cfg_attr(
        feature = "cli",
        arg(short = 'G', long = "parameter", value_name = "NAME=VALUE")
    )]
    pub parameters: Vec<String>,

    /// The top module
    #[cfg_attr(feature = "cli", arg(long, value_name = "MODULE"))]
    pub top: Option<String>,

    /// The C++ class; by default V and the model's name. With --obj-dir: which of several models
    /// in the folder
    #[cfg_attr(feature = "cli", arg(long, value_name = "CLASS"))]
    pub prefix: Option<String>,

    /// Save and restore. With --obj-dir, as for the next ones: refuse a folder without it
    #[cfg_attr(feature = "cli", arg(long))]
    pub savable: bool,

    /// Waveforms
    #[cfg_attr(feature = "cli", arg(long, value_enum, value_name = "FORMAT"))]
    pub trace: Option<Trace>,

    /// The threads that the model runs on
    #[cfg_attr(feature = "cli", arg(long, value_name = "NUMBER"))]
    pub threads: Option<u32>,

    /// Keep delays and event controls, or drop them (--timing=false)
    #[cfg_attr(
        feature = "cli",
        arg(
            long,
            value_name = "BOOL",
            num_args = 0..=1,
            require_equals = true,
            default_missing_value = "true"
        )
    )]
    pub timing: Option<bool>,

    /// Check assertions, or leave them out (--assertions=false)
    #[cfg_attr(
        feature = "cli",
        arg(
            long,
            value_name = "BOOL",
            num_args = 0..=1,
            require_equals = true,
            default_missing_value = "true"
        )
    )]
    pub assertions: Option<bool>,

    /// Collect coverage
    #[cfg_attr(feature = "cli", arg(long))]
    pub coverage: bool,

    /// Make every variable public; it costs speed
    #[cfg_attr(feature = "cli", arg(long))]
    pub public: bool,

    /// Don't ask Verilator how ports are declared: bindings without source lines, signed accessors
    /// and fields of structures; saves a second elaboration of the design
    #[cfg_attr(feature = "cli", arg(long))]
    pub plain_ports: bool,

    /// A snapshot may leave out what Verilator does not save, such as hierarchical blocks
    #[cfg_attr(feature = "cli", arg(long))]
    pub incomplete_snapshots: bool,

    /// A C++ source to compile with the model; may be repeated
    #[cfg_attr(feature = "cli", arg(long = "cxx-source", value_name = "FILE"))]
    pub cxx_sources: Vec<PathBuf>,

    /// A DPI import that a C++ source implements; may be repeated
    #[cfg_attr(feature = "cli", arg(long = "foreign-import", value_name = "NAME"))]
    pub foreign_imports: Vec<String>,

    /// A symbol of a C++ source that the rest of the program may call; others are the model's own, so that
    /// two models can have the same sources. May be repeated
    #[cfg_attr(feature = "cli", arg(long = "keep-symbol", value_name = "NAME"))]
    pub kept_symbols: Vec<String>,

    /// A flag for the C++ compiler, behind -O2; may be repeated
    #[cfg_attr(
        feature = "cli",
        arg(long = "cflag", value_name = "FLAG", allow_hyphen_values = true)
    )]
    pub cflags: Vec<String>,

    /// Debug information in the C++ objects
    #[cfg_attr(feature = "cli", arg(long))]
    pub debug: bool,

    /// Anything else for Verilator
    #[cfg_attr(feature = "cli", arg(last = true, value_name = "ARGUMENT"))]
    pub arguments: Vec<String>,
}

impl Options {
    /// The options given that only a run of Verilator can obey, as the builder names them.
    pub(crate) fn only_for_verilator(&self) -> Vec<&'static str> {
        [
            ("source", self.sources.is_empty()),
            ("include", self.includes.is_empty()),
            ("define", self.defines.is_empty()),
            ("parameter", self.parameters.is_empty()),
            ("top", self.top.is_none()),
            ("assertions", self.assertions.is_none()),
            ("public", !self.public),
            ("arg", self.arguments.is_empty()),
        ]
        .into_iter()
        .filter_map(|(name, absent)| (!absent).then_some(name))
        .collect()
    }
}
