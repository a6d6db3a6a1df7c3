//! The ports of the top module.

use std::collections::{BTreeMap, HashMap};

use super::declarations::{Declaration, Declarations};
use super::model::{Field, Port};
use super::shape::Shape;
use super::structs::Structs;
use crate::error::{Error, Result};
use crate::names::{self, Names};
use crate::parse::cxx::Variable;

/// Names that the bindings' `Model` uses itself.
pub const METHODS: &[&str] = &[
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

/// The declarations by the designer's names: made once, not for every port.
fn by_verilog_name(declarations: &Declarations) -> HashMap<String, &Declaration> {
    let mut named = HashMap::with_capacity(declarations.len());
    for (name, declaration) in declarations {
        named.entry(names::unescape(name)).or_insert(declaration);
    }
    named
}

/// The ports, in the header's order. Those that keep their names as they are choose first: an escaped `\x-y` must
/// not become the `x_y` that another port is called.
pub fn ports(
    model: &str,
    variables: &[Variable],
    declarations: &Declarations,
    structs: &mut Structs,
    names: &mut Names,
) -> Result<Vec<Port>> {
    let declarations = &by_verilog_name(declarations);
    let is_plain = |variable: &Variable| {
        let verilog = names::unescape(&variable.name);
        names::rust_name(&verilog) == verilog
    };
    let (mut ports, mut others) = (BTreeMap::new(), Vec::new());
    for (at, variable) in variables.iter().enumerate() {
        if is_plain(variable) {
            ports.insert(at, port(model, variable, declarations, structs, names)?);
        } else {
            others.push((at, variable));
        }
    }
    for (at, variable) in others {
        ports.insert(at, port(model, variable, declarations, structs, names)?);
    }
    Ok(ports.into_values().collect())
}

fn port(
    model: &str,
    variable: &Variable,
    declarations: &HashMap<String, &Declaration>,
    structs: &mut Structs,
    names: &mut Names,
) -> Result<Port> {
    let verilog = names::unescape(&variable.name);
    let error = |reason: String| Error::Port {
        model: model.to_owned(),
        port: verilog.clone(),
        reason,
    };
    let shape = structs.shape(&variable.ty).map_err(error)?;
    let declared = declarations.get(&verilog).copied();
    if let Some(declared) = declared
        && let Some(width) = declared.width
        && matches!(shape, Shape::Bits { .. })
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
        rust: names.claim_rust(&names::rust_name(&verilog), names::accessors),
        verilog,
        member: variable.name.clone(),
        direction: variable
            .direction
            .or(declared.map(|declared| declared.direction)),
        shape,
        source: declared.map(|declared| format!("{}:{}", declared.file, declared.line)),
        signed: declared.map(|declared| declared.signed),
        signed_name: None,
        fields: Vec::new(),
    })
}

/// Adds the accessors that the declarations give the ports beside their plain ones. To be called when
/// everything else has its name.
pub fn add_declared(ports: &mut [Port], declarations: &Declarations, names: &mut Names) {
    let setter = |name: &str| vec![format!("set_{name}")];
    let declarations = by_verilog_name(declarations);
    let packed = |port: &&mut Port| matches!(port.shape, Shape::Bits { .. });
    for port in ports.iter_mut().filter(packed) {
        let Some(declared) = declarations.get(&port.verilog) else {
            continue;
        };
        if declared.signed && declared.fields.is_empty() && port.shape.integer().is_some() {
            let name = format!("{}_signed", port.rust);
            port.signed_name = Some(names.claim_rust(&name, setter));
        }
        port.fields = declared
            .fields
            .iter()
            .map(|field| {
                let name = format!("{}_{}", port.rust, names::unescape(&field.path));
                Field {
                    path: field.path.clone(),
                    rust: names.claim_rust(&names::rust_name(&name), setter),
                    low: field.low,
                    width: field.width,
                    signed: field.signed,
                }
            })
            .collect();
    }
}
