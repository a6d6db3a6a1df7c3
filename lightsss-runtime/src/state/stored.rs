//! A model's section of a snapshot: written and read.
//!
//! ```text
//! "LSSM", u32 length of the version, u64 fingerprint, Verilator's version
//! blocks until the end: u8 tag, u64 length, bytes
//!     1  state table; see `table.rs`
//!     2  lengths of the entries that operators write, in the stream's order, LEB128
//!     3  stream: byte for byte what Verilator's `operator<<` writes
//!     4  the context's time, u64
//!     5  nothing: everything combinational is to be computed anew before it is used
//! ```
//!
//! Numbers are little endian. Without blocks 1 and 2 the stream can only be given back to the model
//! that wrote it.

use std::borrow::Cow;

use super::cursor::{Cursor, Damaged};
use super::entries::{EntryPlaces, Verifier, texts};
use super::table::{EntryKind, Signal, Table};
use super::value::Value;

/// What the section begins with.
pub(super) const MAGIC: &[u8; 4] = b"LSSM";

pub(super) const TABLE: u8 = 1;
pub(super) const LENGTHS: u8 = 2;
pub(super) const STREAM: u8 = 3;
pub(super) const TIME: u8 = 4;
pub(super) const WAITS: u8 = 5;

/// The parts of a model's section.
#[derive(Clone, Debug)]
pub struct Parts<'a> {
    /// Verilator's version.
    pub version: &'a str,
    /// The model's fingerprint.
    pub fingerprint: u64,
    /// The context's time.
    pub time: Option<u64>,
    /// What operators write.
    pub stream: &'a [u8],
    /// Blocks that other parts of the runtime wrote: tag and bytes.
    pub others: Vec<(u8, &'a [u8])>,
    /// Whether everything combinational is to be computed anew before it is used.
    pub waits: bool,
    pub(super) table: &'a [u8],
    pub(super) lengths: &'a [u8],
}

impl<'a> Parts<'a> {
    /// Takes a section apart, of whatever origin.
    pub fn read(bytes: &'a [u8]) -> Result<Parts<'a>, Damaged> {
        let mut input = Cursor::new(bytes, "model section");
        if input.take(4)? != MAGIC {
            return Err(input.damaged("its magic bytes"));
        }
        let length = input.u32()?;
        let fingerprint = input.u64()?;
        let version = std::str::from_utf8(input.take(length as usize)?)
            .map_err(|_| input.damaged("a version in UTF-8"))?;
        let mut parts = Parts {
            version,
            fingerprint,
            time: None,
            stream: &[],
            others: Vec::new(),
            waits: false,
            table: &[],
            lengths: &[],
        };
        let mut seen = [false; 256];
        while !input.is_empty() {
            let tag = input.byte()?;
            let length = input.u64()?;
            let block = input.take(
                usize::try_from(length).map_err(|_| input.damaged("the length of a block"))?,
            )?;
            if std::mem::replace(&mut seen[usize::from(tag)], true) {
                return Err(input.damaged("a block that was not there before"));
            }
            match tag {
                TABLE => parts.table = block,
                LENGTHS => parts.lengths = block,
                STREAM => parts.stream = block,
                TIME => {
                    let time = block
                        .try_into()
                        .map_err(|_| input.damaged("a time of 8 bytes"))?;
                    parts.time = Some(u64::from_le_bytes(time));
                }
                WAITS => parts.waits = true,
                _ => parts.others.push((tag, block)),
            }
        }
        if !seen[usize::from(STREAM)] {
            return Err(input.damaged("the stream"));
        }
        Ok(parts)
    }

    /// Whether the section has a table, so that its signals have names.
    #[must_use]
    pub fn is_named(&self) -> bool {
        !self.table.is_empty()
    }
}

/// The signals of a model, as a snapshot holds them.
#[derive(Clone, Debug)]
pub struct StoredState<'a> {
    table: Cow<'a, Table>,
    stream: &'a [u8],
    /// Where each entry begins, in the stream's order, and where the last one ends.
    starts: Vec<u64>,
    /// Index into `starts` of each instance's first entry.
    firsts: Vec<u64>,
}

impl<'a> StoredState<'a> {
    /// Reads a model's section; `None` where it has no table.
    pub fn read(section: &'a [u8]) -> Result<Option<StoredState<'a>>, Damaged> {
        StoredState::of_parts(&Parts::read(section)?)
    }

    /// As [`StoredState::read`].
    pub(super) fn of_parts(parts: &Parts<'a>) -> Result<Option<StoredState<'a>>, Damaged> {
        if !parts.is_named() {
            return Ok(None);
        }
        let table = Table::decode(parts.table.to_vec())?;
        StoredState::new(Cow::Owned(table), parts).map(Some)
    }

    /// Finds where entries are, and verifies what can be verified without the model.
    pub(super) fn new(
        table: Cow<'a, Table>,
        parts: &Parts<'a>,
    ) -> Result<StoredState<'a>, Damaged> {
        let mut verifier = Verifier::new(&table);
        let mut starts = Vec::new();
        for place in EntryPlaces::new(&table, parts.lengths, parts.stream.len() as u64) {
            let place = place?;
            starts.push(place.at);
            verifier.verify(
                &place,
                &parts.stream[place.at as usize..place.end() as usize],
            )?;
        }
        starts.push(parts.stream.len() as u64);
        let mut first = 0;
        let mut firsts = Vec::new();
        for instance in 0..table.instance_count() {
            firsts.push(first);
            first += table.instance_entries(instance).len() as u64;
        }
        Ok(StoredState {
            table,
            stream: parts.stream,
            starts,
            firsts,
        })
    }

    /// The table.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The bytes of a signal of this table.
    #[must_use]
    pub fn bytes(&self, signal: &Signal<'_>) -> &'a [u8] {
        self.entry_bytes(signal.instance, signal.index)
    }

    /// The bytes of an instance's entry.
    pub(super) fn entry_bytes(&self, instance: u32, index: u32) -> &'a [u8] {
        let first = self.table.instance_entries(instance).start;
        let at = (self.firsts[instance as usize] + u64::from(index - first)) as usize;
        &self.stream[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// The elements of a signal, in the order of their indices; what only operators read is one
    /// element.
    pub fn elements(&self, signal: &Signal<'a>) -> impl Iterator<Item = Value> + use<'a> {
        let signal = *signal;
        elements_of(&signal, self.entry_bytes(signal.instance, signal.index))
            .map(move |bytes| Value::of_element(&signal, bytes))
    }
}

/// A signal's bytes, element by element.
pub(super) fn elements_of<'a>(
    signal: &Signal<'_>,
    bytes: &'a [u8],
) -> Box<dyn Iterator<Item = &'a [u8]> + 'a> {
    match signal.entry.kind {
        EntryKind::Bits | EntryKind::Bool | EntryKind::Real => {
            Box::new(bytes.chunks_exact(signal.entry.bytes as usize))
        }
        EntryKind::Text => Box::new(texts(bytes)),
        EntryKind::Check | EntryKind::Context | EntryKind::Other => {
            Box::new(std::iter::once(bytes))
        }
    }
}
