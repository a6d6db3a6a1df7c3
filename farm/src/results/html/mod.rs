//! The page about a campaign: one file for a browser, without scripts and without anything from elsewhere.

mod speed;
mod timeline;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::alike::Alike;
use super::summary::Summary;
use crate::campaign::Outcome;
use crate::plan::Entry;

const STYLE: &str = include_str!("style.css");

/// The page about a campaign.
#[must_use]
pub fn page(summary: &Summary) -> String {
    let class = if summary.passed() { "good" } else { "bad" };
    let failures = summary.failures();
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (summary.campaign.name) ": " (summary.counts()) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header class=(class) { h1 { (summary.campaign.name) } p { (summary.counts()) } }
                main {
                    @if !failures.is_empty() {
                        section {
                            h2 { "Failures" }
                            @for alike in &failures { (failure(summary, alike)) }
                        }
                    }
                    (timeline::section(summary))
                    (speed::section(summary))
                    (tasks(summary))
                }
                footer { "Written by lightsss-farm " (env!("CARGO_PKG_VERSION")) "." }
            }
        }
    };
    markup.into_string()
}

fn failure(summary: &Summary, alike: &Alike<'_>) -> Markup {
    let (entry, outcome) = alike.first();
    html! {
        article {
            h3 { (alike.tasks.len()) " " (outcome.status.word()) ": " (alike.message()) }
            @if let Some(place) = &outcome.place { p { "At " code { (place) } "." } }
            p { "Run the shortest one here:" }
            pre { (summary.reproduce(entry)) }
            @for output in &outcome.outputs {
                p.note { "It left " code { (output.name) } ", " (output.length.div_ceil(1024)) " KiB." }
            }
            @if !outcome.tail.is_empty() {
                details { summary { "What it printed last" } pre { (outcome.tail) } }
            }
            details {
                summary { "The tasks" }
                ul { @for (entry, _) in &alike.tasks { li { code { (entry.task.id().short()) } " " (entry.name) } } }
            }
        }
    }
}

fn tasks(summary: &Summary) -> Markup {
    html! {
        section {
            h2 { "Tasks" }
            div.wide {
                table {
                    thead { tr { th { "Task" } th { "Name" } th { "Status" } th { "Seconds" } th { "Cycles" } th { "Worker" } } }
                    tbody { @for (entry, outcome) in summary.rows() { (row(entry, outcome)) } }
                }
            }
        }
    }
}

fn row(entry: &Entry, outcome: Option<&Outcome>) -> Markup {
    html! {
        tr {
            td { code { (entry.task.id().short()) } }
            td { (entry.name) }
            @match outcome {
                None => { td { "waiting" } td {} td {} td {} }
                Some(outcome) => {
                    td class=(if outcome.passed() { "good" } else { "bad" }) { (outcome.status.word()) }
                    td { (format!("{:.2}", outcome.seconds())) }
                    td { @if let Some(cycles) = outcome.cycles { (cycles) } }
                    td { (outcome.worker) " " (outcome.host) }
                }
            }
        }
    }
}
