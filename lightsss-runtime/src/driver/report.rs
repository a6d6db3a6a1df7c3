//! What a run says at its end: the summary for people and the report for programs.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use serde::Serialize;

use super::divergence::Compared;
use super::numbers;
use super::saves::Done;
use crate::process::output_path;
use crate::process::serialize::{optional_path, paths_text};
use crate::slots::{Equality, ReplayReport, SavedSlot, SlotStats};
use crate::waveform::check::check as check_waveform;

/// The figures of a run.
#[derive(Clone, Debug, Default, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own in the JSON"
)]
pub struct Report {
    /// Whether the run ended well.
    pub passed: bool,
    /// What it failed with.
    pub failure: Option<String>,
    /// Where in the sources it crashed, if that is known.
    pub failure_place: Option<String>,
    /// Whether a replay was still to come when this was written. The final report replaces this one; a run
    /// that was killed during its replay leaves it.
    pub preliminary: bool,
    /// Whether it ended without saying so, by a signal or an exit.
    pub crashed: bool,
    /// The last cycle: that of the failure, if there was one.
    pub end_cycle: u64,
    /// The cycle from which the replay ran.
    pub replay_from: Option<u64>,
    /// The cycle up to which the replay ran.
    pub replay_to: Option<u64>,
    /// Whether the same failure came again at the same cycle.
    pub reproduced: bool,
    /// How the replay ended, in words.
    pub replay_outcome: Option<String>,
    /// The waveform, if one was written.
    #[serde(serialize_with = "optional_path")]
    pub wave: Option<PathBuf>,
    /// The waveform's size in bytes.
    pub wave_bytes: Option<u64>,
    /// What keeps the waveform from being read, if something was written.
    pub wave_error: Option<String>,
    /// The waveform's time at the failure, in its unit.
    pub wave_failure_time: Option<u64>,
    /// The unit of the waveform's times: `1ps`.
    pub wave_unit: Option<String>,
    /// The signals that the files for viewers show.
    pub shown: Vec<String>,
    /// Those files, beside the waveform: for GTKWave and for Surfer.
    #[serde(serialize_with = "paths_text")]
    pub viewer_files: Vec<PathBuf>,
    /// Commands that open the waveform with them.
    pub open_with: Vec<String>,
    /// How the replay compares with the original, in words: where their states were hashed at the
    /// same cycles, and where they differ.
    pub equality: Option<String>,
    /// Where the replay went another way: the fields and signals that differ, each with the original's
    /// value and the replay's, as far as the report lists them.
    pub differences: Vec<String>,
    /// The cycle at which they do: the first compared one that differs, if it was compared between
    /// checkpoints (`--compare-every`), or else that of the failure.
    pub differences_at: Option<u64>,
    /// The states that were compared, as files for `lightsss diff`: the original's and the replay's.
    #[serde(serialize_with = "paths_text")]
    pub states: Vec<PathBuf>,
    /// The durable snapshots that were written.
    #[serde(serialize_with = "paths_text")]
    pub saved: Vec<PathBuf>,
    /// Why others were not written; the first 16.
    pub save_errors: Vec<String>,
    /// How many were not.
    pub saves_failed: u64,
    /// What else is to be known of the run: that there was nothing to run, say.
    pub remarks: Vec<String>,
    /// How the next run shows more, where the waveform may begin behind the cause of the failure.
    pub hint: Option<String>,
    /// The durable snapshot to which the woken slot saved itself, if it was to and did.
    pub saved_slot: Option<SavedSlot>,
    /// Why it did not, if it was to.
    pub saved_slot_error: Option<String>,
    /// Checkpoints taken.
    pub snapshots_taken: Option<u64>,
    /// The median time that a checkpoint stopped the run, in microseconds.
    pub snapshot_pause_us: Option<f64>,
    /// Wall time of the original, in seconds, without the replay.
    pub run_seconds: f64,
    /// Wall time of the replay, in seconds.
    pub replay_seconds: Option<f64>,
    /// Cycles that the original ran in this process (a restored run does not start at 0).
    pub cycles_run: u64,
    /// Cycles a second of the original.
    pub cycles_per_second: f64,
    /// What the slots cost.
    pub slots: Option<SlotStats>,
}

impl Report {
    /// Writes the report to `path`, as JSON, and reads it back. A kill meanwhile leaves all of it or
    /// nothing.
    pub(super) fn write(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        let path = output_path::check(path)?;
        let written = output_path::replace(&path, text.as_bytes()).and_then(|()| fs::read(&path));
        let path = path.display();
        let found =
            written.map_err(|error| format!("could not write the report `{path}`: {error}"))?;
        if found != text.as_bytes() {
            return Err(format!("the report `{path}` does not hold what was written to it").into());
        }
        Ok(())
    }

    /// How the run ended, in a line.
    pub(super) fn headline(&self) -> String {
        let cycle = self.end_cycle;
        match &self.failure {
            None => format!("ended well at cycle {cycle}"),
            Some(failure) => format!("failed at cycle {cycle}: {failure}"),
        }
    }

    /// The lines at the end of a run. A failure has been printed before its replay.
    pub(super) fn last_lines(&self) -> String {
        let text = self.to_string();
        let printed = self.headline() + "\n";
        let rest = text
            .strip_prefix(&printed)
            .filter(|_| self.failure.is_some());
        rest.map_or_else(|| text.clone(), str::to_owned)
    }

    /// Takes over what came of the replay, but for whether it reproduced the failure.
    pub(super) fn add_replay(&mut self, replay: &ReplayReport) {
        self.replay_from = Some(replay.from_cycle);
        self.replay_to = Some(replay.reached_cycle);
        self.replay_outcome = Some(replay.outcome.to_string());
        self.replay_seconds = Some(replay.duration.as_secs_f64());
        self.equality = Some(in_words(&replay.equality));
    }

    /// Takes over what the slots cost, if there were any.
    pub(super) fn add_slots(&mut self, figures: Option<SlotStats>) {
        if let Some(figures) = figures {
            self.snapshots_taken = Some(figures.taken);
            self.snapshot_pause_us = Some(figures.pause_median_us);
            self.slots = Some(figures);
        }
    }

    /// Takes over what differs in a replay.
    pub(super) fn add_differences(&mut self, compared: Compared) {
        self.differences = compared.differences;
        self.differences_at = Some(compared.cycle);
        self.states = compared.states;
    }

    /// Takes over what came of the durable snapshots.
    pub(super) fn add_saves(&mut self, done: Done) {
        self.saved = done.saved;
        self.save_errors = done.errors;
        self.saves_failed = done.failed;
    }

    /// Takes over what came of the slot that was to save itself.
    pub(super) fn add_saved_slot(&mut self, saved: Result<SavedSlot, String>) {
        match saved {
            Ok(saved) => self.saved_slot = Some(saved),
            Err(error) => self.saved_slot_error = Some(error),
        }
    }

    /// Names the waveform, if it is there and can be read; or else says what is wrong with it. `error` is
    /// what came of writing it.
    pub(super) fn add_wave(&mut self, wave: &Path, error: Option<&str>) {
        if !wave.exists() && error.is_none() {
            return;
        }
        let checked = error.map_or_else(|| check_waveform(wave), |error| Err(error.to_owned()));
        match checked {
            Ok(bytes) => {
                self.wave = Some(wave.to_owned());
                self.wave_bytes = Some(bytes);
            }
            Err(error) => self.wave_error = Some(format!("`{}`: {error}", wave.display())),
        }
    }

    /// Whether something is missing that the run was to write.
    pub(super) fn is_incomplete(&self) -> bool {
        self.wave_error.is_some() || self.saved_slot_error.is_some()
    }
}

/// How a replay compares with its original. What was not compared is not called equal.
fn in_words(equality: &Equality) -> String {
    let compared = match (&equality.divergence, equality.compared) {
        (Some(divergence), _) => Some(divergence.to_string()),
        (None, 0) => None,
        (None, compared) => Some(format!("equal at all {compared} cycles compared")),
    };
    match (compared, equality.unchecked, &equality.why_unchecked) {
        (Some(compared), 0, _) => compared,
        (None, 0, _) => "not compared: the replay passed no cycle with a hash".to_owned(),
        (compared, unchecked, why) => format!(
            "{}not compared at {unchecked} cycles: {}",
            compared.map_or(String::new(), |compared| format!("{compared}; ")),
            why.as_deref().unwrap_or("a state could not be hashed")
        ),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.headline())?;
        if !self.crashed {
            writeln!(
                f,
                "ran {} cycles in {:.2} s ({} a second)",
                self.cycles_run,
                self.run_seconds,
                numbers::in_words(self.cycles_per_second)
            )?;
        }
        if let Some(slots) = &self.slots {
            writeln!(f, "{slots}")?;
        }
        if let Some(outcome) = &self.replay_outcome {
            match (self.replay_from, self.replay_to) {
                (Some(from), Some(to)) => {
                    writeln!(f, "replayed cycles {from} to {to}: {outcome}")?;
                }
                _ => writeln!(f, "no replay: {outcome}")?,
            }
        }
        if let Some(equality) = &self.equality {
            writeln!(f, "replay and original: {equality}")?;
        }
        if let (Some(cycle), false) = (self.differences_at, self.differences.is_empty()) {
            writeln!(f, "different at cycle {cycle}, original -> replay:")?;
        }
        for difference in &self.differences {
            writeln!(f, "  {difference}")?;
        }
        if let [original, replay] = &self.states[..] {
            let (original, replay) = (original.display(), replay.display());
            writeln!(f, "compare them with: lightsss diff {original} {replay}")?;
        }
        if let (Some(wave), Some(bytes)) = (&self.wave, self.wave_bytes) {
            writeln!(f, "wrote {} ({} KiB)", wave.display(), bytes.div_ceil(1024))?;
        }
        if let Some(error) = &self.wave_error {
            writeln!(f, "the waveform cannot be used: {error}")?;
        }
        if let Some(saved) = &self.saved_slot {
            writeln!(
                f,
                "saved cycle {}, before the failure, to {}",
                saved.cycle,
                saved.path.display()
            )?;
        }
        if let Some(error) = &self.saved_slot_error {
            writeln!(f, "no slot was saved: {error}")?;
        }
        for path in &self.saved {
            writeln!(f, "saved {}", path.display())?;
        }
        if let Some(first) = self.save_errors.first() {
            match self.saves_failed {
                1 => writeln!(f, "a save failed: {first}")?,
                failed => writeln!(f, "{failed} saves failed, the first one: {first}")?,
            }
        }
        for remark in &self.remarks {
            writeln!(f, "remark: {remark}")?;
        }
        if let Some(hint) = &self.hint {
            writeln!(f, "hint: {hint}")?;
        }
        if !self.open_with.is_empty() {
            writeln!(f, "open it with: {}", self.open_with.join(", or "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_compared_is_not_called_equal() {
        let mut equality = Equality::default();
        assert!(in_words(&equality).starts_with("not compared"));
        equality.compared = 3;
        assert_eq!(in_words(&equality), "equal at all 3 cycles compared");
        equality.unchecked = 2;
        equality.why_unchecked = Some("locked".to_owned());
        assert_eq!(
            in_words(&equality),
            "equal at all 3 cycles compared; not compared at 2 cycles: locked"
        );
        equality.compared = 0;
        assert_eq!(in_words(&equality), "not compared at 2 cycles: locked");
    }
}
