//! The files beside a waveform: written, and left alone where a viewer has written them.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::view::MARK;
use crate::process::output_path;

/// The files beside a waveform.
pub struct Files {
    pub gtkwave: PathBuf,
    pub surfer: PathBuf,
}

impl Files {
    pub fn beside(wave: &Path) -> Self {
        Self {
            gtkwave: wave.with_extension("gtkw"),
            surfer: wave.with_extension("sucl"),
        }
    }
}

/// Writes a file, unless a viewer has saved a view under its name. That one is as good for opening the waveform.
pub fn replace(path: &Path, text: &str) -> Result<(), String> {
    if path.exists() && !is_ours(path) {
        return Ok(());
    }
    let written = output_path::check(path)
        .map_err(|error| error.to_string())
        .and_then(|path| {
            output_path::replace(&path, text.as_bytes()).map_err(|error| error.to_string())
        });
    written.map_err(|error| format!("could not write `{}`: {error}", path.display()))
}

/// Whether a file was written here, and by no viewer since.
pub fn is_ours(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = fs::File::open(path)
        .and_then(|file| file.take(MARK.len() as u64 + 8).read_to_end(&mut start));
    read.is_ok() && String::from_utf8_lossy(&start).contains(MARK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_that_a_viewer_has_saved_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.gtkw");
        replace(&path, &format!("[*] {MARK}\none")).unwrap();
        replace(&path, &format!("[*] {MARK}\ntwo")).unwrap();
        assert!(fs::read_to_string(&path).unwrap().ends_with("two"));
        fs::write(&path, "[*] GTKWave Analyzer\nmine").unwrap();
        replace(&path, &format!("[*] {MARK}\nthree")).unwrap();
        assert!(fs::read_to_string(&path).unwrap().ends_with("mine"));
    }
}
