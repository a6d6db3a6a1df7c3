//! Names: Verilator's escapes undone, and Rust identifiers made by one rule.
//!
//! The rule: Verilator's escapes (`__024` for `$`) are undone; every character that an identifier
//! cannot hold becomes `_`; a leading digit gets `_` in front; a keyword becomes `r#keyword`, and
//! the four that cannot be raw (`self`, `Self`, `super`, `crate`) and names that the bindings use
//! themselves get `_` behind; names that then collide get `_`, `_2`, `_3` and so on behind, in the
//! header's order, ports that the rule leaves as they are first.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Serialize, Serializer};

/// The Verilog name behind a C++ name: `__05Fa___05Fb` is `_a__b`, `esc__024a__02eb` is
/// `esc$a.b`, `a__DOT__b` is `a.b`.
pub fn unescape(name: &str) -> String {
    // A word of C++ is a word of Verilog's with `__SYM__` in front.
    let text = name
        .replace("__SYM__", "")
        .replace("__DOT__", ".")
        .replace("__BRA__", "[")
        .replace("__KET__", "]");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("__0") {
        let code = rest
            .get(at + 3..at + 5)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .filter(u8::is_ascii_graphic);
        out.push_str(&rest[..at]);
        if let Some(code) = code {
            out.push(char::from(code));
            rest = &rest[at + 5..];
        } else {
            out.push_str("__0");
            rest = &rest[at + 3..];
        }
    }
    out.push_str(rest);
    out
}

/// The Rust name of a Verilog name, without `r#`.
pub fn rust_name(verilog: &str) -> String {
    let mut name: String = verilog
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    if name.is_empty() || name == "_" || name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    if matches!(name.as_str(), "self" | "Self" | "super" | "crate") {
        name.push('_');
    }
    name
}

/// The Rust name of a hierarchical path: `top.gen[0].u2.s` is `top_gen_0_u2_s`.
pub fn rust_path(path: &str) -> String {
    rust_name(&path.replace(']', ""))
}

/// The names of the accessors that a variable has beside the one of its own name.
pub fn accessors(name: &str) -> Vec<String> {
    vec![
        format!("set_{name}"),
        format!("set_{name}_at"),
        format!("fire_{name}"),
    ]
}

/// Words that are no identifiers without `r#`. `gen` is one since edition 2024, and a plain name before.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Whether a name is a word of Rust's.
pub fn is_keyword(name: &str) -> bool {
    KEYWORDS.binary_search(&name).is_ok()
}

/// A Rust name, and the identifier that it is written as where it stands alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RustName {
    name: String,
    ident: String,
}

impl RustName {
    fn new(name: String) -> Self {
        let raw = if KEYWORDS.binary_search(&&*name).is_ok() {
            "r#"
        } else {
            ""
        };
        Self {
            ident: format!("{raw}{name}"),
            name,
        }
    }

    /// The name without `r#`, for use within other names.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The identifier: a keyword has `r#` in front.
    pub fn ident(&self) -> &str {
        &self.ident
    }
}

impl fmt::Display for RustName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Serialize for RustName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

/// Hands out each name once.
#[derive(Default)]
pub struct Names(BTreeSet<String>);

impl Names {
    /// With names that are taken.
    pub fn reserved(taken: &[&str]) -> Self {
        Self(taken.iter().map(|name| (*name).to_owned()).collect())
    }

    /// As [`Names::claim`], as a name of Rust.
    pub fn claim_rust(&mut self, name: &str, also: impl Fn(&str) -> Vec<String>) -> RustName {
        RustName::new(self.claim(name, also))
    }

    /// `name`, or the first of `name_`, `name_2`, ... that is free, such that `also` of it is
    /// free too.
    pub fn claim(&mut self, name: &str, also: impl Fn(&str) -> Vec<String>) -> String {
        let candidates = std::iter::once(name.to_owned())
            .chain(std::iter::once(format!("{name}_")))
            .chain((2..).map(|number| format!("{name}_{number}")));
        for candidate in candidates {
            let all = also(&candidate);
            if all.iter().all(|name| !self.0.contains(name)) && !self.0.contains(&candidate) {
                self.0.extend(all);
                self.0.insert(candidate.clone());
                return candidate;
            }
        }
        unreachable!("the numbers do not end")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undoes_escapes() {
        assert_eq!(unescape("esc__024a__02eb"), "esc$a.b");
        assert_eq!(unescape("__05Fa___05Fb"), "_a__b");
        assert_eq!(unescape("top__DOT__mem__BRA__1__KET__"), "top.mem[1]");
        assert_eq!(unescape("a__0"), "a__0");
        assert_eq!(unescape("a__0zz"), "a__0zz");
    }

    #[test]
    fn makes_identifiers() {
        let ident = |name: &str| RustName::new(rust_name(name)).ident;
        assert_eq!(ident("type"), "r#type");
        assert_eq!(ident("self"), "self_");
        assert_eq!(ident("types"), "types");
        assert_eq!(rust_name("esc$a.b"), "esc_a_b");
        assert_eq!(rust_name("1st"), "_1st");
    }

    #[test]
    fn keywords_are_sorted() {
        assert!(KEYWORDS.is_sorted());
        for keyword in KEYWORDS {
            assert_eq!(
                RustName::new((*keyword).to_owned()).ident(),
                format!("r#{keyword}")
            );
        }
    }

    #[test]
    fn no_name_is_given_twice() {
        let mut names = Names::reserved(&["eval"]);
        let both = |name: &str| vec![format!("set_{name}")];
        assert_eq!(names.claim("eval", both), "eval_");
        assert_eq!(names.claim("a", both), "a");
        assert_eq!(names.claim("set_a", both), "set_a_");
        assert_eq!(names.claim("a", both), "a_2", "`set_a_` is taken");
    }
}
