//! Public variables and parameters inside the design.

use std::collections::BTreeMap;

use super::files::Files;
use super::model::{Internal, Parameter, Port};
use super::shape::Shape;
use super::structs::Structs;
use crate::direction::Direction;
use crate::error::Result;
use crate::names::{self, Names};
use crate::parse::module;
use crate::parse::syms::{self, Symbols};

/// What the design made public. What has no Rust type, such as a class object, is left out: unlike
/// a port, a harness can do without.
pub fn internals(
    files: &Files,
    stem: &str,
    symbols: &Symbols,
    structs: &mut Structs,
    names: &mut Names,
) -> Result<(Vec<Internal>, Vec<Parameter>)> {
    let instances = syms::parse_instances(&files.required_header(&format!("{stem}__Syms.h"))?.text);
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
            let header = files.header(&format!("{class}.h"));
            let members = header.map(|header| module::parse(&header.text));
            let members = members.unwrap_or_default();
            modules.insert(class.clone(), members);
        }
        let Some(member) = modules[class].get(&variable.member) else {
            continue;
        };
        let Ok(shape) = structs.shape(&member.ty) else {
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
        let words = words.filter(|words| shape.constant_words() == Some(words.len()));
        if let (true, Some(words)) = (variable.parameter, words) {
            parameters.push(Parameter {
                rust: constants.claim_rust(&rust.to_uppercase(), |_| Vec::new()),
                verilog: path,
                shape,
                words,
            });
            continue;
        }
        let writable = variable.writable && !variable.parameter;
        internals.push(Internal {
            port: Port {
                rust: names.claim_rust(&rust, names::accessors),
                verilog: path,
                member: variable.member.clone(),
                direction: Some(if writable {
                    Direction::InOut
                } else {
                    Direction::Out
                }),
                shape,
                source: None,
                signed: None,
                signed_name: None,
                fields: Vec::new(),
            },
            instance: variable.instance.clone(),
            class: class.clone(),
        });
    }
    Ok((internals, parameters))
}
