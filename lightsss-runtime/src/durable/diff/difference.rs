//! What a comparison of two snapshots gives.

use super::displayed::Displayed;
use crate::state;

/// A value that differs. Absent on a side that does not have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field, as a path from the harness (`uart.fifo[3]`), or the name of a header's field.
    pub path: String,
    /// In the first snapshot.
    pub a: Option<String>,
    /// In the second.
    pub b: Option<String>,
    /// In the first, for programs: a number or text where it is one.
    pub from: Option<serde_json::Value>,
    /// In the second, for programs.
    pub to: Option<serde_json::Value>,
}

impl Difference {
    pub(super) fn new(path: String, a: Option<Displayed>, b: Option<Displayed>) -> Self {
        let split = |displayed: Option<Displayed>| {
            displayed
                .map(|displayed| (displayed.text, displayed.json))
                .unzip()
        };
        let ((a, from), (b, to)) = (split(a), split(b));
        Self {
            path,
            a,
            b,
            from,
            to,
        }
    }
}

/// A section that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionDifference {
    /// Its number in the file.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// The harness's field that holds it.
    pub field: Option<String>,
    /// Length in the first snapshot, in bytes.
    pub a_len: Option<u64>,
    /// Length in the second.
    pub b_len: Option<u64>,
    /// Bytes that differ, as far as both reach.
    pub bytes: u64,
    /// Pages of 4096 bytes with such bytes.
    pub pages: u64,
    /// Place of the first such byte.
    pub first: Option<u64>,
    /// Of a memory, the ranges of such bytes, in order.
    pub ranges: Vec<RangeDifference>,
    /// Whether there are more ranges than are listed.
    pub more_ranges: bool,
}

impl SectionDifference {
    /// The field that holds it, or its own name.
    #[must_use]
    pub fn label(&self) -> &str {
        self.field.as_deref().unwrap_or(&self.name)
    }
}

/// The signals of a model that differ.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelDifference {
    /// The number of its section in the file.
    pub number: usize,
    /// The model's name.
    pub name: String,
    /// Its signals.
    pub signals: Vec<state::Difference>,
}

/// What differs between two snapshots.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SnapshotDiff {
    /// Header: models, cycle, time, labels. When a snapshot was taken is not compared.
    pub header: Vec<Difference>,
    /// The harness's fields.
    pub fields: Vec<Difference>,
    /// Whether more fields differ than are listed.
    pub more_fields: bool,
    /// The signals of models whose state has names.
    pub models: Vec<ModelDifference>,
    /// Whether more signals differ than are listed.
    pub more_signals: bool,
    /// Sections: models and memories.
    pub sections: Vec<SectionDifference>,
    /// Whether more sections differ than are listed.
    pub more_sections: bool,
}

impl SnapshotDiff {
    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.header.is_empty()
            && self.fields.is_empty()
            && self.models.is_empty()
            && self.sections.is_empty()
    }
}

/// The most bytes of a range whose values are listed.
pub(super) const MOST_BYTES: usize = 16;

/// Neighbouring bytes of a memory that all differ. Places count from the memory's beginning, whatever its address is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeDifference {
    /// The first byte's place.
    pub first: u64,
    /// The last byte's place.
    pub last: u64,
    /// The first 16 of the bytes, or all, in the first snapshot.
    pub a: Vec<u8>,
    /// In the second.
    pub b: Vec<u8>,
}

impl RangeDifference {
    /// As a line about the memory `name`.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        let count = self.last - self.first + 1;
        let cut = if count > MOST_BYTES as u64 { " .." } else { "" };
        let (a, b) = (hex(&self.a, " "), hex(&self.b, " "));
        if count == 1 {
            return format!("{name}[{:#x}]: {a} -> {b}", self.first);
        }
        format!(
            "{name}[{:#x}..={:#x}]: {count} bytes: {a}{cut} -> {b}{cut}",
            self.first, self.last
        )
    }

    /// As JSON: places as numbers, bytes as hexadecimal text.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "first": self.first,
            "last": self.last,
            "from": hex(&self.a, ""),
            "to": hex(&self.b, ""),
        })
    }
}

fn hex(bytes: &[u8], between: &str) -> String {
    let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.join(between)
}
