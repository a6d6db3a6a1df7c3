//! Replays side by side: each slot traces its own stretch at once, and the waveforms are joined.
//!
//! A stretch goes from a slot to the next one, where its state is compared with the hash that the original noted. Only
//! the last one goes to the failure.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::args::RunArgs;
use crate::process::output_path;
use crate::slots::{
    Choice, Equality, Reason, Replay, ReplayOrder, ReplayOutcome, ReplayOutput, ReplayReport,
    SlotInfo, Slots, WakeError,
};
use crate::waveform::check::check;
use crate::waveform::join;

/// Where a replay writes its waveform: beside the run's, if it is joined with others.
pub fn wave_of(args: &RunArgs, replay: &Replay) -> PathBuf {
    let is_stretch = matches!(replay.reason, Reason::Failure | Reason::Request);
    if args.replay_jobs > 1 && is_stretch {
        part(&args.wave, replay.number)
    } else {
        args.wave.clone()
    }
}

/// `failure.3.fst`.
fn part(wave: &Path, number: usize) -> PathBuf {
    let extension = wave.extension().unwrap_or_default().to_string_lossy();
    wave.with_extension(format!("{number}.{extension}"))
}

/// What came of the replays.
pub struct Woken {
    /// Of all stretches together.
    pub report: Result<ReplayReport, WakeError>,
    /// What the waveform lacks.
    pub remarks: Vec<String>,
    /// The cycles that it shows, where that is not in the report.
    pub shown: Option<(u64, u64)>,
}

/// A stretch that is replayed, or was.
struct Stretch {
    from: u64,
    to: u64,
    wave: PathBuf,
    report: Result<ReplayReport, WakeError>,
}

/// Wakes the slot that is chosen, or with `--replay-jobs` that one and younger ones, and waits for their replays.
pub fn wake(args: &RunArgs, slots: &mut Slots, choice: &Choice, order: &ReplayOrder) -> Woken {
    let starts = starts(&slots.list(), choice, order.end_cycle, args.replay_jobs);
    if args.replay_jobs < 2 || starts.is_empty() {
        return Woken {
            report: slots.wake(choice, order),
            remarks: Vec::new(),
            shown: None,
        };
    }
    let begun = Instant::now();
    let mut started = Vec::new();
    for (at, from) in starts.iter().enumerate() {
        let stretch = starts.get(at + 1).map(|next| up_to(*next, order));
        let order = stretch.as_ref().unwrap_or(order);
        let ticket = slots.start(&Choice::NearestBefore(from.saturating_add(1)), order);
        started.push((*from, order.end_cycle, ticket));
    }
    let mut stretches = Vec::new();
    for (from, to, ticket) in started {
        let wave = ticket
            .as_ref()
            .map_or_else(|_| PathBuf::new(), |ticket| part(&args.wave, ticket.number));
        let report = ticket.and_then(|ticket| slots.wait(ticket));
        stretches.push(Stretch {
            from,
            to,
            wave,
            report,
        });
    }
    let mut woken = joined(args, stretches);
    if let Ok(report) = &mut woken.report {
        report.duration = begun.elapsed();
    }
    woken
}

/// An order to trace up to the next slot. What the harness prints is that of the last stretch.
fn up_to(next: u64, order: &ReplayOrder) -> ReplayOrder {
    let mut stretch = order.clone();
    stretch.end_cycle = next;
    stretch.margin = 0;
    stretch.reason = Reason::Request;
    if let ReplayOutput::File(_) = stretch.output {
        stretch.output = ReplayOutput::Discard;
    }
    stretch
}

/// The cycles of the slots that are woken: the chosen one, and as many younger ones as there may be replays.
fn starts(slots: &[SlotInfo], choice: &Choice, end: u64, jobs: usize) -> Vec<u64> {
    let Some(first) = choice.choose(slots, end) else {
        return Vec::new();
    };
    let unpinned = slots[first..].iter().filter(|slot| slot.name.is_none());
    let mut cycles: Vec<u64> = unpinned
        .map(|slot| slot.cycle)
        .filter(|cycle| *cycle < end)
        .collect();
    cycles.dedup();
    let count = jobs.min(cycles.len());
    (0..count)
        .map(|at| cycles[at * cycles.len() / count])
        .collect()
}

/// Joins the last stretches that have waveforms without a gap, and removes those.
fn joined(args: &RunArgs, stretches: Vec<Stretch>) -> Woken {
    let wrong: Vec<Option<String>> = stretches.iter().map(Stretch::wrong).collect();
    let remarks = stretches.iter().zip(&wrong).filter_map(|(stretch, wrong)| {
        let (from, to) = (stretch.from, stretch.to);
        let why = wrong.as_ref()?;
        Some(format!("the waveform lacks cycles {from} to {to}: {why}"))
    });
    let mut remarks: Vec<String> = remarks.collect();
    let end = wrong
        .iter()
        .rposition(Option::is_none)
        .map_or(0, |last| last + 1);
    let begin = wrong[..end]
        .iter()
        .rposition(Option::is_some)
        .map_or(0, |last| last + 1);
    let whole = &stretches[begin..end];
    let waves: Vec<&Path> = whole.iter().map(|stretch| stretch.wave.as_path()).collect();
    let mut note = None;
    if !waves.is_empty()
        && let Err(error) = join(&waves, &args.wave)
    {
        note = Some(error.to_string());
    }
    for stretch in stretches
        .iter()
        .filter(|stretch| !stretch.wave.as_os_str().is_empty())
    {
        if let Err(error) = output_path::remove(&stretch.wave) {
            remarks.push(error.to_string());
        }
    }
    let shown = whole
        .first()
        .zip(whole.last())
        .map(|(first, last)| (first.from, last.to));
    let shown = shown.filter(|_| note.is_none());
    let mut equality = Equality::default();
    for report in stretches
        .iter()
        .filter_map(|stretch| stretch.report.as_ref().ok())
    {
        add(&mut equality, &report.equality);
    }
    let report = stretches.into_iter().next_back().map_or_else(
        || Err(WakeError::InReplay),
        |last| {
            let mut report = last.report?;
            report.from_cycle = shown.map_or(last.from, |(from, _)| from);
            report.equality = equality;
            if let Some(note) = note {
                report.note = note;
            }
            Ok(report)
        },
    );
    Woken {
        report,
        remarks,
        shown,
    }
}

impl Stretch {
    /// Why it has no waveform that can be joined, if it has none.
    fn wrong(&self) -> Option<String> {
        let report = match &self.report {
            Ok(report) => report,
            Err(error) => return Some(error.to_string()),
        };
        match &report.outcome {
            ReplayOutcome::Crashed(_) => return Some(report.outcome.to_string()),
            // The replay that goes to the failure shows as much as it could.
            ReplayOutcome::TimedOut | ReplayOutcome::OtherFailure(_)
                if report.end_cycle == self.to && report.reached_cycle < self.to =>
            {
                return Some(report.outcome.to_string());
            }
            _ => {}
        }
        if !report.note.is_empty() {
            return Some(report.note.clone());
        }
        check(&self.wave).err()
    }
}

/// The comparisons of a later stretch, too.
fn add(all: &mut Equality, stretch: &Equality) {
    all.compared += stretch.compared;
    all.unchecked += stretch.unchecked;
    if all.why_unchecked.is_none() {
        all.why_unchecked.clone_from(&stretch.why_unchecked);
    }
    if all.divergence.is_none() {
        all.divergence.clone_from(&stretch.divergence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_slot_and_younger_ones_are_woken() {
        let slot = |cycle| SlotInfo {
            cycle,
            name: None,
            pid: 1,
            unshared: None,
        };
        let slots: Vec<SlotInfo> = [100, 200, 300, 400, 500].map(slot).into();
        let of = |choice, jobs| starts(&slots, &choice, 500, jobs);
        assert_eq!(of(Choice::Oldest, 9), [100, 200, 300, 400]);
        assert_eq!(of(Choice::Oldest, 2), [100, 300]);
        assert_eq!(of(Choice::Oldest, 3), [100, 200, 300]);
        assert_eq!(of(Choice::YoungestBeforeEnd(150), 4), [300, 400]);
        assert_eq!(of(Choice::NearestBefore(50), 4), [0; 0]);
    }
}
