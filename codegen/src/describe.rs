//! The description of a model: what the parsers found, given its meaning. Both writers read it and
//! nothing else.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result, read};
use crate::names::{self, Names};
use crate::parse::classes::{self, Classes};
use crate::parse::cxx::{self, Direction, Type, Variable};
use crate::parse::dpi::{self, CType, Wrapper};
use crate::parse::syms::{self, Symbols};
use crate::parse::{header, module};
use crate::state::State;
use crate::verilator::Version;

/// Everything that the writers need to know about a model.
#[derive(Clone, Debug)]
pub struct Description {
    /// The name of the bindings' module, and of the files.
    pub name: String,
    /// The C++ class, and the stem of Verilator's files.
    pub class: String,
    /// Which Verilator wrote it.
    pub version: Version,
    /// Of the headers, the version and this crate: part of each symbol.
    pub fingerprint: u64,
    /// In the header's order, which is Verilator's own, not the source's.
    pub ports: Vec<Port>,
    /// Variables that the design made public, by path.
    pub internals: Vec<Internal>,
    /// Parameters that the design made public, by path.
    pub parameters: Vec<Parameter>,
    /// What it can do.
    pub abilities: Abilities,
    /// The functions that the harness implements.
    pub imports: Vec<DpiFunction>,
    /// The functions that the harness may call.
    pub exports: Vec<DpiFunction>,
    /// The generated sources.
    pub sources: Vec<PathBuf>,
    /// Verilator's runtime sources that the model needs, without `.cpp`.
    pub globals: Vec<String>,
    /// The folder that Verilator wrote.
    pub folder: PathBuf,
    /// The folders of hierarchical blocks, which are compiled along.
    pub subfolders: Vec<PathBuf>,
    /// What its stream consists of, where it is savable.
    pub state: Option<State>,
}

/// What a model can do.
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent switches of Verilator"
)]
#[derive(Clone, Debug, Default)]
pub struct Abilities {
    /// `--savable`.
    pub savable: bool,
    /// `--trace-*`.
    pub trace: Option<TraceFormat>,
    /// `--timing`.
    pub timing: bool,
    /// `--coverage*`.
    pub coverage: bool,
    /// `--threads`; 1 when single-threaded.
    pub threads: u32,
    /// `prepareClone` and `atClone`.
    pub clone_hooks: bool,
}

/// A format of waveforms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TraceFormat {
    /// Value change dump.
    Vcd,
    /// Fast signal trace.
    Fst,
    /// Switching activity.
    Saif,
}

impl fmt::Display for TraceFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Vcd => "VCD",
            Self::Fst => "FST",
            Self::Saif => "SAIF",
        })
    }
}

/// A port.
#[derive(Clone, Debug)]
pub struct Port {
    /// The Verilog name, escapes undone.
    pub verilog: String,
    /// The Rust name, without `r#`.
    pub rust: String,
    /// The member of the C++ class.
    pub member: String,
    /// `None` where the header does not tell.
    pub direction: Option<Direction>,
    /// What it holds.
    pub shape: Shape,
}

/// A variable inside the design.
#[derive(Clone, Debug)]
pub struct Internal {
    /// Its path as the Verilog name, and its member of the module's class.
    pub port: Port,
    /// The member of the symbol table that is the module's instance.
    pub instance: String,
    /// The module's class.
    pub class: String,
}

/// A public parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its path.
    pub verilog: String,
    /// The Rust name of the constant.
    pub rust: String,
    /// What it holds.
    pub shape: Shape,
    /// An integer's words of 32 bits, or of 64 up to that width; a real's bits.
    pub words: Vec<u64>,
}

/// What a variable holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shape {
    /// Up to 64 bits, in the narrowest integer.
    Integer {
        /// The highest index.
        msb: i32,
        /// The lowest index.
        lsb: i32,
    },
    /// More than 64 bits.
    Wide {
        /// The highest index.
        msb: i32,
        /// The lowest index.
        lsb: i32,
    },
    /// `real`.
    Real,
    /// `string`.
    Text,
    /// `event`.
    Event,
    /// An unpacked array.
    Array {
        /// How many.
        length: u32,
        /// Of what.
        element: Box<Shape>,
    },
}

impl Shape {
    /// The bits of an element.
    pub fn width(&self) -> u32 {
        match self {
            Self::Integer { msb, lsb } | Self::Wide { msb, lsb } => cxx::width(*msb, *lsb),
            Self::Real => 64,
            Self::Text | Self::Event => 0,
            Self::Array { element, .. } => element.width(),
        }
    }

    /// The bytes it takes in the model; `None` where C++ alone knows.
    pub fn size(&self) -> Option<u64> {
        Some(match self {
            Self::Integer { .. } => u64::from(storage_bits(self.width()) / 8),
            Self::Wide { .. } => u64::from(words(self.width())) * 4,
            Self::Real => 8,
            Self::Text | Self::Event => return None,
            Self::Array { length, element } => element.size()? * u64::from(*length),
        })
    }

    fn of(ty: &Type) -> Result<Self, String> {
        Ok(match ty {
            Type::Bits {
                msb,
                lsb,
                words: None,
            } => Self::Integer {
                msb: *msb,
                lsb: *lsb,
            },
            Type::Bits {
                msb,
                lsb,
                words: Some(_),
            } => Self::Wide {
                msb: *msb,
                lsb: *lsb,
            },
            Type::Real => Self::Real,
            Type::Text => Self::Text,
            Type::Event => Self::Event,
            Type::Array { element, length } => {
                let element = Self::of(element)?;
                if matches!(element, Self::Text | Self::Event) {
                    return Err("arrays of strings and events can't be typed; split it".to_owned());
                }
                Self::Array {
                    length: *length,
                    element: Box::new(element),
                }
            }
            Type::Other(name) => {
                return Err(format!(
                    "its C++ type `{name}` has no Rust counterpart; pass it packed, or wrap the \
                     module in one whose ports are vectors"
                ));
            }
        })
    }
}

/// The bits of the integer that holds `width` bits.
pub fn storage_bits(width: u32) -> u32 {
    match width {
        0..=8 => 8,
        9..=16 => 16,
        17..=32 => 32,
        _ => 64,
    }
}

/// The 32-bit words that hold `width` bits.
pub fn words(width: u32) -> u32 {
    width.div_ceil(32)
}

/// A DPI function.
#[derive(Clone, Debug)]
pub struct DpiFunction {
    /// The C name.
    pub name: String,
    /// The Rust name, without `r#`.
    pub rust: String,
    /// The place in the Verilog source.
    pub source: String,
    /// Imported as `context`.
    pub context: bool,
    /// Of an export, the scopes that have it.
    pub scopes: Vec<String>,
    /// In order.
    pub arguments: Vec<DpiArgument>,
    /// `None` for `void`.
    pub returns: Option<DpiType>,
}

/// An argument of a DPI function.
#[derive(Clone, Debug)]
pub struct DpiArgument {
    /// The name in the shim.
    pub name: String,
    /// The Rust name, without `r#`.
    pub rust: String,
    /// Which way it goes.
    pub direction: Direction,
    /// What it is.
    pub ty: DpiType,
}

/// What crosses the DPI.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DpiType {
    /// An integer of C.
    Int {
        /// 8, 16, 32 or 64.
        bits: u32,
        /// Whether it has a sign.
        signed: bool,
    },
    /// `real`.
    Real,
    /// `shortreal`.
    Float,
    /// `string`.
    Text,
    /// `chandle`.
    Chandle,
    /// `bit`.
    Bit,
    /// `logic`.
    Logic,
    /// A packed vector of `bit` or, with two words per 32 bits, of `logic`.
    Vector {
        /// Its bits.
        width: u32,
        /// Whether it is an array of `svLogicVecVal`.
        logic: bool,
    },
    /// An unpacked array of fixed size.
    Array {
        /// The lengths, the slowest first.
        lengths: Vec<u32>,
        /// Of what.
        element: Box<DpiType>,
    },
    /// An open array.
    OpenArray,
}

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
    "finish",
    "events_pending",
    "next_time_slot",
    "name",
    "save",
    "restore",
    "check",
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
pub fn describe(name: &str, folder: &Path, version: Version) -> Result<Description> {
    let (stem, mut classes) = read_classes(folder)?;
    let header_path = folder.join(format!("{stem}.h"));
    let header = header::parse(&header_path, &read(&header_path)?)?;
    let mut sources: Vec<PathBuf> = classes
        .sources
        .iter()
        .map(|source| folder.join(format!("{source}.cpp")))
        .collect();
    let threads = threads(&header.class, &sources)?;
    let symbols = symbols(&stem, &sources)?;
    let own_sources = sources.clone();
    let subfolders = hierarchical_blocks(folder, &mut sources, &mut classes.globals)?;
    let abilities = Abilities {
        savable: header.savable,
        trace: trace_format(&classes),
        timing: classes.timing,
        coverage: classes.coverage,
        threads,
        clone_hooks: header.clone_hooks,
    };
    let class = header.class;
    let mut names = Names::reserved(METHODS);
    let ports: Vec<Port> = header
        .ports
        .iter()
        .map(|variable| port(name, variable, &mut names))
        .collect::<Result<_>>()?;
    let (internals, parameters) = internals(folder, &stem, &symbols, &mut names)?;
    let (imports, exports) =
        dpi_functions(name, folder, &stem, &own_sources, &symbols, &mut names)?;
    Ok(Description {
        name: name.to_owned(),
        fingerprint: fingerprint(folder, version)?,
        version,
        ports,
        internals,
        parameters,
        abilities,
        imports,
        exports,
        globals: classes.globals,
        state: header
            .savable
            .then(|| State::of(folder, &class, &own_sources)),
        class,
        sources,
        folder: folder.to_owned(),
        subfolders,
    })
}

/// Finds and reads the one `*_classes.mk`; gives the stem of its name too.
fn read_classes(folder: &Path) -> Result<(String, Classes)> {
    let entries = std::fs::read_dir(folder).map_err(|source| Error::Io {
        action: "read",
        path: folder.to_owned(),
        source,
    })?;
    let mut found: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|file| file.strip_suffix("_classes.mk").map(str::to_owned))
        .collect();
    let (Some(stem), true) = (found.pop(), found.is_empty()) else {
        let found = found.len();
        return Err(Error::ObjDir {
            folder: folder.to_owned(),
            found,
        });
    };
    let path = folder.join(format!("{stem}_classes.mk"));
    let classes = classes::parse(&path, &read(&path)?)?;
    Ok((stem, classes))
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

fn port(model: &str, variable: &Variable, names: &mut Names) -> Result<Port> {
    let verilog = names::unescape(&variable.name);
    let shape = Shape::of(&variable.ty).map_err(|reason| Error::Port {
        model: model.to_owned(),
        port: verilog.clone(),
        reason,
    })?;
    Ok(Port {
        rust: names.claim(&names::rust_name(&verilog), accessor_names),
        verilog,
        member: variable.name.clone(),
        direction: variable.direction,
        shape,
    })
}

/// The threads that the model runs on: `unsigned Vtop::threads() const { return 4; }`.
fn threads(class: &str, sources: &[PathBuf]) -> Result<u32> {
    let needle = format!("unsigned {class}::threads() const {{ return ");
    for source in sources {
        let text = read(source)?;
        if let Some((_, rest)) = text.split_once(&needle) {
            let digits = rest.split(';').next().unwrap_or_default().trim();
            return digits.parse().map_err(|_| Error::Parse {
                path: source.clone(),
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
        .filter(|path| path.is_dir() && read_classes(path).is_ok())
        .collect();
    subfolders.sort();
    for subfolder in &subfolders {
        let (_, classes) = read_classes(subfolder)?;
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
fn symbols(stem: &str, sources: &[PathBuf]) -> Result<Symbols> {
    let mut symbols = Symbols::default();
    let mut scopes = BTreeMap::new();
    let prefix = format!("{stem}__Syms");
    for source in sources {
        let name = source.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(&prefix) {
            syms::parse(&read(source)?, &mut symbols, &mut scopes);
        }
    }
    Ok(symbols)
}

/// What the design made public. What has no Rust type, such as a class object, is left out: unlike
/// a port, a harness can do without.
fn internals(
    folder: &Path,
    stem: &str,
    symbols: &Symbols,
    names: &mut Names,
) -> Result<(Vec<Internal>, Vec<Parameter>)> {
    let instances = syms::parse_instances(&read(&folder.join(format!("{stem}__Syms.h")))?);
    let mut modules = BTreeMap::new();
    let mut constants = Names::default();
    let (mut internals, mut parameters) = (Vec::new(), Vec::new());
    for variable in &symbols.variables {
        let root = format!("{stem}___024root");
        let class = if variable.instance == "TOP" {
            &root
        } else if let Some(class) = instances.get(&variable.instance) {
            class
        } else {
            continue;
        };
        if !modules.contains_key(class) {
            let path = folder.join(format!("{class}.h"));
            let members = if path.exists() {
                module::parse(&read(&path)?)
            } else {
                BTreeMap::new()
            };
            modules.insert(class.clone(), members);
        }
        let Some(member) = modules[class].get(&variable.member) else {
            continue;
        };
        let Ok(shape) = Shape::of(&member.ty) else {
            continue;
        };
        if shape == Shape::Event {
            continue;
        }
        let path = format!("{}.{}", variable.scope, variable.name);
        let rust = names::rust_path(&path);
        let words = member.value.as_deref().and_then(|value| match shape {
            Shape::Real => Some(vec![value.parse::<f64>().ok()?.to_bits()]),
            _ => module::words(value),
        });
        if let (true, Some(words)) = (variable.parameter, words) {
            parameters.push(Parameter {
                rust: constants.claim(&rust.to_uppercase(), |_| Vec::new()),
                verilog: path,
                shape,
                words,
            });
            continue;
        }
        let writable = variable.writable && !variable.parameter;
        internals.push(Internal {
            port: Port {
                rust: names.claim(&rust, accessor_names),
                verilog: path,
                member: variable.member.clone(),
                direction: Some(if writable {
                    Direction::InOut
                } else {
                    Direction::Out
                }),
                shape,
            },
            instance: variable.instance.clone(),
            class: class.clone(),
        });
    }
    Ok((internals, parameters))
}

/// The names that a variable's accessors take.
fn accessor_names(name: &str) -> Vec<String> {
    vec![
        format!("set_{name}"),
        format!("set_{name}_at"),
        format!("fire_{name}"),
    ]
}

/// Hashes the model's headers without their comments, so that neither the place of the folder nor
/// that of the sources counts.
fn fingerprint(folder: &Path, version: Version) -> Result<u64> {
    let mut headers: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(|source| Error::Io {
            action: "read",
            path: folder.to_owned(),
            source,
        })?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "h"))
        .collect();
    headers.sort();
    let mut text = format!("{} {version}\n", env!("CARGO_PKG_VERSION"));
    for path in &headers {
        for line in read(path)?.lines() {
            text.push_str(line.split("//").next().unwrap_or_default().trim_end());
            text.push('\n');
        }
    }
    Ok(xxhash_rust::xxh3::xxh3_64(text.as_bytes()))
}

fn dpi_functions(
    model: &str,
    folder: &Path,
    stem: &str,
    sources: &[PathBuf],
    symbols: &Symbols,
    names: &mut Names,
) -> Result<(Vec<DpiFunction>, Vec<DpiFunction>)> {
    let path = folder.join(format!("{stem}__Dpi.h"));
    if !path.exists() {
        return Ok((Vec::new(), Vec::new()));
    }
    let functions = dpi::parse(&path, &read(&path)?)?;
    let mut wrappers = BTreeMap::new();
    for source in sources {
        dpi::parse_wrappers(&read(source)?, &functions.imports, &mut wrappers);
    }
    let mut callbacks = BTreeMap::new();
    dpi::parse_callbacks(
        &read(&folder.join(format!("{stem}__Syms.h")))?,
        &mut callbacks,
    );
    let mut import_names = Names::default();
    let imports = functions
        .imports
        .iter()
        // Those of a library that Verilator made (`--lib-create`, hierarchical blocks) are in its
        // own C++ wrapper.
        .filter(|function| !function.name.contains("_protectlib_"))
        .map(|function| {
            let wrapper = wrappers.get(&function.name);
            dpi_function(model, function, wrapper, &mut import_names)
        })
        .collect::<Result<_>>()?;
    let exports = functions
        .exports
        .iter()
        .map(|function| {
            let types = callbacks.get(&function.name).map(|types| Wrapper {
                types: types.iter().cloned().collect(),
                ..Wrapper::default()
            });
            let mut function = dpi_function(model, function, types.as_ref(), names)?;
            function.scopes = symbols
                .exports
                .get(&function.name)
                .cloned()
                .unwrap_or_default();
            Ok(function)
        })
        .collect::<Result<_>>()?;
    Ok((imports, exports))
}

fn dpi_function(
    model: &str,
    function: &dpi::Function,
    wrapper: Option<&Wrapper>,
    names: &mut Names,
) -> Result<DpiFunction> {
    let error = |reason: String| Error::Dpi {
        model: model.to_owned(),
        function: function.name.clone(),
        reason,
    };
    // What the functions around the call name themselves, in Rust and in the shim.
    let mut argument_names = Names::reserved(&["dpi", "env", "lend", "result", "scope", "status"]);
    let mut shim_names = Names::reserved(&[
        "earlier", "handlep", "lending", "lendp", "message", "path", "result", "scope", "scopep",
    ]);
    let arguments = function
        .arguments
        .iter()
        .map(|argument| {
            let ty = dpi_type(argument, wrapper)
                .map_err(|reason| error(format!("argument `{}`: {reason}", argument.name)))?;
            let filled = wrapper.is_some_and(|wrapper| wrapper.filled.contains(&argument.name));
            let direction = match (argument.pointer && !argument.constant, filled) {
                (false, _) => Direction::In,
                (true, true) => Direction::InOut,
                (true, false) => Direction::Out,
            };
            let verilog = names::unescape(&argument.name);
            Ok(DpiArgument {
                name: shim_names.claim(&argument.name, |_| Vec::new()),
                rust: argument_names.claim(&names::rust_name(&verilog), |_| Vec::new()),
                direction,
                ty,
            })
        })
        .collect::<Result<_>>()?;
    let returns = match function.returns {
        CType::Void => None,
        ty => Some(plain_type(ty).ok_or_else(|| error("it returns a vector".to_owned()))?),
    };
    Ok(DpiFunction {
        name: function.name.clone(),
        rust: names.claim(&names::rust_name(&names::unescape(&function.name)), |_| {
            Vec::new()
        }),
        source: function.source.clone(),
        context: wrapper.is_some_and(|wrapper| wrapper.context),
        scopes: Vec::new(),
        arguments,
        returns,
    })
}

fn dpi_type(argument: &dpi::Argument, wrapper: Option<&Wrapper>) -> Result<DpiType, String> {
    if argument.ty == CType::OpenArray {
        return Ok(DpiType::OpenArray);
    }
    let mut lengths = Vec::new();
    let mut verilog = wrapper.and_then(|wrapper| wrapper.types.get(&argument.name));
    while let Some(Type::Array { element, length }) = verilog {
        lengths.push(*length);
        verilog = Some(element);
    }
    let unknown =
        || "the generated sources don't tell its width; is the folder complete?".to_owned();
    let element = match (argument.ty, verilog) {
        (CType::BitVec | CType::LogicVec, Some(Type::Bits { msb, lsb, .. })) => DpiType::Vector {
            width: cxx::width(*msb, *lsb),
            logic: argument.ty == CType::LogicVec,
        },
        (CType::BitVec | CType::LogicVec, _) => return Err(unknown()),
        // `const char*` is an array of `byte` where Verilog has one.
        (CType::Text, Some(Type::Bits { .. })) => DpiType::Int {
            bits: 8,
            signed: true,
        },
        (ty, _) => plain_type(ty).ok_or_else(unknown)?,
    };
    if argument.constant && lengths.is_empty() && !matches!(element, DpiType::Vector { .. }) {
        return Err(unknown());
    }
    if lengths.is_empty() {
        return Ok(element);
    }
    if element == DpiType::Text {
        return Err("arrays of strings can't be typed; pass the strings one by one".to_owned());
    }
    Ok(DpiType::Array {
        lengths,
        element: Box::new(element),
    })
}

fn plain_type(ty: CType) -> Option<DpiType> {
    Some(match ty {
        CType::Int(bits, signed) => DpiType::Int { bits, signed },
        CType::Double => DpiType::Real,
        CType::Float => DpiType::Float,
        CType::Text => DpiType::Text,
        CType::Chandle => DpiType::Chandle,
        CType::Bit => DpiType::Bit,
        CType::Logic => DpiType::Logic,
        CType::Void | CType::BitVec | CType::LogicVec | CType::OpenArray => return None,
    })
}

impl Description {
    /// Ports and internals, in the order of their places.
    pub fn places(&self) -> impl Iterator<Item = (&Port, Option<&Internal>)> {
        let ports = self.ports.iter().map(|port| (port, None));
        ports.chain(
            self.internals
                .iter()
                .map(|internal| (&internal.port, Some(internal))),
        )
    }
}
