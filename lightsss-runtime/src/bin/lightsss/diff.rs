//! `lightsss diff`.

use std::io::{self, Write};
use std::path::PathBuf;

use lightsss_runtime::__private::printable;
use lightsss_runtime::durable::{
    self, Difference, ModelDifference, RestoreOptions, SectionDifference, SnapshotDiff,
};
use lightsss_runtime::state::{self, Filter};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value, json};

use crate::chain;
use crate::output::{Each, Failure, Output, size};

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
    let mut a = chain::open(&arguments.a, options)?;
    let mut b = chain::open(&arguments.b, options)?;
    let bar = output.bar("verifying", chain::len(&a) + chain::len(&b));
    let filter = Filter::new(arguments.paths.iter().cloned()).helpers(arguments.helpers);
    let diff = durable::diff(&mut a, &mut b, &filter, &|done| bar.inc(done))?;
    bar.finish_and_clear();
    Failure::of_paths(durable::unknown_paths(&[&a, &b], &filter)?)?;
    output.result(&Json(&diff), &|out| text(&diff, out))?;
    Ok(u8::from(!diff.is_empty()))
}

/// What differs, for programs.
struct Json<'d>(&'d SnapshotDiff);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let diff = self.0;
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("equal", &diff.is_empty())?;
        map.serialize_entry("header", &Each(|| diff.header.iter().map(difference)))?;
        map.serialize_entry("fields", &Each(|| diff.fields.iter().map(difference)))?;
        map.serialize_entry("more_fields", &diff.more_fields)?;
        map.serialize_entry("models", &Each(|| diff.models.iter().map(Model)))?;
        map.serialize_entry("more_signals", &diff.more_signals)?;
        map.serialize_entry("sections", &Each(|| diff.sections.iter().map(section)))?;
        map.serialize_entry("more_sections", &diff.more_sections)?;
        map.end()
    }
}

struct Model<'d>(&'d ModelDifference);

impl Serialize for Model<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let signals = self.0.signals.iter();
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("number", &self.0.number)?;
        map.serialize_entry("name", &self.0.name)?;
        map.serialize_entry(
            "signals",
            &Each(|| signals.clone().map(state::Difference::to_json)),
        )?;
        map.end()
    }
}

fn difference(difference: &Difference) -> Value {
    let mut value = json!({ "path": difference.path, "a": difference.a, "b": difference.b });
    // What is not there has no value, where an empty option has the value null.
    for (key, side) in [("from", &difference.from), ("to", &difference.to)] {
        if let Some(side) = side {
            value[key] = side.clone();
        }
    }
    value
}

fn section(section: &SectionDifference) -> Value {
    let ranges = section.ranges.iter().map(durable::RangeDifference::to_json);
    json!({
        "number": section.number,
        "name": section.name,
        "field": section.field,
        "a_len": section.a_len,
        "b_len": section.b_len,
        "bytes": section.bytes,
        "pages": section.pages,
        "first": section.first,
        "ranges": ranges.collect::<Vec<_>>(),
        "more_ranges": section.more_ranges,
    })
}

fn text(diff: &SnapshotDiff, out: &mut dyn Write) -> io::Result<()> {
    if diff.is_empty() {
        return out.write_all(b"nothing differs\n");
    }
    for (what, list) in [("header", &diff.header), ("field", &diff.fields)] {
        for difference in list {
            let side = |side: &Option<String>| {
                let text = side.as_deref().unwrap_or("(absent)");
                printable(text).to_string()
            };
            let (a, b) = (side(&difference.a), side(&difference.b));
            let path = printable(&difference.path);
            writeln!(out, "{what:<8}{path}: {a} -> {b}")?;
        }
    }
    if diff.more_fields {
        writeln!(out, "field   ... and more")?;
    }
    for signal in diff.models.iter().flat_map(|model| &model.signals) {
        writeln!(out, "signal  {}", printable(&signal.to_string()))?;
    }
    if diff.more_signals {
        writeln!(out, "signal  ... and more")?;
    }
    for section in &diff.sections {
        section_text(section, out)?;
    }
    if diff.more_sections {
        writeln!(out, "section ... and more")?;
    }
    Ok(())
}

fn section_text(section: &SectionDifference, out: &mut dyn Write) -> io::Result<()> {
    let len = |len: Option<u64>| len.map_or_else(|| "(absent)".to_owned(), size);
    let (number, name) = (section.number, printable(&section.name));
    write!(out, "section {number} `{name}`: ")?;
    if section.a_len != section.b_len {
        write!(out, "{} -> {}; ", len(section.a_len), len(section.b_len))?;
    }
    match section.first {
        Some(first) => writeln!(
            out,
            "{} bytes on {} pages differ, the first at {first:#x}",
            section.bytes, section.pages
        )?,
        None => writeln!(out, "no byte differs as far as both reach")?,
    }
    for range in section.ranges.iter().take(MOST_RANGES) {
        let range = range.text(section.label());
        writeln!(out, "memory  {}", printable(&range))?;
    }
    let left = section.ranges.len().saturating_sub(MOST_RANGES);
    if left > 0 {
        let others = if section.more_ranges {
            ", and others"
        } else {
            ""
        };
        writeln!(out, "memory  ... and {left} more{others}")?;
    }
    Ok(())
}
