//! The description itself.

use std::fmt;
use std::path::PathBuf;

use serde::{Serialize, Serializer};

use super::bus::Bus;
use super::shape::Shape;
use super::state::State;
use crate::direction::Direction;
use crate::names::RustName;
use crate::trace::Trace;
use crate::verilator::Version;

/// A model, as a folder that Verilator wrote describes it.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[non_exhaustive]
pub struct Description {
    /// The name of the bindings' module, and of the files.
    pub name: String,
    /// The C++ class, and the stem of Verilator's files.
    pub class: String,
    /// The Verilator that wrote it, such as `5.048`.
    #[serde(rename = "verilator")]
    pub version: Version,
    /// A hash of all that was generated, of Verilator's version and of this crate's: a part of each symbol.
    #[serde(serialize_with = "hexadecimal")]
    pub fingerprint: u64,
    /// The ports, in the order of Verilator's header, which need not be that of the source.
    pub ports: Vec<Port>,
    /// The buses that were asked for, among the ports.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buses: Vec<Bus>,
    /// Variables inside the design that it made public, by path.
    pub internals: Vec<Internal>,
    /// Parameters that the design made public, by path.
    pub parameters: Vec<Parameter>,
    /// What the folder was verilated for.
    pub abilities: Abilities,
    /// The DPI functions that the harness implements.
    pub imports: Vec<DpiFunction>,
    /// The DPI functions that the harness may call.
    pub exports: Vec<DpiFunction>,
    /// The types that have serialize operators (`--savable`).
    pub serialize_operators: Vec<String>,
    /// What a snapshot of a savable model holds by name.
    pub state: Option<State>,
    /// Why a model that Verilator made savable is not: its save functions do not compile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsavable: Option<String>,
    /// What a snapshot does not hold.
    pub gaps: Vec<Gap>,
    /// Of a model with `--timing`, where its processes wait.
    #[serde(skip)]
    pub(crate) waits: Vec<String>,
    /// The folder that Verilator wrote.
    pub folder: PathBuf,
    /// The folders of hierarchical blocks, which are compiled along.
    pub subfolders: Vec<PathBuf>,
    /// The generated sources.
    pub sources: Vec<PathBuf>,
    /// Verilator's runtime sources that the model needs, without `.cpp`.
    pub runtime_sources: Vec<String>,
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn hexadecimal<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{value:016x}"))
}

impl Description {
    /// Ports and internals, in the order of their places.
    pub(crate) fn places(&self) -> impl Iterator<Item = (&Port, Option<&Internal>)> {
        let ports = self.ports.iter().map(|port| (port, None));
        let internals = self.internals.iter();
        ports.chain(internals.map(|internal| (&internal.port, Some(internal))))
    }
}

/// What a model was verilated for.
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent switches of Verilator"
)]
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Abilities {
    /// It can be saved and restored (`--savable`).
    pub savable: bool,
    /// The format of its waveforms (`--trace-*`).
    pub trace: Option<Trace>,
    /// It keeps delays and event controls (`--timing`).
    pub timing: bool,
    /// It collects coverage (`--coverage*`).
    pub coverage: bool,
    /// The threads that it runs on (`--threads`).
    pub threads: u32,
    /// Its threads can be released around a fork (`prepareClone` and `atClone`).
    pub clone_hooks: bool,
}

/// A part of the model that a snapshot does not hold.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Gap {
    /// The missing part.
    pub what: String,
    /// The remedy.
    pub instead: String,
    /// How much it matters. In the serialised form: whether such a model is refused.
    #[serde(rename = "refused")]
    pub weight: Weight,
}

/// How much a gap matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// It is listed in the bindings.
    Listed,
    /// It is listed, and the build warns of it.
    Warned,
    /// A savable model that has it is refused, unless the user accepts the gap.
    Refused,
}

impl Serialize for Weight {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*self == Self::Refused)
    }
}

/// A port.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[non_exhaustive]
pub struct Port {
    /// The Verilog name, escapes undone.
    #[serde(rename = "name")]
    pub verilog: String,
    /// The Rust name.
    pub(crate) rust: RustName,
    /// The member of the C++ class.
    pub member: String,
    /// The direction; `None` where neither the header nor the source gives it.
    pub direction: Option<Direction>,
    /// The shape of its value.
    pub shape: Shape,
    /// The file and line that declare it, where known.
    pub source: Option<String>,
    /// Its highest bit is a sign; `None` where that is not known.
    pub signed: Option<bool>,
    /// The Rust name of the accessor that gives it with its sign, where it has one.
    #[serde(skip)]
    pub(crate) signed_name: Option<RustName>,
    /// The fields of a packed structure or union, the highest first, those of fields included.
    pub fields: Vec<Field>,
}

/// A field of a packed structure.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[non_exhaustive]
pub struct Field {
    /// Its path, with dots.
    pub path: String,
    /// The Rust name of its accessor.
    pub(crate) rust: RustName,
    /// Its lowest bit in the structure or union.
    pub low: u32,
    /// Its bits.
    pub width: u32,
    /// Its highest bit is a sign.
    pub signed: bool,
}

/// A variable inside the design.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Internal {
    /// Its path as the Verilog name, and its member of the module's class.
    pub port: Port,
    /// The member of the symbol table that is the module's instance.
    pub(crate) instance: String,
    /// The module's class.
    pub(crate) class: String,
}

impl Internal {
    /// It may be written.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.port.direction == Some(Direction::InOut)
    }
}

impl Serialize for Internal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Form<'a> {
            path: &'a str,
            rust: &'a RustName,
            writable: bool,
            shape: &'a Shape,
        }
        let form = Form {
            path: &self.port.verilog,
            rust: &self.port.rust,
            writable: self.is_writable(),
            shape: &self.port.shape,
        };
        form.serialize(serializer)
    }
}

/// A public parameter.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[non_exhaustive]
pub struct Parameter {
    /// Its path.
    #[serde(rename = "path")]
    pub verilog: String,
    /// The Rust name of the constant, in the bindings' module `parameters`.
    pub(crate) rust: RustName,
    /// The shape of its value.
    pub shape: Shape,
    /// An integer's words of 32 bits, or of 64 up to that width; a real's bits.
    #[serde(skip)]
    pub(crate) words: Vec<u64>,
}

/// A DPI function.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[non_exhaustive]
pub struct DpiFunction {
    /// The C name.
    pub name: String,
    /// The Rust name.
    pub(crate) rust: RustName,
    /// `None` for `void`.
    pub returns: Option<DpiType>,
    /// The arguments, in order.
    pub arguments: Vec<DpiArgument>,
    /// The place in the Verilog source.
    #[serde(skip)]
    pub(crate) source: String,
    /// Imported as `context`.
    #[serde(skip)]
    pub(crate) context: bool,
    /// Of an export, the scopes that have it.
    #[serde(skip)]
    pub(crate) scopes: Vec<String>,
}

/// An argument of a DPI function.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[non_exhaustive]
pub struct DpiArgument {
    /// The name in the shim.
    pub name: String,
    /// The Rust name.
    #[serde(skip)]
    pub(crate) rust: RustName,
    /// Its direction.
    pub direction: Direction,
    /// Its type.
    #[serde(rename = "kind")]
    pub ty: DpiType,
}

/// A type that crosses the DPI.
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
        /// The type of an element.
        element: Box<DpiType>,
    },
    /// An open array.
    OpenArray,
}

/// In Verilog's words.
impl fmt::Display for DpiType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int { bits, signed } => {
                f.write_str(match bits {
                    8 => "byte",
                    16 => "shortint",
                    32 => "int",
                    _ => "longint",
                })?;
                f.write_str(if *signed { "" } else { " unsigned" })
            }
            Self::Real => f.write_str("real"),
            Self::Float => f.write_str("shortreal"),
            Self::Text => f.write_str("string"),
            Self::Chandle => f.write_str("chandle"),
            Self::Bit => f.write_str("bit"),
            Self::Logic => f.write_str("logic"),
            Self::Vector { width, logic } => {
                let name = if *logic { "logic" } else { "bit" };
                write!(f, "{name} [{}:0]", width - 1)
            }
            Self::Array { lengths, element } => {
                write!(f, "{element}")?;
                lengths
                    .iter()
                    .try_for_each(|length| write!(f, " [{length}]"))
            }
            Self::OpenArray => f.write_str("open array"),
        }
    }
}

impl Serialize for DpiType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
