//! What keeps waveforms from being joined.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::process::output_path::OutputPathError;

/// What keeps waveforms from being joined. Nothing is left of the joined one then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JoinError {
    /// There is nothing to join.
    #[error("no waveform was given to be joined; give one at least")]
    NoPieces,
    /// No file can be written there.
    #[error(transparent)]
    Output(#[from] OutputPathError),
    /// The output would replace what it is made of.
    #[error("`{}` is one of the waveforms that are to be joined; choose another path", path.display())]
    OutputIsPiece {
        /// The path of both.
        path: PathBuf,
    },
    /// The system refused.
    #[error("could not {action} `{}`: {source}", path.display())]
    Io {
        /// Read or write.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A piece is damaged, or of a kind that cannot be joined.
    #[error("`{}` cannot be joined: {what}; trace this piece again", path.display())]
    Piece {
        /// The piece.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Two pieces do not show the same signals.
    #[error(
        "`{}` and `{}` are not of one model: {what}; join the waveforms of one build only",
        first.display(), path.display()
    )]
    OtherModel {
        /// The first piece.
        first: PathBuf,
        /// The piece that differs from it.
        path: PathBuf,
        /// The first difference.
        what: String,
    },
    /// A piece begins before the end of the one before it.
    #[error(
        "`{}` begins at time {begins}, and the piece before it ends at {ended}; give the pieces in the order of time",
        path.display()
    )]
    Order {
        /// The piece.
        path: PathBuf,
        /// Its first time.
        begins: u64,
        /// The last time of the piece before it.
        ended: u64,
    },
    /// Two pieces show other values at the time that both have.
    #[error("`{}` shows other values at time {time} than the piece before it: {signals}", path.display())]
    Seam {
        /// The later piece.
        path: PathBuf,
        /// The time that both have.
        time: u64,
        /// The signals that differ.
        signals: Differing,
    },
    /// What was written is not what can be read.
    #[error("the joined waveform `{}` cannot be read back: {what}", path.display())]
    NotRead {
        /// The joined waveform.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
}

/// Signals that differ at a seam.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differing {
    /// The first ones, by name.
    pub names: Vec<String>,
    /// How many differ in all.
    pub count: usize,
}

impl Differing {
    /// The most that are named.
    pub(super) const MOST: usize = 20;
}

impl fmt::Display for Differing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.join(", "))?;
        match self.count.saturating_sub(self.names.len()) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// Makes errors of a file.
pub(super) fn reading(path: &Path) -> impl Fn(io::Error) -> JoinError {
    move |source| JoinError::Io {
        action: "read",
        path: path.to_owned(),
        source,
    }
}

pub(super) fn damaged(path: &Path, what: impl Into<String>) -> JoinError {
    JoinError::Piece {
        path: path.to_owned(),
        what: what.into(),
    }
}
