//! Which files a restore may open: a snapshot is data from a stranger, and so are the paths in it.

use std::path::{Path, PathBuf};

/// The files that a restore may open, beside those that the running harness and its models have open in the same
/// places.
#[derive(Debug, Clone, Default)]
pub struct AllowedFiles {
    anywhere: bool,
    below: Vec<PathBuf>,
}

/// No others.
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
    /// Those in any of these folders, or in folders below them; links are followed before that is found out.
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

    /// Whether a file is among them, which must be there.
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
