//! What keeps a run from being traced piece by piece.

use std::path::PathBuf;

use lightsss_runtime::durable::OutputPathError;
use lightsss_runtime::waveform::JoinError;

use crate::file_error::FileError;

/// What keeps a run from being traced. Nothing is written then, and no process is left.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TraceError {
    /// The request makes no sense.
    #[error("{0}")]
    Request(String),
    /// An output cannot be written.
    #[error("{option}: {source}")]
    Output {
        /// The option that names it.
        option: &'static str,
        /// Why not.
        source: OutputPathError,
    },
    /// The command line of the run is wrong.
    #[error("the command line of the run: {0}")]
    CommandLine(String),
    /// The series cannot be used.
    #[error("`{}` is no series of one run: {what}", folder.display())]
    Series {
        /// Its folder.
        folder: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Another trace writes the same output.
    #[error("another trace works in `{}`; wait for it, or choose another output", folder.display())]
    Busy {
        /// Where its pieces are.
        folder: PathBuf,
    },
    /// The system refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// A piece did not run as the run did.
    #[error("{piece} {what}")]
    Piece {
        /// Its number and its cycles.
        piece: String,
        /// How it ended.
        what: String,
    },
    /// A piece did not end in the state that the run had there.
    #[error(
        "the seam at cycle {cycle}: {piece} does not end in the state of `{}` (the run -> the piece): {}; \
         is the harness deterministic, and is the command line that of the run?",
        snapshot.display(), differences.join("; ")
    )]
    Seam {
        /// The seam.
        cycle: u64,
        /// The piece that ends there.
        piece: String,
        /// What the run had saved there.
        snapshot: PathBuf,
        /// The first differences, by name.
        differences: Vec<String>,
    },
    /// The pieces could not be joined.
    #[error(transparent)]
    Join(#[from] JoinError),
    /// Somebody interrupted the trace.
    #[error("interrupted; the pieces were ended, and nothing was written")]
    Interrupted,
}
