//! The attribute that was meant by a name that is none.

use crate::symbol::{ALIASES, Symbol};

/// The one of `known` that is closest to `name`, or to which an alias close to `name` leads.
pub fn nearest(name: &str, known: &[Symbol]) -> Option<Symbol> {
    let own = known.iter().map(|symbol| (symbol.name, *symbol));
    let aliases = ALIASES
        .iter()
        .filter(|(_, symbol)| known.contains(symbol))
        .copied();
    own.chain(aliases)
        .map(|(word, symbol)| (distance(name, word), word.len(), symbol))
        .filter(|(distance, len, _)| *distance <= 1 + len / 4)
        .min_by_key(|(distance, ..)| *distance)
        .map(|(.., symbol)| symbol)
}

/// Edits (insert, remove, replace a letter) from one word to the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
