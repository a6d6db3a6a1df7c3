//! `V*__Syms.h` and `V*__Syms*.cpp`: where the instances of modules lie, which of their variables
//! are public, and which scopes export functions.

use std::collections::BTreeMap;

/// A variable that Verilator registers because it is public.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicVariable {
    /// The scope's path, for example `top.gen[0].u2`.
    pub scope: String,
    /// Its Verilog name.
    pub name: String,
    /// The member of the symbol table that holds its module's instance.
    pub instance: String,
    /// The member of that module's class.
    pub member: String,
    /// A parameter.
    pub parameter: bool,
    /// Public for writing too.
    pub writable: bool,
}

/// The public variables and the exports of the symbol table.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Symbols {
    /// In the order of the file.
    pub variables: Vec<PublicVariable>,
    /// The scopes that export a function, by its name.
    pub exports: BTreeMap<String, Vec<String>>,
}

/// Reads the text of a `V*__Syms*.cpp`.
pub fn parse(text: &str, symbols: &mut Symbols, scopes: &mut BTreeMap<String, String>) {
    for line in text.lines() {
        let code = line.trim().trim_start_matches("//UNSUP ");
        if let Some((variable, rest)) = code.split_once(" = new VerilatedScope{") {
            // `__Vscopep_top = new VerilatedScope{this, "top", ...`
            insert_scope(scopes, variable, rest);
        } else if let Some((variable, rest)) = code.split_once(".configure(this, name(), ") {
            // `__Vscope_top.configure(this, name(), "top", ...`
            insert_scope(scopes, variable, rest);
        } else if let Some((scope, rest)) = code.split_once("exportInsert(") {
            let scope = scope.trim_end_matches("->").trim_end_matches('.');
            if let (Some(scope), Some(name)) = (scopes.get(scope), quoted(rest)) {
                let known = symbols.exports.entry(name).or_default();
                if !known.contains(scope) {
                    known.push(scope.clone());
                }
            }
        } else if let Some((scope, rest)) = code.split_once("varInsert(") {
            let scope = scope.trim_end_matches("->").trim_end_matches('.');
            if let Some(variable) = scopes.get(scope).and_then(|scope| variable(scope, rest)) {
                symbols.variables.push(variable);
            }
        }
    }
}

fn insert_scope(scopes: &mut BTreeMap<String, String>, variable: &str, rest: &str) {
    if let Some(path) = quoted(rest) {
        scopes.insert(variable.trim().to_owned(), path);
    }
}

/// The first string in quotes; escapes undone.
fn quoted(text: &str) -> Option<String> {
    let mut chars = text.split_once('"')?.1.chars();
    let mut out = String::new();
    loop {
        match chars.next()? {
            '"' => return Some(out),
            '\\' => out.push(chars.next()?),
            c => out.push(c),
        }
    }
}

/// `"cnt", &(TOP.top__DOT__cnt), false, VLVT_UINT32, VLVD_NODIR|VLVF_PUB_RW, ...`
fn variable(scope: &str, rest: &str) -> Option<PublicVariable> {
    let name = quoted(rest)?;
    // The place is `&(instance.member)` or, for a string parameter, `(instance.member.c_str())`.
    let start = rest.rfind("TOP.").or_else(|| rest.rfind("TOP__"))?;
    let start = rest[..start].rfind('(').map_or(start, |paren| paren + 1);
    let place = &rest[start..];
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let place = &place[..place.find(|c| !plain(c)).unwrap_or(place.len())];
    let place = place.trim_end_matches(".c_str");
    let (instance, member) = place.split_once('.')?;
    Some(PublicVariable {
        scope: scope.to_owned(),
        name: name.trim().trim_start_matches('\\').to_owned(),
        instance: instance.to_owned(),
        member: member.to_owned(),
        parameter: rest.contains(", true, VLVT_"),
        writable: rest.contains("VLVF_PUB_RW"),
    })
}

/// Reads a `V*__Syms.h`: the class of each instance.
pub fn parse_instances(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .skip_while(|line| line.trim() != "// MODULE INSTANCE STATE")
        .skip(1)
        .take_while(|line| !line.trim().starts_with("//"))
        .filter_map(|line| {
            let (class, member) = line.trim().trim_end_matches(';').split_once(' ')?;
            Some((member.trim().to_owned(), class.to_owned()))
        })
        .collect()
}
