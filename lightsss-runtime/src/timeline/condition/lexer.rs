//! The words of a condition, with their places.

use super::error::ConditionError;
use super::number::Number;
use crate::state::Bits;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word<'t> {
    Name(&'t str),
    Number(Number),
    /// An operator or a bracket.
    Sign(&'static str),
    End,
}

/// A longer condition is refused.
const MOST_WORDS: usize = 2048;

/// The longer ones first.
const SIGNS: &[&str] = &[
    ">>>", "||", "&&", "==", "!=", "<=", ">=", "<<", ">>", "|", "^", "&", "<", ">", "+", "-", "*",
    "/", "%", "!", "~", "(", ")",
];

/// All words, each with where it begins, and the end.
pub(super) fn words(text: &str) -> Result<Vec<(usize, Word<'_>)>, ConditionError> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        if letter.is_whitespace() {
            at += letter.len_utf8();
            continue;
        }
        let rest = &text[at..];
        let (word, length) = if letter.is_ascii_digit() || letter == '\'' {
            number(text, at)?
        } else if letter == '"' {
            quoted(text, at)?
        } else if is_of_name(letter) {
            name(text, at)?
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Word::Sign(sign), sign.len())
        } else {
            let problem = if letter == '=' {
                "found `=`, expected `==`".to_owned()
            } else {
                format!("found `{letter}`, expected a name, a number or an operator")
            };
            return Err(ConditionError::new(text, at, problem));
        };
        words.push((at, word));
        at += length;
        if words.len() > MOST_WORDS {
            let problem = format!("found more than {MOST_WORDS} words");
            return Err(ConditionError::new(text, at, problem));
        }
    }
    words.push((text.len(), Word::End));
    Ok(words)
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$' | '\\')
}

/// A name with dots, paths of enums, indices and bits.
fn name(text: &str, at: usize) -> Result<(Word<'_>, usize), ConditionError> {
    let bytes = text.as_bytes();
    let mut end = at;
    while let Some(letter) = text[end..].chars().next() {
        let next = bytes.get(end + 1).copied();
        if is_of_name(letter) {
            end += letter.len_utf8();
        } else if letter == '.' && next != Some(b'.') || letter == ':' && next == Some(b':') {
            end += if letter == ':' { 2 } else { 1 };
        } else if letter == '[' {
            let Some(length) = text[end..].find(']') else {
                return Err(ConditionError::new(text, end, "found no `]` for this `[`"));
            };
            let inside = &text[end + 1..end + length];
            let is_index = |letter: char| {
                letter.is_ascii_hexdigit() || matches!(letter, ':' | '.' | '=' | '-' | 'x' | ' ')
            };
            let begins = |letter: char| letter.is_ascii_digit() || letter == '-';
            if !inside.starts_with(begins) || !inside.chars().all(is_index) {
                let problem = format!("found the index `{inside}`, expected a number or a range");
                return Err(ConditionError::new(text, end + 1, problem));
            }
            end += length + 1;
        } else {
            break;
        }
    }
    Ok((Word::Name(&text[at..end]), end - at))
}

fn quoted(text: &str, at: usize) -> Result<(Word<'_>, usize), ConditionError> {
    let inside = &text[at + 1..];
    let Some(length) = inside.find('"') else {
        return Err(ConditionError::new(text, at, "found no end of this text"));
    };
    let word = Word::Number(Number::Text(inside[..length].to_owned()));
    Ok((word, length + 2))
}

fn number(text: &str, at: usize) -> Result<(Word<'_>, usize), ConditionError> {
    let rest = &text[at..];
    let of_number =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '\'' | '.');
    let end = rest.find(|letter| !of_number(letter)).unwrap_or(rest.len());
    let written = &rest[..end];
    match value(&written.replace('_', "")) {
        Some(number) => Ok((Word::Number(number), end)),
        None => Err(ConditionError::new(
            text,
            at,
            format!("found the number `{written}`, expected one such as 17, 0x1f or 8'h1f"),
        )),
    }
}

fn value(written: &str) -> Option<Number> {
    if let Some((width, digits)) = written.split_once('\'') {
        let width = if width.is_empty() {
            32
        } else {
            width.parse().ok()?
        };
        let base = match digits.chars().next()?.to_ascii_lowercase() {
            'h' => 16,
            'd' => 10,
            'o' => 8,
            'b' => 2,
            _ => return None,
        };
        return match integer(&digits[1..], base)? {
            Number::Integer { value, .. } => Some(Number::Integer {
                value,
                width: Some(width),
            }),
            other => Some(other),
        };
    }
    let lower = written.to_ascii_lowercase();
    for (prefix, base) in [("0x", 16), ("0b", 2), ("0o", 8)] {
        if let Some(digits) = lower.strip_prefix(prefix) {
            return integer(digits, base);
        }
    }
    if lower.contains('.') || lower.contains('e') {
        return lower.parse().ok().map(Number::Real);
    }
    integer(&lower, 10)
}

fn integer(digits: &str, base: u32) -> Option<Number> {
    if let Ok(value) = i128::from_str_radix(digits, base) {
        return (!digits.starts_with(['+', '-'])).then(|| Number::integer(value));
    }
    // Of any width, in a base whose digits are bits.
    let shift = match base {
        16 => 4,
        8 => 3,
        2 => 1,
        _ => return None,
    };
    let mut words = vec![0_u32; digits.len() * shift / 32 + 1];
    for (place, digit) in digits.chars().rev().enumerate() {
        let digit = digit.to_digit(base)?;
        for bit in 0..shift {
            let to = place * shift + bit;
            words[to / 32] |= (digit >> bit & 1) << (to % 32);
        }
    }
    (!digits.is_empty()).then(|| Number::Wide(Bits::new(32 * words.len() as u32, &words)))
}
