//! Writes values, little endian.

use super::{Buffer, SaveError, SaveErrorKind, SectionKind, Sink};
use crate::memory::dirty::Tracked;

/// Levels of nesting that a recursive value may have.
///
/// Each level takes some stack in a save and in a restore. The limit keeps both far from its end, even in
/// an unoptimised build on a thread with the default 2 MiB.
pub const MAX_DEPTH: u32 = 512;

/// From here on bytes go to the sink without passing through the buffer.
const BULK: usize = 64 * 1024;

/// Writes values into a snapshot.
pub struct Writer<'a> {
    buffer: Buffer,
    limit: usize,
    written: usize,
    depth: u32,
    through_operators: bool,
    sink: &'a mut dyn Sink,
}

impl std::fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("position", &self.position())
            .finish_non_exhaustive()
    }
}

impl<'a> Writer<'a> {
    /// A writer into `sink`; [`Writer::finish`] hands over what is still buffered.
    pub fn new(sink: &'a mut dyn Sink) -> Writer<'a> {
        let mut buffer = sink.buffer();
        buffer.clear();
        Writer {
            buffer,
            limit: sink.buffer_limit(),
            written: 0,
            depth: 0,
            through_operators: false,
            sink,
        }
    }

    /// Has models write themselves through Verilator's operators.
    pub(crate) fn set_through_operators(&mut self, through_operators: bool) {
        self.through_operators = through_operators;
    }

    /// Whether models write themselves through Verilator's operators.
    pub(crate) fn through_operators(&self) -> bool {
        self.through_operators
    }

    /// Hands the last bytes to the sink.
    pub fn finish(self) -> Result<(), SaveError> {
        Ok(self.sink.give_back(self.buffer)?)
    }

    /// Whether files are to be named, though nothing is kept ([`Sink::surveys`]).
    pub(crate) fn surveys(&self) -> bool {
        self.sink.surveys()
    }

    /// Whether what is written is kept ([`Sink::keeps`]).
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.sink.keeps()
    }

    /// Bytes written to the stream so far.
    #[must_use]
    pub fn position(&self) -> usize {
        self.written + self.buffer.len()
    }

    /// Writes bytes as they are, without their number.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), SaveError> {
        if self.buffer.room() < bytes.len() {
            return self.bytes_with_more_room(bytes);
        }
        self.buffer.extend(bytes);
        Ok(())
    }

    /// Writes a number's bytes: with their count known, a check and a move.
    #[inline]
    pub fn array<const N: usize>(&mut self, bytes: [u8; N]) -> Result<(), SaveError> {
        if self.buffer.room() < N {
            return self.bytes_with_more_room(&bytes);
        }
        self.buffer.extend(&bytes);
        Ok(())
    }

    /// Writes many bytes as they are. Large blocks bypass the buffer.
    pub fn bulk(&mut self, bytes: &[u8]) -> Result<(), SaveError> {
        if bytes.len() < BULK {
            return self.bytes(bytes);
        }
        if self.limit == usize::MAX {
            self.buffer.extend_bulk(bytes);
            return Ok(());
        }
        self.flush()?;
        self.sink.write(bytes)?;
        self.written += bytes.len();
        Ok(())
    }

    /// As [`bulk`](Self::bulk), for a memory whose writes are counted: an incremental save reads only the pages that
    /// were written since its parent. Write the memory first in its section.
    pub fn tracked(&mut self, bytes: &[u8], memory: &Tracked) -> Result<(), SaveError> {
        if bytes.len() < BULK || self.limit == usize::MAX {
            return self.bulk(bytes);
        }
        self.flush()?;
        self.sink.write_tracked(bytes, memory)?;
        self.written += bytes.len();
        Ok(())
    }

    /// Makes room for `bytes` more, so that writing them needs no further allocation.
    #[inline]
    pub fn reserve(&mut self, bytes: usize) -> Result<(), SaveError> {
        if self.buffer.room() < bytes {
            self.make_room(bytes)?;
        }
        Ok(())
    }

    /// Writes a number of items, as `u64`.
    #[inline]
    pub fn len(&mut self, len: usize) -> Result<(), SaveError> {
        self.array((len as u64).to_le_bytes())
    }

    /// Writes one byte.
    #[inline]
    pub fn byte(&mut self, byte: u8) -> Result<(), SaveError> {
        self.array([byte])
    }

    /// Shows the sink what owns the section that comes next.
    pub(crate) fn show_owner(&mut self, owner: &dyn std::any::Any) {
        self.sink.see_owner(owner);
    }

    /// Writes a section of its own for bulk state, and its number into the stream.
    pub fn section(
        &mut self,
        kind: SectionKind,
        name: &str,
        write: impl FnOnce(&mut Writer<'_>) -> Result<(), SaveError>,
    ) -> Result<(), SaveError> {
        let at = self.position();
        let index = self.sink.begin_section(kind, name)?;
        let limit = self.limit.min(BULK);
        let mut written = Ok(());
        if self.sink.takes(kind) {
            let mut inner = Writer {
                buffer: Buffer::new(),
                limit,
                written: 0,
                depth: self.depth,
                through_operators: self.through_operators,
                sink: &mut *self.sink,
            };
            written = write(&mut inner).and_then(|()| inner.flush());
        }
        self.sink.end_section()?;
        // The section has positions of its own; the field is found by that of its number.
        written.map_err(|error| error.moved_to(at))?;
        self.bytes(&index.to_le_bytes())
    }

    /// Writes a block with its length in front, so that a reader can skip it.
    pub fn block(
        &mut self,
        write: impl FnOnce(&mut Writer<'_>) -> Result<(), SaveError>,
    ) -> Result<(), SaveError> {
        let at = self.position();
        let mut inner = Writer {
            buffer: Buffer::new(),
            limit: usize::MAX,
            written: 0,
            depth: self.depth,
            through_operators: self.through_operators,
            sink: &mut *self.sink,
        };
        write(&mut inner).map_err(|error| error.moved_to(at))?;
        let bytes = inner.buffer;
        self.len(bytes.len())?;
        self.bulk(&bytes)
    }

    /// Writes a value that may contain values of the type around it, and counts the levels.
    pub fn nested(
        &mut self,
        write: impl FnOnce(&mut Writer<'_>) -> Result<(), SaveError>,
    ) -> Result<(), SaveError> {
        if self.depth == MAX_DEPTH {
            return Err(self.error(SaveErrorKind::TooDeep { limit: MAX_DEPTH }));
        }
        self.depth += 1;
        let result = write(self);
        self.depth -= 1;
        result
    }

    /// An error at the present position, from which the field's path is found.
    #[cold]
    #[must_use]
    pub fn error(&self, kind: SaveErrorKind) -> SaveError {
        SaveError::from(kind).at(self.position())
    }

    /// Apart from [`Writer::bytes`], whose fast path is then all that is inlined, without a second check.
    #[cold]
    #[inline(never)]
    fn bytes_with_more_room(&mut self, bytes: &[u8]) -> Result<(), SaveError> {
        self.make_room(bytes.len())?;
        self.buffer.extend(bytes);
        Ok(())
    }

    #[cold]
    fn make_room(&mut self, bytes: usize) -> Result<(), SaveError> {
        if self.buffer.len().saturating_add(bytes) > self.limit {
            self.flush()?;
        }
        self.buffer.reserve(bytes.max(64));
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SaveError> {
        self.sink.write(&self.buffer)?;
        self.written += self.buffer.len();
        self.buffer.clear();
        Ok(())
    }
}
