//! The description of a model: what the parsers found, given its meaning. Both writers read it and
//! nothing else.

pub mod declared;
mod dpi;
pub mod fingerprint;
mod folder;
mod gaps;
mod internals;

use std::fmt;
use std::path::PathBuf;

use self::declared::Declaration;
pub use self::folder::describe;
pub use self::gaps::foreign as foreign_gap;
use crate::direction::Direction;
use crate::parse::cxx::{self, Type};
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
    /// Of all that was generated, the version and this crate: part of each symbol.
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
    /// Imports that C++ implements.
    pub foreign: Vec<DpiFunction>,
    /// The functions that the harness may call.
    pub exports: Vec<DpiFunction>,
    /// What a snapshot of it does not hold.
    pub gaps: Vec<Gap>,
    /// For which types it writes or reads serialize operators.
    pub serialize_operators: Vec<String>,
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

/// Something that a snapshot does not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gap {
    /// What.
    pub what: String,
    /// What to do about it.
    pub instead: String,
    /// What is done about it.
    pub weight: Weight,
}

/// How much a gap matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// It is listed in the bindings.
    Listed,
    /// It is warned of, too.
    Warned,
    /// A model that has it is not made savable unless the user accepts that.
    Refused,
}

/// A format of waveforms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
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
    /// How the source declares it, where that is known.
    pub declared: Option<Declaration>,
    /// The Rust name of the accessor that gives it with its sign, where it has one.
    pub signed_name: Option<String>,
    /// The Rust names of the accessors of its fields, in their order.
    pub field_names: Vec<String>,
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

    /// The lengths of an array, the slowest first, and its elements' shape.
    pub fn dimensions(&self) -> (Vec<u32>, &Self) {
        let mut lengths = Vec::new();
        let mut shape = self;
        while let Self::Array { length, element } = shape {
            lengths.push(*length);
            shape = element;
        }
        (lengths, shape)
    }

    /// The words of a constant of this shape; `None` where there are no such constants.
    pub fn constant_words(&self) -> Option<usize> {
        Some(match self {
            Self::Integer { .. } | Self::Real => 1,
            Self::Wide { .. } => words(self.width()) as usize,
            Self::Array { length, element } => element.constant_words()? * *length as usize,
            Self::Text | Self::Event => return None,
        })
    }

    pub(super) fn of(ty: &Type) -> Result<Self, String> {
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
