//! No C++ in `format!`: its braces are doubled there, and no editor knows it as C++.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::visit::{self, Visit};

use super::breach::Breach;
use super::modules::{attributes, is_test};
use super::sources::Sources;

const MACROS: [&str; 7] = [
    "format",
    "format_args",
    "write",
    "writeln",
    "print",
    "println",
    "concat",
];

/// What no Rust text holds.
const MARKS: [&str; 11] = [
    "#include",
    "const char*",
    "handlep",
    "vlSymsp",
    "vlSelf",
    "noexcept",
    "[&]",
    "static_cast",
    "reinterpret_cast",
    "nullptr",
    "namespace {",
];

pub fn check(sources: &Sources) -> Result<Vec<Breach>> {
    let mut functions = BTreeSet::new();
    for (path, text) in sources.rust() {
        if !path.starts_with("codegen/src/") {
            continue;
        }
        let parsed = syn::parse_file(text).with_context(|| format!("could not parse {path}"))?;
        let mut formats = Formats {
            path,
            all_is_cpp: path.contains("/cpp/") || path.ends_with("/cpp.rs"),
            function: String::new(),
            found: &mut functions,
        };
        formats.visit_file(&parsed);
    }
    let why = "C++ in `format!`, its braces doubled: make it a header under codegen/cpp/ or a template file";
    Ok(functions
        .into_iter()
        .map(|function| Breach::new(function, why))
        .collect())
}

struct Formats<'a> {
    path: &'a str,
    all_is_cpp: bool,
    function: String,
    found: &'a mut BTreeSet<String>,
}

impl Formats<'_> {
    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    let doubled = text.contains("{{") || text.contains("}}");
                    let is_cpp = self.all_is_cpp || MARKS.iter().any(|mark| text.contains(mark));
                    if doubled && is_cpp {
                        let key = format!("{}: {}", self.path, self.function);
                        self.found.insert(key);
                    }
                }
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Formats<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_test(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.function = function.sig.ident.to_string();
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.function = function.sig.ident.to_string();
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let name = call.path.segments.last().map(|last| last.ident.to_string());
        if name.is_some_and(|name| MACROS.contains(&name.as_str())) {
            self.tokens(call.tokens.to_token_stream());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::lint::sources::Sources;

    #[test]
    fn doubled_braces_of_cpp_are_a_breach_and_those_of_rust_are_none() {
        let rust = r#"fn rust(name: &str) -> String { format!("fn {name}() {{}}") }"#;
        let cpp = r#"fn shim() -> String { format!("int {name}(Handle* handlep) {{}}") }"#;
        let template = r#"fn head() -> &'static str { "int f(Handle* handlep) {}" }"#;
        let sources = Sources::of(&[
            ("codegen/src/emit/rust.rs", rust),
            ("codegen/src/emit/exports.rs", cpp),
            ("codegen/src/emit/cpp/mod.rs", template),
            ("codegen/src/emit/cpp/ports.rs", rust),
        ]);
        let keys: Vec<String> = check(&sources)
            .unwrap()
            .into_iter()
            .map(|breach| breach.key)
            .collect();
        assert_eq!(
            keys,
            [
                "codegen/src/emit/cpp/ports.rs: rust",
                "codegen/src/emit/exports.rs: shim"
            ]
        );
    }
}
