//! What a command of many runs shows: a bar on a terminal, lines elsewhere, JSON for programs, a table at the end.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::result::{RunResult, Status};
use crate::process::printable::printable;
use crate::process::serialize::path_text;
use crate::process::stderr::say;

/// The most rows of the table; what did not pass comes first.
const MOST_ROWS: usize = 50;
/// The longest message in a line, in characters.
const LONGEST_MESSAGE: usize = 160;

/// What programs read on standard output, one JSON object a line.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Event<'a> {
    /// The harness is made and restored. Runs start from here.
    Ready {
        cycle: u64,
        jobs: usize,
        #[serde(serialize_with = "path_text")]
        folder: &'a Path,
    },
    /// A run has ended.
    Result(&'a RunResult),
    /// A line describes no run.
    Refused { line: usize, message: &'a str },
}

pub struct Show {
    bar: ProgressBar,
    is_bar: bool,
    json: bool,
    quiet: bool,
    done: u64,
    not_passed: u64,
}

impl Show {
    /// `runs` is how many there are to be, where that is known.
    pub fn new(runs: Option<usize>, json: bool, quiet: bool) -> Self {
        let is_bar = io::stderr().is_terminal() && !quiet;
        let target = if is_bar {
            ProgressDrawTarget::stderr_with_hz(10)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(runs.map(|runs| runs as u64), target);
        let template = if runs.is_some() {
            "{elapsed} {wide_bar} {human_pos}/{human_len} runs, {msg}"
        } else {
            "{elapsed} {spinner} {human_pos} runs, {msg}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self {
            bar,
            is_bar,
            json,
            quiet,
            done: 0,
            not_passed: 0,
        }
    }

    /// Draws the bar anew.
    pub fn draw(&self, running: usize) {
        self.bar.set_position(self.done);
        let failures = match self.not_passed {
            0 => String::new(),
            count => format!(", {count} not passed"),
        };
        self.bar
            .set_message(format!("{running} under way{failures}"));
        self.bar.tick();
    }

    /// How often the bar is to be drawn, if there is one.
    pub fn is_drawn(&self) -> bool {
        self.is_bar
    }

    /// A line for people, above the bar.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| say(&format!("{line}\n")));
    }

    /// Tells programs.
    ///
    /// # Errors
    ///
    /// Nobody reads standard output any more.
    pub fn tell(&self, event: &Event<'_>) -> io::Result<()> {
        if !self.json {
            return Ok(());
        }
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        let mut output = io::stdout().lock();
        output.write_all(&line)?;
        output.flush()
    }

    /// A run has ended.
    ///
    /// # Errors
    ///
    /// As [`Self::tell`].
    pub fn result(&mut self, result: &RunResult) -> io::Result<()> {
        self.done += 1;
        let passed = result.status == Status::Passed;
        self.not_passed += u64::from(!passed);
        // A bar counts those that pass.
        if !(self.quiet || self.is_bar && passed) {
            self.say(&line(result));
        }
        self.tell(&Event::Result(result))
    }

    /// Takes the bar off, and writes the table.
    pub fn finish(&self, results: &[RunResult], folder: &Path) {
        self.bar.finish_and_clear();
        say(&table(results, folder));
    }
}

fn line(result: &RunResult) -> String {
    let mut line = format!("{} {}", result.name, result.status.word());
    if let Some(cycles) = result.cycles {
        let _ = write!(line, ", {cycles} cycles");
    }
    let _ = write!(line, ", {:.2} s", result.seconds);
    if let Some(message) = &result.message {
        let _ = write!(line, ": {}", short(message));
    }
    line
}

fn short(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    let mut short: String = first.chars().take(LONGEST_MESSAGE).collect();
    if short.len() < message.len() {
        short.push_str("...");
    }
    printable(&short).to_string()
}

/// The results: those that did not pass first, and how many ended in which way.
fn table(results: &[RunResult], folder: &Path) -> String {
    let (passed, others): (Vec<_>, Vec<_>) = results
        .iter()
        .partition(|result| result.status == Status::Passed);
    let shown: Vec<&RunResult> = others
        .iter()
        .chain(&passed)
        .copied()
        .take(MOST_ROWS)
        .collect();
    let head = ["run", "status", "exit", "cycles", "seconds"].map(str::to_owned);
    let mut rows: Vec<([String; 5], String)> = vec![(head, "message".to_owned())];
    for result in &shown {
        let cells = [
            result.name.clone(),
            result.status.word().to_owned(),
            result.exit_status.to_string(),
            result
                .cycles
                .map_or_else(|| "-".to_owned(), |cycles| cycles.to_string()),
            format!("{:.2}", result.seconds),
        ];
        rows.push((
            cells,
            result.message.as_deref().map(short).unwrap_or_default(),
        ));
    }
    let widths: [usize; 5] = std::array::from_fn(|at| {
        rows.iter()
            .map(|(cells, _)| cells[at].len())
            .max()
            .unwrap_or(0)
    });
    let mut text = String::new();
    for (cells, message) in &rows {
        let mut line = String::new();
        for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
            // Words to the left, numbers to the right.
            let _ = if at < 2 {
                write!(line, "{cell:<width$}  ")
            } else {
                write!(line, "{cell:>width$}  ")
            };
        }
        let _ = writeln!(text, "{}", format!("{line}{message}").trim_end());
    }
    if results.len() > shown.len() {
        let _ = writeln!(text, "and {} more", results.len() - shown.len());
    }
    let mut counts = BTreeMap::<Status, usize>::new();
    for result in results {
        *counts.entry(result.status).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(status, count)| format!("{count} {}", status.word()))
        .collect();
    let counts = if counts.is_empty() {
        "none".to_owned()
    } else {
        counts.join(", ")
    };
    let _ = writeln!(
        text,
        "{} runs: {counts}; results in {}",
        results.len(),
        folder.display()
    );
    text
}
