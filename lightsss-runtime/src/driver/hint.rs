//! What to try where the waveform may begin behind the cause of a failure.

use super::args::RunArgs;
use super::report::Report;
use crate::slots::SlotStats;

/// How the next run shows more of what came before the failure. None where the waveform begins where the run
/// does, and where the user has chosen its first cycle.
pub fn of(args: &RunArgs, report: &Report) -> Option<String> {
    let (from, slots) = (report.replay_from?, report.slots.as_ref()?);
    if report.failure.is_none() || args.wave_from.is_some() {
        return None;
    }
    let end = report.end_cycle;
    let window = args.wave_cycles.unwrap_or(u64::MAX);
    let first = end.saturating_sub(window).max(from);
    let more = if first > from {
        "a larger `--wave-cycles`".to_owned()
    } else {
        older_slot(args, slots, from, end)?
    };
    let before = end.saturating_sub(first);
    Some(format!(
        "the waveform begins {before} cycles before the failure; if the cause lies further back, run again \
         with {more}"
    ))
}

/// How the next run wakes an older slot than that of `from`, if this is not the first of the run.
fn older_slot(args: &RunArgs, slots: &SlotStats, from: u64, end: u64) -> Option<String> {
    let older = slots.slots.iter().map(|slot| slot.cycle);
    let older: Vec<u64> = older.filter(|cycle| *cycle < from).collect();
    if let Some(nearest) = older.iter().max() {
        let distance = end - nearest;
        let cycles: Vec<String> = older.iter().map(u64::to_string).collect();
        let cycles = cycles.join(", ");
        return Some(format!(
            "`--wake-before {distance}`: older slots were those of cycles {cycles}"
        ));
    }
    let dropped: u64 = slots.evictions.all().iter().map(|(_, count)| count).sum();
    (dropped > 0 && !args.spaced).then(|| {
        "more slots (`--slots N`), or with `--spaced`, which keeps slots back to the start"
            .to_owned()
    })
}
