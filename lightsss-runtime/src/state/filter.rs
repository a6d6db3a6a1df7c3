//! Which signals are wanted, by path.

use super::part::{Group, Part, part_of};
use super::table::Signal;

/// Chooses signals.
///
/// A path means what is called so and all that stands below it; `*` stands for any characters, `?`
/// for one. No path means everything.
///
/// Behind the name of an array or a list may stand indices and ranges of them, behind that of a vector bits:
/// `soc.ram[5]`, `soc.ram[4..=8]`, `uart.fifo[0x10..0x20]`, `soc.bus[7:4]`.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    paths: Vec<String>,
    helpers: bool,
}

impl Filter {
    /// Of the given paths.
    pub fn new(paths: impl IntoIterator<Item = impl Into<String>>) -> Filter {
        Filter {
            paths: paths.into_iter().map(Into::into).collect(),
            helpers: false,
        }
    }

    /// Also variables that Verilator made.
    #[must_use]
    pub fn helpers(mut self, wanted: bool) -> Filter {
        self.helpers = wanted;
        self
    }

    /// Whether the signal is wanted.
    #[must_use]
    pub fn wants(&self, signal: &Signal<'_>) -> bool {
        (self.helpers || !signal.is_helper()) && !self.parts(signal).is_empty()
    }

    /// The parts of a signal that are wanted, whether Verilator made it or not.
    pub(super) fn parts(&self, signal: &Signal<'_>) -> Vec<Part> {
        let name = signal.name();
        if self.wants_path(&name) {
            return vec![Part::whole(signal)];
        }
        let paths = self.paths.iter();
        paths.filter_map(|path| part(path, signal, &name)).collect()
    }

    /// Whether no path was given.
    #[must_use]
    pub fn wants_all_paths(&self) -> bool {
        self.paths.is_empty()
    }

    /// The paths, as they were given.
    pub(crate) fn paths(&self) -> &[String] {
        &self.paths
    }

    /// Whether variables that Verilator made are wanted, too.
    pub(crate) fn wants_helpers(&self) -> bool {
        self.helpers
    }

    /// Whether a path is wanted; without paths it is.
    #[must_use]
    pub fn wants_path(&self, path: &str) -> bool {
        self.paths.is_empty()
            || self
                .paths
                .iter()
                .any(|pattern| matches(pattern.as_bytes(), path.as_bytes()))
    }
}

/// The part of a signal that a path means.
fn part(path: &str, signal: &Signal<'_>, name: &str) -> Option<Part> {
    part_of(signal, path, |pattern| {
        matches(pattern.as_bytes(), name.as_bytes())
    })
}

/// Whether a path means a signal or a part of it.
pub(crate) fn means(path: &str, signal: &Signal<'_>) -> bool {
    let name = signal.name();
    matches(path.as_bytes(), name.as_bytes()) || part(path, signal, &name).is_some()
}

/// Whether something below `path` may be what `pattern` says.
pub(crate) fn may_match_below(pattern: &str, path: &str) -> bool {
    let literal = pattern.split(['*', '?', '[']).next().unwrap_or_default();
    path.starts_with(literal) || literal.starts_with(path)
}

/// Whether `path` is what `pattern` says, or stands below it.
pub(crate) fn matches(pattern: &[u8], path: &[u8]) -> bool {
    // The place to go back to: the pattern behind the last `*`, and where that `*` ends.
    let mut star: Option<(usize, usize)> = None;
    let (mut p, mut at) = (0, 0);
    loop {
        if p == pattern.len() && (at == path.len() || matches!(path[at], b'.' | b'[' | b':')) {
            return true;
        }
        if let Some((pattern_end, path_end)) = indices(pattern, p, path, at) {
            (p, at) = (pattern_end, path_end);
            continue;
        }
        match (pattern.get(p), path.get(at)) {
            (Some(b'*'), _) => {
                p += 1;
                star = Some((p, at));
            }
            (Some(b'?'), Some(_)) => (p, at) = (p + 1, at + 1),
            (Some(wanted), Some(found)) if wanted == found => (p, at) = (p + 1, at + 1),
            _ => match star {
                Some((behind, end)) if end < path.len() => {
                    star = Some((behind, end + 1));
                    (p, at) = (behind, end + 1);
                }
                _ => return false,
            },
        }
    }
}

/// Where a range in the pattern and an index within it in the path end, if such begin here.
fn indices(pattern: &[u8], p: usize, path: &[u8], at: usize) -> Option<(usize, usize)> {
    let group = |text: &[u8], from: usize| {
        let inside = text.get(from..)?.strip_prefix(b"[")?;
        let length = inside.iter().position(|byte| *byte == b']')?;
        let group = Group::parse(std::str::from_utf8(&inside[..length]).ok()?)?;
        Some((group, from + length + 2))
    };
    if pattern.get(p) != Some(&b'[') || path.get(at) != Some(&b'[') {
        return None;
    }
    let ((wanted, pattern_end), (found, path_end)) = (group(pattern, p)?, group(path, at)?);
    (found.first == found.last && wanted.has(found.first)).then_some((pattern_end, path_end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_where_a_match_may_be() {
        assert!(may_match_below("soc.cpu.pc", "soc"));
        assert!(may_match_below("soc.cpu.pc", ""));
        assert!(may_match_below("soc.c*.pc", "soc.cpu"));
        assert!(may_match_below("*.pc", "soc"));
        assert!(!may_match_below("soc.cpu.pc", "soc.ram"));
    }

    #[test]
    fn matches_paths_and_what_is_below() {
        let is = |pattern: &str, path: &str| matches(pattern.as_bytes(), path.as_bytes());
        assert!(is("soc.cpu", "soc.cpu.pc"));
        assert!(is("soc.cpu.pc", "soc.cpu.pc"));
        assert!(is("soc.ram", "soc.ram[3]"));
        assert!(!is("soc.cp", "soc.cpu.pc"));
        assert!(is("*.pc", "soc.cpu.pc"));
        assert!(is("soc.*.p?", "soc.cpu.core.pc"));
        assert!(!is("soc.*.q", "soc.cpu.pc"));
        assert!(is("*", ""));
        assert!(is("s*c*u", "soc.cpu.pc"));
        assert!(is("phase", "phase::Running.since"));
        assert!(is("uart.fifo[4..=8]", "uart.fifo[5].time"));
        assert!(is("uart.fifo[0x10..0x20]", "uart.fifo[31]"));
        assert!(!is("uart.fifo[0x10..0x20]", "uart.fifo[32]"));
        assert!(is("*.fifo[1..3][0]", "uart.fifo[2][0]"));
    }
}
