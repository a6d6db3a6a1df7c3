//! `V*__Slow.cpp` and `V*__Syms*.cpp`: the functions that `--savable` makes Verilator write, which
//! name every member of the model's state in the order of the stream.

use std::collections::BTreeMap;
use std::path::Path;

use winnow::ascii::{dec_uint, hex_uint, multispace0, space0};
use winnow::combinator::{alt, delimited, opt, preceded, repeat, terminated};
use winnow::prelude::*;
use winnow::token::{take_until, take_while};

use super::cxx::identifier;
use crate::error::{Error, Result};

/// One thing that a serialize function streams.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Item {
    /// A constant that a restore compares.
    Check(u64),
    /// The model's context.
    Context,
    /// A member, element by element where loops stand around it, the outermost first.
    Member {
        /// Its C++ name.
        name: String,
        /// How often each loop turns.
        loops: Vec<u32>,
    },
    /// The serialize function of a member.
    Instance(String),
}

/// The serialize functions of a model, by class.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SerializeFunctions {
    /// What is streamed, in order.
    pub classes: BTreeMap<String, Vec<Item>>,
    /// The names of scopes, as designers write them, by the symbol table's member.
    pub scopes: BTreeMap<String, String>,
    restores: BTreeMap<String, Vec<Item>>,
}

impl SerializeFunctions {
    /// Adds what the text of `path` has.
    pub fn read(&mut self, path: &Path, text: &str) -> Result<()> {
        let mut lines = text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            if let Ok((member, scope)) = scope_name.parse(line.trim()) {
                self.scopes.insert(member.to_owned(), scope.to_owned());
                continue;
            }
            let Ok((class, saves)) = function_head.parse(line.trim()) else {
                continue;
            };
            let mut body = String::new();
            let mut closed = false;
            for (_, line) in lines.by_ref() {
                if line == "}" {
                    closed = true;
                    break;
                }
                body.push_str(line.split("//").next().unwrap_or_default());
                body.push('\n');
            }
            let error = |expected: &str, found: &str| Error::Parse {
                path: path.to_owned(),
                line: number + 1,
                expected: expected.to_owned(),
                found: found.to_owned(),
            };
            if !closed {
                return Err(error("a function that ends", "the end of the file"));
            }
            let mut rest = body.as_str();
            let parsed = statements.parse_next(&mut rest).unwrap_or_default();
            if !rest.trim().is_empty() {
                let statement = rest.trim().lines().next().unwrap_or_default();
                return Err(error("statements of a serialize function", statement));
            }
            let items = flatten(parsed)
                .ok_or_else(|| error("as many indices as loops", "a member that is not indexed"))?;
            let functions = if saves {
                &mut self.classes
            } else {
                &mut self.restores
            };
            if functions.insert(class.to_owned(), items).is_some() {
                return Err(error("one serialize function for each class", class));
            }
        }
        Ok(())
    }

    /// Compares what is saved with what is restored; gives the first class that differs.
    pub fn check_symmetry(&self) -> Result<(), String> {
        let classes = self.classes.keys().chain(self.restores.keys());
        for class in classes {
            if self.classes.get(class) != self.restores.get(class) {
                return Err(format!("`{class}` saves other members than it restores"));
            }
        }
        Ok(())
    }
}

/// A statement as it stands there.
enum Statement {
    CheckValue(u64),
    CheckUse,
    Member {
        name: String,
        indices: Vec<u32>,
    },
    Other(Item),
    Loop {
        index: u32,
        count: u32,
        body: Vec<Statement>,
    },
}

fn flatten(statements: Vec<Statement>) -> Option<Vec<Item>> {
    let mut items = Vec::new();
    flatten_into(statements, &mut Vec::new(), &mut 0, &mut items)?;
    Some(items)
}

/// Puts the loops' turns into the members; `None` where indices and loops do not match.
fn flatten_into(
    statements: Vec<Statement>,
    turns: &mut Vec<u32>,
    check: &mut u64,
    items: &mut Vec<Item>,
) -> Option<()> {
    for statement in statements {
        match statement {
            Statement::CheckValue(value) => *check = value,
            Statement::CheckUse => items.push(Item::Check(*check)),
            Statement::Member { name, indices } => {
                if !indices.iter().copied().eq(0..turns.len() as u32) {
                    return None;
                }
                items.push(Item::Member {
                    name,
                    loops: turns.clone(),
                });
            }
            Statement::Other(item) => items.push(item),
            Statement::Loop { index, count, body } => {
                if index as usize != turns.len() {
                    return None;
                }
                turns.push(count);
                flatten_into(body, turns, check, items)?;
                turns.pop();
            }
        }
    }
    Some(())
}

/// `void Vsoc_sub::__Vserialize(VerilatedSerialize& os) {`
fn function_head<'a>(input: &mut &'a str) -> ModalResult<(&'a str, bool)> {
    opt("VL_ATTR_COLD ").parse_next(input)?;
    "void ".parse_next(input)?;
    let class = identifier.parse_next(input)?;
    "::".parse_next(input)?;
    let saves = alt((
        "__Vserialize(VerilatedSerialize& os) {".value(true),
        "__Vdeserialize(VerilatedDeserialize& os) {".value(false),
    ))
    .parse_next(input)?;
    Ok((class, saves))
}

/// `TOP__soc__DOT__s0.ctor(this, "soc.s0");`, and before 5.042
/// `, TOP__soc__DOT__s0{this, Verilated::catName(namep, "soc.s0")}`
fn scope_name<'a>(input: &mut &'a str) -> ModalResult<(&'a str, &'a str)> {
    let text = || delimited('"', take_until(0.., '"'), '"');
    opt(", ").parse_next(input)?;
    let member = identifier.parse_next(input)?;
    let scope = alt((
        delimited(".ctor(this, ", text(), ");"),
        delimited(
            "{this, Verilated::catName(namep, ",
            text(),
            (")", take_while(1.., ['}', ')', '{'])),
        ),
    ))
    .parse_next(input)?;
    Ok((member, scope))
}

fn statements(input: &mut &str) -> ModalResult<Vec<Statement>> {
    repeat(0.., delimited(multispace0, statement, multispace0)).parse_next(input)
}

fn statement(input: &mut &str) -> ModalResult<Statement> {
    alt((check_value, check_use, context, instance, for_loop, member)).parse_next(input)
}

/// `uint64_t __Vcheckval = 0x95f7f0a5f4a9b027ULL;`
fn check_value(input: &mut &str) -> ModalResult<Statement> {
    delimited("uint64_t __Vcheckval = 0x", hex_uint, "ULL;")
        .map(Statement::CheckValue)
        .parse_next(input)
}

fn check_use(input: &mut &str) -> ModalResult<Statement> {
    alt(("os << __Vcheckval;", "os.readAssert(__Vcheckval);"))
        .map(|_| Statement::CheckUse)
        .parse_next(input)
}

fn context(input: &mut &str) -> ModalResult<Statement> {
    ("os", space0, direction, space0, "vlSymsp->_vm_contextp__;")
        .map(|_| Statement::Other(Item::Context))
        .parse_next(input)
}

fn direction(input: &mut &str) -> ModalResult<()> {
    alt(("<<", ">>")).void().parse_next(input)
}

/// `TOP__soc__DOT__s0.__Vserialize(os);`
fn instance(input: &mut &str) -> ModalResult<Statement> {
    terminated(
        identifier,
        (alt((".__Vserialize", ".__Vdeserialize")), "(os);"),
    )
    .map(|name: &str| Statement::Other(Item::Instance(name.to_owned())))
    .parse_next(input)
}

/// `os<<name[__Vi0][__Vi1];` with the indices of the loops around it, in their order.
fn member(input: &mut &str) -> ModalResult<Statement> {
    ("os", space0, direction, space0).parse_next(input)?;
    let name = identifier.parse_next(input)?;
    let indices: Vec<u32> =
        repeat(0.., delimited("[__Vi", dec_uint::<_, u32, _>, "]")).parse_next(input)?;
    ";".parse_next(input)?;
    Ok(Statement::Member {
        name: name.to_owned(),
        indices,
    })
}

/// `for (int __Vi0 = 0; __Vi0 < 4; ++__Vi0) { ... }`
fn for_loop(input: &mut &str) -> ModalResult<Statement> {
    let index = preceded("for (int __Vi", dec_uint::<_, u32, _>).parse_next(input)?;
    " = 0; __Vi".parse_next(input)?;
    let tested = terminated(dec_uint::<_, u32, _>, " < ").parse_next(input)?;
    let count = dec_uint.parse_next(input)?;
    let stepped = preceded("; ++__Vi", dec_uint::<_, u32, _>).parse_next(input)?;
    ") {".parse_next(input)?;
    let body = statements.parse_next(input)?;
    "}".parse_next(input)?;
    if tested != index || stepped != index {
        return Err(winnow::error::ErrMode::Backtrack(
            winnow::error::ContextError::new(),
        ));
    }
    Ok(Statement::Loop { index, count, body })
}
