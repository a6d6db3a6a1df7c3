//! The files that a restore may open.

use std::collections::HashMap;
use std::path::Path;

use super::file_note::FileNote;
use super::{RestoreError, RestoreErrorKind};

/// The files that a restore may open, by the places of their notes in the stream: what the snapshot says of path and
/// offset, in the mode of the live file.
#[derive(Debug, Default)]
pub(crate) struct Approved(pub(super) HashMap<usize, FileNote>);

impl Approved {
    pub(crate) fn get(&self, position: usize) -> Option<&FileNote> {
        self.0.get(&position)
    }
}

/// The error of a file that a snapshot names and that may not be opened.
#[cold]
pub(crate) fn refused(path: &Path, open: Option<&Path>) -> RestoreError {
    let open = match open {
        Some(open) => format!("`{}` is open in this place", open.display()),
        None => "no file is open in this place".to_owned(),
    };
    RestoreErrorKind::FileNotAllowed {
        path: path.display().to_string(),
        open,
    }
    .into()
}
