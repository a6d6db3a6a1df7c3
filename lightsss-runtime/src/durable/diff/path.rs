//! The path to a value, and how much a walk may do and list: files say how long names are, and how many values.

use std::fmt::{self, Write as _};

/// The longest path that is shown, in bytes.
const LONGEST: usize = 4096;

/// What stands for the rest of a longer one.
const CUT: &str = "...";

/// The most bytes of paths and values that are listed.
const MOST_LISTED: usize = 16 << 20;

/// A path that grows and shrinks with a walk.
#[derive(Debug, Default)]
pub(super) struct Path {
    text: String,
}

/// How long a path was.
#[derive(Debug, Clone, Copy)]
pub(super) struct PathLen(usize);

impl Path {
    /// Adds a part; [`Self::cut`] takes it away again. A path that is long enough stays as it is.
    pub(super) fn add(&mut self, part: fmt::Arguments<'_>) -> PathLen {
        let before = self.text.len();
        if before < LONGEST {
            let _ = self.text.write_fmt(part);
            if self.text.len() >= LONGEST {
                self.text
                    .truncate(self.text.floor_char_boundary(LONGEST - CUT.len()));
                self.text.push_str(CUT);
                // However short the cut came out, nothing more is added.
                while self.text.len() < LONGEST {
                    self.text.push('.');
                }
            }
        }
        PathLen(before)
    }

    pub(super) fn len(&self) -> PathLen {
        PathLen(self.text.len())
    }

    pub(super) fn cut(&mut self, len: PathLen) {
        self.text.truncate(len.0);
    }

    /// From the harness on: `uart.fifo[3]`.
    pub(super) fn text(&self) -> &str {
        self.text.trim_start_matches('.')
    }
}

/// Steps that a walk may still make. Values take bytes of the stream, and those that take none are few in any
/// snapshot but one that was made to keep a program busy.
#[derive(Debug)]
pub(super) struct Steps(u64);

impl Steps {
    /// For a walk through so many bytes.
    pub(super) fn through(bytes: usize) -> Self {
        Self((bytes as u64).saturating_mul(64).saturating_add(1 << 20))
    }

    /// Makes so many steps; false, from now on, if there are none left.
    pub(super) fn take(&mut self, steps: usize) -> bool {
        let left = self.0.checked_sub(steps as u64);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

/// Bytes of text that may still be listed.
#[derive(Debug)]
pub(super) struct TextRoom(usize);

impl TextRoom {
    pub(super) fn new() -> Self {
        Self(MOST_LISTED)
    }

    /// Takes room for texts of so many bytes; false if there is none.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let left = self.0.checked_sub(bytes);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_cut_and_comes_back() {
        let mut path = Path::default();
        path.add(format_args!(".uart"));
        let short = path.add(format_args!(".fifo"));
        assert_eq!(path.text(), "uart.fifo");
        let name = "é".repeat(3000);
        let long = path.add(format_args!(".{name}"));
        assert!(path.text().len() <= LONGEST && path.text().ends_with(CUT));
        let full = path.text().to_owned();
        path.add(format_args!("[7]"));
        assert_eq!(path.text(), full, "nothing behind the cut");
        path.cut(long);
        assert_eq!(path.text(), "uart.fifo");
        path.cut(short);
        assert_eq!(path.text(), "uart");
    }
}
