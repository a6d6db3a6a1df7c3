//! The runs of a section, and how they are cut into the pieces that frames store.

use super::CHUNK;

/// Where the bytes of a stretch of a section come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RunKind {
    /// They are zeros.
    Zero = 0,
    /// They are in this file's frames.
    Data = 1,
    /// They are what the parent has at the same place of the section of the same name.
    Parent = 2,
}

/// A stretch of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ByteRun {
    pub(crate) kind: RunKind,
    /// In bytes, at least 1.
    pub(crate) len: u64,
}

/// A chunk that holds data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DataChunk<'a> {
    /// Place of the chunk's first data byte in the section.
    pub(crate) first: u64,
    /// Bytes of data in the chunk, which its frame holds.
    pub(crate) data_len: u32,
    runs: &'a [ByteRun],
    into_run: u64,
}

impl<'a> DataChunk<'a> {
    /// Where the frame's bytes belong: places in the section and lengths, in order.
    pub(crate) fn pieces(self) -> impl Iterator<Item = (u64, usize)> + use<'a> {
        let mut cursor = RunPosition {
            runs: self.runs,
            into_run: self.into_run,
            at: self.first,
        };
        let end = chunk_end(self.first);
        std::iter::from_fn(move || {
            loop {
                let (kind, at, len) = cursor.step(end)?;
                if kind == RunKind::Data {
                    return Some((at, len as usize));
                }
            }
        })
    }
}

/// The end of the chunk that holds byte `at` of a section.
pub(crate) fn chunk_end(at: u64) -> u64 {
    (at - at % CHUNK as u64).saturating_add(CHUNK as u64)
}

/// A place in a list of runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunPosition<'a> {
    runs: &'a [ByteRun],
    into_run: u64,
    at: u64,
}

impl<'a> RunPosition<'a> {
    pub(crate) fn new(runs: &'a [ByteRun]) -> Self {
        Self {
            runs,
            into_run: 0,
            at: 0,
        }
    }

    /// Goes on to the end of the run, or to `end` if that comes first; says what was passed over.
    pub(crate) fn step(&mut self, end: u64) -> Option<(RunKind, u64, u64)> {
        let run = self.runs.first()?;
        let from = self.at;
        if from >= end {
            return None;
        }
        let left = run.len - self.into_run;
        let len = left.min(end - from);
        if len == left {
            self.runs = &self.runs[1..];
            self.into_run = 0;
        } else {
            self.into_run += len;
        }
        self.at += len;
        Some((run.kind, from, len))
    }
}

/// Walks the runs of a section and stops at each chunk that holds data. A run without data costs one step, whatever
/// its length.
pub(crate) struct DataChunks<'a>(RunPosition<'a>);

impl<'a> DataChunks<'a> {
    pub(crate) fn new(runs: &'a [ByteRun]) -> Self {
        Self(RunPosition::new(runs))
    }
}

impl<'a> Iterator for DataChunks<'a> {
    type Item = DataChunk<'a>;

    fn next(&mut self) -> Option<DataChunk<'a>> {
        while self.0.runs.first()?.kind != RunKind::Data {
            self.0.step(u64::MAX)?;
        }
        let start = self.0;
        let end = chunk_end(start.at);
        let mut data_len = 0;
        while let Some((kind, _, len)) = self.0.step(end) {
            if kind == RunKind::Data {
                data_len += len as u32;
            }
        }
        Some(DataChunk {
            first: start.at,
            data_len,
            runs: start.runs,
            into_run: start.into_run,
        })
    }
}
