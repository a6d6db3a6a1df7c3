//! Describes the folder that Verilator wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::files::{Files, entries};
use super::model::{Abilities, Description};
use super::state::State;
use super::structs::Structs;
use super::wanted::Wanted;
use super::{buses, declarations, dpi, fingerprint, gaps, internals, ports};
use crate::error::{Error, Result, read};
use crate::names::Names;
use crate::parse::classes::{self, Classes, Of};
use crate::parse::header::{self, Header};
use crate::parse::syms::{self, Symbols};
use crate::parse::waits;
use crate::trace::Trace;

/// Describes a model.
pub fn describe(wanted: &Wanted<'_>) -> Result<Description> {
    let &Wanted {
        name,
        folder,
        version,
        ..
    } = wanted;
    let (stem, mut classes) = read_classes(folder, wanted.prefix, Of::Model)?;
    let sources: Vec<PathBuf> = classes
        .sources
        .iter()
        .map(|source| folder.join(format!("{source}.cpp")))
        .collect();
    let files = Files::read(folder, &sources)?;
    check_protection(name, folder, &stem)?;
    let header = files.required_header(&format!("{stem}.h"))?;
    let header = header::parse(&header.path, &header.text)?;
    check_methods(name, &header)?;
    let symbols = symbols(&stem, &files);
    let state = header.savable.then(|| State::of(&files, &header.class));
    let (state, unsavable) = match state.transpose() {
        Ok(state) => (state, None),
        Err(reason) => (None, Some(reason)),
    };
    let abilities = Abilities {
        savable: state.is_some(),
        trace: trace_format(&classes),
        timing: classes.timing,
        coverage: classes.coverage,
        threads: threads(&header.class, &files)?,
        clone_hooks: header.clone_hooks,
    };
    let mut names = Names::reserved(ports::METHODS);
    let declarations = declarations::read_folder(folder)?;
    let mut structs = Structs::new(files.structs());
    let mut ports = ports::ports(name, &header.ports, &declarations, &mut structs, &mut names)?;
    let (internals, parameters) =
        internals::internals(&files, &stem, &symbols, &mut structs, &mut names)?;
    let functions = dpi::functions(wanted, &stem, &files, &symbols, &mut names)?;
    ports::add_declared(&mut ports, &declarations, &mut names);
    let waits = waits(&files, wanted.package);
    let buses = wanted.buses.iter();
    let buses = buses.map(|(kind, prefix)| buses::bus(name, *kind, prefix, &ports, &mut names));
    let buses = buses.collect::<Result<Vec<_>>>()?;
    let gaps = gaps::gaps(&functions, &abilities, version, &files);
    let blocks = hierarchical_blocks(folder, &mut classes.globals)?;
    let serialize_operators = if state.is_some() {
        serialize_operators(&files)
    } else {
        Vec::new()
    };
    let subfolders = blocks.iter().map(|block| block.folder.clone()).collect();
    let all: Vec<Files> = std::iter::once(files).chain(blocks).collect();
    let fingerprint = fingerprint::of_generated(&all, version, state.as_ref());
    let sources = all.iter().flat_map(|files| &files.sources);
    let sources = sources.map(|source| source.path.clone()).collect();
    Ok(Description {
        name: name.to_owned(),
        fingerprint: fingerprint::with_sources(fingerprint, wanted)?,
        class: header.class,
        version,
        ports,
        buses,
        internals,
        parameters,
        abilities,
        imports: functions.imports,
        exports: functions.exports,
        gaps,
        waits,
        serialize_operators,
        sources,
        runtime_sources: classes.globals,
        folder: folder.to_owned(),
        subfolders,
        state,
        unsavable,
    })
}

/// Where the processes of the design wait.
fn waits(files: &Files, package: &Path) -> Vec<String> {
    let mut places = BTreeSet::new();
    for source in &files.sources {
        waits::parse(&source.text, &mut places);
    }
    let places = places.iter();
    places
        .map(|(file, line)| waits::describe(package, file, *line))
        .collect()
}

/// Refuses a folder whose names are hidden.
fn check_protection(model: &str, folder: &Path, stem: &str) -> Result<()> {
    if !folder.join(format!("{stem}__idmap.xml")).is_file() {
        return Ok(());
    }
    Err(Error::Model {
        model: model.to_owned(),
        reason: "it was verilated with `--protect-ids`, which hides the names by which bindings reach a model: \
                 verilate it without, or make a library of the part that is to be hidden with `--protect-lib`"
            .to_owned(),
    })
}

/// Refuses a port whose name is that of a method of Verilator's class.
fn check_methods(model: &str, header: &Header) -> Result<()> {
    let mut ports = header.ports.iter();
    let Some(port) = ports.find(|port| header.methods.contains(&port.name)) else {
        return Ok(());
    };
    Err(Error::Port {
        model: model.to_owned(),
        port: port.name.clone(),
        reason: format!(
            "Verilator's class has a method `{}`, so it does not compile; rename the port, or \
             wrap the module in one that names it otherwise",
            port.name
        ),
    })
}

/// Finds and reads the one `*_classes.mk`; gives the stem of its name too.
fn read_classes(folder: &Path, prefix: Option<&str>, of: Of) -> Result<(String, Classes)> {
    let mut found = stems(folder)?;
    found.retain(|stem| prefix.is_none_or(|prefix| prefix == stem));
    let (Some(stem), true) = (found.pop(), found.is_empty()) else {
        let found = found.len();
        return Err(Error::ObjDir {
            folder: folder.to_owned(),
            found,
        });
    };
    let path = folder.join(format!("{stem}_classes.mk"));
    let classes = classes::parse(&path, &read(&path)?, of)?;
    Ok((stem, classes))
}

/// What stands before `_classes.mk` in the names of the folder's files.
fn stems(folder: &Path) -> Result<Vec<String>> {
    let stem = |path: &PathBuf| {
        let file = path.file_name()?.to_str()?;
        file.strip_suffix("_classes.mk").map(str::to_owned)
    };
    Ok(entries(folder)?.iter().filter_map(stem).collect())
}

fn trace_format(classes: &Classes) -> Option<Trace> {
    if classes.trace_fst {
        Some(Trace::Fst)
    } else if classes.trace_saif {
        Some(Trace::Saif)
    } else if classes.trace_vcd {
        Some(Trace::Vcd)
    } else {
        None
    }
}

/// The threads that the model runs on: `unsigned Vtop::threads() const { return 4; }`.
fn threads(class: &str, files: &Files) -> Result<u32> {
    let needle = format!("unsigned {class}::threads() const {{ return ");
    for source in &files.sources {
        let text = &source.text;
        if let Some((_, rest)) = text.split_once(&needle) {
            let digits = rest.split(';').next().unwrap_or_default().trim();
            return digits.parse().map_err(|_| Error::Parse {
                path: source.path.clone(),
                line: text[..text.len() - rest.len()].lines().count(),
                expected: "a number of threads".to_owned(),
                found: digits.to_owned(),
            });
        }
    }
    Ok(1)
}

/// Reads the folders of hierarchical blocks; adds to `globals` what they need of Verilator's runtime.
fn hierarchical_blocks(folder: &Path, globals: &mut Vec<String>) -> Result<Vec<Files>> {
    let mut blocks = Vec::new();
    for subfolder in entries(folder)? {
        if !subfolder.is_dir() || stems(&subfolder).is_ok_and(|stems| stems.is_empty()) {
            continue;
        }
        let (_, classes) = read_classes(&subfolder, None, Of::Block)?;
        let sources = classes.sources.iter();
        let mut sources: Vec<PathBuf> = sources
            .map(|source| subfolder.join(format!("{source}.cpp")))
            .collect();
        // The wrapper that the block's stand-in calls is beside them: the one .cpp and .sv of a name.
        for path in entries(&subfolder)? {
            if path.extension().is_some_and(|extension| extension == "sv")
                && path.with_extension("cpp").exists()
            {
                sources.push(path.with_extension("cpp"));
            }
        }
        blocks.push(Files::read(&subfolder, &sources)?);
        globals.extend(classes.globals);
    }
    globals.sort();
    globals.dedup();
    Ok(blocks)
}

/// Reads the symbol table's sources.
fn symbols(stem: &str, files: &Files) -> Symbols {
    let mut symbols = Symbols::default();
    let mut scopes = BTreeMap::new();
    let prefix = format!("{stem}__Syms");
    for source in &files.sources {
        if source.name().starts_with(&prefix) {
            syms::parse(&source.text, &mut symbols, &mut scopes);
        }
    }
    symbols
}

/// The types for which the generated sources hold `operator<<` to serialize them.
fn serialize_operators(files: &Files) -> Vec<String> {
    let mut types = Vec::new();
    for source in &files.sources {
        for line in source.text.lines() {
            // `VerilatedSerialize& operator<<(VerilatedSerialize& os, Vtop& rhs) {`, and members
            // `void Vtop___024root::__Vserialize(VerilatedSerialize& os) {`.
            let free = line
                .strip_prefix("VerilatedSerialize& operator<<(VerilatedSerialize& os, ")
                .and_then(|rest| rest.split('&').next());
            let member = line
                .strip_prefix("void ")
                .and_then(|rest| rest.strip_suffix("::__Vserialize(VerilatedSerialize& os) {"));
            if let Some(name) = free.or(member) {
                types.push(name.trim().to_owned());
            }
        }
    }
    types.sort();
    types.dedup();
    types
}
