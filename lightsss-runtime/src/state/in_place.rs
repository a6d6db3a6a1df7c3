//! A model's section that stays in its file: verified where it has to be looked at, then copied piece by piece.
//!
//! A second copy of a large model's state would cost more than all else: memory that a process has not used before
//! is slow.

use std::ops::Range;

use super::cursor::Damaged;
use super::stored;
use crate::savable::{RestoreError, SectionInPlace};

/// A section whose stream was left where it is.
pub(super) struct Parted {
    /// The section with an empty stream.
    pub(super) rest: Vec<u8>,
    /// Where the stream is in the section.
    pub(super) stream: Range<u64>,
}

impl Parted {
    /// Takes a section apart, of whatever origin.
    pub(super) fn read(section: SectionInPlace<'_>) -> Result<Parted, RestoreError> {
        let mut input = Input {
            section,
            at: 0,
            rest: Vec::new(),
        };
        let head = input.take(16, "its magic bytes")?;
        let version = u32::from_le_bytes(head[4..8].try_into().unwrap_or_default());
        input.take(u64::from(version), "more bytes")?;
        let mut stream = 0..0;
        while input.at < section.section().len() {
            let head = input.take(9, "more bytes")?;
            let (tag, length) = (head[0], head[1..].try_into().unwrap_or_default());
            let length = u64::from_le_bytes(length);
            if tag == stored::STREAM {
                // `Parts::read` refuses a second one.
                stream = input.pass(length)?;
            } else {
                input.take(length, "more bytes")?;
            }
        }
        Ok(Parted {
            rest: input.rest,
            stream,
        })
    }
}

/// What is read of a section.
struct Input<'s> {
    section: SectionInPlace<'s>,
    at: u64,
    rest: Vec<u8>,
}

impl Input<'_> {
    /// Reads the next bytes into `rest`, which never grows beyond the section's length.
    fn take(&mut self, len: u64, expected: &'static str) -> Result<&[u8], RestoreError> {
        self.suffices(len, expected)?;
        let from = self.rest.len();
        self.rest.resize(from + len as usize, 0);
        self.section.read_at(self.at, &mut self.rest[from..])?;
        self.at += len;
        Ok(&self.rest[from..])
    }

    /// Goes past the stream, and makes its block in `rest` an empty one.
    fn pass(&mut self, len: u64) -> Result<Range<u64>, RestoreError> {
        self.suffices(len, "more bytes")?;
        let length = self.rest.len() - 8;
        self.rest[length..].fill(0);
        let from = self.at;
        self.at += len;
        Ok(from..self.at)
    }

    fn suffices(&self, len: u64, expected: &'static str) -> Result<(), RestoreError> {
        let section = self.section.section();
        if len <= section.len() - self.at {
            return Ok(());
        }
        Err(section.refused(Damaged {
            what: "model section",
            expected,
            at: self.at as usize,
        }))
    }
}
