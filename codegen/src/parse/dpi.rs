//! `V*__Dpi.h`: DPI imports and exports; and the generated wrappers around the imports, which
//! alone show how wide a vector is and how long an array.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use winnow::Parser as _;
use winnow::ascii::multispace0;
use winnow::combinator::{opt, preceded, separated};
use winnow::prelude::*;

use super::cxx::{self, Type};
use crate::error::{Error, Result};

/// A C type of the DPI.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CType {
    /// `void`.
    Void,
    /// `char`, `short`, `int`, `long long` and their unsigned forms: bits and sign.
    Int(u32, bool),
    /// `double`.
    Double,
    /// `float`.
    Float,
    /// `const char*`.
    Text,
    /// `void*`.
    Chandle,
    /// `svBit`.
    Bit,
    /// `svLogic`.
    Logic,
    /// `svBitVecVal`.
    BitVec,
    /// `svLogicVecVal`.
    LogicVec,
    /// `svOpenArrayHandle`.
    OpenArray,
}

/// An argument as the header declares it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Its type, without the pointer that makes it an output or an array.
    pub ty: CType,
    /// Whether it is a pointer to `ty`.
    pub pointer: bool,
    /// Whether what it points to is constant.
    pub constant: bool,
}

/// A function as the header declares it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Function {
    /// The C name.
    pub name: String,
    /// What it returns.
    pub returns: CType,
    /// The arguments.
    pub arguments: Vec<Argument>,
    /// The place in the Verilog source, `file:line:column`.
    pub source: String,
    /// The declaration, where it is not understood beyond the name.
    pub unread: Option<String>,
}

/// Both directions.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DpiHeader {
    /// Called by the design.
    pub imports: Vec<Function>,
    /// Called by the harness.
    pub exports: Vec<Function>,
}

/// Reads the text of `path`.
pub fn parse(path: &Path, text: &str) -> Result<DpiHeader> {
    let mut functions = DpiHeader::default();
    let mut source = String::new();
    let mut export = false;
    for (number, line) in text.lines().enumerate() {
        let code = line.trim();
        if let Some(place) = code.strip_prefix("// DPI import at ") {
            (export, source) = (false, place.to_owned());
        } else if let Some(place) = code.strip_prefix("// DPI export at ") {
            (export, source) = (true, place.to_owned());
        } else if let Some(mut declaration) = code
            .strip_prefix("extern ")
            .filter(|code| !code.starts_with("\"C\""))
        {
            let function = function(&mut declaration).ok().or_else(|| unread(code));
            let mut function = function.ok_or_else(|| Error::Parse {
                path: path.to_owned(),
                line: number + 1,
                expected: "the declaration of a DPI function".to_owned(),
                found: code.to_owned(),
            })?;
            function.source.clone_from(&source);
            let to = if export {
                &mut functions.exports
            } else {
                &mut functions.imports
            };
            // Two scopes may import the same function.
            if to.iter().all(|known| known.name != function.name) {
                to.push(function);
            }
        }
    }
    if !text.contains("// guard") || !text.trim_end().ends_with("#endif  // guard") {
        return Err(Error::Parse {
            path: path.to_owned(),
            line: text.lines().count(),
            expected: "a complete header".to_owned(),
            found: "the end of the file".to_owned(),
        });
    }
    Ok(functions)
}

fn function(input: &mut &str) -> ModalResult<Function> {
    let (returns, stars) = c_type.parse_next(input)?;
    let returns = match (returns, stars) {
        (Base::Char(true), 1) => CType::Text,
        (Base::Void, 1) => CType::Chandle,
        (base, 0) => base.plain(),
        _ => return cut(),
    };
    let name = cxx::identifier.parse_next(input)?.to_owned();
    '('.parse_next(input)?;
    let arguments = separated(0.., argument, (multispace0, ',', multispace0)).parse_next(input)?;
    (")", ";", winnow::combinator::eof).parse_next(input)?;
    Ok(Function {
        name,
        returns,
        arguments,
        source: String::new(),
        unread: None,
    })
}

/// Reads only a function's name: `extern T name(...);`
fn unread(declaration: &str) -> Option<Function> {
    let (before, rest) = declaration.split_once('(')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let name = before.rsplit(|c| !plain(c)).next()?;
    (rest.ends_with(");") && !name.is_empty()).then(|| Function {
        name: name.to_owned(),
        returns: CType::Void,
        arguments: Vec::new(),
        source: String::new(),
        unread: Some(declaration.to_owned()),
    })
}

fn argument(input: &mut &str) -> ModalResult<Argument> {
    let constant = input.starts_with("const ");
    let (base, stars) = c_type.parse_next(input)?;
    let name = cxx::identifier.parse_next(input)?.to_owned();
    let (ty, pointer) = match (base, stars) {
        // `const char**` is an output string, `const char*` an input one; `const char* const*`
        // is not written by any version.
        (Base::Char(true), 1) => (CType::Text, false),
        (Base::Char(_), 2) => (CType::Text, true),
        (Base::Void, 1) => (CType::Chandle, false),
        (Base::Void, 2) => (CType::Chandle, true),
        (base, 0) => (base.plain(), false),
        (base, 1) => (base.plain(), true),
        _ => return cut(),
    };
    Ok(Argument {
        name,
        ty,
        pointer,
        constant: constant && pointer && ty != CType::Text,
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Base {
    Void,
    /// Whether it is constant: `const char*` is a string or an array of `byte`.
    Char(bool),
    Other(CType),
}

impl Base {
    fn plain(self) -> CType {
        match self {
            Self::Void => CType::Void,
            Self::Char(_) => CType::Int(8, true),
            Self::Other(ty) => ty,
        }
    }
}

fn cut<T>() -> ModalResult<T> {
    Err(winnow::error::ErrMode::Cut(
        winnow::error::ContextError::new(),
    ))
}

/// A base type and the number of stars behind it.
fn c_type(input: &mut &str) -> ModalResult<(Base, usize)> {
    let constant = opt("const ").parse_next(input)?.is_some();
    let unsigned = opt("unsigned ").parse_next(input)?.is_some();
    let name = cxx::identifier.parse_next(input)?;
    let sign = !unsigned;
    let base = match name {
        "void" => Base::Void,
        "char" if sign => Base::Char(constant),
        "char" => Base::Other(CType::Int(8, false)),
        "short" => Base::Other(CType::Int(16, sign)),
        "int" => Base::Other(CType::Int(32, sign)),
        "long" => {
            preceded(multispace0, ("long", multispace0)).parse_next(input)?;
            Base::Other(CType::Int(64, sign))
        }
        "double" => Base::Other(CType::Double),
        "float" => Base::Other(CType::Float),
        "svBit" => Base::Other(CType::Bit),
        "svLogic" => Base::Other(CType::Logic),
        "svBitVecVal" => Base::Other(CType::BitVec),
        "svLogicVecVal" => Base::Other(CType::LogicVec),
        "svOpenArrayHandle" => Base::Other(CType::OpenArray),
        _ => return cut(),
    };
    let stars = winnow::token::take_while(0.., ('*', ' ')).parse_next(input)?;
    Ok((base, stars.bytes().filter(|c| *c == b'*').count()))
}

/// A function's arguments, as the generated sources around it show them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wrapper {
    /// The arguments' Verilog types by name.
    pub types: BTreeMap<String, Type>,
    /// The type of what it returns.
    pub returns: Option<Type>,
    /// The arguments that the function may change.
    pub outputs: BTreeSet<String>,
    /// The arguments that the wrapper fills before the call: inputs and inouts.
    pub filled: Vec<String>,
    /// Declared `context`.
    pub context: bool,
}

/// Adds the import wrappers that a generated source holds to `wrappers`, by C name. `wanted` are
/// the imports of the header.
pub fn parse_wrappers(text: &str, wanted: &[Function], wrappers: &mut BTreeMap<String, Wrapper>) {
    let mut rest = text;
    while let Some(at) = rest.find("____Vdpiimwrap_") {
        let line_start = rest[..at].rfind('\n').map_or(0, |start| start + 1);
        let starts_definition = rest[line_start..at].contains("void ");
        let from = &rest[at..];
        rest = &rest[at + 1..];
        let Some(signature_end) = from.find(") {\n").filter(|_| starts_definition) else {
            continue;
        };
        let Some(signature_start) = from.find('(').filter(|start| *start < signature_end) else {
            continue;
        };
        let signature = &from[signature_start + 1..signature_end];
        let body = &from[signature_end..];
        let body = &body[..body.find("\n}").unwrap_or(body.len())];
        // The call is the only place where the function's own name is applied.
        let called = wanted.iter().find_map(|function| {
            let call = format!("{}(", function.name);
            let starts = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '$');
            body.match_indices(&call)
                .find(|(at, _)| body[..*at].ends_with(starts))
                .map(|(at, _)| (function, at))
        });
        if let Some((function, call)) = called
            && let Some(wrapper) = wrapper(signature, &body[..call], function)
        {
            wrappers.insert(function.name.clone(), wrapper);
        }
    }
}

/// How Verilator calls the result of a function.
const RESULT: &str = "__Vfuncrtn";

impl Wrapper {
    /// Adds a parameter of the C++ function `name`; nothing if it does not read like a variable.
    fn add(&mut self, parameter: &str, name: &str) -> Option<()> {
        let text = parameter.trim();
        let plain = text.trim_start_matches("const ");
        let declared = format!("{plain};").replace("__restrict", "");
        let variable = cxx::variable.parse(declared.as_str()).ok()?;
        if variable.name.strip_suffix(RESULT) == Some(name) {
            self.returns = Some(variable.ty);
            return Some(());
        }
        if variable.reference && plain == text {
            self.outputs.insert(variable.name.clone());
        }
        self.types.insert(variable.name, variable.ty);
        Some(())
    }
}

fn wrapper(signature: &str, before: &str, function: &Function) -> Option<Wrapper> {
    let mut found = Wrapper {
        context: signature.contains("__Vscopep"),
        ..Wrapper::default()
    };
    for parameter in split_parameters(signature) {
        let text = parameter.trim().trim_start_matches("const ");
        if text.starts_with("VerilatedScope") || text.starts_with("char*") {
            continue;
        }
        found.add(parameter, &function.name)?;
    }
    let is_argument = |name: &str| {
        let mut arguments = function.arguments.iter();
        arguments.any(|argument| argument.name == name)
    };
    found.types.retain(|name, _| is_argument(name));
    for argument in &function.arguments {
        let converted = format!("{}__Vcvt", argument.name);
        let uses = before
            .match_indices(&converted)
            .filter(|(at, _)| {
                let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
                before[..*at].ends_with(ends) && before[at + converted.len()..].starts_with(ends)
            })
            .count();
        // Once is its declaration.
        if uses > 1 {
            found.filled.push(argument.name.clone());
        }
    }
    Some(found)
}

/// Splits at the commas that are not inside angle brackets or parentheses.
pub fn split_parameters(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut from) = (0_i32, 0);
    for (at, c) in text.char_indices() {
        match c {
            '<' | '(' => depth += 1,
            '>' | ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    if !text[from..].trim().is_empty() {
        parts.push(&text[from..]);
    }
    parts
}

/// Adds the Verilog types of exports, read from `V*__Syms.h`, by C name.
pub fn parse_callbacks(text: &str, exports: &mut BTreeMap<String, Wrapper>) {
    for line in text.lines() {
        // `using Vtop__Vcb_peek_t = void (*) (Vtop__Syms* __restrict vlSymsp, ...);`
        let Some((_, rest)) = line.split_once("__Vcb_") else {
            continue;
        };
        let Some((name, _)) = rest.split_once("_t ") else {
            continue;
        };
        let Some((_, parameters)) = line.split_once("vlSymsp") else {
            continue;
        };
        let Some((parameters, _)) = parameters.rsplit_once(')') else {
            continue;
        };
        let mut wrapper = Wrapper::default();
        let parsed = split_parameters(parameters)
            .into_iter()
            .filter(|parameter| !parameter.trim().is_empty())
            .try_for_each(|parameter| wrapper.add(parameter, name));
        if parsed.is_some() {
            exports.insert(name.to_owned(), wrapper);
        }
    }
}
