//! Sections: read into place, chunk by chunk, by several threads.

use std::ops::Range;

use super::Snapshot;
use super::frames::stored_bytes;
use super::parents::end_of_parent_runs;
use crate::durable::codec::Decoder;
use crate::durable::error::RestoreFileError;
use crate::durable::format::{CHUNK, Codec, RunKind, RunPosition, SectionEntry, chunk_end};
use crate::durable::workers;
use crate::memory::pages;

/// What a thread needs to read chunks.
pub(in crate::durable) struct Scratch {
    decoder: Decoder,
    stored: Vec<u8>,
    raw: Vec<u8>,
}

impl Scratch {
    pub(in crate::durable) fn new() -> Self {
        Self {
            decoder: Decoder::new(),
            stored: Vec::new(),
            raw: Vec::new(),
        }
    }
}

/// The chunks of a section's beginning, to be read in any order.
pub(in crate::durable) struct Chunks<'s> {
    snapshot: &'s Snapshot,
    section: &'s SectionEntry,
    list: Vec<Chunk<'s>>,
    len: u64,
    /// The parent's chunks, as far as anything comes from there.
    parent: Option<Box<Chunks<'s>>>,
}

#[derive(Clone, Copy)]
struct Chunk<'s> {
    cursor: RunPosition<'s>,
    frame: Option<usize>,
}

impl Snapshot {
    /// Reads the first `place.len()` bytes of a section into `place`. With `blank`, `place` is known to be zeros
    /// wherever [`Self::zeros`] says so.
    pub(in crate::durable) fn read_section(
        &self,
        number: usize,
        place: &mut [u8],
        blank: bool,
    ) -> Result<(), RestoreFileError> {
        let chunks = self.chunks(number, place.len() as u64)?;
        workers::for_each(
            &self.threads,
            place.chunks_mut(CHUNK).enumerate(),
            || Ok(Scratch::new()),
            |scratch, (index, place)| chunks.read(index, place, blank, scratch),
        )
    }

    /// The ranges of a section that hold only zeros, in order, as this file's directory and its parents' say.
    pub(in crate::durable) fn zeros(&self, number: usize) -> Vec<Range<u64>> {
        let section = &self.directory.sections[number];
        let parent = self.parent.as_ref();
        let parent = parent.filter(|_| end_of_parent_runs(section).is_some());
        let of_parent = parent.map_or(Vec::new(), |parent| parent.zeros(number));
        let mut of_parent = &of_parent[..];
        let mut zeros: Vec<Range<u64>> = Vec::new();
        let mut add = |range: Range<u64>| match zeros.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => zeros.push(range),
        };
        let mut at = 0;
        for run in &section.runs {
            let end = at + run.len;
            match run.kind {
                RunKind::Zero => add(at..end),
                RunKind::Data => {}
                RunKind::Parent => {
                    let before = of_parent.partition_point(|range| range.end <= at);
                    of_parent = &of_parent[before..];
                    let inside = of_parent.iter().take_while(|range| range.start < end);
                    inside.for_each(|range| add(range.start.max(at)..range.end.min(end)));
                }
            }
            at = end;
        }
        zeros
    }

    /// Hands the bytes of `range` of a section to `take`, verified, in pieces and each once, with their place in
    /// the section: from several threads and in any order, without memory for more than a chunk per thread.
    pub(in crate::durable) fn section_pieces(
        &self,
        number: usize,
        range: Range<u64>,
        take: &(dyn Fn(u64, &[u8]) + Sync),
    ) -> Result<(), RestoreFileError> {
        let chunks = self.chunks(number, range.end)?;
        let first = (range.start / CHUNK as u64) as usize;
        workers::for_each(
            &self.threads,
            first..chunks.list.len(),
            || Ok((Scratch::new(), Vec::new())),
            |(scratch, buffer), index| {
                let bytes = chunks.get(index, buffer, scratch)?;
                let start = (index * CHUNK) as u64;
                let skipped = range.start.saturating_sub(start);
                take(start + skipped, &bytes[skipped as usize..]);
                Ok(())
            },
        )
    }

    /// Cuts the first `len` bytes of a section into chunks.
    pub(in crate::durable) fn chunks(
        &self,
        number: usize,
        len: u64,
    ) -> Result<Chunks<'_>, RestoreFileError> {
        let section = &self.directory.sections[number];
        let parent = match (end_of_parent_runs(section), &self.parent) {
            (None, _) => None,
            (Some(_), None) => return Err(self.parents_not_opened()),
            (Some(end), Some(parent)) => Some(Box::new(parent.chunks(number, end.min(len))?)),
        };
        let mut frames = section.data_chunks().enumerate().peekable();
        let mut cursor = RunPosition::new(&section.runs);
        let mut start = 0;
        let count = len.div_ceil(CHUNK as u64);
        let mut list = Vec::new();
        list.try_reserve_exact(count as usize).map_err(|_| {
            let bytes = count.saturating_mul(size_of::<Chunk<'_>>() as u64);
            self.out_of_memory(format!("the chunks of section `{}`", section.name), bytes)
        })?;
        while start < len {
            let end = chunk_end(start);
            let frame = frames.next_if(|(_, data)| data.first < end);
            list.push(Chunk {
                cursor,
                frame: frame.map(|(number, _)| number),
            });
            while cursor.step(end).is_some() {}
            start = end;
        }
        Ok(Chunks {
            snapshot: self,
            section,
            list,
            len,
            parent,
        })
    }

    /// The bytes of a section, in fresh memory.
    pub fn section_bytes(&self, number: usize) -> Result<Vec<u8>, RestoreFileError> {
        self.within_limit(number)?;
        let section = &self.directory.sections[number];
        let mut bytes = pages::zeros(section.len as usize).ok_or_else(|| {
            self.out_of_memory(format!("section `{}`", section.name), section.len)
        })?;
        self.read_section(number, &mut bytes, true)?;
        Ok(bytes)
    }

    /// Refuses a section above the limit of memory.
    pub(in crate::durable) fn within_limit(&self, number: usize) -> Result<(), RestoreFileError> {
        let section = &self.directory.sections[number];
        if section.len <= self.options.memory_limit {
            return Ok(());
        }
        Err(RestoreFileError::TooLarge {
            path: self.path.clone(),
            part: format!("section `{}`", section.name),
            needed: section.len,
            limit: self.options.memory_limit,
        })
    }
}

impl Chunks<'_> {
    /// The bytes of a chunk, as far as the chunks go: in `buffer`, or where a file that is held has them.
    fn get<'b>(
        &'b self,
        index: usize,
        buffer: &'b mut Vec<u8>,
        scratch: &mut Scratch,
    ) -> Result<&'b [u8], RestoreFileError> {
        if let Some(bytes) = self.held(index) {
            return Ok(bytes);
        }
        self.read_whole(index, buffer, scratch)?;
        Ok(buffer)
    }

    /// Reads a chunk into `buffer`, as far as the chunks go.
    pub(in crate::durable) fn read_whole(
        &self,
        index: usize,
        buffer: &mut Vec<u8>,
        scratch: &mut Scratch,
    ) -> Result<(), RestoreFileError> {
        buffer.resize(self.len_of(index), 0);
        self.read(index, buffer, false, scratch)
    }

    fn len_of(&self, index: usize) -> usize {
        (self.len - (index * CHUNK) as u64).min(CHUNK as u64) as usize
    }

    /// A chunk that the held file, which is verified, has as it is.
    fn held(&self, index: usize) -> Option<&[u8]> {
        let len = self.len_of(index);
        let held = self.snapshot.held.as_deref()?;
        let Chunk { mut cursor, frame } = self.list[index];
        let frame = &self.section.frames[frame?];
        let end = (index * CHUNK + len) as u64;
        let (kind, _, run) = cursor.step(end)?;
        let whole = kind == RunKind::Data && run == len as u64;
        (whole && frame.codec == Codec::Raw && self.snapshot.verified)
            .then(|| &held[frame.offset as usize..][..len])
    }

    /// Reads the beginning of a chunk into `place`. With `blank`, `place` is known to be zeros wherever the section is
    /// known to be.
    fn read(
        &self,
        index: usize,
        place: &mut [u8],
        blank: bool,
        scratch: &mut Scratch,
    ) -> Result<(), RestoreFileError> {
        let start = (index * CHUNK) as u64;
        let end = start + place.len() as u64;
        let Chunk {
            mut cursor,
            frame: number,
        } = self.list[index];
        let (mut zeros, mut pieces, mut from_parent) = (Vec::new(), Vec::new(), 0);
        while let Some((kind, at, len)) = cursor.step(end) {
            let range = (at - start) as usize..(at - start + len) as usize;
            match kind {
                RunKind::Zero => zeros.push(range),
                RunKind::Data => pieces.push(range),
                RunKind::Parent => from_parent = range.end,
            }
        }
        if let (1.., Some(parent)) = (from_parent, &self.parent) {
            parent.read(index, &mut place[..from_parent], blank, scratch)?;
        }
        if !blank || from_parent > 0 {
            for range in zeros {
                pages::clear(&mut place[range]);
            }
        }
        match number {
            Some(number) => self.read_data(number, &pieces, place, scratch),
            None => Ok(()),
        }
    }

    /// Reads a frame into the `pieces` of a chunk that it is the data of.
    fn read_data(
        &self,
        number: usize,
        pieces: &[Range<usize>],
        place: &mut [u8],
        scratch: &mut Scratch,
    ) -> Result<(), RestoreFileError> {
        let Scratch {
            decoder,
            stored,
            raw,
        } = scratch;
        let Self {
            snapshot, section, ..
        } = *self;
        let held = snapshot.held.as_deref();
        let frame = &section.frames[number];
        let malformed = |malformed| snapshot.malformed(section, number, &malformed);
        if let [range] = pieces
            && range.len() == frame.raw_len as usize
        {
            let place = &mut place[range.clone()];
            if frame.codec == Codec::Raw && held.is_none() {
                return snapshot.read_checked(section, number, place);
            }
            snapshot.read_frame(section, number, stored)?;
            return decoder
                .decode(frame.codec, stored_bytes(held, frame, stored), place)
                .map_err(malformed);
        }
        snapshot.read_frame(section, number, stored)?;
        raw.resize(frame.raw_len as usize, 0);
        decoder
            .decode(frame.codec, stored_bytes(held, frame, stored), raw)
            .map_err(malformed)?;
        let mut rest = &raw[..];
        for range in pieces {
            let (piece, after) = rest.split_at(range.len());
            place[range.clone()].copy_from_slice(piece);
            rest = after;
        }
        Ok(())
    }
}
