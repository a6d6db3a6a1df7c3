//! Joins FST files by their sections.

mod blocks;
mod chain;
mod rewrite;
mod section;
mod values;

use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use wellen::{Hierarchy, LoadOptions};

use self::blocks::Piece;
use self::section::Layout;
use self::values::Values;
use super::check;
use super::error::{Differing, JoinError};
use super::joined::Joined;
use super::output::Output;
use crate::process::panics::discard;

/// Joins pieces, which are one at least.
pub(super) fn join(pieces: &[&Path], out: &Path) -> Result<Joined, JoinError> {
    let first = Piece::open(pieces[0])?;
    let mut output = Output::create(out)?;
    output.put(&first.header)?;
    let mut values = Values::before(&first)?;
    let layout = Layout::read(&first, &first.sections[0], values.signals())?;
    let begins = layout.first_time(&first)?;
    let mut last = first.last_time();
    let mut sections = first.sections.len();
    for section in &first.sections {
        first.copy(section, &mut output)?;
    }
    let mut before: Option<Piece> = None;
    for path in &pieces[1..] {
        let piece = Piece::open(path)?;
        if !piece.is_like(&first) {
            return Err(JoinError::OtherModel {
                first: first.path().to_owned(),
                path: piece.path().to_owned(),
                what: first_difference(first.path(), piece.path()),
            });
        }
        values.run_through(before.as_ref().unwrap_or(&first))?;
        add(&piece, &values, last, &mut output)?;
        last = piece.last_time();
        sections += piece.sections.len();
        before = Some(piece);
    }
    output.put(&first.geometry)?;
    output.put(&first.hierarchy)?;
    let header = blocks::header(&first.header, begins, last, sections as u64);
    output.patch(0, &header)?;
    Ok(Joined {
        bytes: output.finish(out, check::check)?,
        first: begins,
        last,
    })
}

/// Adds a later piece. `values` are the last ones of the piece before it, which ends at `ended`.
fn add(piece: &Piece, values: &Values, ended: u64, out: &mut Output) -> Result<(), JoinError> {
    let layout = Layout::read(piece, &piece.sections[0], values.signals())?;
    let begins = layout.first_time(piece)?;
    if begins < ended {
        return Err(JoinError::Order {
            path: piece.path().to_owned(),
            begins,
            ended,
        });
    }
    let differing = rewrite::rewrite(piece, &piece.sections[0], &layout, values, out)?;
    if begins == ended && !differing.is_empty() {
        return Err(JoinError::Seam {
            path: piece.path().to_owned(),
            time: begins,
            signals: named(piece.path(), &differing),
        });
    }
    for section in &piece.sections[1..] {
        piece.copy(section, out)?;
    }
    Ok(())
}

fn named(path: &Path, signals: &[usize]) -> Differing {
    let hierarchy = hierarchy(path);
    let name = |signal: &usize| {
        let named = hierarchy.as_ref().and_then(|hierarchy| {
            let mut variables = hierarchy.all_vars().map(|var| &hierarchy[var]);
            let variable = variables.find(|var| var.signal_ref().index() == *signal)?;
            Some(variable.full_name(hierarchy))
        });
        named.unwrap_or_else(|| format!("signal {signal}"))
    };
    Differing {
        names: signals.iter().take(Differing::MOST).map(name).collect(),
        count: signals.len(),
    }
}

/// None where it cannot be read.
fn hierarchy(path: &Path) -> Option<Hierarchy> {
    // Without threads: a process that has some cannot be forked any more.
    let options = LoadOptions {
        multi_thread: false,
        remove_scopes_with_empty_name: false,
    };
    // The reader panics at some damaged names.
    let read = || wellen::viewers::read_header_from_file(path, &options).ok();
    match panic::catch_unwind(AssertUnwindSafe(read)) {
        Ok(header) => header.map(|header| header.hierarchy),
        Err(payload) => {
            discard(payload);
            None
        }
    }
}

/// What the second file shows otherwise than the first.
fn first_difference(first: &Path, other: &Path) -> String {
    let (Some(first), Some(other)) = (hierarchy(first), hierarchy(other)) else {
        return "their hierarchies differ".to_owned();
    };
    if first.timescale() != other.timescale() {
        return "their units of time differ".to_owned();
    }
    let names = |hierarchy: &Hierarchy| -> Vec<String> {
        let variables = hierarchy.all_vars().map(|var| &hierarchy[var]);
        let name = |var: &wellen::Var| match var.length(hierarchy) {
            Some(bits) => format!("`{}` of {bits} bits", var.full_name(hierarchy)),
            None => format!("`{}`", var.full_name(hierarchy)),
        };
        variables.map(name).collect()
    };
    let (first, other) = (names(&first), names(&other));
    let differs = first.iter().zip(&other).find(|(a, b)| a != b);
    match differs {
        Some((a, b)) => format!("where the first has {a}, the other has {b}"),
        None if first.len() != other.len() => {
            format!(
                "the first has {} variables, the other {}",
                first.len(),
                other.len()
            )
        }
        None => "their headers or the kinds of their variables differ".to_owned(),
    }
}
