//! DPI functions: what the header says of them, and what only the generated sources know.

use std::collections::BTreeMap;

use super::files::Files;
use super::model::{DpiArgument, DpiFunction, DpiType};
use super::wanted::Wanted;
use crate::direction::Direction;
use crate::error::{Error, Result};
use crate::names::{self, Names};
use crate::parse::cxx::{self, Type};
use crate::parse::dpi::{self, CType, Wrapper};
use crate::parse::syms::Symbols;

/// The functions of a model.
#[derive(Default)]
pub struct Functions {
    /// Those that the harness implements.
    pub imports: Vec<DpiFunction>,
    /// Imports that C++ implements.
    pub foreign: Vec<Foreign>,
    /// Those that it may call.
    pub exports: Vec<DpiFunction>,
    /// The libraries that Verilator made (`--lib-create`, hierarchical blocks): their imports are
    /// in their own C++ wrappers.
    pub libraries: Vec<String>,
}

/// An import that C++ implements, whatever its types.
pub struct Foreign {
    /// The C name.
    pub name: String,
    /// Whether a `chandle` crosses it.
    pub chandle: bool,
}

/// Where Verilator's own libraries have their name in front of a function's.
const LIBRARY: &str = "_protectlib_";

/// Reads the functions.
pub fn functions(
    wanted: &Wanted<'_>,
    stem: &str,
    files: &Files,
    symbols: &Symbols,
    names: &mut Names,
) -> Result<Functions> {
    let model = wanted.name;
    let functions = match files.header(&format!("{stem}__Dpi.h")) {
        Some(header) => dpi::parse(&header.path, &header.text)?,
        None => dpi::DpiHeader::default(),
    };
    let mut wrappers = BTreeMap::new();
    for source in &files.sources {
        dpi::parse_wrappers(&source.text, &functions.imports, &mut wrappers);
    }
    let mut callbacks = BTreeMap::new();
    let symbol_table = files.required_header(&format!("{stem}__Syms.h"))?;
    dpi::parse_callbacks(&symbol_table.text, &mut callbacks);
    let mut import_names = Names::default();
    let foreign = foreign(model, wanted.foreign_imports, &functions.imports)?;
    let is_foreign = |name: &String| wanted.foreign_imports.contains(name);
    let imports: Vec<DpiFunction> = functions
        .imports
        .iter()
        .filter(|function| !function.name.contains(LIBRARY) && !is_foreign(&function.name))
        .map(|function| {
            let wrapper = wrappers.get(&function.name);
            dpi_function(model, function, wrapper, &mut import_names)
        })
        .collect::<Result<_>>()?;
    let exports = functions
        .exports
        .iter()
        .map(|function| {
            let types = callbacks.get(&function.name);
            let mut function = dpi_function(model, function, types, names)?;
            function.scopes = symbols
                .exports
                .get(&function.name)
                .cloned()
                .unwrap_or_default();
            Ok(function)
        })
        .collect::<Result<_>>()?;
    let mut libraries: Vec<String> = functions
        .imports
        .iter()
        .filter_map(|function| Some(function.name.split_once(LIBRARY)?.0.to_owned()))
        .collect();
    libraries.sort();
    libraries.dedup();
    Ok(Functions {
        imports,
        foreign,
        exports,
        libraries,
    })
}

/// The imports of those names.
fn foreign(model: &str, names: &[String], imports: &[dpi::Function]) -> Result<Vec<Foreign>> {
    let find = |name: &String| {
        let Some(import) = imports.iter().find(|import| import.name == *name) else {
            return Err(Error::Model {
                model: model.to_owned(),
                reason: format!("`.foreign_import(\"{name}\")` names no DPI import of the design"),
            });
        };
        let mut types = import.arguments.iter().map(|argument| argument.ty);
        Ok(Foreign {
            name: name.clone(),
            chandle: import.returns == CType::Chandle || types.any(|ty| ty == CType::Chandle),
        })
    };
    names.iter().map(find).collect()
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
    if let Some(declaration) = &function.unread {
        return Err(error(format!(
            "its types have no Rust counterpart (`{declaration}`): implement it in C++ with \
             `.cxx_source(..)` and `.foreign_import(\"{}\")`",
            function.name
        )));
    }
    // What the functions around the call name themselves, in Rust and in the shim.
    let mut argument_names = Names::reserved(&[
        "borrow", "called", "dpi", "env", "result", "returned", "scope", "status",
    ]);
    let mut shim_names = Names::reserved(&[
        "borrowing",
        "borrowp",
        "env",
        "handlep",
        "result",
        "scope",
        "waiting",
    ]);
    let arguments = function
        .arguments
        .iter()
        .map(|argument| {
            let ty = dpi_type(argument, wrapper)
                .map_err(|reason| error(format!("argument `{}`: {reason}", argument.name)))?;
            let filled = wrapper.is_some_and(|wrapper| wrapper.filled.contains(&argument.name));
            let changed = wrapper.is_some_and(|wrapper| wrapper.outputs.contains(&argument.name));
            // An array of strings is declared alike in both directions.
            let texts = matches!(&ty, DpiType::Array { element, .. } if **element == DpiType::Text);
            let output = argument.pointer && !argument.constant && (!texts || changed);
            let direction = match (output, filled) {
                (false, _) => Direction::In,
                (true, true) => Direction::InOut,
                (true, false) => Direction::Out,
            };
            let verilog = names::unescape(&argument.name);
            Ok(DpiArgument {
                name: shim_names.claim(&argument.name, |_| Vec::new()),
                rust: argument_names.claim_rust(&names::rust_name(&verilog), |_| Vec::new()),
                direction,
                ty,
            })
        })
        .collect::<Result<_>>()?;
    let returns = match function.returns {
        CType::Void => None,
        CType::BitVec => Some(vector_result(wrapper).map_err(error)?),
        ty => Some(plain_type(ty).ok_or_else(|| error("it returns an open array".to_owned()))?),
    };
    Ok(DpiFunction {
        name: function.name.clone(),
        rust: names.claim_rust(&names::rust_name(&names::unescape(&function.name)), |_| {
            Vec::new()
        }),
        source: function.source.clone(),
        context: wrapper.is_some_and(|wrapper| wrapper.context),
        scopes: Vec::new(),
        arguments,
        returns,
    })
}

const UNKNOWN: &str = "the generated sources do not tell its width; is the folder complete?";

/// The type of a result that is a packed vector: Verilator takes up to 32 bits.
fn vector_result(wrapper: Option<&Wrapper>) -> Result<DpiType, String> {
    match wrapper.and_then(|wrapper| wrapper.returns.as_ref()) {
        Some(Type::Bits { msb, lsb, words }) if words.is_none() => Ok(DpiType::Vector {
            width: cxx::width(*msb, *lsb),
            logic: false,
        }),
        _ => Err(format!("its result: {UNKNOWN}")),
    }
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
    let unknown = || UNKNOWN.to_owned();
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
