//! Failures that are alike: the same status, place, and message but for its numbers.

use std::collections::BTreeMap;

use crate::campaign::{Outcome, Status};
use crate::plan::Entry;

/// Failures that are alike.
#[derive(Clone, Debug)]
pub struct Alike<'s> {
    /// The tasks, the shortest run first.
    pub tasks: Vec<(&'s Entry, &'s Outcome)>,
}

impl<'s> Alike<'s> {
    /// The shortest one.
    #[must_use]
    pub fn first(&self) -> (&'s Entry, &'s Outcome) {
        self.tasks[0]
    }

    /// The message of the shortest one.
    #[must_use]
    pub fn message(&self) -> &'s str {
        self.first()
            .1
            .message
            .as_deref()
            .unwrap_or("without a message")
    }
}

/// Groups failures; the largest group comes first.
#[must_use]
pub fn group<'s>(outcomes: impl Iterator<Item = (&'s Entry, &'s Outcome)>) -> Vec<Alike<'s>> {
    let mut groups: BTreeMap<(Status, Option<&str>, String), Vec<_>> = BTreeMap::new();
    for (entry, outcome) in outcomes.filter(|(_, outcome)| !outcome.passed()) {
        let message = without_numbers(outcome.message.as_deref().unwrap_or_default());
        groups
            .entry((outcome.status, outcome.place.as_deref(), message))
            .or_default()
            .push((entry, outcome));
    }
    let mut groups: Vec<Alike<'s>> = groups
        .into_values()
        .map(|mut tasks| {
            tasks.sort_by_key(|(_, outcome)| outcome.cycles.unwrap_or(u64::MAX));
            Alike { tasks }
        })
        .collect();
    groups.sort_by_key(|alike| std::cmp::Reverse(alike.tasks.len()));
    groups
}

/// The message with `#` for each number: `0x8000_1f`, `12` and `deadbee5` become one sign, and `x7` becomes `x#`.
fn without_numbers(message: &str) -> String {
    let mut text = String::new();
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = message;
    while let Some(first) = rest.chars().next() {
        let is_word = is_part(first);
        let end = rest.find(|c| is_part(c) != is_word).unwrap_or(rest.len());
        let (part, behind) = rest.split_at(end);
        let has_digit = part.bytes().any(|byte| byte.is_ascii_digit());
        if has_digit && (first.is_ascii_digit() || is_hexadecimal(part)) {
            text.push('#');
        } else if has_digit {
            text.extend(
                part.chars()
                    .map(|c| if c.is_ascii_digit() { '#' } else { c }),
            );
        } else {
            text.push_str(part);
        }
        rest = behind;
    }
    text
}

fn is_hexadecimal(word: &str) -> bool {
    word.len() >= 4 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::without_numbers;

    #[test]
    fn messages_that_differ_in_numbers_are_alike() {
        let first = without_numbers("cycle 12: expected 0x80001f, found deadbee5 in x7");
        let second = without_numbers("cycle 345: expected 0x8, found 00000001 in x9");
        assert_eq!(first, second);
        assert_eq!(first, "cycle #: expected #, found # in x#");
        assert_ne!(first, without_numbers("another failure"));
    }
}
