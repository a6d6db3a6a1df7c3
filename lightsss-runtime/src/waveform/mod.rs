//! Waveform files: whether one can be read, and how pieces of one run become one file.
//!
//! [`join`] takes waveforms that were traced side by side, each from its own start to where the next one
//! begins. The result is what one trace of the whole stretch would have written: the same hierarchy, and for
//! every signal the same changes at the same times.
//!
//! Nothing is unpacked that need not be. Of an FST file the sections are copied as they are, except the first
//! one of each later piece. Its opening values become its frame, and only those that differ from the last ones
//! of the piece before stay as changes. So the joined file is as if its writer had started a new section at
//! each seam. A VCD file is text, and is handled in the same way, line by line. The memory that this takes is
//! that of one value for each signal, and of one signal's changes in one section.

pub(crate) mod check;
mod error;
mod fst;
mod joined;
mod output;
mod vcd;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::process::output_path;

pub use error::{Differing, JoinError};
pub use joined::Joined;

/// Joins waveforms of one run, which are all FST or all VCD files and stand in the order of time, into the file
/// `out`. It is whole or not there, and has been read back.
///
/// A piece may begin at the last time of the one before it. Its values there must then be equal.
///
/// ```no_run
/// # fn main() -> Result<(), lightsss_runtime::waveform::JoinError> {
/// use lightsss_runtime::waveform;
///
/// let joined = waveform::join(&["0.fst", "1.fst", "2.fst"], "run.fst")?;
/// println!("{} bytes, from time {} to {}", joined.bytes, joined.first, joined.last);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// A piece that is damaged, of another model, or out of order; values that differ at a seam; a file that cannot be
/// read or written. The pieces stay as they are.
pub fn join(pieces: &[impl AsRef<Path>], out: impl AsRef<Path>) -> Result<Joined, JoinError> {
    let pieces: Vec<&Path> = pieces.iter().map(AsRef::as_ref).collect();
    let out = output_path::check(out.as_ref())?;
    refuse_piece(&pieces, &out)?;
    let mut formats = Vec::new();
    for piece in &pieces {
        formats.push(format(piece)?);
    }
    let Some(first) = formats.first() else {
        return Err(JoinError::NoPieces);
    };
    if let Some(other) = formats.iter().position(|format| format != first) {
        return Err(JoinError::OtherModel {
            first: pieces[0].to_owned(),
            path: pieces[other].to_owned(),
            what: format!(
                "the first is a file of {first:?}, the other one of {:?}",
                formats[other]
            ),
        });
    }
    match first {
        Format::Fst => fst::join(&pieces, &out),
        Format::Vcd => vcd::join(&pieces, &out),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Fst,
    Vcd,
}

fn format(path: &Path) -> Result<Format, JoinError> {
    let reading = error::reading(path);
    let mut first = [0];
    let read = File::open(path).and_then(|mut file| file.read(&mut first));
    match (read.map_err(reading)?, first[0]) {
        (0, _) => Err(error::damaged(path, "it is empty")),
        (_, 0) => Ok(Format::Fst),
        (_, byte) if byte == b'$' || byte.is_ascii_whitespace() => Ok(Format::Vcd),
        (_, 254) => Err(error::damaged(
            path,
            "it is an FST file that is compressed as a whole",
        )),
        _ => Err(error::damaged(path, "it is neither an FST nor a VCD file")),
    }
}

fn refuse_piece(pieces: &[&Path], out: &Path) -> Result<(), JoinError> {
    let own: Option<PathBuf> = out.canonicalize().ok();
    let is_piece = |piece: &&&Path| own.is_some() && piece.canonicalize().ok() == own;
    match pieces.iter().find(is_piece) {
        None => Ok(()),
        Some(_) => Err(JoinError::OutputIsPiece {
            path: out.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests;
