//! What Verilator's save functions name and nothing declares, and whether this crate can supply it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::files::Files;
use crate::parse::cxx::Type;
use crate::parse::state::{Item, SerializeFunctions};
use crate::parse::state_class::DeclaredClass;
use crate::parse::structs::DeclaredStruct;

/// What is written for the save functions of a model.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Supplied {
    /// Structures by their C++ names, with the names of their members.
    pub structs: BTreeMap<String, Vec<String>>,
    /// References to interfaces, which Verilator saves and does not declare: each always leads to one instance.
    pub references: BTreeSet<String>,
    /// Classes have save functions that name a symbol table, which they lack.
    pub classes: bool,
}

/// How Verilator calls a reference to an interface that it saves without declaring it.
const REFERENCE: &str = "__Viftop";

/// The C++ types that have save operators, Verilator's or ours, and the words within their names.
const WITH_OPERATORS: &[&str] = &[
    "CData",
    "IData",
    "QData",
    "SData",
    "VlAssignableEvent",
    "VlAssocArray",
    "VlClassRef",
    "VlEvent",
    "VlForceVec",
    "VlQueue",
    "VlTriggerVec",
    "VlUnpacked",
    "VlWide",
    "bool",
    "double",
    "std",
    "string",
];

impl Supplied {
    /// Finds it; an error says what nobody supplies.
    pub fn of(
        files: &Files,
        functions: &SerializeFunctions,
        classes: &BTreeMap<String, DeclaredClass>,
    ) -> Result<Self, String> {
        let structs = files.structs();
        let mut supplied = Self::default();
        for header in &files.headers {
            let mut lines = header.text.lines();
            supplied.classes |=
                lines.any(|line| line.starts_with("class ") && line.contains(" VlClass "));
        }
        let types = Types {
            structs: &structs,
            classes,
        };
        for (class, items) in &functions.classes {
            let Some(members) = classes.get(class).map(|class| &class.members) else {
                continue;
            };
            for item in items {
                let Item::Member { name, .. } = item else {
                    continue;
                };
                match members.get(name) {
                    Some(member) => types.have_operators(&member.ty).map_err(|reason| {
                        format!("Verilator's `{class}` saves `{name}`, and {reason}")
                    })?,
                    None if name.ends_with(REFERENCE) => {
                        supplied.references.insert(name.clone());
                    }
                    None => {
                        return Err(format!(
                            "Verilator's `{class}` saves `{name}` and does not declare it"
                        ));
                    }
                }
            }
        }
        let structs = structs.into_iter();
        let structs = structs.filter(|(_, found)| !found.union && found.unread.is_none());
        supplied.structs = structs
            .map(|(name, found)| {
                let members = found.members.into_iter().map(|member| member.name);
                (name, members.collect())
            })
            .collect();
        Ok(supplied)
    }
}

/// The types that a model's headers declare.
struct Types<'a> {
    structs: &'a BTreeMap<String, DeclaredStruct>,
    classes: &'a BTreeMap<String, DeclaredClass>,
}

impl Types<'_> {
    /// Whether a type has save operators; an error says what of it has none.
    fn have_operators(&self, ty: &Type) -> Result<(), String> {
        let name = match ty {
            Type::Array { element, .. } => return self.have_operators(element),
            Type::Other(name) => name,
            Type::Bits { .. } | Type::Real | Type::Text | Type::Event => return Ok(()),
        };
        for word in name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
            if let Some(found) = self.structs.get(word) {
                if let Some(line) = &found.unread {
                    return Err(format!("a member of `{word}` is not understood: {line}"));
                }
                let mut members = found.members.iter();
                members.try_for_each(|member| self.have_operators(&member.ty))?;
            } else if !is_number
                && WITH_OPERATORS.binary_search(&word).is_err()
                && !self.classes.contains_key(word)
            {
                return Err(format!("the C++ type `{word}` has no save operators"));
            }
        }
        Ok(())
    }
}

/// Whether it is a reference whose stand-in takes no bytes.
pub fn stands_for_nothing(item: &Item, class: &DeclaredClass) -> bool {
    match item {
        Item::Member { name, .. } => name.ends_with(REFERENCE) && !class.members.contains_key(name),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_word_that_has_no_operators() {
        assert!(WITH_OPERATORS.is_sorted());
        let (structs, classes) = (BTreeMap::new(), BTreeMap::new());
        let types = Types {
            structs: &structs,
            classes: &classes,
        };
        let other = |name: &str| types.have_operators(&Type::Other(name.to_owned()));
        assert_eq!(other("VlQueue<VlUnpacked<CData/*7:0*/, 3>>"), Ok(()));
        assert_eq!(
            other("VlAssocArray<std::string, VlWide<3>/*95:0*/>"),
            Ok(())
        );
        let refused = "the C++ type `VlProcessRef` has no save operators".to_owned();
        assert_eq!(other("VlQueue<VlProcessRef>"), Err(refused));
    }
}
