//! Results are written to files whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A file of results was not written.
#[derive(Debug, thiserror::Error)]
#[error("could not write `{}`: {source}", path.display())]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

/// Writes a file, and reads it back. A device, a FIFO or a folder is not replaced.
pub fn write(path: &Path, text: &str) -> Result<(), WriteError> {
    let written = || {
        if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(io::Error::other(
                "expected a file, found something else; choose another path",
            ));
        }
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        if fs::read(path)? != text.as_bytes() {
            return Err(io::Error::other("it does not hold what was written to it"));
        }
        Ok(())
    };
    written().map_err(|source| WriteError {
        path: path.to_owned(),
        source,
    })
}
