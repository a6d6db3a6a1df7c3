//! Runs Verilator unless it has made the same before, or takes a folder that it wrote elsewhere.

use std::hash::Hasher as _;
use std::path::{Path, PathBuf};

use twox_hash::XxHash3_64;

use crate::describe::{self, DECLARATIONS_FILE, Declarations};
use crate::error::{Error, Result, make_folder, read, write};
use crate::options::Options;
use crate::parse::{ast, depends};
use crate::trace::Trace;
use crate::verilator::Verilator;

/// A folder that Verilator wrote.
#[derive(Clone, Debug)]
pub struct Verilated {
    /// The folder.
    pub folder: PathBuf,
    /// What it was made from.
    pub inputs: Vec<PathBuf>,
    /// The messages of Verilator.
    pub messages: String,
}

/// The folder that somebody else verilated, and the root that its headers are from.
pub fn taken(name: &str, options: &Options, folder: &Path) -> Result<(Verilator, Verilated)> {
    let verilator = Verilator::from_root(root_of(name, options, folder)?)?;
    if let Some(other) = makefile_root(folder)
        .filter(|root| *root != verilator.root)
        .and_then(|root| Verilator::from_root(root).ok())
        .filter(|other| other.version != verilator.version)
    {
        return Err(Error::WrongVersion {
            folder: folder.to_owned(),
            wrote: other.version.to_string(),
            wrote_root: other.root,
            found: verilator.version.to_string(),
            root: verilator.root,
        });
    }
    let verilated = Verilated {
        folder: folder.to_owned(),
        inputs: vec![folder.to_owned()],
        messages: String::new(),
    };
    Ok((verilator, verilated))
}

/// The root for a folder that somebody else verilated.
pub fn root_of(name: &str, options: &Options, folder: &Path) -> Result<PathBuf> {
    if let Some(root) = &options.verilator_root {
        return Ok(root.clone());
    }
    if let Some(root) = std::env::var_os("VERILATOR_ROOT").filter(|root| !root.is_empty()) {
        return Ok(root.into());
    }
    makefile_root(folder)
        .filter(|root| root.join("include/verilated.h").is_file())
        .ok_or_else(|| Error::Model {
            model: name.to_owned(),
            reason: "Verilator's root is unknown: set VERILATOR_ROOT, or give it with \
                     `.verilator_root(path)` (`--verilator-root`)"
                .to_owned(),
        })
}

/// The root that a folder's makefile names.
fn makefile_root(folder: &Path) -> Option<PathBuf> {
    std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "mk"))
        .find_map(|makefile| {
            let text = read(&makefile).ok()?;
            let root = text
                .lines()
                .find_map(|line| line.strip_prefix("VERILATOR_ROOT ="))?;
            Some(PathBuf::from(root.trim()))
        })
}

/// The arguments that say what the model is; those that say what to write come in front of them.
fn arguments(name: &str, options: &Options, verilator: &Verilator, package: &Path) -> Vec<String> {
    let path = |path: &Path| path.display().to_string();
    let mut arguments = Vec::new();
    let mut add = |words: &[&str]| arguments.extend(words.iter().map(|word| (*word).to_owned()));
    let default_prefix = format!("V{name}");
    add(&[
        "--prefix",
        options.prefix.as_deref().unwrap_or(&default_prefix),
    ]);
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
        Some(Trace::Fst) => add(&["--trace-fst"]),
        Some(Trace::Saif) => add(&["--trace-saif"]),
        Some(Trace::Vcd) if verilator.version.is_at_least(36) => add(&["--trace-vcd"]),
        Some(Trace::Vcd) => add(&["--trace"]),
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
    if options.allow_warnings {
        add(&["-Wno-fatal"]);
    }
    for warning in &options.off_warnings {
        add(&[&format!("-Wno-{warning}")]);
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
    for list in &options.filelists {
        add(&["-F", &path(list)]);
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

/// What a run of Verilator left behind.
struct Run<'a> {
    /// What is written into the folder beside Verilator's files.
    written_beside: &'static str,
    arguments: Vec<String>,
    verilator: &'a Verilator,
    package: &'a Path,
    folder: PathBuf,
}

impl Run<'_> {
    /// The files that Verilator read, by the list that it wrote itself.
    fn inputs(&self) -> Option<Vec<PathBuf>> {
        let entries = std::fs::read_dir(&self.folder).ok()?;
        let list = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| path.to_string_lossy().ends_with("__ver.d"))?;
        let files = depends::parse(&std::fs::read_to_string(list).ok()?);
        Some(
            files
                .into_iter()
                .map(|file| self.package.join(file))
                .collect(),
        )
    }

    /// Of everything that went into the folder; `None` when any of it is gone.
    fn key(&self) -> Option<String> {
        let mut key = XxHash3_64::new();
        for argument in &self.arguments {
            key.write(argument.as_bytes());
            key.write(&[0]);
        }
        key.write(self.written_beside.as_bytes());
        key.write(self.verilator.written_version.as_bytes());
        key.write(self.verilator.program.as_os_str().as_encoded_bytes());
        let program = std::fs::metadata(&self.verilator.program).ok()?;
        key.write(&program.len().to_le_bytes());
        for file in self.inputs()? {
            key.write(file.as_os_str().as_encoded_bytes());
            key.write(&std::fs::read(&file).ok()?);
            key.write(&[0]);
        }
        Some(format!("{:016x}", key.finish()))
    }
}

/// Runs Verilator, unless the last run had the same sources and the same arguments.
pub fn run(
    name: &str,
    options: &Options,
    verilator: &Verilator,
    package: &Path,
    work: &Path,
) -> Result<Verilated> {
    let folder = work.join("verilated");
    let stamp = work.join("verilated.stamp");
    let messages_file = work.join("verilated.messages");
    let declarations = if options.plain_ports {
        ""
    } else {
        // To be counted up when other declarations are written.
        "declarations 5"
    };
    let mut arguments: Vec<String> = ["--cc", "-O3", "--output-split", "20000", "--Mdir"]
        .map(str::to_owned)
        .to_vec();
    arguments.push(folder.display().to_string());
    let model_arguments = self::arguments(name, options, verilator, package);
    arguments.extend(model_arguments.iter().cloned());
    let run = Run {
        written_beside: declarations,
        arguments,
        verilator,
        package,
        folder,
    };
    let same = run
        .key()
        .is_some_and(|key| std::fs::read_to_string(&stamp).is_ok_and(|old| old == key));
    let messages = if let (true, Ok(messages)) = (same, std::fs::read_to_string(&messages_file)) {
        messages
    } else {
        let _ = std::fs::remove_file(&stamp);
        // What an earlier version or another set of options left there would be compiled too.
        let _ = std::fs::remove_dir_all(&run.folder);
        make_folder(&run.folder)?;
        // Both runs read the same and write into folders of their own: at the same time.
        let (messages, declared) = std::thread::scope(|scope| {
            let declared = (!options.plain_ports)
                .then(|| scope.spawn(|| ask_declarations(&run, &model_arguments, work)));
            let messages = verilator.run(name, &run.arguments, package);
            (messages, declared.map(|asked| asked.join().ok().flatten()))
        });
        let mut messages = messages?;
        match declared {
            Some(Some(declared)) => write_declarations(&run, &declared)?,
            Some(None) => messages.push_str(NOT_DECLARED),
            None => {}
        }
        write(&messages_file, &messages)?;
        if let Some(key) = run.key() {
            write(&stamp, &key)?;
        }
        messages
    };
    let mut inputs = run.inputs().unwrap_or_default();
    inputs.push(verilator.program.clone());
    Ok(Verilated {
        inputs,
        messages,
        folder: run.folder,
    })
}

const NOT_DECLARED: &str = "\nit is unknown how the ports are declared, as Verilator did not write it: the bindings have no \
                            source lines, signed accessors and fields of structures";

/// What has no say about the ports, but would be refused or make work in a run that writes no C++.
const NOT_ABOUT_PORTS: &[&str] = &["--hierarchical", "--savable"];

/// Asks Verilator how the ports are declared; everything that matters is in the headers, so it may
/// fail.
fn ask_declarations(run: &Run<'_>, arguments: &[String], work: &Path) -> Option<Declarations> {
    let folder = work.join("declarations");
    let _ = std::fs::remove_dir_all(&folder);
    make_folder(&folder).ok()?;
    // Up to 5.038, at least, the JSON has neither signs nor the types of fields; the XML has both, for as
    // long as there is one.
    let form: &[&str] = if run.verilator.version.is_at_least(46) {
        &["--json-only"]
    } else {
        &["-Wno-DEPRECATED", "--xml-only"]
    };
    let mut all: Vec<String> = form.iter().map(|&option| option.to_owned()).collect();
    all.extend(["--Mdir".to_owned(), folder.display().to_string()]);
    let more = arguments
        .iter()
        .filter(|argument| !NOT_ABOUT_PORTS.contains(&argument.as_str()));
    all.extend(more.cloned());
    let declarations = run
        .verilator
        .quiet(&all, run.package)
        .then(|| declarations_in(&folder))
        .flatten();
    let _ = std::fs::remove_dir_all(&folder);
    declarations
}

/// Writes the declarations beside the headers.
fn write_declarations(run: &Run<'_>, declarations: &Declarations) -> Result<()> {
    let text = serde_json::to_string_pretty(declarations).map_err(|error| Error::Io {
        action: "write",
        path: run.folder.join(DECLARATIONS_FILE),
        source: error.into(),
    })?;
    write(&run.folder.join(DECLARATIONS_FILE), &text)
}

fn declarations_in(folder: &Path) -> Option<Declarations> {
    let file = |ending: &str| -> Option<String> {
        let path = std::fs::read_dir(folder)
            .ok()?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| path.to_string_lossy().ends_with(ending))?;
        read(&path).ok()
    };
    let ast = match (file(".tree.json"), file(".tree.meta.json"), file(".xml")) {
        (Some(tree), Some(meta), _) => ast::parse_json(&tree, &meta).ok()?,
        (_, _, Some(text)) => ast::parse_xml(&text).ok()?,
        _ => return None,
    };
    Some(describe::declarations(&ast))
}
