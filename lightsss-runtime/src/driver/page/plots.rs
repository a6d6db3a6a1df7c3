//! What the slots cost, as plots.

use maud::{Markup, html};

use crate::driver::numbers::grouped;
use crate::driver::report::Report;
use crate::slots::SlotStats;

/// Pixels: of a plot, of its labels, of a bar and of the room that it has.
const WIDTH: f64 = 640.0;
const LABELS: f64 = 150.0;
const VALUES: f64 = 110.0;
const BAR: f64 = 12.0;
const ROW: f64 = 22.0;

pub fn section(report: &Report) -> Markup {
    let Some(slots) = &report.slots else {
        return html! {};
    };
    let pauses = [
        ("median", slots.pause_median_us),
        ("99th percentile", slots.pause_p99_us),
        ("longest", slots.pause_max_us),
    ];
    let micros = |value: f64| format!("{value:.0} µs");
    let memory: Vec<(String, f64)> = slots
        .slots
        .iter()
        .filter_map(|slot| {
            Some((
                format!("cycle {}", grouped(slot.cycle)),
                slot.unshared? as f64,
            ))
        })
        .collect();
    let dropped: Vec<String> = slots
        .evictions
        .all()
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(cause, count)| format!("{count} {cause}"))
        .collect();
    html! {
        section {
            h2 { "Snapshots" }
            p {
                (slots.taken) " taken"
                @if !dropped.is_empty() { "; dropped: " (dropped.join(", ")) }
                @if slots.missed > 0 { "; " (slots.missed) " could not be taken" }
                @if let Some(miss) = &slots.last_miss { ", the last since " (miss) }
                "."
            }
            figure { figcaption { "Where they were" } (places(report, slots)) }
            figure { figcaption { "How long one stopped the run" } (bars(&pauses, micros)) }
            @if slots.share > 0.0 {
                figure { figcaption { "Their share of the run time" } (share(slots)) }
            }
            @if !memory.is_empty() {
                figure {
                    figcaption { "Memory that only one slot held" }
                    (bars(&memory, |bytes| format!("{:.1} MiB", bytes / 1_048_576.0)))
                }
            }
        }
    }
}

/// The run as a line: its slots, the replay and the failure.
fn places(report: &Report, slots: &SlotStats) -> Markup {
    let first = report.end_cycle.saturating_sub(report.cycles_run);
    // A run that crashed has not said where it began.
    let first = if report.crashed { 0 } else { first };
    let last = report
        .replay_to
        .unwrap_or(0)
        .max(report.end_cycle)
        .max(first + 1);
    let x = |cycle: u64| {
        let part = cycle.clamp(first, last) - first;
        10.0 + part as f64 / (last - first) as f64 * (WIDTH - 20.0)
    };
    html! {
        svg width=(WIDTH) height="64" viewBox=(format!("0 0 {WIDTH} 64")) role="img"
            aria-label="Slots, the replay and the end of the run" {
            line.axis x1="10" y1="26" x2=(WIDTH - 10.0) y2="26" {}
            @if let (Some(from), Some(to)) = (report.replay_from, report.replay_to) {
                rect.replay x=(x(from)) y="20" width=((x(to) - x(from)).max(2.0)) height="12" {
                    title { "the replay: cycles " (from) " to " (to) }
                }
            }
            @for slot in &slots.slots {
                circle.slot cx=(x(slot.cycle)) cy="26" r="5" { title { "a slot: cycle " (slot.cycle) } }
            }
            @if report.failure.is_some() {
                line.failure x1=(x(report.end_cycle)) y1="10" x2=(x(report.end_cycle)) y2="42" {
                    title { "the failure: cycle " (report.end_cycle) }
                }
            }
            text x="10" y="58" { (grouped(first)) }
            text x=(WIDTH - 10.0) y="58" text-anchor="end" { (grouped(last)) }
        }
        p.note { "Dots are the slots at the end, the bar is the replay, and the line is the failure." }
    }
}

/// A bar for each value, the longest one over the whole width.
fn bars<N: AsRef<str>>(values: &[(N, f64)], text: impl Fn(f64) -> String) -> Markup {
    let most = values
        .iter()
        .map(|(_, value)| *value)
        .fold(f64::MIN_POSITIVE, f64::max);
    let height = values.len() as f64 * ROW + 4.0;
    html! {
        svg width=(WIDTH) height=(height) viewBox=(format!("0 0 {WIDTH} {height}")) role="img" {
            @for (row, (name, value)) in values.iter().enumerate() {
                @let y = row as f64 * ROW + 4.0;
                @let length = (value / most * (WIDTH - LABELS - VALUES)).max(1.0);
                text x=(LABELS - 8.0) y=(y + BAR - 1.0) text-anchor="end" { (name.as_ref()) }
                rect.bar x=(LABELS) y=(y) width=(length) height=(BAR) {}
                text x=(LABELS + length + 8.0) y=(y + BAR - 1.0) { (text(*value)) }
            }
        }
    }
}

/// One bar for the whole run, with pauses and copies in front.
fn share(slots: &SlotStats) -> Markup {
    let cost = slots.pause_total_us + slots.copy_total_us;
    let pauses = if cost > 0.0 {
        slots.share * slots.pause_total_us / cost
    } else {
        0.0
    };
    let copies = slots.share - pauses;
    let width = |share: f64| share.clamp(0.0, 1.0) * (WIDTH - 20.0);
    html! {
        svg width=(WIDTH) height="26" viewBox=(format!("0 0 {WIDTH} 26")) role="img" {
            rect.rest x="10" y="6" width=(WIDTH - 20.0) height=(BAR) {}
            rect.bar x="10" y="6" width=(width(pauses)) height=(BAR) {}
            rect.copies x=(10.0 + width(pauses)) y="6" width=(width(copies)) height=(BAR) {}
        }
        p.note {
            (format!("{:.2} % for pauses, {:.2} % for pages copied afterwards (an estimate)", pauses * 100.0, copies * 100.0))
            "; the rest ran the design."
        }
    }
}
