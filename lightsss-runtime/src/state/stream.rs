//! A model's stream, wherever it lies, and errors that name its section.

use std::ops::Range;

use super::cursor::Damaged;
use super::stored::Parts;
use crate::savable::{RestoreError, Section, SectionInPlace};

/// Where a stream is.
pub(super) enum Stream<'a> {
    /// In memory.
    Whole(&'a [u8]),
    /// In its section.
    InPlace(SectionInPlace<'a>, Range<u64>),
}

impl Stream<'_> {
    pub(super) fn len(&self) -> u64 {
        match self {
            Stream::Whole(bytes) => bytes.len() as u64,
            Stream::InPlace(_, range) => range.end - range.start,
        }
    }

    /// The bytes from `at` on, as many as `buffer` has.
    pub(super) fn read<'b>(
        &'b self,
        at: u64,
        buffer: &'b mut [u8],
    ) -> Result<&'b [u8], RestoreError> {
        match self {
            Stream::Whole(bytes) => Ok(&bytes[at as usize..][..buffer.len()]),
            Stream::InPlace(in_place, stream) => {
                in_place.read_at(stream.start + at, buffer)?;
                Ok(buffer)
            }
        }
    }

    /// Hands the bytes of `range` to `take`, each with its place in the stream; in any order, and from several threads.
    pub(super) fn pieces(
        &self,
        range: Range<u64>,
        take: &(dyn Fn(u64, &[u8]) + Sync),
    ) -> Result<(), RestoreError> {
        match self {
            Stream::Whole(bytes) => {
                take(
                    range.start,
                    &bytes[range.start as usize..range.end as usize],
                );
                Ok(())
            }
            Stream::InPlace(in_place, stream) => {
                let range = stream.start + range.start..stream.start + range.end;
                in_place.pieces(range, &|at, bytes| take(at - stream.start, bytes))
            }
        }
    }
}

pub(super) fn read<'a>(section: &Section<'_>, bytes: &'a [u8]) -> Result<Parts<'a>, RestoreError> {
    stored_in(section, Parts::read(bytes))
}

pub(super) fn stored_in<T>(
    section: &Section<'_>,
    result: Result<T, Damaged>,
) -> Result<T, RestoreError> {
    result.map_err(|damaged| section.refused(damaged))
}
