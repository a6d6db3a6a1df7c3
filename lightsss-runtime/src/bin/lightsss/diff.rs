//! `lightsss diff`.

use std::fmt::Write as _;
use std::path::PathBuf;

use lightsss_runtime::durable::{self, Difference, RestoreOptions, SnapshotDiff};
use lightsss_runtime::state::Filter;
use serde_json::{Value, json};

use crate::output::{Failure, Output, size};
use crate::verify::chain_len;

/// The most ranges of a memory that are listed for people.
const MOST_RANGES: usize = 20;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The first snapshot.
    a: PathBuf,
    /// The second snapshot.
    b: PathBuf,
    /// Only these fields and signals, and what is below them; `*` and `?` stand for any characters.
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// Also variables that Verilator made.
    #[arg(long)]
    helpers: bool,
}

pub(crate) fn run(
    arguments: &Arguments,
    options: &RestoreOptions,
    output: &Output,
) -> Result<u8, Failure> {
    let mut a = crate::open(&arguments.a, options)?;
    let mut b = crate::open(&arguments.b, options)?;
    let bar = output.bar("verifying", chain_len(&a) + chain_len(&b));
    let filter = Filter::new(arguments.paths.iter().cloned()).helpers(arguments.helpers);
    let diff = durable::diff(&mut a, &mut b, &filter, &|done| bar.inc(done))?;
    bar.finish_and_clear();
    Failure::of_paths(durable::unknown_paths(&[&a, &b], &filter)?)?;
    output.result(&value(&diff), text(&diff));
    Ok(u8::from(!diff.is_empty()))
}

fn value(diff: &SnapshotDiff) -> Value {
    let list = |differences: &[Difference]| -> Vec<Value> {
        let values = differences.iter();
        values
            .map(|d| {
                let mut value = json!({ "path": d.path, "a": d.a, "b": d.b });
                // What is not there has no value, where an empty option has the value null.
                for (key, side) in [("from", &d.from), ("to", &d.to)] {
                    if let Some(side) = side {
                        value[key] = side.clone();
                    }
                }
                value
            })
            .collect()
    };
    let sections: Vec<Value> = diff
        .sections
        .iter()
        .map(|section| {
            json!({
                "number": section.number,
                "name": section.name,
                "field": section.field,
                "a_len": section.a_len,
                "b_len": section.b_len,
                "bytes": section.bytes,
                "pages": section.pages,
                "first": section.first,
                "ranges": section.ranges.iter().map(durable::RangeDifference::to_json).collect::<Vec<_>>(),
                "more_ranges": section.more_ranges,
            })
        })
        .collect();
    let models: Vec<Value> = diff
        .models
        .iter()
        .map(|model| {
            let signals: Vec<Value> = model
                .signals
                .iter()
                .map(lightsss_runtime::state::Difference::to_json)
                .collect();
            json!({ "number": model.number, "name": model.name, "signals": signals })
        })
        .collect();
    json!({
        "equal": diff.is_empty(),
        "header": list(&diff.header),
        "fields": list(&diff.fields),
        "more_fields": diff.more_fields,
        "models": models,
        "sections": sections,
    })
}

fn text(diff: &SnapshotDiff) -> String {
    if diff.is_empty() {
        return "nothing differs\n".to_owned();
    }
    let mut text = String::new();
    let absent = || "(absent)".to_owned();
    for (what, list) in [("header", &diff.header), ("field", &diff.fields)] {
        for difference in list {
            let a = difference.a.clone().unwrap_or_else(absent);
            let b = difference.b.clone().unwrap_or_else(absent);
            let _ = writeln!(text, "{what:<8}{}: {a} -> {b}", difference.path);
        }
    }
    if diff.more_fields {
        let _ = writeln!(text, "field   ... and more");
    }
    for model in &diff.models {
        for signal in &model.signals {
            let _ = writeln!(text, "signal  {signal}");
        }
    }
    for section in &diff.sections {
        let len = |len: Option<u64>| len.map_or_else(absent, size);
        let _ = write!(text, "section {} `{}`: ", section.number, section.name);
        if section.a_len != section.b_len {
            let _ = write!(text, "{} -> {}; ", len(section.a_len), len(section.b_len));
        }
        let _ = match section.first {
            Some(first) => writeln!(
                text,
                "{} bytes on {} pages differ, the first at {first:#x}",
                section.bytes, section.pages
            ),
            None => writeln!(text, "no byte differs as far as both reach"),
        };
        for range in section.ranges.iter().take(MOST_RANGES) {
            let _ = writeln!(text, "memory  {}", range.text(section.label()));
        }
        let left = section.ranges.len().saturating_sub(MOST_RANGES);
        if left > 0 {
            let more = if section.more_ranges {
                ", and others"
            } else {
                ""
            };
            let _ = writeln!(text, "memory  ... and {left} more{more}");
        }
    }
    text
}
