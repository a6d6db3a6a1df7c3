//! Files of raw sections: no savable types are needed to test what a file keeps.

mod background;
mod chains;
mod fault;
mod faults;
mod file;
mod harness;
mod memory;
mod races;
mod rotation;

use std::num::NonZeroUsize;
use std::path::Path;

use super::format::SnapshotHeader;
use super::pages::ParentPages;
use super::publish::Unpublished;
use super::storage::Storage;
use super::writer::{FileTotals, FileWriter, WriterOptions};
use super::{Compression, SaveFileError};

/// Numbers that look random and are the same in every run (xorshift64*).
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Memory as programs leave it: pages of zeros, of text, of noise.
    pub(super) fn memory(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        for page in bytes.chunks_mut(4096) {
            match self.below(4) {
                0 => page.fill_with(|| self.next() as u8),
                1 => page.fill_with(|| b"load store add "[self.below(15) as usize]),
                _ => {}
            }
        }
        bytes
    }
}

pub(super) fn header() -> SnapshotHeader {
    SnapshotHeader {
        harness: "Harness".into(),
        schema: 0x1234,
        models: Vec::new(),
        cycle: 7,
        time: 70,
        taken_ns: 1_000_000_000,
        tool: "test".into(),
        parent: None,
        labels: [("boot".to_owned(), "linux".to_owned())].into(),
    }
}

pub(super) fn threads(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).unwrap()
}

/// Writes a file of sections of kind 2.
pub(super) fn write(
    storage: &dyn Storage,
    path: &Path,
    sections: &[&[u8]],
    compression: Compression,
    parent: Option<(super::ParentLink, Vec<Option<ParentPages>>)>,
) -> Result<FileTotals, SaveFileError> {
    let options = WriterOptions {
        compression,
        threads: super::workers::Threads::new(Some(threads(2))),
        digests: true,
        marks: None,
    };
    let (link, pages) = parent.map_or((None, Vec::new()), |(link, pages)| (Some(link), pages));
    let mut writer = FileWriter::new(Unpublished::create(storage, path)?, options, pages);
    for (index, section) in sections.iter().enumerate() {
        let number = writer.begin(2, &format!("section {index}"));
        let mut rest = *section;
        // Pieces of odd sizes, as a stream of fields comes.
        for size in [1, 5000, 3 << 20] {
            let piece;
            (piece, rest) = rest.split_at(rest.len().min(size));
            writer.write(number, piece)?;
        }
        writer.write(number, rest)?;
        writer.end(number)?;
    }
    writer.finish(SnapshotHeader {
        parent: link,
        ..header()
    })
}
