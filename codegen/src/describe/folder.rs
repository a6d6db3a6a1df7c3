//! Reads the folder that Verilator wrote.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::declared::{self, Declaration, Declarations};
use super::{Abilities, Description, Port, Shape, TraceFormat, dpi, fingerprint, gaps, internals};
use crate::error::{Error, Result, read};
use crate::names::{self, Names};
use crate::parse::classes::{self, Classes, Of};
use crate::parse::cxx::Variable;
use crate::parse::header;
use crate::parse::syms::{self, Symbols};
use crate::state::State;
use crate::verilator::Version;

/// Names that the bindings' `Model` uses itself.
const METHODS: &[&str] = &[
    "new",
    "in_context",
    "eval",
    "context",
    "open_trace",
    "dump_trace",
    "flush_trace",
    "close_trace",
    "rotate_trace",
    "trace",
    "eval_next",
    "finish_at_drop",
    "with_name",
    "in_context_as",
    "write_coverage",
    "halt",
    "check",
    "finish",
    "events_pending",
    "next_time_slot",
    "name",
    "save",
    "restore",
    "drop",
    "clone",
    "from",
    "into",
    "raw",
    "state",
    "migration",
    "live",
    "ports",
    "SCHEMA",
];

/// Describes the model in `folder`.
///
/// Of several models in it, `prefix` says which.
pub fn describe(
    name: &str,
    folder: &Path,
    prefix: Option<&str>,
    version: Version,
) -> Result<Description> {
    let (stem, mut classes) = read_classes(folder, prefix, Of::Model)?;
    let header_path = folder.join(format!("{stem}.h"));
    let header = header::parse(&header_path, &read(&header_path)?)?;
    let mut sources: Vec<PathBuf> = classes
        .sources
        .iter()
        .map(|source| folder.join(format!("{source}.cpp")))
        .collect();
    let texts = sources
        .iter()
        .map(|source| Ok((source.as_path(), read(source)?)))
        .collect::<Result<Vec<_>>>()?;
    let threads = threads(&header.class, &texts)?;
    let symbols = symbols(&stem, &texts);
    let abilities = Abilities {
        savable: header.savable,
        trace: trace_format(&classes),
        timing: classes.timing,
        coverage: classes.coverage,
        threads,
        clone_hooks: header.clone_hooks,
    };
    let mut names = Names::reserved(METHODS);
    if let Some(variable) = header
        .ports
        .iter()
        .find(|variable| header.methods.contains(&variable.name))
    {
        return Err(Error::Port {
            model: name.to_owned(),
            port: variable.name.clone(),
            reason: format!(
                "Verilator's class has a method `{}`, so it does not compile; rename the port, or \
                 wrap the module in one that names it otherwise",
                variable.name
            ),
        });
    }
    let declarations = by_verilog_name(declared::read_folder(folder)?);
    let mut ports = ports(name, &header.ports, &declarations, &mut names)?;
    let (internals, parameters) = internals::internals(folder, &stem, &symbols, &mut names)?;
    let functions = dpi::functions(name, folder, &stem, &texts, &symbols, &mut names)?;
    for port in &mut ports {
        name_more(port, &mut names);
    }
    let gaps = gaps::gaps(&functions, &abilities, version, &texts);
    let serialize_operators = if header.savable {
        serialize_operators(&texts)
    } else {
        Vec::new()
    };
    let state = header
        .savable
        .then(|| State::of(folder, &header.class, &sources));
    drop(texts);
    let subfolders = hierarchical_blocks(folder, &mut sources, &mut classes.globals)?;
    Ok(Description {
        name: name.to_owned(),
        fingerprint: fingerprint::of_generated(
            std::iter::once(folder).chain(subfolders.iter().map(PathBuf::as_path)),
            &sources,
            version,
            state.as_ref(),
        )?,
        class: header.class,
        version,
        ports,
        internals,
        parameters,
        abilities,
        imports: functions.imports,
        foreign: Vec::new(),
        exports: functions.exports,
        gaps,
        serialize_operators,
        sources,
        globals: classes.globals,
        folder: folder.to_owned(),
        subfolders,
        state,
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
    let entries = std::fs::read_dir(folder).map_err(|source| Error::Io {
        action: "read",
        path: folder.to_owned(),
        source,
    })?;
    Ok(entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|file| file.strip_suffix("_classes.mk").map(str::to_owned))
        .collect())
}

fn trace_format(classes: &Classes) -> Option<TraceFormat> {
    if classes.trace_fst {
        Some(TraceFormat::Fst)
    } else if classes.trace_saif {
        Some(TraceFormat::Saif)
    } else if classes.trace_vcd {
        Some(TraceFormat::Vcd)
    } else {
        None
    }
}

/// The declarations by the designer's names: made once, not for every port.
fn by_verilog_name(declarations: Declarations) -> HashMap<String, Declaration> {
    let mut named = HashMap::with_capacity(declarations.len());
    for (name, declaration) in declarations {
        named.entry(names::unescape(&name)).or_insert(declaration);
    }
    named
}

/// The ports, in the header's order. Those that keep their names as they are choose first: an escaped `\x-y` must
/// not become the `x_y` that another port is called.
fn ports(
    model: &str,
    variables: &[Variable],
    declarations: &HashMap<String, Declaration>,
    names: &mut Names,
) -> Result<Vec<Port>> {
    let is_plain = |variable: &Variable| {
        let verilog = names::unescape(&variable.name);
        names::rust_name(&verilog) == verilog
    };
    let (mut ports, mut others) = (BTreeMap::new(), Vec::new());
    for (at, variable) in variables.iter().enumerate() {
        if is_plain(variable) {
            ports.insert(at, port(model, variable, declarations, names)?);
        } else {
            others.push((at, variable));
        }
    }
    for (at, variable) in others {
        ports.insert(at, port(model, variable, declarations, names)?);
    }
    Ok(ports.into_values().collect())
}

fn port(
    model: &str,
    variable: &Variable,
    declarations: &HashMap<String, Declaration>,
    names: &mut Names,
) -> Result<Port> {
    let verilog = names::unescape(&variable.name);
    let error = |reason: String| Error::Port {
        model: model.to_owned(),
        port: verilog.clone(),
        reason,
    };
    let shape = Shape::of(&variable.ty).map_err(error)?;
    let declared = declarations.get(&verilog).cloned();
    if let Some(declared) = &declared
        && let Some(width) = declared.width
        && matches!(shape, Shape::Integer { .. } | Shape::Wide { .. })
        && width != shape.width()
    {
        return Err(error(format!(
            "Verilator wrote it with {} bits, and {}:{} declares {width}, as some versions do with \
             unpacked structures; make it packed, or use another version",
            shape.width(),
            declared.file,
            declared.line
        )));
    }
    Ok(Port {
        rust: names.claim(&names::rust_name(&verilog), names::accessors),
        verilog,
        member: variable.name.clone(),
        direction: variable
            .direction
            .or(declared.as_ref().map(|declared| declared.direction)),
        shape,
        declared,
        signed_name: None,
        field_names: Vec::new(),
    })
}

/// Names the accessors that the declaration gives a port beside its plain ones. To be called when
/// everything else has its name.
fn name_more(port: &mut Port, names: &mut Names) {
    let Some(declared) = &port.declared else {
        return;
    };
    let setter = |name: &str| vec![format!("set_{name}")];
    let plain = declared.fields.is_empty() && matches!(port.shape, Shape::Integer { .. });
    if declared.signed && plain {
        port.signed_name = Some(names.claim(&format!("{}_signed", port.rust), setter));
    }
    for field in &declared.fields {
        let name = format!("{}_{}", port.rust, names::unescape(&field.path));
        let name = names.claim(&names::rust_name(&name), setter);
        port.field_names.push(name);
    }
}

/// The threads that the model runs on: `unsigned Vtop::threads() const { return 4; }`.
fn threads(class: &str, texts: &[(&Path, String)]) -> Result<u32> {
    let needle = format!("unsigned {class}::threads() const {{ return ");
    for (source, text) in texts {
        if let Some((_, rest)) = text.split_once(&needle) {
            let digits = rest.split(';').next().unwrap_or_default().trim();
            return digits.parse().map_err(|_| Error::Parse {
                path: (*source).to_owned(),
                line: text[..text.len() - rest.len()].lines().count(),
                expected: "a number of threads".to_owned(),
                found: digits.to_owned(),
            });
        }
    }
    Ok(1)
}

/// Adds what the folders of hierarchical blocks hold; gives those folders.
fn hierarchical_blocks(
    folder: &Path,
    sources: &mut Vec<PathBuf>,
    globals: &mut Vec<String>,
) -> Result<Vec<PathBuf>> {
    let io = |source| Error::Io {
        action: "read",
        path: folder.to_owned(),
        source,
    };
    let mut subfolders: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(io)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir() && stems(path).is_ok_and(|stems| !stems.is_empty()))
        .collect();
    subfolders.sort();
    for subfolder in &subfolders {
        let (_, classes) = read_classes(subfolder, None, Of::Block)?;
        sources.extend(
            classes
                .sources
                .iter()
                .map(|source| subfolder.join(format!("{source}.cpp"))),
        );
        // The wrapper that the block's stand-in calls is beside them: the one .cpp and .sv of a name.
        for entry in std::fs::read_dir(subfolder).map_err(io)? {
            let path = entry.map_err(io)?.path();
            if path.extension().is_some_and(|extension| extension == "sv")
                && path.with_extension("cpp").exists()
            {
                sources.push(path.with_extension("cpp"));
            }
        }
        globals.extend(classes.globals);
    }
    globals.sort();
    globals.dedup();
    Ok(subfolders)
}

/// Reads the symbol table's sources.
fn symbols(stem: &str, texts: &[(&Path, String)]) -> Symbols {
    let mut symbols = Symbols::default();
    let mut scopes = BTreeMap::new();
    let prefix = format!("{stem}__Syms");
    for (source, text) in texts {
        let name = source.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(&prefix) {
            syms::parse(text, &mut symbols, &mut scopes);
        }
    }
    symbols
}

/// The types for which the generated sources hold `operator<<` to serialize them.
fn serialize_operators(texts: &[(&Path, String)]) -> Vec<String> {
    let mut types = Vec::new();
    for (_, text) in texts {
        for line in text.lines() {
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
