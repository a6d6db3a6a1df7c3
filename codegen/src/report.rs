//! The description as others read it: what `describe --format json` prints.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::describe::{self, Description, DpiArgument, DpiFunction, DpiType, Port, Shape};
use crate::error::Result;
use crate::model::Model;
use crate::parse::cxx::Direction;
use crate::verilator::Verilator;

/// A model, as a folder that Verilator wrote describes it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Report {
    /// The name of the bindings' module.
    pub name: String,
    /// The C++ class.
    pub class: String,
    /// The Verilator that wrote it, such as `5.048`.
    pub verilator: String,
    /// In the header's order.
    pub ports: Vec<PortReport>,
    /// What it can do.
    pub abilities: AbilitiesReport,
    /// The DPI functions that the harness implements.
    pub imports: Vec<FunctionReport>,
    /// The DPI functions that the harness may call.
    pub exports: Vec<FunctionReport>,
    /// The generated sources.
    pub sources: Vec<PathBuf>,
    /// Verilator's runtime sources that the model needs, without `.cpp`.
    pub runtime_sources: Vec<String>,
}

/// What a model can do.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct AbilitiesReport {
    /// It can be saved and restored.
    pub savable: bool,
    /// The format of its waveforms.
    pub trace: Option<String>,
    /// It keeps delays and event controls.
    pub timing: bool,
    /// It collects coverage.
    pub coverage: bool,
}

/// A port.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PortReport {
    /// In Verilog.
    pub name: String,
    /// In the bindings, without `r#`.
    pub rust: String,
    /// In the C++ class.
    pub member: String,
    /// `input`, `output`, `inout`; `None` where the header does not tell.
    pub direction: Option<&'static str>,
    /// What it holds.
    pub shape: ShapeReport,
}

/// What a port holds.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum ShapeReport {
    /// A packed vector.
    Bits {
        /// Its bits.
        width: u32,
        /// The highest index.
        msb: i32,
        /// The lowest index.
        lsb: i32,
    },
    /// `real`.
    Real,
    /// `string`.
    String,
    /// `event`.
    Event,
    /// An unpacked array.
    Array {
        /// How many.
        length: u32,
        /// Of what.
        element: Box<Self>,
    },
}

/// A DPI function.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct FunctionReport {
    /// In C.
    pub name: String,
    /// In the bindings, without `r#`.
    pub rust: String,
    /// What it gives.
    pub returns: Option<String>,
    /// In order.
    pub arguments: Vec<ArgumentReport>,
}

/// An argument of a DPI function.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ArgumentReport {
    /// In C.
    pub name: String,
    /// `input`, `output` or `inout`.
    pub direction: &'static str,
    /// What it is.
    pub kind: String,
}

/// Describes the model in a folder that Verilator wrote, as [`Model::from_obj_dir`] reads it.
pub fn describe_folder(name: &str, folder: &Path) -> Result<Report> {
    let root = Model::from_obj_dir(name, folder).root_of(folder)?;
    let verilator = Verilator::from_root(root)?;
    describe::describe(name, folder, verilator.version).map(|model| Report::of(&model))
}

/// The version of the Verilator that builds use, major and minor.
pub fn verilator_version() -> Result<(u32, u32)> {
    Verilator::find().map(|found| (found.version.major, found.version.minor))
}

/// The folder of the headers and of the runtime of the Verilator that builds use.
pub fn verilator_include() -> Result<PathBuf> {
    Verilator::find().map(|found| found.include())
}

impl Report {
    fn of(model: &Description) -> Self {
        let functions = |list: &[DpiFunction]| list.iter().map(FunctionReport::of).collect();
        Self {
            name: model.name.clone(),
            class: model.class.clone(),
            verilator: model.version.to_string(),
            ports: model.ports.iter().map(PortReport::of).collect(),
            abilities: AbilitiesReport {
                savable: model.abilities.savable,
                trace: model.abilities.trace.map(|format| format.to_string()),
                timing: model.abilities.timing,
                coverage: model.abilities.coverage,
            },
            imports: functions(&model.imports),
            exports: functions(&model.exports),
            sources: model.sources.clone(),
            runtime_sources: model.globals.clone(),
        }
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "input",
        Direction::Out => "output",
        Direction::InOut => "inout",
    }
}

impl PortReport {
    fn of(port: &Port) -> Self {
        Self {
            name: port.verilog.clone(),
            rust: port.rust.clone(),
            member: port.member.clone(),
            direction: port.direction.map(direction),
            shape: ShapeReport::of(&port.shape),
        }
    }
}

impl ShapeReport {
    fn of(shape: &Shape) -> Self {
        match shape {
            Shape::Integer { msb, lsb } | Shape::Wide { msb, lsb } => Self::Bits {
                width: shape.width(),
                msb: *msb,
                lsb: *lsb,
            },
            Shape::Real => Self::Real,
            Shape::Text => Self::String,
            Shape::Event => Self::Event,
            Shape::Array { length, element } => Self::Array {
                length: *length,
                element: Box::new(Self::of(element)),
            },
        }
    }
}

impl FunctionReport {
    fn of(function: &DpiFunction) -> Self {
        Self {
            name: function.name.clone(),
            rust: function.rust.clone(),
            returns: function.returns.as_ref().map(kind),
            arguments: function.arguments.iter().map(ArgumentReport::of).collect(),
        }
    }
}

impl ArgumentReport {
    fn of(argument: &DpiArgument) -> Self {
        Self {
            name: argument.name.clone(),
            direction: direction(argument.direction),
            kind: kind(&argument.ty),
        }
    }
}

/// What crosses the DPI, in Verilog's words.
fn kind(ty: &DpiType) -> String {
    match ty {
        DpiType::Int { bits, signed } => {
            let name = match bits {
                8 => "byte",
                16 => "shortint",
                32 => "int",
                _ => "longint",
            };
            format!("{name}{}", if *signed { "" } else { " unsigned" })
        }
        DpiType::Real => "real".to_owned(),
        DpiType::Float => "shortreal".to_owned(),
        DpiType::Text => "string".to_owned(),
        DpiType::Chandle => "chandle".to_owned(),
        DpiType::Bit => "bit".to_owned(),
        DpiType::Logic => "logic".to_owned(),
        DpiType::Vector { width, logic } => {
            let name = if *logic { "logic" } else { "bit" };
            format!("{name} [{}:0]", width - 1)
        }
        DpiType::Array { lengths, element } => lengths
            .iter()
            .fold(kind(element), |text, length| format!("{text} [{length}]")),
        DpiType::OpenArray => "open array".to_owned(),
    }
}
