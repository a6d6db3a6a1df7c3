//! The small part of C++ that Verilator's headers use for variables: types and declarators.

use winnow::ascii::{dec_int, dec_uint, multispace0};
use winnow::combinator::{alt, delimited, opt, preceded, repeat, terminated};
use winnow::prelude::*;
use winnow::token::{take_until, take_while};

use crate::direction::Direction;

/// A variable's type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Type {
    /// `CData`, `SData`, `IData`, `QData` or `VlWide`: bits `msb` down to `lsb`.
    Bits {
        /// The highest bit's index.
        msb: i32,
        /// The lowest bit's index.
        lsb: i32,
        /// The words of a `VlWide`; `None` for plain integers.
        words: Option<u32>,
    },
    /// `double`.
    Real,
    /// `std::string`.
    Text,
    /// `VlEvent` and its kin.
    Event,
    /// `VlUnpacked<element, length>` or a C array.
    Array {
        /// What it holds.
        element: Box<Type>,
        /// How many.
        length: u32,
    },
    /// Any other type, by its name; of a pointer with `*` behind it.
    Other(String),
}

/// A declared variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variable {
    /// Its C++ name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Where it is written with a port macro.
    pub direction: Option<Direction>,
    /// Whether it is a reference.
    pub reference: bool,
}

/// Skips blanks on both sides.
fn token<'a, T>(
    inner: impl ModalParser<&'a str, T, winnow::error::ContextError>,
) -> impl ModalParser<&'a str, T, winnow::error::ContextError> {
    delimited(multispace0, inner, multispace0)
}

/// An identifier.
pub fn identifier<'a>(input: &mut &'a str) -> ModalResult<&'a str> {
    token(
        (
            take_while(1, |c: char| c.is_ascii_alphabetic() || c == '_'),
            take_while(0.., |c: char| c.is_ascii_alphanumeric() || c == '_'),
        )
            .take(),
    )
    .parse_next(input)
}

/// `[4]`, any number of times.
fn dimensions(input: &mut &str) -> ModalResult<Vec<u32>> {
    repeat(
        0..,
        delimited(token('['), dec_uint::<_, u32, _>, token(']')),
    )
    .parse_next(input)
}

fn array_of(element: Type, dimensions: &[u32]) -> Type {
    dimensions
        .iter()
        .rev()
        .fold(element, |element, length| Type::Array {
            element: Box::new(element),
            length: *length,
        })
}

/// `VL_IN8(&clk,0,0);`, `VL_OUTW((&warr)[2][3],99,0,4);`, `VL_IN(off,39,8);`
pub fn port_macro(input: &mut &str) -> ModalResult<Variable> {
    let direction = preceded(
        "VL_",
        alt((
            "INOUT".value(Direction::InOut),
            "IN".value(Direction::In),
            "OUT".value(Direction::Out),
        )),
    )
    .parse_next(input)?;
    let size = alt(("8", "16", "64", "W", "")).parse_next(input)?;
    token('(').parse_next(input)?;
    let declarator = alt((
        (
            delimited(token('('), preceded(token('&'), identifier), token(')')).map(|n| (n, true)),
            dimensions,
        ),
        (
            preceded(token('&'), identifier).map(|n| (n, true)),
            dimensions,
        ),
        (identifier.map(|n| (n, false)), dimensions),
    ))
    .parse_next(input)?;
    let ((name, reference), dimensions) = declarator;
    let msb = preceded(token(','), dec_int::<_, i32, _>).parse_next(input)?;
    let lsb = preceded(token(','), dec_int::<_, i32, _>).parse_next(input)?;
    let words = opt(preceded(token(','), dec_uint::<_, u32, _>)).parse_next(input)?;
    (token(')'), token(';')).parse_next(input)?;
    let width = i64::from(msb) - i64::from(lsb) + 1;
    let fits = match size {
        "8" => (1..=8).contains(&width) && words.is_none(),
        "16" => (9..=16).contains(&width) && words.is_none(),
        "" => (17..=32).contains(&width) && words.is_none(),
        "64" => (33..=64).contains(&width) && words.is_none(),
        _ => words.is_some_and(|words| width > 64 && i64::from(words) == (width + 31) / 32),
    };
    if !fits {
        return Err(winnow::error::ErrMode::Cut(
            winnow::error::ContextError::new(),
        ));
    }
    Ok(Variable {
        name: name.to_owned(),
        ty: array_of(Type::Bits { msb, lsb, words }, &dimensions),
        direction: Some(direction),
        reference,
    })
}

/// `/*7:0*/`
fn range(input: &mut &str) -> ModalResult<(i32, i32)> {
    delimited(
        token("/*"),
        (terminated(dec_int, ':'), dec_int),
        token("*/"),
    )
    .parse_next(input)
}

/// A type, with the range that Verilator writes behind it as a comment.
pub fn ty(input: &mut &str) -> ModalResult<Type> {
    multispace0.parse_next(input)?;
    if let Some(inner) = opt(preceded("VlUnpacked<", ty)).parse_next(input)? {
        token(',').parse_next(input)?;
        let length = dec_uint.parse_next(input)?;
        token('>').parse_next(input)?;
        return Ok(Type::Array {
            element: Box::new(inner),
            length,
        });
    }
    if let Some(words) = opt(delimited("VlWide<", dec_uint::<_, u32, _>, '>')).parse_next(input)? {
        let (msb, lsb) = range.parse_next(input)?;
        return Ok(Type::Bits {
            msb,
            lsb,
            words: Some(words),
        });
    }
    if opt((
        alt(("CData", "SData", "IData", "QData")),
        winnow::combinator::peek("/*"),
    ))
    .parse_next(input)?
    .is_some()
    {
        let (msb, lsb) = range.parse_next(input)?;
        return Ok(Type::Bits {
            msb,
            lsb,
            words: None,
        });
    }
    if opt("std::string").parse_next(input)?.is_some() {
        return Ok(Type::Text);
    }
    let name = identifier.parse_next(input)?;
    Ok(match name {
        "double" => Type::Real,
        "VlEvent" | "VlAssignableEvent" => Type::Event,
        _ => {
            let arguments = opt(template_arguments).parse_next(input)?;
            let pointer = opt(token('*')).parse_next(input)?.map_or("", |_| "*");
            Type::Other(format!("{name}{}{pointer}", arguments.unwrap_or_default()))
        }
    })
}

/// `<...>` with anything between, angle brackets balanced.
fn template_arguments(input: &mut &str) -> ModalResult<String> {
    let mut depth = 0_usize;
    let mut end = None;
    for (at, c) in input.char_indices() {
        match c {
            '<' => depth += 1,
            '>' if depth == 1 => {
                end = Some(at + 1);
                break;
            }
            '>' if depth > 1 => depth -= 1,
            _ if depth == 0 => break,
            _ => {}
        }
    }
    let Some(end) = end else {
        return Err(winnow::error::ErrMode::Backtrack(
            winnow::error::ContextError::new(),
        ));
    };
    let (arguments, rest) = input.split_at(end);
    *input = rest;
    Ok(arguments.to_owned())
}

/// `CData/*7:0*/ top__DOT__x;`, `VlUnpacked<CData/*7:0*/, 4> &arr;`, `double &r;`
pub fn variable(input: &mut &str) -> ModalResult<Variable> {
    let base = ty.parse_next(input)?;
    let open = opt(token('(')).parse_next(input)?;
    let reference = opt(token('&')).parse_next(input)?.is_some();
    let name = identifier.parse_next(input)?.to_owned();
    if open.is_some() {
        token(')').parse_next(input)?;
    }
    let dimensions = dimensions.parse_next(input)?;
    opt(preceded(token('='), take_until(0.., ";"))).parse_next(input)?;
    token(';').parse_next(input)?;
    Ok(Variable {
        name,
        ty: array_of(base, &dimensions),
        direction: None,
        reference,
    })
}

/// The width in bits that two indices span.
pub fn width(msb: i32, lsb: i32) -> u32 {
    msb.abs_diff(lsb).saturating_add(1)
}
