//! Unpacked structures and unions as the values of ports and of public variables.

use std::collections::BTreeMap;

use super::shape::{Shape, Struct, StructMember};
use crate::names::{self, Names};
use crate::parse::cxx::{self, Type};
use crate::parse::structs::DeclaredStruct;

/// The structures of a model. Each gets one Rust name.
pub struct Structs {
    declared: BTreeMap<String, DeclaredStruct>,
    names: Names,
    known: BTreeMap<String, Struct>,
}

impl Structs {
    pub fn new(declared: BTreeMap<String, DeclaredStruct>) -> Self {
        Self {
            declared,
            names: Names::default(),
            known: BTreeMap::new(),
        }
    }

    /// The shape of what has a C++ type.
    pub(super) fn shape(&mut self, ty: &Type) -> Result<Shape, String> {
        Ok(match ty {
            Type::Bits { msb, lsb, .. } => Shape::Bits {
                width: cxx::width(*msb, *lsb),
                msb: *msb,
                lsb: *lsb,
            },
            Type::Real => Shape::Real,
            Type::Text => Shape::Text,
            Type::Event => Shape::Event,
            Type::Array { element, length } => {
                let element = self.shape(element)?;
                if matches!(element, Shape::Text | Shape::Event) {
                    return Err(
                        "arrays of strings and events have no Rust type; split it".to_owned()
                    );
                }
                Shape::Array {
                    length: *length,
                    element: Box::new(element),
                }
            }
            Type::Other(name) => match self.find(name) {
                Some(Ok(found)) => Shape::Struct(found),
                Some(Err(reason)) => {
                    return Err(format!("{reason}; pass it otherwise, or packed"));
                }
                None => {
                    return Err(format!(
                        "its C++ type `{name}` has no Rust counterpart; pass it packed, or wrap the \
                         module in one whose ports are vectors"
                    ));
                }
            },
        })
    }

    /// The structure of a C++ name; nothing where there is none. An error says which member has no counterpart.
    fn find(&mut self, cpp: &str) -> Option<Result<Struct, String>> {
        if let Some(known) = self.known.get(cpp) {
            return Some(Ok(known.clone()));
        }
        let declared = self.declared.get(cpp)?.clone();
        Some(self.make(cpp, &declared).inspect(|made| {
            self.known.insert(cpp.to_owned(), made.clone());
        }))
    }

    fn make(&mut self, cpp: &str, declared: &DeclaredStruct) -> Result<Struct, String> {
        if let Some(line) = &declared.unread {
            return Err(format!("its member `{line}` is not understood"));
        }
        let mut member_names = Names::reserved(&["fitted"]);
        // Those of a union are methods.
        let setter = |name: &str| {
            let setter = declared.union.then(|| format!("set_{name}"));
            Vec::from_iter(setter)
        };
        let mut members = Vec::new();
        for member in &declared.members {
            let bare = member.name.strip_prefix("__PVT__").unwrap_or(&member.name);
            let verilog = names::unescape(bare);
            let shape = self
                .shape(&member.ty)
                .and_then(|shape| match shape.size() {
                    // Bytes between its members have no values, and those of a union must have some.
                    Some(_)
                        if declared.union && shape.structs().iter().any(|found| !found.union) =>
                    {
                        Err("a structure within a union has no Rust type".to_owned())
                    }
                    Some(_) => Ok(shape),
                    None => Err("strings and events lie otherwise in C++ than in Rust".to_owned()),
                })
                .map_err(|reason| format!("its member `{verilog}`: {reason}"))?;
            members.push(StructMember {
                rust: member_names.claim_rust(&names::rust_name(&verilog), setter),
                verilog,
                shape,
            });
        }
        if members.is_empty() {
            return Err("it has no members".to_owned());
        }
        Ok(Struct {
            rust: self.names.claim_rust(&type_name(cpp), |_| Vec::new()),
            cpp: cpp.to_owned(),
            union: declared.union,
            members,
        })
    }
}

/// The designer's name of a type that Verilator calls `Vtop_item_t__struct__0`; `anonymous` where it has none.
fn type_name(cpp: &str) -> String {
    let kind = cpp
        .rsplit_once("__struct")
        .or_else(|| cpp.rsplit_once("__union"));
    let bare = kind.map_or(cpp, |(bare, _)| bare);
    let bare = names::unescape(bare.split_once('_').map_or(bare, |(_, rest)| rest));
    let name = bare.rsplit('.').next().unwrap_or_default();
    if name.contains("__typeimp") || name.is_empty() {
        return "anonymous".to_owned();
    }
    names::rust_name(name)
}

#[cfg(test)]
mod tests {
    use super::type_name;

    #[test]
    fn a_type_is_called_as_in_the_design() {
        assert_eq!(type_name("Vtop_item_t__struct__0"), "item_t");
        assert_eq!(type_name("Vtop_top__DOT__item_t__struct1"), "item_t");
        assert_eq!(type_name("Vtop_either_t__union__0"), "either_t");
        let nameless = "Vtop_top__DOT____typeimpmod1__struct__0";
        assert_eq!(type_name(nameless), "anonymous");
    }
}
