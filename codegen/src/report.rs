//! The description as others read it: what `describe --format json` prints.

mod state;
mod text;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::describe::{
    self, Description, DpiArgument, DpiFunction, DpiType, Gap, Internal, Parameter, Port, Shape,
    Weight,
};
use crate::direction::Direction;
use crate::error::Result;
use crate::options::Options;
use crate::verilate;
use crate::verilator::Verilator;

pub use state::StateReport;

/// A model, as a folder that Verilator wrote describes it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Report {
    /// The name of the bindings' module.
    pub name: String,
    /// The C++ class.
    pub class: String,
    /// The Verilator that wrote it, such as `5.048`.
    pub verilator: String,
    /// Of the headers and of Verilator's version, in hexadecimal: bindings and models that belong
    /// together have the same.
    pub fingerprint: String,
    /// In the header's order.
    pub ports: Vec<PortReport>,
    /// Variables inside the design that it made public.
    pub internals: Vec<InternalReport>,
    /// Parameters that it made public.
    pub parameters: Vec<ParameterReport>,
    /// What it can do.
    pub abilities: AbilitiesReport,
    /// The DPI functions that the harness implements.
    pub imports: Vec<FunctionReport>,
    /// The DPI functions that the harness may call.
    pub exports: Vec<FunctionReport>,
    /// The types that have serialize operators (`--savable`).
    pub serialize_operators: Vec<String>,
    /// What a snapshot of a savable model holds by name.
    pub state: Option<StateReport>,
    /// What a snapshot does not hold.
    pub gaps: Vec<GapReport>,
    /// The folder.
    pub folder: PathBuf,
    /// The folders of its hierarchical blocks.
    pub subfolders: Vec<PathBuf>,
    /// The generated sources.
    pub sources: Vec<PathBuf>,
    /// Verilator's runtime sources that the model needs, without `.cpp`.
    pub runtime_sources: Vec<String>,
}

/// What a model can do.
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent switches of Verilator"
)]
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
    /// The threads that it runs on.
    pub threads: u32,
    /// Its threads can be released around a fork.
    pub clone_hooks: bool,
}

/// A variable inside the design.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct InternalReport {
    /// Its path in Verilog.
    pub path: String,
    /// In the bindings, without `r#`.
    pub rust: String,
    /// It may be written.
    pub writable: bool,
    /// What it holds.
    pub shape: ShapeReport,
}

/// A public parameter.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ParameterReport {
    /// Its path in Verilog.
    pub path: String,
    /// In the bindings' module `parameters`.
    pub rust: String,
    /// What it holds.
    pub shape: ShapeReport,
}

/// Something that a snapshot does not hold.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct GapReport {
    /// What.
    pub what: String,
    /// What to do about it.
    pub instead: String,
    /// Such a model is not made savable unless the user accepts it.
    pub refused: bool,
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
    /// The file and line that declare it, where known.
    pub source: Option<String>,
    /// Its highest bit is a sign; `None` where that is not known.
    pub signed: Option<bool>,
    /// The fields of a packed structure, the highest first.
    pub fields: Vec<FieldReport>,
}

/// A field of a packed structure.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct FieldReport {
    /// Its path, with dots.
    pub path: String,
    /// In the bindings, without `r#`.
    pub rust: String,
    /// Its lowest bit.
    pub low: u32,
    /// Its bits.
    pub width: u32,
    /// Its highest bit is a sign.
    pub signed: bool,
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

/// Describes the model in a folder that Verilator wrote, as [`Model::from_obj_dir`](crate::Model::from_obj_dir) reads
/// it.
pub fn describe_folder(name: &str, folder: &Path) -> Result<Report> {
    Report::from_options(
        name,
        &Options {
            obj_dir: Some(folder.to_owned()),
            ..Options::default()
        },
    )
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
    /// As [`describe_folder`], with options: the folder is `obj_dir`.
    pub fn from_options(name: &str, options: &Options) -> Result<Self> {
        let folder = options.obj_dir.clone().unwrap_or_default();
        let (verilator, _) = verilate::taken(name, options, &folder)?;
        let prefix = options.prefix.as_deref();
        describe::describe(name, &folder, prefix, verilator.version).map(|model| Self::of(&model))
    }

    fn of(model: &Description) -> Self {
        let functions = |list: &[DpiFunction]| list.iter().map(FunctionReport::of).collect();
        Self {
            name: model.name.clone(),
            class: model.class.clone(),
            verilator: model.version.to_string(),
            fingerprint: format!("{:016x}", model.fingerprint),
            ports: model.ports.iter().map(PortReport::of).collect(),
            internals: model.internals.iter().map(InternalReport::of).collect(),
            parameters: model.parameters.iter().map(ParameterReport::of).collect(),
            abilities: AbilitiesReport {
                savable: model.abilities.savable,
                trace: model.abilities.trace.map(|format| format.to_string()),
                timing: model.abilities.timing,
                coverage: model.abilities.coverage,
                threads: model.abilities.threads,
                clone_hooks: model.abilities.clone_hooks,
            },
            imports: functions(&model.imports),
            exports: functions(&model.exports),
            serialize_operators: model.serialize_operators.clone(),
            state: model.state.as_ref().map(StateReport::of),
            gaps: model.gaps.iter().map(GapReport::of).collect(),
            folder: model.folder.clone(),
            subfolders: model.subfolders.clone(),
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
        let declared = port.declared.as_ref();
        Self {
            name: port.verilog.clone(),
            rust: port.rust.clone(),
            member: port.member.clone(),
            direction: port.direction.map(direction),
            shape: ShapeReport::of(&port.shape),
            source: declared.map(|declared| format!("{}:{}", declared.file, declared.line)),
            signed: declared.map(|declared| declared.signed),
            fields: declared
                .iter()
                .flat_map(|declared| &declared.fields)
                .zip(&port.field_names)
                .map(|(field, rust)| FieldReport {
                    path: field.path.clone(),
                    rust: rust.clone(),
                    low: field.low,
                    width: field.width,
                    signed: field.signed,
                })
                .collect(),
        }
    }
}

impl InternalReport {
    fn of(internal: &Internal) -> Self {
        Self {
            path: internal.port.verilog.clone(),
            rust: internal.port.rust.clone(),
            writable: internal.port.direction == Some(Direction::InOut),
            shape: ShapeReport::of(&internal.port.shape),
        }
    }
}

impl ParameterReport {
    fn of(parameter: &Parameter) -> Self {
        Self {
            path: parameter.verilog.clone(),
            rust: parameter.rust.clone(),
            shape: ShapeReport::of(&parameter.shape),
        }
    }
}

impl GapReport {
    fn of(gap: &Gap) -> Self {
        Self {
            what: gap.what.clone(),
            instead: gap.instead.clone(),
            refused: gap.weight == Weight::Refused,
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
