//! A bar on a terminal, lines elsewhere.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use lightsss_farm::executor::Progress;

/// Lines come at most so often.
const EVERY: Duration = Duration::from_secs(10);

pub(crate) struct Shown {
    bar: Option<ProgressBar>,
    last: Option<(Progress, Instant)>,
    quiet: bool,
}

impl Shown {
    pub(crate) fn new(quiet: bool, all: usize) -> Self {
        let wants_bar = !quiet && std::io::stderr().is_terminal();
        let bar = wants_bar.then(|| {
            let style =
                ProgressStyle::with_template("{bar:40} {pos}/{len} {msg} {elapsed}, {eta} to go");
            // The template is a constant; the usual style does, too.
            ProgressBar::new(all as u64)
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self {
            bar,
            last: None,
            quiet,
        }
    }

    pub(crate) fn show(&mut self, now: Progress) {
        let text = format!("{} running, {} workers", now.running, now.workers);
        if let Some(bar) = &self.bar {
            bar.set_position(now.done as u64);
            bar.set_message(text);
            return;
        }
        let is_due = self
            .last
            .is_none_or(|(before, when)| before != now && when.elapsed() > EVERY);
        if !self.quiet && is_due {
            eprintln!("{} of {} tasks done, {text}", now.done, now.all);
            self.last = Some((now, Instant::now()));
        }
    }

    pub(crate) fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
