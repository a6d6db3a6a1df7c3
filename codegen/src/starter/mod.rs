//! A new project for a model: manifest, build script, harness with tests, and a file for CI.

mod calls;
mod harness;
mod roles;

use std::path::{Component, Path, PathBuf};

use self::calls::calls;
use self::harness::Harness;
use self::roles::Inputs;
use crate::describe::{Description, Port, Weight};
use crate::emit::template::fill;
use crate::error::{Error, Result, make_folder, write};
use crate::make;
use crate::names;
use crate::options::Options;
use crate::place::Place;
use crate::pretty::pretty;
use crate::trace::Trace;

/// A new project for a model, to be written into a folder.
///
/// ```no_run
/// use lightsss_codegen::{Options, Starter};
///
/// let mut options = Options::default();
/// options.sources.push("rtl/soc.sv".into());
/// let project = Starter::new("soc", options).write("soc".as_ref())?;
/// # Ok::<(), lightsss_codegen::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Starter {
    package: String,
    name: String,
    options: Options,
}

/// The project that a [`Starter`] wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Project {
    /// Its folder.
    pub folder: PathBuf,
    /// The inputs that the harness takes for clocks.
    pub clocks: Vec<String>,
    /// The inputs that the harness takes for resets.
    pub resets: Vec<String>,
    /// Why no snapshot file holds the model; its slots do.
    pub unsavable: Option<String>,
}

impl Starter {
    /// A project of this name, for a design whose sources are named relative to the present folder. Without any
    /// source the project gets a counter.
    ///
    /// The model has the package's name, with `_` for `-`.
    pub fn new(package: impl Into<String>, options: Options) -> Self {
        let package = package.into();
        Self {
            name: package.replace('-', "_"),
            package,
            options,
        }
    }

    /// Verilates the design and writes the project into `folder`, which must not exist, or be empty. When something
    /// fails, nothing is left there.
    pub fn write(&self, folder: &Path) -> Result<Project> {
        self.check(folder)?;
        let made = !folder.exists();
        let written = self.write_files(folder);
        if written.is_err() {
            // All that is in it has come from here.
            let _ = std::fs::remove_dir_all(folder);
            if !made {
                make_folder(folder)?;
            }
        }
        written
    }

    fn check(&self, folder: &Path) -> Result<()> {
        let error = |reason: String| Error::Model {
            model: self.package.clone(),
            reason,
        };
        let plain =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
        let begins = self.package.starts_with(|c: char| c.is_ascii_lowercase());
        if !begins || !self.package.chars().all(plain) {
            return Err(error(
                "the name of a package: expected lower-case letters, digits, `-` and `_`, a letter first".to_owned(),
            ));
        }
        if is_taken(&self.name) {
            return Err(error(format!(
                "`{}` is a word of Rust's or of cargo's: choose another name",
                self.name
            )));
        }
        let occupied = match std::fs::read_dir(folder) {
            Ok(mut entries) => entries.next().is_some(),
            Err(_) => folder.symlink_metadata().is_ok(),
        };
        if occupied {
            return Err(error(format!(
                "{} exists and is no empty folder: choose another with `--path`",
                folder.display()
            )));
        }
        Ok(())
    }

    fn write_files(&self, folder: &Path) -> Result<Project> {
        make_folder(folder)?;
        let folder = absolute(folder)?;
        let own = self.options.sources.is_empty()
            && self.options.filelists.is_empty()
            && self.options.obj_dir.is_none();
        let mut options = self.options.clone();
        if own {
            let file = format!("rtl/{}.sv", self.name);
            let text = include_str!("../../starter/counter.txt").replace("$name$", &self.name);
            put(&folder, &file, &text)?;
            options.sources.push(file.into());
        } else {
            relate(&mut options, &folder)?;
        }
        let (description, options) = self.describe(options, &folder)?;
        let harness = Harness::new(&description, own);
        let main = harness.text();
        let main = pretty(&main).unwrap_or(main);
        let values = [
            ("package", &*self.package),
            ("name", &*self.name),
            ("version", VERSION),
            ("last", harness.last()),
            ("cycles", harness.cycles()),
            ("wave_file", harness.wave_file()),
            ("wave_flag", &wave_flag(&harness)),
            ("made", &self.made(&options)),
            ("options", &calls(&options).join("\n")),
        ];
        for (file, template) in [
            ("Cargo.toml", include_str!("../../starter/manifest.txt")),
            ("build.rs", include_str!("../../starter/build.txt")),
            ("README.md", include_str!("../../starter/readme.txt")),
            (".gitignore", include_str!("../../starter/ignore.txt")),
            (
                ".github/workflows/tests.yml",
                include_str!("../../starter/ci.txt"),
            ),
        ] {
            put(&folder, file, &fill(template, &values))?;
        }
        put(&folder, "src/main.rs", &main)?;
        let names = |ports: &[&Port]| ports.iter().map(|port| port.verilog.clone()).collect();
        let inputs = Inputs::of(&description);
        let resets: Vec<&Port> = inputs.resets.iter().map(|(port, _)| *port).collect();
        Ok(Project {
            folder,
            resets: names(&resets),
            clocks: names(&inputs.clocks),
            unsavable: description.unsavable.clone(),
        })
    }

    /// The model's description, and the options of the build script: as many as the design allows.
    fn describe(&self, mut options: Options, folder: &Path) -> Result<(Description, Options)> {
        let scratch = Scratch::in_project(folder);
        if options.obj_dir.is_some() {
            let (found, _) = make::describe(&self.name, &options, &scratch.place())?;
            options.savable = found.abilities.savable;
            options.trace = found.abilities.trace;
            return Ok((with_reason(found), options));
        }
        options.savable = options.timing != Some(true) && !options.coverage;
        options.trace = options.trace.or(Some(Trace::Fst));
        let mut tried = options.clone();
        tried.incomplete_snapshots = true;
        tried.allow_warnings = true;
        let (mut description, messages) = make::describe(&self.name, &tried, &scratch.place())?;
        options.allow_warnings |= messages.contains("%Warning");
        if let Some(gap) = description
            .gaps
            .iter()
            .find(|gap| gap.weight == Weight::Refused)
        {
            description.unsavable = Some(format!("it would be without {}", gap.what));
            description.abilities.savable = false;
        }
        options.savable = description.abilities.savable;
        Ok((with_reason(description), options))
    }

    /// The model as the build script begins it.
    fn made(&self, options: &Options) -> String {
        match &options.obj_dir {
            Some(folder) => format!(
                "from_obj_dir({:?}, {:?})",
                self.name,
                folder.display().to_string()
            ),
            None => format!("new({:?})", self.name),
        }
    }
}

const VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION_MAJOR"),
    ".",
    env!("CARGO_PKG_VERSION_MINOR")
);

/// Where the design is verilated, to be described: a folder that is removed again.
struct Scratch {
    package: PathBuf,
    out: PathBuf,
}

impl Scratch {
    fn in_project(folder: &Path) -> Self {
        Self {
            package: folder.to_owned(),
            out: folder.join("target/lightsss-new"),
        }
    }

    fn place(&self) -> Place<'_> {
        Place {
            package: &self.package,
            out: &self.out,
            shared: &self.out,
            script: false,
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.out);
        // Only if nothing else has come into it.
        if let Some(target) = self.out.parent() {
            let _ = std::fs::remove_dir(target);
        }
    }
}

/// Gives a model that cannot be saved a reason for it.
fn with_reason(mut model: Description) -> Description {
    if !model.abilities.savable && model.unsavable.is_none() {
        model.unsavable = Some("the model is verilated without `--savable`".to_owned());
    }
    model
}

/// How to say `--wave` where the model writes no FST.
fn wave_flag(harness: &Harness<'_>) -> String {
    match harness.wave_file() {
        "failure.fst" => String::new(),
        file => format!("--wave {file} "),
    }
}

/// Whether no package can be called so: words of Rust's, and crates that every program has.
fn is_taken(name: &str) -> bool {
    names::is_keyword(name)
        || matches!(
            name,
            "self" | "super" | "crate" | "std" | "core" | "alloc" | "test" | "proc_macro"
        )
}

fn put(folder: &Path, file: &str, text: &str) -> Result<()> {
    let path = folder.join(file);
    if let Some(parent) = path.parent() {
        make_folder(parent)?;
    }
    write(&path, text)
}

/// Names paths relative to the project, where the build script runs.
fn relate(options: &mut Options, folder: &Path) -> Result<()> {
    let lists = [
        &mut options.sources,
        &mut options.filelists,
        &mut options.includes,
        &mut options.cxx_sources,
    ];
    let one = options.obj_dir.iter_mut();
    for path in lists.into_iter().flatten().chain(one) {
        let found = path.canonicalize().map_err(|source| Error::Io {
            action: "find",
            path: path.clone(),
            source,
        })?;
        *path = relative(&found, folder);
    }
    Ok(())
}

fn absolute(path: &Path) -> Result<PathBuf> {
    path.canonicalize().map_err(|source| Error::Io {
        action: "find",
        path: path.to_owned(),
        source,
    })
}

/// `path` as seen from `folder`, both absolute. What they do not share but for `/` stays absolute.
fn relative(path: &Path, folder: &Path) -> PathBuf {
    let (to, from): (Vec<Component<'_>>, Vec<Component<'_>>) =
        (path.components().collect(), folder.components().collect());
    let shared = to.iter().zip(&from).take_while(|(a, b)| a == b).count();
    if shared <= 1 {
        return path.to_owned();
    }
    let up = from[shared..].iter().map(|_| Component::ParentDir);
    up.chain(to[shared..].iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_project() {
        let relative = |path: &str, folder: &str| {
            relative(path.as_ref(), folder.as_ref())
                .display()
                .to_string()
        };
        assert_eq!(
            relative("/home/a/rtl/soc.sv", "/home/a/soc"),
            "../rtl/soc.sv"
        );
        assert_eq!(
            relative("/home/a/soc/rtl/soc.sv", "/home/a/soc"),
            "rtl/soc.sv"
        );
        assert_eq!(relative("/opt/ip/soc.sv", "/home/a/soc"), "/opt/ip/soc.sv");
    }
}
