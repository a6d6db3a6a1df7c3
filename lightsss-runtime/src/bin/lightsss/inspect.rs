//! `lightsss inspect`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use lightsss_runtime::__private::{PathText, printable};
use lightsss_runtime::durable::{RestoreOptions, SectionSummary, Snapshot, SnapshotHeader};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value, json};

use crate::output::{Each, Failure, Output, size};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The snapshot.
    file: PathBuf,
}

pub(crate) fn run(
    arguments: &Arguments,
    options: &RestoreOptions,
    output: &Output,
) -> Result<u8, Failure> {
    let snapshot = Snapshot::open(&arguments.file, options)?;
    output.result(&Json(&snapshot), &|out| text(&snapshot, out))?;
    Ok(0)
}

/// A snapshot, for programs.
struct Json<'s>(&'s Snapshot);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let snapshot = self.0;
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("file", &PathText(snapshot.path()))?;
        map.serialize_entry("file_len", &snapshot.file_len())?;
        let total = format!("{:016x}", snapshot.total_checksum());
        map.serialize_entry("total_checksum", &total)?;
        if let Value::Object(header) = header_value(snapshot.header()) {
            for (name, value) in &header {
                map.serialize_entry(name, value)?;
            }
        }
        let sections = || snapshot.sections().map(|section| section_value(&section));
        map.serialize_entry("sections", &Each(sections))?;
        map.end()
    }
}

/// A header, for programs. Checksums and fingerprints are text, since JSON's numbers end at 2^53 in many programs.
pub(crate) fn header_value(header: &SnapshotHeader) -> Value {
    let models: Vec<Value> = header
        .models
        .iter()
        .map(|model| {
            json!({
                "name": model.name,
                "fingerprint": format!("{:016x}", model.fingerprint),
                "verilator": model.verilator,
            })
        })
        .collect();
    let parent = header.parent.as_ref().map(|parent| {
        json!({
            "file": parent.file,
            "total_checksum": format!("{:016x}", parent.total),
            "depth": parent.depth,
        })
    });
    json!({
        "harness": header.harness,
        "schema": format!("{:016x}", header.schema),
        "models": models,
        "cycle": header.cycle,
        "time": header.time,
        "taken_ns": header.taken_ns,
        "taken": date(header),
        "tool": header.tool,
        "parent": parent,
        "labels": header.labels,
    })
}

fn section_value(section: &SectionSummary<'_>) -> Value {
    json!({
        "kind": kind(section.kind),
        "name": section.name,
        "len": section.len,
        "stored": section.stored,
        "data": section.data,
        "zero": section.zero,
        "in_parent": section.in_parent,
    })
}

fn kind(code: u8) -> &'static str {
    match code {
        0 => "harness",
        1 => "model",
        2 => "memory",
        3 => "other",
        240 => "digests",
        241 => "schema",
        _ => "unknown",
    }
}

fn text(snapshot: &Snapshot, out: &mut dyn Write) -> io::Result<()> {
    let header = snapshot.header();
    let mut line = |name: &str, value: &str| writeln!(out, "{name:<12}{}", printable(value));
    line("file", &snapshot.path().to_string_lossy())?;
    line("size", &size(snapshot.file_len()))?;
    let (harness, schema) = (&header.harness, header.schema);
    line("harness", &format!("{harness} (schema {schema:016x})"))?;
    for model in &header.models {
        let (name, version) = (&model.name, &model.verilator);
        let fingerprint = model.fingerprint;
        let text = format!("{name} (fingerprint {fingerprint:016x}, Verilator {version})");
        line("model", &text)?;
    }
    line("cycle", &header.cycle.to_string())?;
    line("time", &header.time.to_string())?;
    line("taken", &date(header))?;
    line("written by", &header.tool)?;
    line("checksum", &format!("{:016x}", snapshot.total_checksum()))?;
    if let Some(parent) = &header.parent {
        let (file, total, more) = (&parent.file, parent.total, parent.depth - 1);
        let text = format!("{file} (checksum {total:016x}, {more} more behind it)");
        line("parent", &text)?;
    }
    for (name, value) in &header.labels {
        line("label", &format!("{name} = {value}"))?;
    }
    writeln!(
        out,
        "\n{:<9} {:<20} {:>11} {:>11} {:>11} {:>11}",
        "kind", "section", "size", "stored", "zeros", "in parent"
    )?;
    for section in snapshot.sections() {
        writeln!(
            out,
            "{:<9} {:<20} {:>11} {:>11} {:>11} {:>11}",
            kind(section.kind),
            printable(section.name),
            size(section.len),
            size(section.stored),
            size(section.zero),
            size(section.in_parent)
        )?;
    }
    Ok(())
}

/// Date and time of day in UTC.
pub(crate) fn date(header: &SnapshotHeader) -> String {
    let seconds = header
        .taken()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// Year, month and day of the `days`-th day after 1970-01-01. Counted from 0000-03-01, so that the leap day ends a
/// year.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::civil;

    #[test]
    fn days_have_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(789), (1972, 2, 29));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(20_454), (2026, 1, 1));
    }
}
