//! What was traced.

use std::fmt;
use std::path::PathBuf;

use indicatif::HumanBytes;

use serde::Serialize;

/// What was traced.
#[derive(Debug, Clone, Serialize)]
pub struct Traced {
    /// The waveform.
    pub wave: Option<PathBuf>,
    /// Its size.
    pub wave_bytes: u64,
    /// What the harness printed.
    pub log: Option<PathBuf>,
    /// Each piece, in the order of time.
    pub pieces: Vec<TracedPiece>,
    /// Seams at which the state was compared with that of the run, and was equal.
    pub seams: usize,
    /// The last cycle.
    pub end_cycle: u64,
    /// What the run failed with, if the trace goes to its end and it fails.
    pub failure: Option<String>,
    /// From the start to the last piece's end, in seconds.
    pub run_seconds: f64,
    /// For the join, in seconds.
    pub join_seconds: f64,
}

/// A piece that was traced.
#[derive(Debug, Clone, Serialize)]
pub struct TracedPiece {
    /// Its first cycle.
    pub from: u64,
    /// Its last cycle.
    pub to: u64,
    /// The time that it took, in seconds.
    pub seconds: f64,
    /// The size of its waveform.
    pub wave_bytes: u64,
}

impl fmt::Display for Traced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = ["piece", "from cycle", "to cycle", "seconds", "waveform"];
        let [number, from, to, seconds, size] = heads;
        writeln!(
            f,
            "{number:>6}  {from:>14}  {to:>14}  {seconds:>9}  {size:>12}"
        )?;
        for (number, piece) in self.pieces.iter().enumerate() {
            let size = HumanBytes(piece.wave_bytes).to_string();
            let (from, to, seconds) = (piece.from, piece.to, piece.seconds);
            writeln!(
                f,
                "{:>6}  {from:>14}  {to:>14}  {seconds:>9.2}  {size:>12}",
                number + 1
            )?;
        }
        writeln!(
            f,
            "ran in {:.2} s, joined in {:.2} s; the state was equal to the run's at {} seams",
            self.run_seconds, self.join_seconds, self.seams
        )?;
        if let Some(failure) = &self.failure {
            writeln!(f, "the run failed at cycle {}: {failure}", self.end_cycle)?;
        }
        if let Some(path) = &self.wave {
            writeln!(
                f,
                "waveform: {}, {}",
                path.display(),
                HumanBytes(self.wave_bytes)
            )?;
        }
        if let Some(path) = &self.log {
            writeln!(f, "log: {}", path.display())?;
        }
        Ok(())
    }
}
