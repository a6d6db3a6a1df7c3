//! The headers of a model's classes: which members they declare.

use std::collections::BTreeMap;

use winnow::Parser as _;

use super::cxx::{self, Variable};

/// A class that the model consists of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeclaredClass {
    /// Its members, by C++ name, as far as they read like variables.
    pub members: BTreeMap<String, Variable>,
    /// The header that declares it.
    pub header: String,
}

/// Adds the classes that the text of a header declares.
///
/// Whatever does not read like a variable is passed over: what is missing then is noticed when a
/// serialize function names it.
pub fn parse(header: &str, text: &str, classes: &mut BTreeMap<String, DeclaredClass>) {
    let mut current: Option<(String, DeclaredClass)> = None;
    for line in text.lines() {
        // The class's end is the one brace at the line's start.
        if line.starts_with('}') {
            classes.extend(current.take());
            continue;
        }
        if let Some(name) = class_name(line) {
            let class = DeclaredClass {
                members: BTreeMap::new(),
                header: header.to_owned(),
            };
            current = Some((name.to_owned(), class));
            continue;
        }
        let Some((_, class)) = &mut current else {
            continue;
        };
        if let Some(variable) = variable(line.trim()) {
            class.members.insert(variable.name.clone(), variable);
        }
    }
}

/// `class alignas(VL_CACHE_LINE_BYTES) Vsoc_sub final : public VerilatedModule {`
fn class_name(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("class ")?.strip_suffix('{')?;
    let before_bases = rest.split(" : ").next()?;
    // Between 5.012 and 5.040 no blank follows on `alignas(VL_CACHE_LINE_BYTES)`.
    before_bases
        .split(|c: char| c.is_whitespace() || c == ')')
        .rfind(|word| !matches!(*word, "" | "final" | "VL_NOT_FINAL"))
        .filter(|word| word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

fn variable(line: &str) -> Option<Variable> {
    let line = line.split("//").next()?.trim();
    let found = if line.starts_with("VL_") {
        cxx::port_macro.parse(line).ok()?
    } else {
        cxx::variable.parse(line).ok()?
    };
    (!found.reference).then_some(found)
}
