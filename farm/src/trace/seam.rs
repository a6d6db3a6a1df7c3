//! Whether a piece ends in the state that the run had there.

use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use lightsss_runtime::durable::{self, RestoreFileError, RestoreOptions, Snapshot};
use lightsss_runtime::state::Filter;

use super::error::TraceError;
use super::plan::Piece;

/// The most differences that are named.
const MOST: usize = 10;

/// A comparison that is being made.
#[derive(Debug)]
pub(super) struct Check(JoinHandle<Result<(), TraceError>>);

impl Check {
    /// Compares `state`, in which a piece ended, with what the run has saved there.
    pub(super) fn start(piece: &Piece, seam: &Path, state: PathBuf) -> Self {
        let (piece, seam) = (piece.clone(), seam.to_owned());
        Self(thread::spawn(move || compare(&piece, &seam, &state)))
    }

    pub(super) fn is_done(&self) -> bool {
        self.0.is_finished()
    }

    pub(super) fn wait(self) -> Result<(), TraceError> {
        match self.0.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

fn compare(piece: &Piece, seam: &Path, state: &Path) -> Result<(), TraceError> {
    let differences = differences(seam, state).map_err(|error| TraceError::Piece {
        piece: piece.name(),
        what: format!("could not be compared with the run: {error}"),
    })?;
    if differences.is_empty() {
        return Ok(());
    }
    Err(TraceError::Seam {
        cycle: piece.to.unwrap_or(piece.from),
        piece: piece.name(),
        snapshot: seam.to_owned(),
        differences,
    })
}

fn differences(seam: &Path, state: &Path) -> Result<Vec<String>, RestoreFileError> {
    let options = RestoreOptions::default();
    let mut run = Snapshot::open(seam, &options)?;
    let mut piece = Snapshot::open(state, &options)?;
    let found = durable::diff(&mut run, &mut piece, &Filter::default(), &|_| ())?;
    Ok(found.lines(MOST))
}
