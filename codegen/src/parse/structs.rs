//! The unpacked structures and unions that a model's headers declare.

use std::collections::BTreeMap;

use winnow::Parser as _;

use super::cxx::{self, Variable};

/// A structure or union of the design.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeclaredStruct {
    /// A union.
    pub union: bool,
    /// Its members, in their order.
    pub members: Vec<Variable>,
    /// The line of a member that does not read like a variable.
    pub unread: Option<String>,
}

/// Adds the structures that the text of a header declares, by their C++ names.
pub fn parse(text: &str, structs: &mut BTreeMap<String, DeclaredStruct>) {
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some((name, union)) = head(line) else {
            continue;
        };
        let mut found = DeclaredStruct {
            union,
            members: Vec::new(),
            unread: None,
        };
        let mut depth = 1_usize;
        for line in lines.by_ref() {
            let code = line.split("//").next().unwrap_or_default().trim();
            // Methods, which compare, have braces.
            if depth == 1 && code.ends_with(';') && !code.contains(['{', '}']) {
                match cxx::variable.parse(code) {
                    Ok(variable) => found.members.push(variable),
                    Err(_) => found.unread = Some(code.to_owned()),
                }
            }
            depth += code.matches('{').count();
            depth = depth.saturating_sub(code.matches('}').count());
            if depth == 0 {
                break;
            }
        }
        structs.insert(name.to_owned(), found);
    }
}

/// `struct Vtop_item_t__struct__0 {`: its name, and whether it is a union.
fn head(line: &str) -> Option<(&str, bool)> {
    let line = line.strip_suffix('{')?;
    let (name, union) = match line.strip_prefix("struct ") {
        Some(name) => (name, false),
        None => (line.strip_prefix("union ")?, true),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    Some((name.trim(), union)).filter(|(name, _)| !name.is_empty() && name.chars().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "struct Vt_a__struct__0 {
    CData/*7:0*/ __PVT__a;
    VlQueue<VlUnpacked<IData/*31:0*/, 2>> l;
    Vt_I* p;

    bool operator==(const Vt_a__struct__0& rhs) const {
        return __PVT__a == rhs.__PVT__a;
    }
};
template <>
struct VlIsCustomStruct<Vt_a__struct__0> : public std::true_type {};
union Vt_u__union__0 {
    CData/*7:0*/ a;
    what (*is)(int);
};
struct Vt_forward;
";

    #[test]
    fn reads_members_and_passes_over_methods() {
        let mut structs = BTreeMap::new();
        parse(TEXT, &mut structs);
        let names: Vec<&String> = structs.keys().collect();
        assert_eq!(names, ["Vt_a__struct__0", "Vt_u__union__0"]);
        let members = &structs["Vt_a__struct__0"].members;
        let members: Vec<&str> = members.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(members, ["__PVT__a", "l", "p"]);
        assert_eq!(structs["Vt_a__struct__0"].unread, None);
        let union = &structs["Vt_u__union__0"];
        assert!(union.union);
        assert_eq!(union.unread.as_deref(), Some("what (*is)(int);"));
    }
}
