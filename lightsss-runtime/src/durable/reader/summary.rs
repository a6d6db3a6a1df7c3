//! What a snapshot says about itself, without its contents.

use std::ops::Range;
use std::path::Path;

use super::Snapshot;
use crate::durable::format::{RunKind, SectionEntry, SnapshotHeader};

/// A section, as the directory describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SectionSummary<'a> {
    /// What it holds, as the format numbers it.
    pub kind: u8,
    /// Its name.
    pub name: &'a str,
    /// Its length when restored, in bytes.
    pub len: u64,
    /// Bytes of it in this file, compressed.
    pub stored: u64,
    /// Bytes of it in this file, decompressed.
    pub data: u64,
    /// Bytes that are zeros, and not stored.
    pub zero: u64,
    /// Bytes that are in a parent.
    pub in_parent: u64,
}

impl Snapshot {
    /// What the snapshot says about itself.
    #[must_use]
    pub fn header(&self) -> &SnapshotHeader {
        &self.directory.header
    }

    /// The file's path, as it was given.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file's length, in bytes.
    #[must_use]
    pub fn file_len(&self) -> u64 {
        self.prologue.file_len
    }

    /// The total checksum: it stands for every byte of the file, and a child names its parent by it.
    #[must_use]
    pub fn total_checksum(&self) -> u64 {
        self.prologue.total
    }

    /// The parent, if there is one and [`Self::open_parents`] was called.
    #[must_use]
    pub fn parent(&self) -> Option<&Self> {
        self.parent.as_deref()
    }

    /// How many parents are behind this snapshot.
    #[must_use]
    pub fn depth(&self) -> u32 {
        self.header().parent.as_ref().map_or(0, |link| link.depth)
    }

    /// The sections, in the order of their numbers.
    #[must_use]
    pub fn sections(&self) -> impl ExactSizeIterator<Item = SectionSummary<'_>> {
        self.directory.sections.iter().map(|section| {
            let of = |kind| {
                let runs = section.runs.iter().filter(move |run| run.kind == kind);
                runs.map(|run| run.len).sum()
            };
            SectionSummary {
                kind: section.kind,
                name: &section.name,
                len: section.len,
                stored: section.frames.iter().map(|f| u64::from(f.stored_len)).sum(),
                data: of(RunKind::Data),
                zero: of(RunKind::Zero),
                in_parent: of(RunKind::Parent),
            }
        })
    }

    /// Where the file's independently stored frames lie in it, in ascending order. A frame holds the data of one
    /// chunk of a section, and is the same in another file in which the chunk is the same.
    #[must_use]
    pub fn frames(&self) -> Vec<Range<u64>> {
        let frames = self
            .directory
            .sections
            .iter()
            .flat_map(|section| &section.frames);
        let mut ranges: Vec<Range<u64>> = frames
            .map(|frame| frame.offset..frame.offset + u64::from(frame.stored_len))
            .collect();
        ranges.sort_unstable_by_key(|range| range.start);
        ranges
    }

    pub(in crate::durable) fn entries(&self) -> &[SectionEntry] {
        &self.directory.sections
    }
}
