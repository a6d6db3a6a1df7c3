//! Which files a restore may open: a snapshot is data from a stranger, and so are the paths in it.

use std::path::{Path, PathBuf};

/// The files that a restore may open, beside those that the harness and its models already have open in the same
/// place.
#[derive(Debug, Clone, Default)]
pub struct AllowedFiles {
    anywhere: bool,
    below: Vec<PathBuf>,
}

pub(crate) static NO_OTHERS: AllowedFiles = AllowedFiles {
    anywhere: false,
    below: Vec::new(),
};

/// All others: for what this process has saved itself.
pub(crate) static ANYWHERE: AllowedFiles = AllowedFiles {
    anywhere: true,
    below: Vec::new(),
};

impl AllowedFiles {
    /// Files in any of these folders, or below them. Links are followed first.
    #[must_use]
    pub fn below(folders: Vec<PathBuf>) -> AllowedFiles {
        AllowedFiles {
            anywhere: false,
            below: folders,
        }
    }

    pub(crate) fn is_anywhere(&self) -> bool {
        self.anywhere
    }

    /// Whether an existing file is among them.
    #[must_use]
    pub fn allows(&self, path: &Path) -> bool {
        if self.anywhere {
            return true;
        }
        if self.below.is_empty() {
            return false;
        }
        let Ok(path) = path.canonicalize() else {
            return false;
        };
        let folders = self.below.iter();
        folders
            .filter_map(|folder| folder.canonicalize().ok())
            .any(|folder| path.starts_with(folder))
    }
}
