//! The builder that a build script calls.

use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::Xxh3;

use crate::compile;
use crate::describe::{self, Description, TraceFormat};
use crate::emit;
use crate::error::{Error, Result, make_folder, read, write, write_bytes};
use crate::options::Options;
use crate::parse::depends;
use crate::state;
use crate::verilator::{VARIABLES, Verilator};

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
    name: String,
    options: Options,
    obj_dir: Option<PathBuf>,
    root: Option<PathBuf>,
}

/// A format of waveforms.
pub use crate::describe::TraceFormat as Trace;

impl Model {
    /// A model whose bindings become the module `name`. Sources are named relative to the
    /// package's folder.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            options: Options::default(),
            obj_dir: None,
            root: None,
        }
    }

    /// A model that somebody else verilated into `folder`. Its sources are compiled from there;
    /// Verilator itself does not run, but its root must be known: `VERILATOR_ROOT`, or the one
    /// that the folder's makefile names.
    pub fn from_obj_dir(name: impl Into<String>, folder: impl Into<PathBuf>) -> Self {
        Self {
            obj_dir: Some(folder.into()),
            ..Self::new(name)
        }
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

    /// Adds a C++ source that is compiled with the model.
    pub fn cxx_source(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.cxx_sources.push(path.into());
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
    pub fn trace(mut self, format: TraceFormat) -> Self {
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

    /// Verilator's root for [`Model::from_obj_dir`].
    pub fn verilator_root(mut self, root: impl Into<PathBuf>) -> Self {
        self.root = Some(root.into());
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
        self.check_options()?;
        let work = out.join(&self.name);
        make_folder(&work)?;
        let (verilator, folder) = match &self.obj_dir {
            None => {
                for variable in VARIABLES {
                    println!("cargo:rerun-if-env-changed={variable}");
                }
                let verilator = Verilator::find()?;
                println!("cargo:rerun-if-changed={}", verilator.program.display());
                let folder = self.verilate(&verilator, &package, &work)?;
                (verilator, folder)
            }
            Some(folder) => {
                let folder = package.join(folder);
                println!("cargo:rerun-if-env-changed=VERILATOR_ROOT");
                println!("cargo:rerun-if-changed={}", folder.display());
                (Verilator::from_root(self.root_of(&folder)?)?, folder)
            }
        };
        let config = verilator.include().join("verilated_config.h");
        println!("cargo:rerun-if-changed={}", config.display());
        for source in &self.options.cxx_sources {
            println!("cargo:rerun-if-changed={}", package.join(source).display());
        }
        let mut model = describe::describe(&self.name, &folder, verilator.version)?;
        self.keep_foreign(&mut model)?;
        self.check_description(&model)?;
        for warning in warnings(&model) {
            println!("cargo:warning=model `{}`: {warning}", self.name);
        }
        let shim = emit::cpp::shim(&model);
        let forced = emit::cpp::forced_header(&model);
        let mut options = self.options.clone();
        for source in &mut options.cxx_sources {
            *source = package.join(&*source);
        }
        let shared = shared_folder(&out);
        compile::model(&model, &options, &verilator, &shim, &forced, &work, &shared)?;
        if let Some(state) = &model.state {
            match &state.table {
                Ok(table) => write_bytes(
                    &out.join(emit::state::table_file(&model)),
                    &state::encode::encode(table),
                )?,
                Err(reason) => println!(
                    "cargo:warning=the model `{}` is savable, but its state has no names: {reason}",
                    self.name
                ),
            }
        }
        write(
            &out.join(format!("{}.rs", self.name)),
            &emit::rust::bindings(&model)?,
        )
    }

    fn error(&self, reason: impl Into<String>) -> Error {
        Error::Model {
            model: self.name.clone(),
            reason: reason.into(),
        }
    }

    fn check_options(&self) -> Result<()> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !self
            .name
            .starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            || !self.name.chars().all(plain)
        {
            return Err(self.error("its name becomes a module: use letters, digits and `_`"));
        }
        if self.obj_dir.is_none() && self.options.sources.is_empty() {
            return Err(self.error("it has no source; add one with `.source(\"rtl/top.sv\")`"));
        }
        if self.options.savable && self.options.timing == Some(true) {
            return Err(self.error(
                "Verilator can't save a model with `--timing`: remove `.timing(true)`, or \
                 `.savable(true)` and use fork slots",
            ));
        }
        if self.options.savable && self.options.coverage {
            return Err(self.error(
                "Verilator can't save a model with `--coverage`: remove `.coverage(true)`, or \
                 `.savable(true)` and use fork slots",
            ));
        }
        Ok(())
    }

    fn check_description(&self, model: &Description) -> Result<()> {
        if self.options.savable && !model.abilities.savable {
            return Err(self.error(
                "it was to be savable, and Verilator wrote no serialize functions for it; \
                 its messages say why",
            ));
        }
        if model.abilities.threads > 1 && !model.abilities.clone_hooks {
            return Err(self.error(
                "its threads can't be released around a fork, which every slot is: Verilator 5.016 \
                 or newer can; use one of these, or remove `.threads(..)`",
            ));
        }
        Ok(())
    }

    /// Takes the imports that C++ implements out of the trait.
    fn keep_foreign(&self, model: &mut Description) -> Result<()> {
        for name in &self.options.foreign_imports {
            let Some(at) = model.imports.iter().position(|import| import.name == *name) else {
                return Err(self.error(format!(
                    "`.foreign_import(\"{name}\")` names no DPI import of the design"
                )));
            };
            model.imports.remove(at);
        }
        Ok(())
    }

    /// The root for a folder that somebody else verilated.
    pub(crate) fn root_of(&self, folder: &Path) -> Result<PathBuf> {
        if let Some(root) = &self.root {
            return Ok(root.clone());
        }
        if let Some(root) = std::env::var_os("VERILATOR_ROOT").filter(|root| !root.is_empty()) {
            return Ok(root.into());
        }
        let makefiles = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "mk"));
        for makefile in makefiles {
            let text = read(&makefile)?;
            let named = text
                .lines()
                .find_map(|line| line.strip_prefix("VERILATOR_ROOT ="));
            if let Some(root) = named.map(|root| PathBuf::from(root.trim()))
                && root.join("include/verilated.h").is_file()
            {
                return Ok(root);
            }
        }
        Err(self.error(
            "Verilator's root is unknown: set VERILATOR_ROOT, or give it with \
             `.verilator_root(path)`",
        ))
    }

    /// The arguments for Verilator.
    fn arguments(&self, verilator: &Verilator, package: &Path, mdir: &Path) -> Vec<String> {
        let options = &self.options;
        let path = |path: &Path| path.display().to_string();
        let mut arguments = vec!["--cc".to_owned()];
        let mut add =
            |words: &[&str]| arguments.extend(words.iter().map(|word| (*word).to_owned()));
        let default_prefix = format!("V{}", self.name);
        add(&[
            "--prefix",
            options.prefix.as_deref().unwrap_or(&default_prefix),
        ]);
        add(&["--Mdir", &path(mdir), "-O3", "--output-split", "20000"]);
        if let Some(top) = &options.top {
            add(&["--top-module", top]);
        }
        add(&[
            "--threads",
            &options.threads.unwrap_or(1).max(1).to_string(),
        ]);
        if options.savable {
            add(&["--savable"]);
        }
        match options.trace {
            Some(TraceFormat::Fst) => add(&["--trace-fst"]),
            Some(TraceFormat::Saif) => add(&["--trace-saif"]),
            Some(TraceFormat::Vcd) if verilator.version.is_at_least(36) => add(&["--trace-vcd"]),
            Some(TraceFormat::Vcd) => add(&["--trace"]),
            None => {}
        }
        match options.timing {
            Some(true) => add(&["--timing"]),
            Some(false) => add(&["--no-timing"]),
            None => {}
        }
        match options.assertions {
            Some(true) => add(&["--assert"]),
            Some(false) if verilator.version.is_at_least(34) => add(&["--no-assert"]),
            _ => {}
        }
        if options.coverage {
            add(&["--coverage"]);
        }
        if options.public {
            add(&["--public-flat-rw"]);
        }
        for include in &options.includes {
            add(&[&format!("+incdir+{}", path(include)), "-y", &path(include)]);
        }
        for definition in &options.defines {
            add(&[&format!("+define+{definition}")]);
        }
        for parameter in &options.parameters {
            add(&[&format!("-G{parameter}")]);
        }
        arguments.extend(options.arguments.iter().cloned());
        // Relative to the package, in which Verilator runs: its messages, and the halts of the
        // running model, then name files as the user does.
        arguments.extend(
            options
                .sources
                .iter()
                .map(|source| path(source.strip_prefix(package).unwrap_or(source))),
        );
        arguments
    }

    /// Runs Verilator, unless the last run read the same and was told the same.
    fn verilate(&self, verilator: &Verilator, package: &Path, work: &Path) -> Result<PathBuf> {
        let mdir = work.join("verilated");
        let stamp = work.join("verilated.stamp");
        let arguments = self.arguments(verilator, package, &mdir);
        let sources = || -> Option<Vec<PathBuf>> {
            let entries = std::fs::read_dir(&mdir).ok()?;
            let depends_file = entries
                .filter_map(|entry| Some(entry.ok()?.path()))
                .find(|path| path.to_string_lossy().ends_with("__ver.d"))?;
            let files = depends::parse(&std::fs::read_to_string(depends_file).ok()?);
            Some(files.into_iter().map(|file| package.join(file)).collect())
        };
        let key = || -> Option<String> {
            let mut key = Xxh3::new();
            for argument in &arguments {
                key.update(argument.as_bytes());
                key.update(&[0]);
            }
            key.update(verilator.written_version.as_bytes());
            for file in sources()? {
                key.update(file.as_os_str().as_encoded_bytes());
                key.update(&std::fs::read(&file).ok()?);
            }
            Some(format!("{:016x}", key.digest()))
        };
        let tell_sources = || {
            for file in sources().unwrap_or_default() {
                println!("cargo:rerun-if-changed={}", file.display());
            }
        };
        if let Some(key) = key()
            && std::fs::read_to_string(&stamp).is_ok_and(|old| old == key)
        {
            tell_sources();
            return Ok(mdir);
        }
        let _ = std::fs::remove_file(&stamp);
        // What an earlier version or another set of options left there would be compiled too.
        let _ = std::fs::remove_dir_all(&mdir);
        make_folder(&mdir)?;
        for source in &self.options.sources {
            println!("cargo:rerun-if-changed={}", package.join(source).display());
        }
        verilator.run(&self.name, &arguments, package)?;
        tell_sources();
        if let Some(key) = key() {
            write(&stamp, &key)?;
        }
        Ok(mdir)
    }
}

/// What works otherwise than one may think.
fn warnings(model: &Description) -> Vec<String> {
    let mut warnings = Vec::new();
    if model.abilities.savable && !model.subfolders.is_empty() {
        warnings.push(
            "Verilator does not save the state of hierarchical blocks: a snapshot does not hold \
             it; leave out `--hierarchical`, or use fork slots"
                .to_owned(),
        );
    }
    warnings
}

/// A folder that the build scripts of one target folder and profile share:
/// `target/debug/build/package-hash/out` gives `target/debug/build`.
fn shared_folder(out: &Path) -> PathBuf {
    match out.ancestors().nth(2) {
        Some(build) if build.file_name().is_some_and(|name| name == "build") => build.to_owned(),
        _ => out.to_owned(),
    }
}
