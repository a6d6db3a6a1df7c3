//! The grammar of conditions.

use super::error::ConditionError;
use super::lexer::{Word, words};
use super::number::Number;

/// A condition, with its names by number.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::timeline) enum Expression {
    Name(usize),
    Constant(Number),
    Unary(Unary, Box<Expression>),
    Binary(Binary, Box<Expression>, Box<Expression>),
    /// Of a name: now and a cycle before.
    Edge(Edge, usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::timeline) enum Unary {
    Not,
    Invert,
    Minus,
    Signed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::timeline) enum Binary {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    BitOr,
    BitXor,
    BitAnd,
    ShiftLeft,
    ShiftRight,
    Plus,
    Minus,
    Times,
    Divide,
    Remainder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::timeline) enum Edge {
    Changed,
    Rose,
    Fell,
}

/// Operators by how closely they bind, the loosest first.
const LEVELS: &[&[(&str, Binary)]] = &[
    &[("||", Binary::Or)],
    &[("&&", Binary::And)],
    &[
        ("==", Binary::Equal),
        ("!=", Binary::NotEqual),
        ("<", Binary::Less),
        ("<=", Binary::LessOrEqual),
        (">", Binary::Greater),
        (">=", Binary::GreaterOrEqual),
    ],
    &[("|", Binary::BitOr)],
    &[("^", Binary::BitXor)],
    &[("&", Binary::BitAnd)],
    &[
        ("<<", Binary::ShiftLeft),
        (">>", Binary::ShiftRight),
        (">>>", Binary::ShiftRight),
    ],
    &[("+", Binary::Plus), ("-", Binary::Minus)],
    &[
        ("*", Binary::Times),
        ("/", Binary::Divide),
        ("%", Binary::Remainder),
    ],
];

/// Deeper nesting is refused.
const DEEPEST: u32 = 100;

pub(super) fn parse(text: &str) -> Result<(Expression, Vec<String>), ConditionError> {
    let mut parser = Parser {
        text,
        words: words(text)?,
        next: 0,
        names: Vec::new(),
        depth: 0,
    };
    let expression = parser.level(0)?;
    match parser.peek() {
        Word::End => Ok((expression, parser.names)),
        word => Err(parser.error(format!("found {}, expected an operator", shown(word)))),
    }
}

struct Parser<'t> {
    text: &'t str,
    words: Vec<(usize, Word<'t>)>,
    next: usize,
    names: Vec<String>,
    depth: u32,
}

impl<'t> Parser<'t> {
    fn level(&mut self, level: usize) -> Result<Expression, ConditionError> {
        let Some(operators) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut left = self.level(level + 1)?;
        loop {
            let Word::Sign(sign) = self.peek() else {
                return Ok(left);
            };
            let Some((_, operator)) = operators.iter().find(|(known, _)| known == sign) else {
                return Ok(left);
            };
            self.next += 1;
            let right = self.level(level + 1)?;
            left = Expression::Binary(*operator, Box::new(left), Box::new(right));
        }
    }

    fn unary(&mut self) -> Result<Expression, ConditionError> {
        let operator = match self.peek() {
            Word::Sign("!") => Unary::Not,
            Word::Sign("~") => Unary::Invert,
            Word::Sign("-") => Unary::Minus,
            _ => return self.atom(),
        };
        self.next += 1;
        let inner = self.deeper(Self::unary)?;
        Ok(Expression::Unary(operator, Box::new(inner)))
    }

    fn atom(&mut self) -> Result<Expression, ConditionError> {
        let word = self.peek().clone();
        match word {
            Word::Number(number) => {
                self.next += 1;
                Ok(Expression::Constant(number))
            }
            Word::Name(name) => {
                self.next += 1;
                if *self.peek() == Word::Sign("(") {
                    return self.call(name);
                }
                Ok(match name {
                    "true" => Expression::Constant(Number::flag(true)),
                    "false" => Expression::Constant(Number::flag(false)),
                    _ => Expression::Name(self.number_of(name)),
                })
            }
            Word::Sign("(") => {
                self.next += 1;
                let inner = self.deeper(|parser| parser.level(0))?;
                self.expect(")")?;
                Ok(inner)
            }
            word => Err(self.error(format!(
                "found {}, expected a name or a number",
                shown(&word)
            ))),
        }
    }

    fn call(&mut self, name: &str) -> Result<Expression, ConditionError> {
        let edge = match name {
            "changed" => Some(Edge::Changed),
            "rose" => Some(Edge::Rose),
            "fell" => Some(Edge::Fell),
            "signed" => None,
            _ => {
                self.next -= 1;
                return Err(self.error(format!(
                    "found the function `{name}`, expected `changed`, `rose`, `fell` or `signed`"
                )));
            }
        };
        self.expect("(")?;
        let inner = match edge {
            None => Expression::Unary(
                Unary::Signed,
                Box::new(self.deeper(|parser| parser.level(0))?),
            ),
            Some(edge) => {
                let Word::Name(of) = self.peek().clone() else {
                    return Err(self.error(format!("found no name in `{name}(..)`")));
                };
                self.next += 1;
                Expression::Edge(edge, self.number_of(of))
            }
        };
        self.expect(")")?;
        Ok(inner)
    }

    fn deeper<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, ConditionError>,
    ) -> Result<T, ConditionError> {
        if self.depth == DEEPEST {
            return Err(self.error(format!("found more than {DEEPEST} levels of brackets")));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn number_of(&mut self, name: &str) -> usize {
        if let Some(at) = self.names.iter().position(|known| known == name) {
            return at;
        }
        self.names.push(name.to_owned());
        self.names.len() - 1
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), ConditionError> {
        if *self.peek() != Word::Sign(sign) {
            let found = shown(self.peek());
            return Err(self.error(format!("found {found}, expected `{sign}`")));
        }
        self.next += 1;
        Ok(())
    }

    fn peek(&self) -> &Word<'t> {
        &self.words[self.next.min(self.words.len() - 1)].1
    }

    fn error(&self, problem: String) -> ConditionError {
        let at = self.words[self.next.min(self.words.len() - 1)].0;
        ConditionError::new(self.text, at, problem)
    }
}

fn shown(word: &Word<'_>) -> String {
    match word {
        Word::Name(name) => format!("the name `{name}`"),
        Word::Number(_) => "a number".to_owned(),
        Word::Sign(sign) => format!("`{sign}`"),
        Word::End => "the end".to_owned(),
    }
}
