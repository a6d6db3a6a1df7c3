//! Which bytes of two sections differ.

use super::SectionDifference;
use crate::durable::format::PAGE;

/// The most ranges that are listed, of all sections together.
pub(super) const MOST: usize = 10_000;

/// The most bytes of a range whose values are listed.
const MOST_BYTES: usize = 16;

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

/// Finds what differs, as far as both reach; lists so many ranges, where any are to be listed.
pub(super) fn compare(a: &[u8], b: &[u8], most: Option<usize>, difference: &mut SectionDifference) {
    for (index, (page_a, page_b)) in a.chunks(PAGE).zip(b.chunks(PAGE)).enumerate() {
        if page_a == page_b {
            continue;
        }
        let pairs = page_a.iter().zip(page_b).enumerate();
        let before = difference.bytes;
        for (place, (byte_a, byte_b)) in pairs.filter(|(_, (a, b))| a != b) {
            difference.bytes += 1;
            if let Some(most) = most {
                let at = (index * PAGE + place) as u64;
                add(at, *byte_a, *byte_b, most, difference);
            }
            difference
                .first
                .get_or_insert((index * PAGE + place) as u64);
        }
        difference.pages += u64::from(difference.bytes > before);
    }
}

fn add(at: u64, a: u8, b: u8, most: usize, difference: &mut SectionDifference) {
    let full = difference.ranges.len() == most;
    match difference.ranges.last_mut() {
        Some(range) if range.last + 1 == at && !difference.more_ranges => {
            range.last = at;
            if range.a.len() < MOST_BYTES {
                range.a.push(a);
                range.b.push(b);
            }
        }
        _ if full => difference.more_ranges = true,
        _ => difference.ranges.push(RangeDifference {
            first: at,
            last: at,
            a: vec![a],
            b: vec![b],
        }),
    }
}
