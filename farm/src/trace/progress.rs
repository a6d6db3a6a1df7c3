//! How far a trace is: a bar on a terminal, a line for each piece elsewhere.

use std::io::{IsTerminal as _, stderr};

use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

use super::plan::Piece;
use super::traced::TracedPiece;

pub(super) struct Progress {
    /// None where nobody sees it.
    bar: Option<ProgressBar>,
    pieces: usize,
    ended: usize,
}

impl Progress {
    pub(super) fn new(pieces: usize) -> Self {
        let bar = stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(pieces as u64);
            let template = "{elapsed} {wide_bar} {pos}/{len} pieces, {msg}";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar
        });
        Self {
            bar,
            pieces,
            ended: 0,
        }
    }

    /// A piece has ended, and so many are running.
    pub(super) fn ended(&mut self, piece: &Piece, ended: &TracedPiece, running: usize) {
        self.ended += 1;
        match &self.bar {
            Some(bar) => {
                bar.set_position(self.ended as u64);
                bar.set_message(format!("{running} running"));
            }
            None => eprintln!(
                "{} of {} pieces: {} took {:.1} s, {}",
                self.ended,
                self.pieces,
                piece.name(),
                ended.seconds,
                HumanBytes(ended.wave_bytes)
            ),
        }
    }

    pub(super) fn tick(&self) {
        if let Some(bar) = &self.bar {
            bar.tick();
        }
    }

    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}
