//! Verifies a stream of a known table before anything is changed.
//!
//! What there is to look at is found once per kind of model: to ask entry by entry would take longer than the restore.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use super::cursor::Cursor;
use super::entries::{EntryPlace, EntryPlaces, Verifier, damaged};
use super::operator_entries::OperatorEntries;
use super::stream::{Stream, stored_in};
use super::table::{Entry, EntryKind, Table};
use super::widths::{Above, does_not_fit, masked};
use crate::savable::{RestoreError, Section};

/// Bytes of members that are looked at together.
const BLOCK: usize = 4096;

/// A variable of more bytes is looked at on its own, and without a mask of its length.
const LARGE: u64 = 4096;

/// What the streams of a table must hold.
#[derive(Debug)]
pub(super) struct Verification {
    parts: Vec<StreamPart>,
    /// The bits that must be zeros, of all parts that are members.
    mask: Vec<u8>,
}

/// A part of the stream.
#[derive(Debug)]
enum StreamPart {
    /// So many bytes, of whatever value.
    Any(u64),
    /// A constant.
    Check(u64),
    /// What an operator wrote, of this entry of this instance.
    Operator { instance: u32, index: u32 },
    /// Members side by side, and where their mask is.
    Members(Range<usize>),
    /// A large variable.
    Large(Above, u64),
}

impl Verification {
    pub(super) fn new(table: &Table) -> Verification {
        let mut verification = Verification {
            parts: Vec::new(),
            mask: Vec::new(),
        };
        for instance in 0..table.instance_count() {
            for index in table.instance_entries(instance) {
                let entry = &table.entries()[index as usize];
                match (entry.kind, entry.size()) {
                    (EntryKind::Check, _) => {
                        verification.parts.push(StreamPart::Check(entry.check));
                    }
                    (_, None) => verification
                        .parts
                        .push(StreamPart::Operator { instance, index }),
                    (_, Some(size)) => verification.add_plain(entry, size),
                }
            }
        }
        verification
    }

    fn add_plain(&mut self, entry: &Entry, size: u64) {
        match (Above::of(entry), self.parts.last_mut()) {
            (Some(above), _) if size > LARGE => self.parts.push(StreamPart::Large(above, size)),
            (None, Some(StreamPart::Any(before))) => *before += size,
            (None, Some(StreamPart::Members(_))) if size <= LARGE => self.add_mask(size, |_| 0),
            (None, _) => self.parts.push(StreamPart::Any(size)),
            (Some(above), _) => {
                let element = entry.bytes as usize;
                self.add_mask(size, |byte| above.mask(byte % element));
            }
        }
    }

    fn add_mask(&mut self, size: u64, mask: impl Fn(usize) -> u8) {
        let from = self.mask.len();
        self.mask.extend((0..size as usize).map(mask));
        match self.parts.last_mut() {
            Some(StreamPart::Members(before)) => before.end = self.mask.len(),
            _ => self.parts.push(StreamPart::Members(from..self.mask.len())),
        }
    }

    /// Verifies a stream of `table`, for which this was made; gives what operators are to read.
    pub(super) fn verify(
        &self,
        table: &Table,
        lengths: &[u8],
        stream: &Stream<'_>,
        section: &Section<'_>,
    ) -> Result<OperatorEntries, RestoreError> {
        let mut operators = Operators::new(table, lengths);
        let mut buffer = [0; BLOCK];
        let mut at = 0;
        for part in &self.parts {
            let size = match part {
                StreamPart::Check(_) => 8,
                StreamPart::Any(size) | StreamPart::Large(_, size) => *size,
                StreamPart::Members(mask) => mask.len() as u64,
                StreamPart::Operator { .. } => stored_in(section, operators.lengths.number())?,
            };
            if size > stream.len() - at {
                return Err(section.refused(damaged("more bytes", at)));
            }
            let fits = match part {
                StreamPart::Any(_) => true,
                StreamPart::Check(value) => {
                    if stream.read(at, &mut buffer[..8])? != value.to_le_bytes() {
                        let end = at + size;
                        return Err(section.refused(damaged("a scope's check value", end)));
                    }
                    true
                }
                StreamPart::Operator { instance, index } => {
                    let place = EntryPlace {
                        instance: *instance,
                        index: *index,
                        kind: table.entries()[*index as usize].kind,
                        at,
                        size,
                    };
                    operators.add(&place, stream, section)?;
                    true
                }
                StreamPart::Members(mask) => self.members_fit(mask, at, stream, &mut buffer)?,
                StreamPart::Large(above, size) => large_fits(*above, at..at + size, stream)?,
            };
            if !fits {
                return Err(too_wide(table, lengths, at, stream, section)?);
            }
            at += size;
        }
        if at != stream.len() {
            return Err(section.refused(damaged("the end", at)));
        }
        operators.end(section)
    }

    fn members_fit(
        &self,
        mask: &Range<usize>,
        start: u64,
        stream: &Stream<'_>,
        buffer: &mut [u8; BLOCK],
    ) -> Result<bool, RestoreError> {
        let blocks = self.mask[mask.clone()].chunks(BLOCK);
        for (at, mask) in (start..).step_by(BLOCK).zip(blocks) {
            if masked(stream.read(at, &mut buffer[..mask.len()])?, mask) != 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// What operators wrote, as it is found.
struct Operators<'t, 'l> {
    verifier: Verifier<'t>,
    lengths: Cursor<'l>,
    /// Each scope repeats it, and the last one counts.
    context: Vec<u8>,
    members: Vec<u8>,
    /// Where each member ends.
    ends: Vec<usize>,
    /// For one that is not in memory.
    buffer: Vec<u8>,
}

impl<'t, 'l> Operators<'t, 'l> {
    fn new(table: &'t Table, lengths: &'l [u8]) -> Self {
        Operators {
            verifier: Verifier::new(table),
            lengths: Cursor::new(lengths, "list of lengths"),
            context: Vec::new(),
            members: Vec::new(),
            ends: Vec::new(),
            buffer: Vec::new(),
        }
    }

    /// Reads and verifies one. The stream is long enough for it.
    fn add(
        &mut self,
        place: &EntryPlace,
        stream: &Stream<'_>,
        section: &Section<'_>,
    ) -> Result<(), RestoreError> {
        self.buffer.resize(place.size as usize, 0);
        let bytes = stream.read(place.at, &mut self.buffer)?;
        stored_in(section, self.verifier.verify(place, bytes))?;
        if place.kind == EntryKind::Context {
            self.context.clear();
            self.context.extend_from_slice(bytes);
        } else {
            self.members.extend_from_slice(bytes);
            self.ends.push(self.members.len());
        }
        Ok(())
    }

    /// The context, then the members.
    fn end(mut self, section: &Section<'_>) -> Result<OperatorEntries, RestoreError> {
        if !self.lengths.is_empty() {
            return Err(section.refused(self.lengths.damaged("the end")));
        }
        let context = self.context.len();
        let ends = self.ends.iter().map(|end| context + end);
        let ends = std::iter::once(context).chain(ends).collect();
        self.context.append(&mut self.members);
        Ok(OperatorEntries {
            bytes: self.context,
            ends,
        })
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
fn too_wide(
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
    use super::super::widths::{fits, tests::table};
    use super::*;

    /// Side by side, between full ones, small and large: what the masks say of each bit is what the entries say.
    #[test]
    fn it_says_of_every_bit_what_its_variable_says() {
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
        let verification = Verification::new(&table);
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
                let mut bytes = &stream[..];
                let found = verification.parts.iter().all(|part| match part {
                    StreamPart::Members(mask) => {
                        let mask = &verification.mask[mask.clone()];
                        masked(bytes.split_off(..mask.len()).unwrap(), mask) == 0
                    }
                    StreamPart::Large(above, size) => {
                        above.are_zeros(0, bytes.split_off(..*size as usize).unwrap())
                    }
                    StreamPart::Any(size) => bytes.split_off(..*size as usize).is_some(),
                    StreamPart::Check(_) => bytes.split_off(..8).is_some(),
                    StreamPart::Operator { .. } => bytes.split_off(..3).is_some(),
                });
                assert_eq!(found, fine, "bit {bit} of byte {at}");
            }
            stream[at] = 0;
        }
    }
}
