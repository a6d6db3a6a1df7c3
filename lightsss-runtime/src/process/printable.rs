//! Text that came from a file, for a terminal or a log: what would steer either is written as an escape.

use std::fmt::{self, Write as _};

/// Text of one line with visible characters only.
#[derive(Debug, Clone, Copy)]
pub struct Printable<'t>(&'t str);

/// Makes text of a file printable: line ends, escape sequences and characters that turn the direction of writing become
/// escapes as in Rust (`\n`, `\u{1b}`).
#[must_use]
pub fn printable(text: &str) -> Printable<'_> {
    Printable(text)
}

/// Whether a character changes how others are shown, or where.
#[must_use]
pub fn steers(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            // Marks and overrides of direction, line and paragraph ends, the mark of byte order.
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.contains(steers) {
            return f.pad(self.0);
        }
        let mut text = String::with_capacity(self.0.len());
        for letter in self.0.chars() {
            if steers(letter) {
                write!(text, "{}", letter.escape_default())?;
            } else {
                text.push(letter);
            }
        }
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_escaped() {
        let shown = printable("a\x1b[2J\nb\u{9b}31m\u{202e}c\u{7f}é").to_string();
        assert_eq!(shown, r"a\u{1b}[2J\nb\u{9b}31m\u{202e}c\u{7f}é");
        assert_eq!(format!("{:<6}|", printable("ram")), "ram   |");
    }
}
