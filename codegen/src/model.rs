//! The builder that a build script calls.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result, make_folder};
use crate::make::{self, Made, Written};
use crate::options::Options;
use crate::place::Place;
use crate::trace::Trace;

/// A model to be verilated, compiled, bound and linked by a build script.
///
/// ```no_run
/// use lightsss_codegen::{Model, Trace};
///
/// Model::new("soc").source("rtl/soc.sv").savable(true).trace(Trace::Fst).build();
/// ```
#[derive(Clone, Debug)]
#[must_use = "a model is made by `build`"]
pub struct Model {
    pub(crate) name: String,
    pub(crate) options: Options,
}

impl Model {
    /// A model whose bindings become the module `name`. Sources are named relative to the
    /// package's folder.
    pub fn new(name: impl Into<String>) -> Self {
        Self::with_options(name, Options::default())
    }

    /// A model with all of its options at once.
    pub fn with_options(name: impl Into<String>, options: Options) -> Self {
        Self {
            name: name.into(),
            options,
        }
    }

    /// A model that somebody else verilated into `folder`. Its sources are compiled from there;
    /// Verilator itself does not run, but its root must be known: `VERILATOR_ROOT`, or the one
    /// that the folder's makefile names.
    ///
    /// Options that only Verilator can obey are refused; [`Model::savable`], [`Model::trace`],
    /// [`Model::timing`], [`Model::coverage`] and [`Model::threads`] say what the folder is
    /// expected to have, which is an error otherwise.
    pub fn from_obj_dir(name: impl Into<String>, folder: impl Into<PathBuf>) -> Self {
        let mut model = Self::new(name);
        model.options.obj_dir = Some(folder.into());
        model
    }

    /// Adds a Verilog source.
    pub fn source(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.sources.push(path.into());
        self
    }

    /// Adds Verilog sources.
    pub fn sources<I: IntoIterator<Item = impl Into<PathBuf>>>(mut self, paths: I) -> Self {
        self.options
            .sources
            .extend(paths.into_iter().map(Into::into));
        self
    }

    /// Adds a C++ source that is compiled with the model. What it defines is the model's own: another model
    /// of the program may have the same source, with variables of its own.
    ///
    /// Rust may call what has a C name (`extern "C"`). Where sources of several models define that name, it is
    /// that of one of them; give them different names then.
    pub fn cxx_source(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.cxx_sources.push(path.into());
        self
    }

    /// Lets a function or variable of a C++ source keep its symbol, that of C++ itself: for what the rest of the
    /// program calls by such a name, or defines instead. No other model of the program may define it then.
    pub fn keep_symbol(mut self, name: impl Into<String>) -> Self {
        self.options.kept_symbols.push(name.into());
        self
    }

    /// Says that a DPI import is implemented by a C++ source: it keeps its name and is no part of
    /// the trait `Dpi`.
    pub fn foreign_import(mut self, name: impl Into<String>) -> Self {
        self.options.foreign_imports.push(name.into());
        self
    }

    /// Adds a folder in which `` `include ``d files and modules are looked for (`+incdir+`, `-y`).
    pub fn include(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.includes.push(path.into());
        self
    }

    /// Defines a macro: `NAME` or `NAME=VALUE`.
    pub fn define(mut self, definition: impl Into<String>) -> Self {
        self.options.defines.push(definition.into());
        self
    }

    /// Sets a parameter of the top module (`-G`).
    pub fn parameter(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.options.parameters.push(format!("{name}={value}"));
        self
    }

    /// Names the top module (`--top-module`).
    pub fn top(mut self, module: impl Into<String>) -> Self {
        self.options.top = Some(module.into());
        self
    }

    /// Names the C++ class (`--prefix`); by default `V` and the model's name.
    pub fn prefix(mut self, class: impl Into<String>) -> Self {
        self.options.prefix = Some(class.into());
        self
    }

    /// Makes the model savable (`--savable`).
    pub fn savable(mut self, on: bool) -> Self {
        self.options.savable = on;
        self
    }

    /// Lets the model write waveforms.
    pub fn trace(mut self, format: Trace) -> Self {
        self.options.trace = Some(format);
        self
    }

    /// Runs the model on that many threads (`--threads`).
    pub fn threads(mut self, threads: u32) -> Self {
        self.options.threads = Some(threads);
        self
    }

    /// Keeps delays and event controls (`--timing`), or drops them (`--no-timing`).
    pub fn timing(mut self, on: bool) -> Self {
        self.options.timing = Some(on);
        self
    }

    /// Checks assertions (`--assert`), or leaves them out (`--no-assert`).
    pub fn assertions(mut self, on: bool) -> Self {
        self.options.assertions = Some(on);
        self
    }

    /// Collects coverage (`--coverage`).
    pub fn coverage(mut self, on: bool) -> Self {
        self.options.coverage = on;
        self
    }

    /// Makes every variable public (`--public-flat-rw`). It costs speed.
    pub fn public(mut self, on: bool) -> Self {
        self.options.public = on;
        self
    }

    /// Adds an argument for Verilator.
    pub fn arg(mut self, argument: impl Into<String>) -> Self {
        self.options.arguments.push(argument.into());
        self
    }

    /// Adds arguments for Verilator.
    pub fn args<I: IntoIterator<Item = impl Into<String>>>(mut self, arguments: I) -> Self {
        self.options
            .arguments
            .extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Adds a flag for the C++ compiler, behind the default `-O2`.
    pub fn cflag(mut self, flag: impl Into<String>) -> Self {
        self.options.cflags.push(flag.into());
        self
    }

    /// Adds debug information to the C++ objects.
    pub fn debug(mut self, on: bool) -> Self {
        self.options.debug = on;
        self
    }

    /// Does not ask Verilator how ports are declared, which takes a second elaboration of the
    /// design: bindings then have no source lines, signed accessors and fields of structures.
    pub fn plain_ports(mut self, on: bool) -> Self {
        self.options.plain_ports = on;
        self
    }

    /// Lets snapshots leave out what Verilator does not save of this model, such as hierarchical
    /// blocks. Without it such a model is refused; `GAPS` in its bindings lists what is left out.
    pub fn incomplete_snapshots(mut self, on: bool) -> Self {
        self.options.incomplete_snapshots = on;
        self
    }

    /// Verilator's root for [`Model::from_obj_dir`].
    pub fn verilator_root(mut self, root: impl Into<PathBuf>) -> Self {
        self.options.verilator_root = Some(root.into());
        self
    }

    /// Makes the bindings and the objects in `OUT_DIR` and prints cargo's lines; on an error,
    /// prints it and ends the build script with status 1.
    pub fn build(self) {
        if let Err(error) = self.try_build() {
            eprintln!("error: {error}");
            std::process::exit(1);
        }
    }

    /// As [`Model::build`], with the error as a value.
    pub fn try_build(self) -> Result<()> {
        let variable = |name: &'static str| {
            std::env::var_os(name)
                .map(PathBuf::from)
                .ok_or_else(|| Error::Model {
                    model: self.name.clone(),
                    reason: format!("{name} is not set; call `build` from a build script"),
                })
        };
        let out = variable("OUT_DIR")?;
        let package = variable("CARGO_MANIFEST_DIR")?;
        let made = make::make(
            &self.name,
            &self.options,
            &Place {
                shared: &shared_folder(&out),
                out: &out,
                package: &package,
                script: true,
            },
        )?;
        print_cargo_lines(&self.name, &made);
        Ok(())
    }

    /// Makes the bindings, the shim and the objects in the folder `out`, for a build that is not
    /// cargo's. Sources are named relative to the present folder.
    ///
    /// The C++ compiler is the one that `CXX` names, with the flags of `CXXFLAGS`.
    pub fn build_in(&self, out: &Path) -> Result<Made> {
        let (out, package) = Self::folders(out)?;
        let place = Place {
            shared: &out,
            out: &out,
            package: &package,
            script: false,
        };
        make::make(&self.name, &self.options, &place)
    }

    /// Writes the bindings and the shim into the folder `out`, and compiles nothing.
    pub fn write_in(&self, out: &Path) -> Result<Written> {
        let (out, package) = Self::folders(out)?;
        let place = Place {
            shared: &out,
            out: &out,
            package: &package,
            script: false,
        };
        make::write_bindings(&self.name, &self.options, &place)
    }

    /// `out`, made and absolute, and the present folder.
    fn folders(out: &Path) -> Result<(PathBuf, PathBuf)> {
        make_folder(out)?;
        let absolute = |path: &Path, action| {
            std::path::absolute(path).map_err(|source| Error::Io {
                action,
                path: path.to_owned(),
                source,
            })
        };
        Ok((absolute(out, "find")?, absolute(Path::new("."), "find")?))
    }
}

/// What cargo is told.
fn print_cargo_lines(name: &str, made: &Made) {
    for variable in &made.written.variables {
        println!("cargo:rerun-if-env-changed={variable}");
    }
    let inputs: BTreeSet<_> = made.written.inputs.iter().collect();
    for input in inputs {
        println!("cargo:rerun-if-changed={}", input.display());
    }
    for line in made.written.messages.lines() {
        println!("cargo:warning={line}");
    }
    for warning in &made.written.warnings {
        println!("cargo:warning=model `{name}`: {warning}");
    }
    for library in &made.libraries {
        println!(
            "cargo:rustc-link-search=native={}",
            library.folder.display()
        );
        println!("cargo:rustc-link-lib=static={}", library.name);
    }
    for library in &made.system_libraries {
        println!("cargo:rustc-link-lib={library}");
    }
}

/// A folder that the build scripts of one target folder and profile share:
/// `target/debug/build/package-hash/out` gives `target/debug/build`.
fn shared_folder(out: &Path) -> PathBuf {
    match out.ancestors().nth(2) {
        Some(build) if build.file_name().is_some_and(|name| name == "build") => build.to_owned(),
        _ => out.to_owned(),
    }
}
