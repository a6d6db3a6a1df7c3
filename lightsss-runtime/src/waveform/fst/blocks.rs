//! The blocks of an FST file: a header, sections of changes, the geometry and the hierarchy.
//!
//! Each block is a byte for its kind, its length without that byte, and its contents. Numbers of fixed size have
//! their highest byte first.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::super::error::{self, JoinError};
use super::super::output::Output;

/// The header's block.
pub(super) const HEADER: usize = 330;

/// Kinds of blocks.
mod kind {
    pub const HEADER: u8 = 0;
    pub const BLACKOUTS: u8 = 2;
    pub const GEOMETRY: u8 = 3;
    pub const HIERARCHY: [u8; 3] = [4, 6, 7];
    /// Sections with aliases among signals, as they have been written since 2013.
    pub const SECTION: u8 = 8;
    pub const OLD_SECTIONS: [u8; 2] = [1, 5];
    pub const UNFINISHED: u8 = 255;
}

/// What of the header may differ among pieces: times, memory, the number of sections, the date.
const OWN: [std::ops::Range<usize>; 4] = [9..25, 33..41, 65..73, 202..321];

/// A piece, opened.
pub(super) struct Piece {
    path: PathBuf,
    file: File,
    length: u64,
    pub header: [u8; HEADER],
    pub sections: Vec<Section>,
    pub geometry: Vec<u8>,
    pub hierarchy: Vec<u8>,
}

/// Where a section of changes lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section {
    /// Of its kind.
    pub at: u64,
    /// With its kind.
    pub size: u64,
    pub end_time: u64,
}

impl Piece {
    pub(super) fn open(path: &Path) -> Result<Self, JoinError> {
        let reading = error::reading(path);
        let file = File::open(path).map_err(&reading)?;
        let length = file.metadata().map_err(&reading)?.len();
        let mut piece = Self {
            path: path.to_owned(),
            file,
            length,
            header: [0; HEADER],
            sections: Vec::new(),
            geometry: Vec::new(),
            hierarchy: Vec::new(),
        };
        piece.read_blocks()?;
        let missing = if piece.sections.is_empty() {
            "values"
        } else if piece.geometry.is_empty() {
            "geometry"
        } else if piece.hierarchy.is_empty() {
            "hierarchy"
        } else {
            return Ok(piece);
        };
        Err(piece.damaged(format!(
            "it has no {missing}, so its writer has not closed it"
        )))
    }

    fn read_blocks(&mut self) -> Result<(), JoinError> {
        let mut at = 0;
        while at < self.length {
            let start = self.bytes(at, 9)?;
            let (kind, length) = (start[0], be(&start[1..]));
            let size = length.checked_add(1).filter(|size| *size >= 9);
            let Some(size) = size.filter(|size| *size <= self.length - at) else {
                return Err(
                    self.damaged(format!("the block at {at} goes beyond the end of the file"))
                );
            };
            match kind {
                kind::HEADER if at == 0 && size == HEADER as u64 => {
                    let header = self.bytes(at, size)?;
                    self.header.copy_from_slice(&header);
                }
                kind::SECTION => {
                    let times = self.bytes(at + 9, 16)?;
                    self.sections.push(Section {
                        at,
                        size,
                        end_time: be(&times[8..]),
                    });
                }
                kind::GEOMETRY => self.geometry = self.bytes(at, size)?,
                _ if kind::HIERARCHY.contains(&kind) => self.hierarchy = self.bytes(at, size)?,
                kind::UNFINISHED => return Err(self.damaged("its writer has not closed it")),
                kind::BLACKOUTS => {
                    return Err(
                        self.damaged("its tracing was switched off and on again, with `$dumpoff`")
                    );
                }
                _ if kind::OLD_SECTIONS.contains(&kind) => {
                    return Err(
                        self.damaged("its sections are of a kind that Verilator does not write")
                    );
                }
                _ => {
                    return Err(
                        self.damaged(format!("the block at {at} is of unknown kind {kind}"))
                    );
                }
            }
            at += size;
        }
        if self.header[1..9] == [0; 8] {
            return Err(self.damaged("it does not begin with a header"));
        }
        Ok(())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn damaged(&self, what: impl Into<String>) -> JoinError {
        error::damaged(&self.path, what)
    }

    /// Some bytes of the file; no more than it has are allocated.
    pub(super) fn bytes(&self, at: u64, length: u64) -> Result<Vec<u8>, JoinError> {
        let end = at.checked_add(length).filter(|end| *end <= self.length);
        if end.is_none() {
            return Err(self.damaged(format!("it ends before {length} bytes at {at}")));
        }
        let mut bytes = vec![0; length as usize];
        let read = self.file.read_exact_at(&mut bytes, at);
        read.map_err(error::reading(&self.path))?;
        Ok(bytes)
    }

    /// The last time in it.
    pub(super) fn last_time(&self) -> u64 {
        self.sections.last().map_or(0, |section| section.end_time)
    }

    /// Copies a section as it is.
    pub(super) fn copy(&self, section: &Section, out: &mut Output) -> Result<(), JoinError> {
        const AT_ONCE: u64 = 1 << 20;
        let end = section.at + section.size;
        let mut at = section.at;
        while at < end {
            let length = AT_ONCE.min(end - at);
            out.put(&self.bytes(at, length)?)?;
            at += length;
        }
        Ok(())
    }

    /// Whether it shows the same signals in the same way.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let common = |header: &[u8; HEADER]| {
            let mut common = *header;
            for range in OWN {
                common[range].fill(0);
            }
            common
        };
        common(&self.header) == common(&other.header)
            && self.geometry == other.geometry
            && self.hierarchy == other.hierarchy
    }
}

/// The header of a file with these times and so many sections.
pub(super) fn header(like: &[u8; HEADER], first: u64, last: u64, sections: u64) -> [u8; HEADER] {
    let mut header = *like;
    header[9..17].copy_from_slice(&first.to_be_bytes());
    header[17..25].copy_from_slice(&last.to_be_bytes());
    header[65..73].copy_from_slice(&sections.to_be_bytes());
    header
}

pub(super) fn be(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}
