//! Text that came from a file, for a terminal or a log: what would steer either is written as an escape.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

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

/// Writes a path as text: serde refuses one that is not UTF-8, and everything beside it would be lost.
///
/// # Errors
/// The serializer's.
pub fn path_text<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&path.to_string_lossy())
}

/// As `path_text`, for a path that may be absent.
///
/// # Errors
/// The serializer's.
#[cfg(feature = "driver")]
#[allow(
    clippy::ref_option,
    reason = "serde calls it with a reference to the field"
)]
pub fn optional_path<S: Serializer>(path: &Option<PathBuf>, to: S) -> Result<S::Ok, S::Error> {
    path.as_deref().map(PathText).serialize(to)
}

/// As `path_text`, for several.
///
/// # Errors
/// The serializer's.
pub fn paths_text<S: Serializer>(paths: &[PathBuf], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(paths.iter().map(|path| PathText(path)))
}

/// A path that is written as text.
#[derive(Debug)]
pub struct PathText<'p>(pub &'p Path);

impl Serialize for PathText<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        path_text(self.0, to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Report {
        #[serde(serialize_with = "paths_text")]
        saved: Vec<PathBuf>,
    }

    #[test]
    fn a_path_that_is_not_utf_8_loses_no_report() {
        use std::ffi::OsString;
        use std::os::unix::ffi::OsStringExt;
        let saved = vec![OsString::from_vec(b"a\xff.lsss".to_vec()).into()];
        let text = serde_json::to_string(&Report { saved }).unwrap();
        assert_eq!(text, "{\"saved\":[\"a\u{fffd}.lsss\"]}");
    }

    #[test]
    fn what_steers_a_terminal_is_escaped() {
        let shown = printable("a\x1b[2J\nb\u{9b}31m\u{202e}c\u{7f}é").to_string();
        assert_eq!(shown, r"a\u{1b}[2J\nb\u{9b}31m\u{202e}c\u{7f}é");
        assert_eq!(format!("{:<6}|", printable("ram")), "ram   |");
    }
}
