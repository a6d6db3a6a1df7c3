//! A module's header (`V*___024root.h` and its like): variables and parameters.

use std::collections::BTreeMap;

use winnow::Parser as _;

use super::cxx::{self, Type};

/// A member of a module's class.
#[derive(Clone, PartialEq, Debug)]
pub struct DeclaredMember {
    /// Its type.
    pub ty: Type,
    /// A parameter's value, as the header writes it.
    pub value: Option<String>,
}

/// Reads a module's header: its members by C++ name. Lines that are no variables are passed over.
pub fn parse(text: &str) -> BTreeMap<String, DeclaredMember> {
    let mut members = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let mut code = line.trim().to_owned();
        let parameter = code.starts_with("static const");
        if parameter {
            // A wide value goes over several lines.
            while !code.ends_with(';') {
                match lines.next() {
                    // Elements of arrays are numbered by comments.
                    Some(line) => code.push_str(line.split("//").next().unwrap_or_default().trim()),
                    None => break,
                }
            }
        }
        let declaration = code
            .trim_start_matches("static constexpr ")
            .trim_start_matches("static const ");
        let variable = if declaration.starts_with("VL_") {
            cxx::port_macro.parse(declaration)
        } else {
            cxx::variable.parse(declaration)
        };
        if let Ok(variable) = variable {
            let value = parameter.then(|| {
                let (_, value) = declaration.split_once('=')?;
                Some(value.trim().trim_end_matches(';').trim().to_owned())
            });
            members.insert(
                variable.name,
                DeclaredMember {
                    ty: variable.ty,
                    value: value.flatten(),
                },
            );
        }
    }
    members
}

/// The words of an integer's value, the least significant first: `7U`, `0x10ULL`,
/// `VlWide<4>{{0x1, 0x2}}`.
pub fn words(value: &str) -> Option<Vec<u64>> {
    let list = match (value.find('{'), value.rfind('}')) {
        (Some(from), Some(to)) => &value[from..to],
        _ => value,
    };
    let words: Option<Vec<u64>> = list
        .split(',')
        .map(|word| {
            // Of an array each element may begin with its type: `VlWide<4>{{0x1`.
            let word = word.rsplit('{').next().unwrap_or_default();
            let word = word.trim_matches(|c: char| c.is_whitespace() || c == '}');
            let word = word.trim_end_matches(['U', 'L']);
            match word.strip_prefix("0x") {
                Some(digits) => u64::from_str_radix(digits, 16).ok(),
                None => word.parse().ok(),
            }
        })
        .collect();
    words.filter(|words| !words.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_members_and_values() {
        let text = "  VL_IN8(clk,0,0);\n  CData/*7:0*/ s;\n  static constexpr IData/*31:0*/ PP = \
                    0x00000010U;\n  static constexpr VlWide<4>/*99:0*/ BIG = {{\n  // VlWide 0\n0x56789abc, \
                    0x00051234, 0x0, 0x0\n  }};\n  static constexpr double PR = 2.5e+00;\n  void f();";
        let members = parse(text);
        assert_eq!(members.len(), 5);
        assert_eq!(
            words(members["PP"].value.as_deref().unwrap()),
            Some(vec![16])
        );
        let big = words(members["BIG"].value.as_deref().unwrap());
        assert_eq!(big, Some(vec![0x5678_9abc, 0x0005_1234, 0, 0]));
        let wides = "{{ VlWide<2>{{0x1, 0x2}}, VlWide<2>{{0x3, 0x4}} }}";
        assert_eq!(words(wides), Some(vec![1, 2, 3, 4]));
        assert_eq!(members["PR"].value.as_deref(), Some("2.5e+00"));
        assert_eq!(members["s"].value, None);
    }
}
