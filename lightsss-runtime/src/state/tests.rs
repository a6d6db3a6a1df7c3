//! Sections that stay in their file, without a model: what is refused, and where bytes go.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io;
use std::ops::Range;

use super::in_place::Parted;
use super::layout::{ModelLayout, Place};
use super::operator_entries::OperatorEntries;
use super::stored::Parts;
use super::stream::Stream;
use super::table::Table;
use super::target::Target;
use super::verify::Verification;
use crate::savable::{InPlace, Reader, RestoreError, SectionInfo, SectionKind, Source};

/// A class with a check value, the context, 6000 vectors of 7 bits, 9000 flags, two strings and 5 more vectors; then
/// one with a check value alone.
fn table() -> Table {
    let mut bytes = b"LSSTATE\x01\x02\x03top\x06".to_vec();
    bytes.push(0);
    bytes.extend_from_slice(&0x1122_3344_5566_7788_u64.to_le_bytes());
    bytes.push(1);
    bytes.extend_from_slice(b"\x02\x00\x04data\x0c\x00\x01\x01\xf0\x2e");
    bytes.extend_from_slice(b"\x03\x01\x05flags\x01\xa8\x46");
    bytes.extend_from_slice(b"\x05\x00\x04text\x01\x02");
    bytes.extend_from_slice(b"\x02\x00\x04rest\x0c\x00\x01\x01\x05");
    bytes.extend_from_slice(b"\x04last\x01\x00");
    bytes.extend_from_slice(&0x99aa_u64.to_le_bytes());
    bytes.extend_from_slice(b"\x02\x00\x00\x01x\x01");
    Table::decode(bytes).unwrap()
}

const CONTEXT: &[u8] = b"context";
const TEXTS: &[u8] = b"\x03\0\0\0abc\x00\0\0\0";
const LENGTHS: &[u8] = &[CONTEXT.len() as u8, TEXTS.len() as u8];
/// Where things are in the stream.
const DATA: usize = 8 + CONTEXT.len();
const FLAGS: usize = DATA + 6000;
const TEXT: usize = FLAGS + 9000;
const REST: usize = TEXT + TEXTS.len();
const LAST: usize = REST + 5;

fn stream() -> Vec<u8> {
    let mut stream = 0x1122_3344_5566_7788_u64.to_le_bytes().to_vec();
    stream.extend_from_slice(CONTEXT);
    stream.extend((0..6000).map(|at| (at * 7) as u8 & 0x7f));
    stream.extend((0..9000).map(|at| u8::from(at % 3 == 0)));
    stream.extend_from_slice(TEXTS);
    stream.extend_from_slice(&[1, 2, 3, 4, 5]);
    stream.extend_from_slice(&0x99aa_u64.to_le_bytes());
    assert_eq!(stream.len(), LAST + 8);
    stream
}

fn section(blocks: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bytes = b"LSSM\x03\0\0\0\x01\x02\x03\x04\x05\x06\x07\x085.x".to_vec();
    for (tag, block) in blocks {
        bytes.push(*tag);
        bytes.extend_from_slice(&(block.len() as u64).to_le_bytes());
        bytes.extend_from_slice(block);
    }
    bytes
}

/// A section that is only read in place; hands out pieces of a size, the last one first.
struct Pieces {
    bytes: Vec<u8>,
    size: usize,
    read: RefCell<u64>,
}

impl Source for Pieces {
    fn section(&self, _: u32) -> Option<SectionInfo> {
        Some(SectionInfo {
            kind: SectionKind::Model,
            name: "fake".into(),
            len: self.bytes.len() as u64,
        })
    }

    fn read_section(&self, _: u32, _: &mut [u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn section_bytes(&self, _: u32) -> io::Result<Cow<'_, [u8]>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn in_place(&self) -> Option<&dyn InPlace> {
        Some(self)
    }
}

// SAFETY: the bytes never change, and the pieces are chunks of one slice.
unsafe impl InPlace for Pieces {
    fn read_at(&self, _: u32, at: u64, into: &mut [u8]) -> io::Result<()> {
        *self.read.borrow_mut() += into.len() as u64;
        into.copy_from_slice(&self.bytes[at as usize..][..into.len()]);
        Ok(())
    }

    fn pieces(
        &self,
        _: u32,
        range: Range<u64>,
        take: &(dyn Fn(u64, &[u8]) + Sync),
    ) -> io::Result<()> {
        let bytes = &self.bytes[range.start as usize..range.end as usize];
        for (number, piece) in bytes.chunks(self.size).enumerate().rev() {
            take(range.start + (number * self.size) as u64, piece);
        }
        Ok(())
    }
}

/// Takes a section apart and verifies its stream; gives how many bytes were read for that, too.
fn verify(bytes: Vec<u8>) -> Result<(OperatorEntries, Range<u64>, u64), RestoreError> {
    let source = Pieces {
        bytes,
        size: 1,
        read: RefCell::default(),
    };
    let mut input = Reader::new(&[0; 4], &source);
    let section = input.section(SectionKind::Model)?;
    let in_place = section.in_place().unwrap();
    let parted = Parted::read(in_place)?;
    let parts = Parts::read(&parted.rest).map_err(|damaged| section.refused(damaged))?;
    assert_eq!(parts.version, "5.x");
    let table = table();
    let stream = Stream::InPlace(in_place, parted.stream.clone());
    let entries = Verification::new(&table).verify(&table, parts.lengths, &stream, &section)?;
    let read = *source.read.borrow();
    Ok((entries, parted.stream, read))
}

#[test]
fn a_sound_section_is_verified_without_reading_its_data() {
    // Wherever the stream stands among the blocks.
    for stream_first in [false, true] {
        let stream = stream();
        let mut blocks = [(2, LENGTHS), (4, &[7; 8]), (3, &stream[..])];
        if stream_first {
            blocks.reverse();
        }
        let bytes = section(&blocks);
        let len = bytes.len();
        let (entries, at, read) = verify(bytes.clone()).unwrap();
        assert_eq!(bytes[at.start as usize..at.end as usize], stream);
        assert_eq!(entries.get(0), Some(CONTEXT));
        assert_eq!(entries.get(1), Some(TEXTS));
        assert_eq!(entries.get(2), None);
        // What is large is handed out in pieces.
        assert_eq!(read, len as u64 - 15_000);
    }
}

#[test]
fn what_the_table_forbids_is_refused_wherever_it_is() {
    let refusal = |blocks: &[(u8, &[u8])]| verify(section(blocks)).err().map(|e| e.to_string());
    let good = stream();
    for (at, byte, expected) in [
        (0, 0, Some("check value")),
        (DATA, 0x7f, None),
        (DATA, 0x80, Some("`data` that does not fit into logic[6:0]")),
        (DATA + 4096, 0x80, Some("`data`")),
        (FLAGS - 1, 0x7f, None),
        (FLAGS - 1, 0xff, Some("`data`")),
        (FLAGS, 2, Some("`flags` that does not fit into")),
        (FLAGS + 4095, 2, Some("`flags` that does not fit into")),
        (FLAGS + 4096, 2, Some("`flags` that does not fit into")),
        (TEXT - 1, 2, Some("`flags` that does not fit into")),
        (TEXT, 4, Some("strings")),
        (REST, 0x7f, None),
        (REST, 0xff, Some("`rest`")),
        (LAST - 1, 0x7f, None),
        (LAST - 1, 0x80, Some("`rest`")),
        (LAST, 0xab, Some("check value")),
        (LAST + 7, 1, Some("check value")),
    ] {
        let mut bad = good.clone();
        bad[at] = byte;
        let found = refusal(&[(2, LENGTHS), (3, &bad)]);
        match expected {
            None => assert_eq!(found, None, "byte {at}"),
            Some(expected) => {
                let found = found.unwrap_or_default();
                assert!(found.contains(expected), "byte {at}: {found}");
            }
        }
    }
    for (what, blocks) in [
        ("no stream", &[(2, LENGTHS)][..]),
        ("short", &[(2, LENGTHS), (3, &good[..LAST])]),
        ("none of it", &[(2, LENGTHS), (3, &[])]),
        ("two", &[(2, LENGTHS), (3, &good), (3, &good)]),
        ("lengths", &[(2, &LENGTHS[..1]), (3, &good)]),
        ("more lengths", &[(2, &[7, 11, 0]), (3, &good)]),
        (
            "a huge length",
            &[(2, &[7, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]), (3, &good)],
        ),
    ] {
        assert!(refusal(blocks).is_some(), "{what}");
    }
    let longer = [&good[..], &[0]].concat();
    assert!(refusal(&[(2, LENGTHS), (3, &longer)]).is_some());
    let whole = section(&[(2, LENGTHS), (3, &good)]);
    for len in (0..60).chain(whole.len() - 60..whole.len()) {
        assert!(verify(whole[..len].to_vec()).is_err(), "cut at {len}");
    }
    // A length that only the header claims is not allocated.
    let mut claims = whole;
    let length = 19 + 1;
    claims[length..length + 8].fill(0xff);
    assert!(verify(claims).is_err());
}

#[test]
fn pieces_of_any_size_end_up_in_their_places() {
    let table: &'static Table = Box::leak(Box::new(table()));
    let stream = stream();
    let mut entries = OperatorEntries::default();
    for bytes in [CONTEXT, TEXTS] {
        entries.bytes.extend_from_slice(bytes);
        entries.ends.push(entries.bytes.len());
    }
    // In memory: `rest`, a gap, then `data` and `flags` side by side.
    let place = |offset, size| Place { offset, size };
    let places = vec![
        Place::default(),
        Place::default(),
        place(20, 6000),
        place(6020, 9000),
        Place::default(),
        place(3, 5),
        Place::default(),
    ];
    let layout = ModelLayout::new(table, places, vec![0, 0]).unwrap();
    let mut expected = vec![0xee; 15100];
    expected[20..15020].copy_from_slice(&stream[DATA..TEXT]);
    expected[3..8].copy_from_slice(&stream[REST..LAST]);
    for size in [1, 2, 7, 13, 300, 301, 4096, 9000, stream.len()] {
        let mut model = vec![0xee; 15100];
        let target = Target::new(model.as_mut_ptr(), &layout, &entries);
        for (number, piece) in stream.chunks(size).enumerate().rev() {
            // SAFETY: the layout's places are within `model`, which nobody else reaches, and the stream is the one
            // that the layout stands for.
            unsafe { target.fill((number * size) as u64, piece) };
        }
        assert!(model == expected, "pieces of {size} bytes");
    }
}
