//! What a viewer is to show.

use std::path::PathBuf;

use super::choice::Why;
use super::waveform::Variable;

/// The first line of the files that are written beside a waveform. A viewer that saves its view writes another.
pub const MARK: &str =
    "written by lightsss: the next run replaces it, unless a viewer saves its view here";

/// What is shown of a waveform.
pub struct View<'w> {
    /// The waveform, as a path that holds in any folder.
    pub wave: PathBuf,
    pub signals: Vec<(&'w Variable, Why)>,
    /// The time of the failure.
    pub failure: Option<u64>,
    /// The stretch of time that is shown.
    pub from: u64,
    pub to: u64,
    /// The last time of the waveform.
    pub last: u64,
}

/// Whether a viewer's file can hold this name: each line is a command there.
pub fn fits(name: &str, separators: &[char]) -> bool {
    !name.contains(|letter: char| letter.is_control() || letter.is_whitespace())
        && !name.contains(separators)
}
