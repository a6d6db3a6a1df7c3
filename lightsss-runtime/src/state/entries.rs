//! Where the entries of a stream are, and whether they hold what the table says.

use std::collections::HashMap;
use std::ops::Range;

use super::cpp_type::CppType;
use super::cursor::{Cursor, Damaged};
use super::table::{EntryKind, Table};
use super::value::text_of;

/// An entry's place in the stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct EntryPlace {
    pub(super) instance: u32,
    pub(super) index: u32,
    pub(super) kind: EntryKind,
    pub(super) at: u64,
    pub(super) size: u64,
}

impl EntryPlace {
    pub(super) fn end(&self) -> u64 {
        self.at + self.size
    }
}

/// The places of a stream's entries, in order; an error, after which there are no more, where they do not make up
/// the stream.
pub(super) struct EntryPlaces<'t, 'l> {
    table: &'t Table,
    /// Of the entries that operators wrote.
    lengths: Cursor<'l>,
    at: u64,
    end: u64,
    instance: u32,
    entries: Range<u32>,
    next_instance: u32,
    ended: bool,
}

impl<'t, 'l> EntryPlaces<'t, 'l> {
    /// Of a stream of `len` bytes.
    pub(super) fn new(table: &'t Table, lengths: &'l [u8], len: u64) -> Self {
        EntryPlaces {
            table,
            lengths: Cursor::new(lengths, "list of lengths"),
            at: 0,
            end: len,
            instance: 0,
            entries: 0..0,
            next_instance: 0,
            ended: false,
        }
    }

    fn place(&mut self, index: u32) -> Result<EntryPlace, Damaged> {
        let entry = &self.table.entries()[index as usize];
        let size = match entry.size() {
            Some(size) => size,
            None => self.lengths.number()?,
        };
        if size > self.end - self.at {
            return Err(damaged("more bytes", self.at));
        }
        let at = self.at;
        self.at += size;
        Ok(EntryPlace {
            instance: self.instance,
            index,
            kind: entry.kind,
            at,
            size,
        })
    }
}

impl Iterator for EntryPlaces<'_, '_> {
    type Item = Result<EntryPlace, Damaged>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.ended {
                return None;
            }
            if let Some(index) = self.entries.next() {
                let place = self.place(index);
                self.ended = place.is_err();
                return Some(place);
            }
            if self.next_instance < self.table.instance_count() {
                self.instance = self.next_instance;
                self.next_instance += 1;
                self.entries = self.table.instance_entries(self.instance);
                continue;
            }
            self.ended = true;
            if !self.lengths.is_empty() {
                return Some(Err(self.lengths.damaged("the end")));
            }
            if self.at != self.end {
                return Some(Err(damaged("the end", self.at)));
            }
        }
    }
}

/// Verifies what can be verified of entries without the model.
pub(super) struct Verifier<'t> {
    table: &'t Table,
    /// Parsed once for each class, not for each instance: a damaged table's names may be long.
    types: HashMap<u32, Option<CppType>>,
}

impl<'t> Verifier<'t> {
    pub(super) fn new(table: &'t Table) -> Self {
        Verifier {
            table,
            types: HashMap::new(),
        }
    }

    /// Verifies the bytes of an entry.
    pub(super) fn verify(&mut self, place: &EntryPlace, bytes: &[u8]) -> Result<(), Damaged> {
        let entry = &self.table.entries()[place.index as usize];
        let (fine, expected) = match entry.kind {
            EntryKind::Context | EntryKind::Bits | EntryKind::Real => return Ok(()),
            EntryKind::Check => (bytes == entry.check.to_le_bytes(), "a scope's check value"),
            EntryKind::Bool => (bytes.iter().all(|byte| *byte <= 1), "bytes that are 0 or 1"),
            EntryKind::Text => {
                let (count, total) =
                    texts(bytes).fold((0, 0), |(n, sum), text| (n + 1, sum + text.len()));
                (
                    count == entry.count && total == bytes.len(),
                    "as many strings as the table says",
                )
            }
            EntryKind::Other => {
                let ty = self.types.entry(place.index).or_insert_with(|| {
                    CppType::parse(self.table.signal(place.instance, place.index).cpp_type())
                });
                let fine = ty.as_ref().is_none_or(|ty| {
                    let end = (0..entry.count).try_fold(bytes, |bytes, _| ty.skip(bytes));
                    end.is_some_and(<[u8]>::is_empty)
                });
                (fine, "a value of the type that the table says")
            }
        };
        if fine {
            Ok(())
        } else {
            Err(damaged(expected, place.end()))
        }
    }
}

/// What is wrong with a stream that does not hold what the table says.
#[cold]
pub(super) fn damaged(expected: &'static str, at: u64) -> Damaged {
    Damaged {
        what: "model's stream",
        expected,
        at: at as usize,
    }
}

/// Strings one after the other, each with its length; ends early where they are damaged.
pub(super) fn texts(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (text, rest) = text_of(bytes)?;
        let whole = &bytes[..4 + text.len()];
        bytes = rest;
        Some(whole)
    })
}
