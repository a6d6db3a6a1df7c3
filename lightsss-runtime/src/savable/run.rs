//! A run: bytes of fields that lie side by side in the stream.

use super::{Reader, RestoreError};

/// The bytes of fields that lie side by side.
#[derive(Debug)]
pub struct Run<'a> {
    pub(super) rest: &'a [u8],
    /// Where in the stream the run ends.
    pub(super) end: usize,
}

impl<'a> Run<'a> {
    /// Before the first run.
    pub const EMPTY: Run<'a> = Run { rest: &[], end: 0 };

    /// The next `len` bytes of the stream.
    #[inline]
    pub fn read(input: &mut Reader<'a>, len: usize) -> Result<Run<'a>, RestoreError> {
        let rest = input.bytes(len)?;
        let end = input.position();
        Ok(Run { rest, end })
    }

    /// A reader of the next `len` bytes, which the run goes past.
    ///
    /// # Panics
    /// If less is left, which derived code rules out: it adds up the sizes.
    #[inline]
    pub fn reader(&mut self, len: usize) -> Reader<'a> {
        let (bytes, rest) = self.rest.split_at(len);
        self.rest = rest;
        Reader::at(bytes, self.end - rest.len())
    }
}
