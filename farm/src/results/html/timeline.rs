//! When each worker ran which task.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::campaign::Outcome;
use crate::plan::Entry;
use crate::results::summary::Summary;

/// Pixels: of the plot, of its labels, of a bar and of the room that it has.
const WIDTH: f64 = 1000.0;
const LABELS: f64 = 170.0;
const BAR: f64 = 12.0;
const ROW: f64 = 18.0;

pub(super) fn section(summary: &Summary) -> Markup {
    let mut workers: BTreeMap<&str, Vec<(&Entry, &Outcome)>> = BTreeMap::new();
    for (entry, outcome) in summary.rows() {
        if let Some(outcome) = outcome.filter(|outcome| outcome.started > 0) {
            workers
                .entry(&outcome.worker)
                .or_default()
                .push((entry, outcome));
        }
    }
    let ran = || workers.values().flatten();
    let first = ran().map(|(_, outcome)| outcome.started).min().unwrap_or(0);
    let last = ran()
        .map(|(_, outcome)| outcome.ended)
        .max()
        .unwrap_or(0)
        .max(first + 1);
    let scale = (WIDTH - LABELS - 10.0) / (last - first) as f64;
    let x = |time: u64| LABELS + (time - first) as f64 * scale;
    let height = workers.len() as f64 * ROW + 30.0;
    if workers.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "Tasks over workers" }
            div.wide {
                svg width=(WIDTH) height=(height) viewBox=(format!("0 0 {WIDTH} {height}")) role="img"
                    aria-label="When each worker ran which task" {
                    @for (row, (worker, tasks)) in workers.iter().enumerate() {
                        @let y = row as f64 * ROW + 4.0;
                        text x=(LABELS - 8.0) y=(y + BAR - 2.0) text-anchor="end" { (worker) }
                        @for (entry, outcome) in tasks {
                            @let width = (x(outcome.ended) - x(outcome.started)).max(1.0);
                            rect class=(if outcome.passed() { "passed" } else { "failed" })
                                x=(x(outcome.started)) y=(y) width=(width) height=(BAR) {
                                title { (entry.name) ": " (outcome.status.word()) ", " (format!("{:.2}", outcome.seconds())) " s" }
                            }
                        }
                    }
                    line.axis x1=(LABELS) y1=(height - 20.0) x2=(WIDTH - 10.0) y2=(height - 20.0) {}
                    text x=(LABELS) y=(height - 6.0) { "0 s" }
                    text x=(WIDTH - 10.0) y=(height - 6.0) text-anchor="end" { (format!("{:.1} s", (last - first) as f64 / 1000.0)) }
                }
            }
        }
    }
}
