//! Paths that nothing in a snapshot has: mistyped, most likely.

use super::path::TextRoom;
use super::visit::{WantedParts, visit};
use super::{Stored, not_as_described};
use crate::durable::error::RestoreFileError;
use crate::durable::format::kind;
use crate::durable::reader::Snapshot;
use crate::durable::sections;
use crate::state::{Filter, Signal, StoredState, matches, may_match_below, means, near};

/// The most names that are looked at for suggestions.
const MOST_NAMES: usize = 1 << 20;

/// A path for which no snapshot has a field, signal or section.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no field, signal or section is called `{path}`{}", suggestion(near, *helper))]
pub struct UnknownPath {
    /// The path.
    pub path: String,
    /// Names like it, the closest first.
    pub near: Vec<String>,
    /// Whether variables have it that Verilator made, which were not asked for.
    pub helper: bool,
}

fn suggestion(near: &[String], helper: bool) -> String {
    match near {
        _ if helper => {
            " but variables that Verilator made; ask for them, too (`--helpers`)".to_owned()
        }
        [] => "; look for it among all, without a path".to_owned(),
        names => format!("; did you mean `{}`?", names.join("`, `")),
    }
}

/// The paths of `filter` that choose nothing in any of the snapshots, whose parents are open.
///
/// # Errors
/// A snapshot that cannot be read.
pub fn unknown_paths(
    snapshots: &[&Snapshot],
    filter: &Filter,
) -> Result<Vec<UnknownPath>, RestoreFileError> {
    let mut open: Vec<&str> = filter.paths().iter().map(String::as_str).collect();
    let mut helpers = Vec::new();
    for snapshot in snapshots {
        if !open.is_empty() {
            close(snapshot, filter, &mut open, &mut helpers)?;
        }
    }
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for snapshot in snapshots {
        all_names(snapshot, &mut names)?;
    }
    let unknown = open.into_iter().map(|path| UnknownPath {
        path: path.to_owned(),
        near: near(path, names.iter().cloned()),
        helper: helpers.iter().any(|helper| helper == path),
    });
    Ok(unknown.collect())
}

/// Takes away the paths that something in the snapshot has; those that only helpers have go to `helpers`, too.
fn close(
    snapshot: &Snapshot,
    filter: &Filter,
    open: &mut Vec<&str>,
    helpers: &mut Vec<String>,
) -> Result<(), RestoreFileError> {
    let is = |pattern: &str, path: &str| matches(pattern.as_bytes(), path.as_bytes());
    for entry in harness_sections(snapshot) {
        open.retain(|pattern| !is(pattern, &entry.1));
    }
    for_each_signal(snapshot, &mut |signal| {
        if !signal.is_helper() || filter.wants_helpers() {
            open.retain(|pattern| !means(pattern, signal));
        } else if let Some(pattern) = open.iter().find(|pattern| means(pattern, signal)) {
            helpers.push((*pattern).to_owned());
        }
        !open.is_empty()
    })?;
    helpers.dedup();
    if open.is_empty() {
        return Ok(());
    }
    let stored = Stored::read(snapshot)?;
    let walked = visit(stored.side(), &mut |seen| {
        open.retain(|pattern| !is(pattern, seen.path));
        let below = open
            .iter()
            .any(|pattern| may_match_below(pattern, seen.path));
        if below {
            WantedParts::All
        } else {
            WantedParts::None
        }
    });
    walked
        .map(drop)
        .map_err(|source| not_as_described(snapshot, source))
}

/// What a path could have meant, without the items of lists but the first.
fn all_names(snapshot: &Snapshot, names: &mut Vec<String>) -> Result<(), RestoreFileError> {
    names.extend(harness_sections(snapshot).map(|(_, name)| name));
    let mut room = TextRoom::new();
    for_each_signal(snapshot, &mut |signal| {
        let name = signal.name();
        let length = name.len();
        if !signal.is_helper() {
            names.push(name);
        }
        names.len() < MOST_NAMES && room.take(length)
    })?;
    let stored = Stored::read(snapshot)?;
    let mut room = TextRoom::new();
    let walked = visit(stored.side(), &mut |seen| {
        if names.len() < MOST_NAMES && room.take(seen.path.len()) {
            names.push(seen.path.to_owned());
            WantedParts::First
        } else {
            WantedParts::None
        }
    });
    walked
        .map(drop)
        .map_err(|source| not_as_described(snapshot, source))
}

/// Numbers and names.
fn harness_sections(snapshot: &Snapshot) -> impl Iterator<Item = (usize, String)> {
    let entries = snapshot.entries().iter().enumerate().skip(sections::FIRST);
    entries
        .filter(|(_, entry)| entry.kind != kind::DIGESTS)
        .map(|(number, entry)| (number, entry.name.clone()))
}

/// Shows every signal of every model, until `see` has seen enough.
fn for_each_signal(
    snapshot: &Snapshot,
    see: &mut dyn FnMut(&Signal<'_>) -> bool,
) -> Result<(), RestoreFileError> {
    for (number, _) in harness_sections(snapshot) {
        if snapshot.entries()[number].kind != kind::MODEL {
            continue;
        }
        let bytes = snapshot.section_bytes(number)?;
        let Ok(Some(state)) = StoredState::read(&bytes) else {
            continue;
        };
        for signal in state.table().signals() {
            if !see(&signal) {
                return Ok(());
            }
        }
    }
    Ok(())
}
