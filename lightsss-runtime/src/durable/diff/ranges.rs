//! Which bytes of two sections differ.

use super::difference::{MOST_BYTES, RangeDifference, SectionDifference};
use crate::durable::format::PAGE;

/// The most ranges that are listed, of all sections together.
pub(super) const MOST: usize = 10_000;

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
