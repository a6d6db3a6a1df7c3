//! What came of a piece.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::ExitStatus;

use lightsss_runtime::__private::printable;
use nix::sys::signal::Signal;
use nix::sys::statvfs::statvfs;
use serde::Deserialize;

use super::error::TraceError;
use super::folder::Files;
use super::plan::Piece;

/// The most of a program's last words that an error repeats.
const MOST_SAID: usize = 1000;

/// Bytes below which a file system is called full.
const FULL: u64 = 1 << 20;

/// What of a run's report is looked at.
#[derive(Debug, Deserialize)]
struct Report {
    passed: bool,
    failure: Option<String>,
    end_cycle: u64,
    wave_error: Option<String>,
    #[serde(default)]
    save_errors: Vec<String>,
    #[serde(default)]
    saved: Vec<std::path::PathBuf>,
}

/// A piece that ran as it was to.
#[derive(Debug, Clone)]
pub(super) struct Ran {
    pub end_cycle: u64,
    /// What the run failed with, at its end.
    pub failure: Option<String>,
    /// Its state at the seam.
    pub state: Option<std::path::PathBuf>,
}

/// Judges a piece by its exit status and its report.
pub(super) fn of(piece: &Piece, status: ExitStatus, files: &Files) -> Result<Ran, TraceError> {
    let wrong = |what: String| TraceError::Piece {
        piece: piece.name(),
        what: what + &full(&files.folder),
    };
    if let Some(signal) = status.signal() {
        let name = Signal::try_from(signal)
            .map_or_else(|_| signal.to_string(), |signal| signal.to_string());
        return Err(wrong(format!("was killed by {name}{}", said(files))));
    }
    let report = fs::read(&files.report).ok();
    let report: Option<Report> = report.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let Some(report) = report else {
        return Err(wrong(format!(
            "ended with {status} and left no report{}",
            said(files)
        )));
    };
    let end = report.end_cycle;
    if let Some(error) = report.wave_error {
        return Err(wrong(format!(
            "has no waveform that can be read: {error}{}",
            said(files)
        )));
    }
    // Behind the last snapshot it may end as the run itself has ended, which nobody knows.
    if let Some(to) = piece.to.filter(|_| piece.seam.is_some()) {
        if let Some(failure) = report.failure {
            return Err(wrong(format!(
                "failed at cycle {end}, where the run had not: {failure}"
            )));
        }
        if end != to {
            return Err(wrong(format!(
                "ended at cycle {end}, and the run went on to {to}"
            )));
        }
    }
    if piece.seam.is_some() && report.saved.len() != 1 {
        let why = report.save_errors.join("; ");
        return Err(wrong(format!("did not save its state at the seam: {why}")));
    }
    // 1 is that of a run that fails, as the run itself may have.
    let expected = i32::from(!report.passed);
    if status.code() != Some(expected) {
        return Err(wrong(format!(
            "ended with {status}, expected {expected}{}",
            said(files)
        )));
    }
    Ok(Ran {
        end_cycle: end,
        failure: report.failure,
        state: report.saved.into_iter().next(),
    })
}

/// Judges the process that only restores a snapshot.
pub(super) fn of_probe(
    snapshot: &Path,
    status: ExitStatus,
    files: &Files,
) -> Result<(), TraceError> {
    if status.success() {
        return Ok(());
    }
    Err(TraceError::CommandLine(format!(
        "the program does not go on from `{}`: it ended with {status}{}{}",
        snapshot.display(),
        said(files),
        full(&files.folder)
    )))
}

/// The last of what the program said.
fn said(files: &Files) -> String {
    let text = fs::read(&files.said).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let text = text.trim();
    let cut = text
        .char_indices()
        .rev()
        .nth(MOST_SAID)
        .map_or(0, |(at, _)| at);
    if text.is_empty() {
        return String::new();
    }
    format!("; it said: {}", printable(&text[cut..]))
}

/// That a file system has no room, where it has none.
pub(super) fn full(folder: &Path) -> String {
    let Ok(found) = statvfs(folder) else {
        return String::new();
    };
    let free = found.blocks_available() * found.fragment_size();
    if free >= FULL {
        return String::new();
    }
    format!(
        "; the disk with `{}` is full: {free} bytes are free",
        folder.display()
    )
}
