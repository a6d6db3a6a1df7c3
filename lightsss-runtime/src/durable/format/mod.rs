//! The bytes of a snapshot file, format version 1, as `docs/format.md` specifies them.
//!
//! Encoding and decoding only: nothing here opens a file, and nothing here trusts what it reads.

mod bytes;
mod chunks;
mod directory;
mod header;
mod prologue;

use std::hash::Hasher as _;

pub use bytes::Malformed;
pub(crate) use chunks::{ByteRun, DataChunks, RunKind, RunPosition, chunk_end};
pub(crate) use directory::{Codec, Directory, FrameEntry, SectionEntry};
pub use header::{ModelIdentity, ParentLink, SnapshotHeader};
pub(crate) use prologue::{Prologue, PrologueError};

/// The first eight bytes of every snapshot file: a byte above 127 and both kinds of line ends, so that a
/// transfer which mangles text is noticed at once.
pub const MAGIC: [u8; 8] = *b"\x89LSSS\r\n\x1a";

/// The format version that this crate writes, and the newest that it reads.
pub const FORMAT_VERSION: u32 = 1;

/// Bytes in front of the first frame.
pub(crate) const PROLOGUE_LEN: u64 = 64;

/// The piece of a section that one frame stores, in bytes.
pub(crate) const CHUNK: usize = 1 << 20;

/// The unit in which zeros and changes are told apart, in bytes.
pub(crate) const PAGE: usize = 4096;

// Writes to memories are counted by the page.
const _: () = assert!(PAGE == crate::memory::pages::PAGE);

/// The checksum of the format: XXH3 with 64 bits and seed 0, with the widest instructions that this processor has.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    twox_hash::XxHash3_64::oneshot(bytes)
}

/// The checksum of what comes in pieces.
pub(crate) struct Checksum(twox_hash::XxHash3_64);

impl Checksum {
    pub(crate) fn new() -> Self {
        Self(twox_hash::XxHash3_64::new())
    }

    pub(crate) fn add(&mut self, piece: &[u8]) {
        self.0.write(piece);
    }

    pub(crate) fn finish(&self) -> u64 {
        self.0.finish()
    }
}

/// What a section holds, as files name it.
pub(crate) mod kind {
    /// The harness's own fields, in line.
    pub(crate) const HARNESS: u8 = 0;
    /// A Verilated model.
    pub(crate) const MODEL: u8 = 1;
    /// Digests of the pages of all other sections, for children to be compared with.
    pub(crate) const DIGESTS: u8 = 240;
    /// The description of the harness's type, for tools.
    pub(crate) const SCHEMA: u8 = 241;
}
