//! The page about a run: one file for a browser, without scripts and without anything from elsewhere.

mod commands;
mod diagram;
mod plots;

use std::error::Error;
use std::fs;
use std::path::Path;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::args::RunArgs;
use super::numbers::{self, grouped};
use super::report::Report;
use crate::process::output_path;

const STYLE: &str = include_str!("style.css");

/// Writes the page to `path`, and reads it back. `output` are the last lines that the replay printed.
///
/// # Errors
///
/// What keeps it from being written.
pub fn write(
    path: &Path,
    args: &RunArgs,
    report: &Report,
    output: Option<&[String]>,
) -> Result<(), Box<dyn Error>> {
    let text = page(args, report, output).into_string();
    let path = output_path::check(path)?;
    let written = output_path::replace(&path, text.as_bytes()).and_then(|()| fs::read(&path));
    let path = path.display();
    let found = written.map_err(|error| format!("could not write the page `{path}`: {error}"))?;
    if found != text.as_bytes() {
        return Err(format!("the page `{path}` does not hold what was written to it").into());
    }
    Ok(())
}

fn page(args: &RunArgs, report: &Report, output: Option<&[String]>) -> Markup {
    let (class, status) = status(report);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (commands::program(args)) ": " (status) " at cycle " (report.end_cycle) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header class=(class) {
                    p.status { (commands::program(args)) ": " strong { (status) } }
                    h1 { (headline(report)) }
                    (facts(report))
                }
                main {
                    (diagram::section(args, report))
                    (harness_output(report, output))
                    (equality(report))
                    (commands::section(args, report))
                    (plots::section(report))
                    (notes(report))
                }
                footer { "Written by lightsss " (env!("CARGO_PKG_VERSION")) "." }
            }
        }
    }
}

/// A class for its colour, and a word.
fn status(report: &Report) -> (&'static str, &'static str) {
    match (report.crashed, report.preliminary, &report.failure) {
        (true, _, _) => ("bad", "crashed"),
        (false, true, _) => (
            "bad",
            "failed; its replay had not ended when this was written",
        ),
        (false, false, Some(_)) => ("bad", "failed"),
        (false, false, None) => ("good", "ended well"),
    }
}

fn headline(report: &Report) -> &str {
    report.failure.as_deref().unwrap_or("No check failed.")
}

fn facts(report: &Report) -> Markup {
    let time = report.wave_failure_time.map(|time| {
        let unit = report.wave_unit.as_deref().unwrap_or_default();
        match unit.strip_prefix('1') {
            Some(unit) if !unit.starts_with('0') => format!("{time} {unit}"),
            _ => format!("{time} × {unit}"),
        }
    });
    let speed = (!report.crashed).then(|| {
        format!(
            "{} cycles in {:.2} s, {} a second",
            grouped(report.cycles_run),
            report.run_seconds,
            numbers::in_words(report.cycles_per_second)
        )
    });
    let replay = report.replay_outcome.as_ref().map(|outcome| {
        let (from, to) = (report.replay_from, report.replay_to);
        let took = report.replay_seconds.map(|took| format!(" in {took:.2} s"));
        match (from, to) {
            (Some(from), Some(to)) => format!(
                "cycles {} to {}{}: {outcome}",
                grouped(from),
                grouped(to),
                took.unwrap_or_default()
            ),
            _ => format!("none: {outcome}"),
        }
    });
    let cycle = grouped(report.end_cycle);
    let what = if report.failure.is_some() {
        "Failed at cycle"
    } else {
        "Last cycle"
    };
    let rows = [
        (what, Some(cycle)),
        ("Time in the waveform", time),
        ("The run", speed),
        ("The replay", replay),
    ];
    html! {
        dl {
            @for (name, value) in rows {
                @if let Some(value) = value { div { dt { (name) } dd { (value) } } }
            }
        }
    }
}

fn harness_output(report: &Report, output: Option<&[String]>) -> Markup {
    html! {
        section {
            h2 { "Output of the harness" }
            @match output {
                Some([]) => p { "The replay printed nothing." },
                Some(lines) => {
                    p.note { "The last lines of the replay, which prints what the run printed." }
                    pre { @for line in lines { (line) "\n" } }
                }
                None if report.preliminary => p { "The replay prints it again; it had not ended." },
                None => p { "Only a replay's output is kept, and there was none." },
            }
        }
    }
}

/// How the replay compares with the original.
fn equality(report: &Report) -> Markup {
    let Some(equality) = &report.equality else {
        return html! {};
    };
    html! {
        section {
            h2 { "Replay and original" }
            p { (equality) }
            @if let (Some(cycle), false) = (report.differences_at, report.differences.is_empty()) {
                div.wide {
                    table {
                        caption { "What differs at cycle " (grouped(cycle)) }
                        thead { tr { th { "Name" } th { "Original" } th { "Replay" } } }
                        tbody {
                            @for line in &report.differences { (difference(line)) }
                        }
                    }
                }
            }
        }
    }
}

/// `name: a -> b`; a line of another form is a row of its own.
fn difference(line: &str) -> Markup {
    let parts = line
        .split_once(": ")
        .and_then(|(name, values)| Some((name, values.split_once(" -> ")?)));
    html! {
        tr {
            @match parts {
                Some((name, (original, replay))) => {
                    td { code { (name) } } td { code { (original) } } td { code { (replay) } }
                }
                None => td colspan="3" { (line) },
            }
        }
    }
}

fn notes(report: &Report) -> Markup {
    let errors = [&report.wave_error, &report.saved_slot_error];
    let notes: Vec<&String> = errors
        .into_iter()
        .flatten()
        .chain(&report.save_errors)
        .chain(&report.remarks)
        .chain(&report.hint)
        .collect();
    html! {
        @if !notes.is_empty() {
            section {
                h2 { "Notes" }
                ul { @for note in notes { li { (note) } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args() -> RunArgs {
        RunArgs::parse_from(["soc", "--report-html", "a.html", "+bug"])
    }

    #[test]
    fn what_a_failure_says_is_text_and_no_markup() {
        let report = Report {
            failure: Some("<script>x</script> & y".to_owned()),
            equality: Some("the model differs".to_owned()),
            differences: vec!["a.b: <1> -> 2".to_owned(), "... and 3 more".to_owned()],
            differences_at: Some(7),
            ..Report::default()
        };
        let text = page(&args(), &report, Some(&["<b>".to_owned()])).into_string();
        assert!(!text.contains("<script"), "{text}");
        assert!(
            text.contains("&lt;script&gt;x&lt;/script&gt; &amp; y"),
            "{text}"
        );
        assert!(text.contains("<td><code>a.b</code></td>"), "{text}");
        assert!(text.contains("&lt;b&gt;\n"), "{text}");
    }

    #[test]
    fn nothing_comes_from_elsewhere() {
        let text = page(&args(), &Report::default(), None).into_string();
        for outside in [
            "http:", "https:", "<script", "<link", "<img", "url(", "@import",
        ] {
            assert!(!text.contains(outside), "{outside}");
        }
        assert!(text.contains("soc --report-html a.html +bug"), "{text}");
    }
}
