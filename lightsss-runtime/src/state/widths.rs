//! Bits that a variable does not have: Verilator's code takes them for zeros, and an index with more bits than its
//! memory has places would reach beyond it.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use super::cursor::{Cursor, Damaged};
use super::diff::shape_text;
use super::entries::EntryPlaces;
use super::io::{Stream, stored_in};
use super::table::{Entry, EntryKind, Signal, Table};
use crate::savable::{RestoreError, Section};

/// Bytes of members that are looked at together.
const BLOCK: usize = 4096;

/// A variable of more bytes is looked at on its own, and without a mask of its length.
const LARGE: u64 = 4096;

/// The bits above the width of a variable's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Above {
    /// Bytes of an element.
    element: usize,
    /// Bits of an element that are its value; fewer than its bytes have.
    width: usize,
}

impl Above {
    /// `None` where an element may be any pattern of bits.
    pub(super) fn of(entry: &Entry) -> Option<Above> {
        let width = match entry.kind {
            EntryKind::Bool => 1,
            EntryKind::Bits => entry.msb.abs_diff(entry.lsb) as usize + 1,
            _ => return None,
        };
        let element = entry.bytes as usize;
        (width < element * 8).then_some(Above { element, width })
    }

    /// The bits of an element's byte that must be zeros.
    fn mask(self, byte: usize) -> u8 {
        match (byte * 8).checked_sub(self.width) {
            Some(_) => 0xff,
            None => (0xff_u16 << (self.width - byte * 8).min(8)) as u8,
        }
    }

    /// Whether the bits are zeros in `bytes`, which begin `at` bytes behind the variable's first.
    pub(super) fn are_zeros(self, at: u64, bytes: &[u8]) -> bool {
        let phase = (at % self.element as u64) as usize;
        if 8 % self.element == 0 {
            let mask: [u8; 8] =
                std::array::from_fn(|byte| self.mask((phase + byte) % self.element));
            let (words, rest) = bytes.as_chunks::<8>();
            let word = words
                .iter()
                .fold(0, |all, word| all | u64::from_ne_bytes(*word));
            return word & u64::from_ne_bytes(mask) == 0 && masked(rest, &mask) == 0;
        }
        let first = self.width / 8;
        let mut start = -(phase as isize);
        while start < bytes.len() as isize {
            for byte in first..self.element {
                let found = usize::try_from(start + byte as isize).ok();
                let found = found.and_then(|at| bytes.get(at));
                if found.is_some_and(|found| found & self.mask(byte) != 0) {
                    return false;
                }
            }
            start += self.element as isize;
        }
        true
    }
}

/// Whether plain data holds nothing that the variable can't hold: bits above a vector's width, or a C++ bool that is
/// neither 0 nor 1.
pub(super) fn fits(entry: &Entry, bytes: &[u8]) -> bool {
    Above::of(entry).is_none_or(|above| above.are_zeros(0, bytes))
}

/// What is wrong with a value that does not fit.
pub(super) fn does_not_fit(signal: &Signal<'_>) -> String {
    format!(
        "it holds a value for `{}` that does not fit into {}; it is damaged",
        signal.name(),
        shape_text(signal)
    )
}

fn masked(bytes: &[u8], mask: &[u8]) -> u8 {
    let pairs = bytes.iter().zip(mask);
    pairs.fold(0, |found, (byte, mask)| found | byte & mask)
}

/// The bits that must be zeros in the streams of a table, made once: to ask entry by entry would take longer than the
/// restore.
#[derive(Debug)]
pub(super) struct Masks {
    parts: Vec<Part>,
    /// Of all parts that are members.
    mask: Vec<u8>,
}

/// A part of the stream.
#[derive(Debug)]
enum Part {
    /// So many bytes, of whatever value.
    Any(u64),
    /// What an operator wrote.
    Operator,
    /// Members side by side, and where their mask is.
    Members(Range<usize>),
    /// A large variable.
    Large(Above, u64),
}

impl Masks {
    pub(super) fn new(table: &Table) -> Masks {
        let mut masks = Masks {
            parts: Vec::new(),
            mask: Vec::new(),
        };
        for instance in 0..table.instance_count() {
            for index in table.instance_entries(instance) {
                masks.add(&table.entries()[index as usize]);
            }
        }
        masks
    }

    fn add(&mut self, entry: &Entry) {
        let Some(size) = entry.size() else {
            return self.parts.push(Part::Operator);
        };
        match (Above::of(entry), self.parts.last_mut()) {
            (Some(above), _) if size > LARGE => self.parts.push(Part::Large(above, size)),
            (None, Some(Part::Any(before))) => *before += size,
            (None, _) if size > LARGE => self.parts.push(Part::Any(size)),
            (None, None | Some(Part::Operator | Part::Large(..))) => {
                self.parts.push(Part::Any(size));
            }
            (above, last) => {
                let from = self.mask.len();
                let element = entry.bytes.max(1) as usize;
                let bytes = (0..size as usize).map(|byte| byte % element);
                let mask = |byte| above.map_or(0, |above| above.mask(byte));
                self.mask.extend(bytes.map(mask));
                match last {
                    Some(Part::Members(mask)) => mask.end = self.mask.len(),
                    _ => self.parts.push(Part::Members(from..self.mask.len())),
                }
            }
        }
    }

    /// The parts of a stream that can hold too much, with where each begins.
    fn suspects<'m>(
        &'m self,
        lengths: &'m [u8],
    ) -> impl Iterator<Item = Result<(u64, &'m Part), Damaged>> {
        let mut lengths = Cursor::new(lengths, "list of lengths");
        let mut at = 0;
        self.parts.iter().filter_map(move |part| {
            let start = at;
            at += match part {
                Part::Any(size) | Part::Large(_, size) => *size,
                Part::Members(mask) => mask.len() as u64,
                Part::Operator => match lengths.number() {
                    Ok(length) => length,
                    Err(damaged) => return Some(Err(damaged)),
                },
            };
            matches!(part, Part::Members(_) | Part::Large(..)).then_some(Ok((start, part)))
        })
    }

    /// Looks for a value that is too wide in a stream that is known to be one of `table`'s.
    pub(super) fn verify(
        &self,
        table: &Table,
        lengths: &[u8],
        stream: &Stream<'_>,
        section: &Section<'_>,
    ) -> Result<(), RestoreError> {
        for suspect in self.suspects(lengths) {
            let (start, part) = stored_in(section, suspect)?;
            let fine = match part {
                Part::Members(mask) => self.members_fit(mask, start, stream)?,
                Part::Large(above, size) => large_fits(*above, start..start + size, stream)?,
                Part::Any(_) | Part::Operator => true,
            };
            if !fine {
                return Err(refusal(table, lengths, start, stream, section)?);
            }
        }
        Ok(())
    }

    fn members_fit(
        &self,
        mask: &Range<usize>,
        start: u64,
        stream: &Stream<'_>,
    ) -> Result<bool, RestoreError> {
        let blocks = self.mask[mask.clone()].chunks(BLOCK);
        for (at, mask) in (start..).step_by(BLOCK).zip(blocks) {
            if masked(stream.read(at, &mut [0; BLOCK][..mask.len()])?, mask) != 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn large_fits(above: Above, range: Range<u64>, stream: &Stream<'_>) -> Result<bool, RestoreError> {
    let start = range.start;
    let fine = AtomicBool::new(true);
    stream.pieces(range, &|at, bytes| {
        if !above.are_zeros(at - start, bytes) {
            fine.store(false, Ordering::Relaxed);
        }
    })?;
    Ok(fine.into_inner())
}

/// Names the first variable, in or behind the part that begins at `start`, that holds too much.
#[cold]
fn refusal(
    table: &Table,
    lengths: &[u8],
    start: u64,
    stream: &Stream<'_>,
    section: &Section<'_>,
) -> Result<RestoreError, RestoreError> {
    let mut name = None;
    for place in EntryPlaces::new(table, lengths, stream.len()) {
        let place = stored_in(section, place)?;
        let above = Above::of(&table.entries()[place.index as usize]);
        if let (Some(above), true) = (above, place.at >= start)
            && !large_fits(above, place.at..place.end(), stream)?
        {
            name = Some(table.signal(place.instance, place.index));
            break;
        }
    }
    Ok(section.refused(name.map_or_else(String::new, |signal| does_not_fit(&signal))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table of one class with one instance; what stands for a variable is its width, bytes and elements.
    fn table(variables: &[(u32, u32, u32)]) -> Table {
        let mut bytes = b"LSSTATE\x01\x01\x03top".to_vec();
        bytes.push(2 + variables.len() as u8);
        bytes.push(0);
        bytes.extend_from_slice(&7_u64.to_le_bytes());
        bytes.push(1);
        for (number, (width, element, count)) in variables.iter().enumerate() {
            bytes.extend_from_slice(&[2, 0, 2, b'v', b'0' + number as u8]);
            leb128(&mut bytes, (width - 1) * 2);
            bytes.push(0);
            leb128(&mut bytes, *element);
            bytes.push(1);
            leb128(&mut bytes, *count);
        }
        bytes.extend_from_slice(b"\x01\x00\x00");
        Table::decode(bytes).unwrap()
    }

    fn leb128(out: &mut Vec<u8>, mut value: u32) {
        while value >= 0x80 {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
    }

    #[test]
    fn only_bits_above_the_width_are_refused_whatever_the_piece() {
        for (width, element) in [
            (1, 1),
            (3, 1),
            (7, 1),
            (9, 2),
            (15, 2),
            (17, 4),
            (31, 4),
            (33, 8),
            (63, 8),
            (65, 12),
            (95, 12),
            (97, 16),
            (130, 20),
        ] {
            let table = table(&[(width, element, 5)]);
            let above = Above::of(&table.entries()[2]).unwrap();
            let len = element as usize * 5;
            for bit in 0..len * 8 {
                let mut bytes = vec![0; len];
                bytes[bit / 8] = 1 << (bit % 8);
                let fine = bit % (element as usize * 8) < width as usize;
                assert_eq!(above.are_zeros(0, &bytes), fine, "bit {bit} of [{width}]");
                for cut in 0..=len {
                    let found = above.are_zeros(0, &bytes[..cut])
                        & above.are_zeros(cut as u64, &bytes[cut..]);
                    assert_eq!(found, fine, "bit {bit} of [{width}], cut at {cut}");
                }
            }
        }
        for (width, element) in [(8, 1), (16, 2), (32, 4), (64, 8), (96, 12)] {
            let table = table(&[(width, element, 5)]);
            assert_eq!(Above::of(&table.entries()[2]), None);
        }
    }

    /// Side by side, between full ones, small and large: what the masks say of each bit is what the entries say.
    #[test]
    fn masks_say_of_every_bit_what_its_variable_says() {
        let table = table(&[
            (8, 1, 3),
            (3, 1, 1),
            (32, 4, 2),
            (33, 8, 3),
            (65, 12, 2),
            (24, 4, 1200),
            (16, 2, 3000),
            (1, 1, 9),
            (32, 4, 1),
        ]);
        let masks = Masks::new(&table);
        let lengths = [3];
        let places: Vec<_> = {
            let size = 8 + 3 + 3 + 1 + 8 + 24 + 24 + 4800 + 6000 + 9 + 4;
            EntryPlaces::new(&table, &lengths, size)
                .map(Result::unwrap)
                .collect()
        };
        let len = places.last().unwrap().end() as usize;
        let mut stream = vec![0_u8; len];
        for at in 0..len {
            for bit in 0..8 {
                stream[at] = 1 << bit;
                let place = places.iter().find(|place| place.end() > at as u64).unwrap();
                let entry = &table.entries()[place.index as usize];
                let fine = fits(entry, &stream[place.at as usize..place.end() as usize]);
                let suspects = masks.suspects(&lengths).map(Result::unwrap);
                let found = suspects.into_iter().all(|(start, part)| {
                    let bytes = &stream[start as usize..];
                    match part {
                        Part::Members(mask) => masked(bytes, &masks.mask[mask.clone()]) == 0,
                        Part::Large(above, size) => above.are_zeros(0, &bytes[..*size as usize]),
                        Part::Any(_) | Part::Operator => true,
                    }
                });
                assert_eq!(found, fine, "bit {bit} of byte {at}");
            }
            stream[at] = 0;
        }
    }
}
