//! The builder that a build script calls.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result, make_folder};
use crate::make::{self, Made, Written, WrittenCpp};
use crate::options::{Options, for_each_option};
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

    /// Makes the bindings and the objects in `OUT_DIR` and prints cargo's lines; on an error,
    /// prints it and ends the build script with status 1.
    ///
    /// Where the environment has `DOCS_RS`, as on docs.rs, neither Verilator nor a C++ compiler runs: the bindings are those
    /// of no model, with a note that says so, and serve for documentation alone.
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
        println!("cargo:rerun-if-env-changed={DOCS_RS}");
        if std::env::var_os(DOCS_RS).is_some() {
            return make::write_absent(&self.name, &self.options, &out);
        }
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

    /// Writes what a harness in C++ needs to save and restore a model that it owns: a header, and a source to be
    /// compiled with the model. The folder must have been verilated with `--savable`.
    pub fn write_cpp_in(&self, out: &Path) -> Result<WrittenCpp> {
        let (out, package) = Self::folders(out)?;
        let place = Place {
            shared: &out,
            out: &out,
            package: &package,
            script: false,
        };
        make::write_cpp(&self.name, &self.options, &place)
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

/// The builder's methods, one for each option and another for each list.
macro_rules! methods {
    ($(
        $(#[doc = $doc:literal])*
        [$($flag:tt)*]
        $by:ident, $field:ident: ($($ty:tt)*), $kind:ident $($item:ident)?: $method:ident $(, $more:ident)?;
    )*) => {
        impl Model {
            $(method!($kind $($item)?, $field, $method $(, $more)?, $(#[doc = $doc])*);)*
        }
    };
}

macro_rules! method {
    (none, $field:ident, $method:ident, $(#[$doc:meta])*) => {};
    (each $item:ident, $field:ident, $method:ident, $more:ident, $(#[$doc:meta])*) => {
        $(#[$doc])*
        pub fn $method(mut self, value: impl Into<$item>) -> Self {
            self.options.$field.push(value.into());
            self
        }

        #[doc = concat!("Several at once: see [`Model::", stringify!($method), "`].")]
        pub fn $more<I: IntoIterator<Item = impl Into<$item>>>(mut self, values: I) -> Self {
            self.options.$field.extend(values.into_iter().map(Into::into));
            self
        }
    };
    (some $item:ident, $field:ident, $method:ident, $(#[$doc:meta])*) => {
        $(#[$doc])*
        pub fn $method(mut self, value: impl Into<$item>) -> Self {
            self.options.$field = Some(value.into());
            self
        }
    };
    (value $item:ident, $field:ident, $method:ident, $(#[$doc:meta])*) => {
        $(#[$doc])*
        pub fn $method(mut self, value: $item) -> Self {
            self.options.$field = Some(value);
            self
        }
    };
    (pair, $field:ident, $method:ident, $(#[$doc:meta])*) => {
        $(#[$doc])*
        pub fn $method(mut self, name: &str, value: impl std::fmt::Display) -> Self {
            self.options.$field.push(format!("{name}={value}"));
            self
        }
    };
    (flag, $field:ident, $method:ident, $(#[$doc:meta])*) => {
        $(#[$doc])*
        pub fn $method(mut self, on: bool) -> Self {
            self.options.$field = on;
            self
        }
    };
    (choice, $field:ident, $method:ident, $(#[$doc:meta])*) => {
        $(#[$doc])*
        pub fn $method(mut self, on: bool) -> Self {
            self.options.$field = Some(on);
            self
        }
    };
}
for_each_option!(methods);

/// Set where only documentation is built.
const DOCS_RS: &str = "DOCS_RS";

/// Prints what cargo must know.
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
