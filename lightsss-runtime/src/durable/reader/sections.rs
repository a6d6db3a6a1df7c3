//! Sections: read into place, chunk by chunk, by several threads.

use std::os::unix::fs::FileExt;

use super::Snapshot;
use super::frames::stored_bytes;
use super::parents::end_of_parent_runs;
use crate::durable::codec::Decoder;
use crate::durable::error::RestoreFileError;
use crate::durable::format::{CHUNK, Codec, Cursor, RunKind, SectionEntry, checksum, chunk_end};
use crate::durable::{pages, workers};

impl Snapshot {
    /// Reads the first `place.len()` bytes of a section into `place`. With `blank`, `place` is known to be zeros.
    pub(in crate::durable) fn read_section(
        &self,
        number: usize,
        place: &mut [u8],
        blank: bool,
    ) -> Result<(), RestoreFileError> {
        let section = &self.directory.sections[number];
        let from_parent = end_of_parent_runs(section)
            .unwrap_or(0)
            .min(place.len() as u64) as usize;
        if from_parent > 0 {
            let Some(parent) = &self.parent else {
                return Err(self.parents_not_opened());
            };
            parent.read_section(number, &mut place[..from_parent], blank)?;
        }
        let blank_from = if blank { from_parent } else { place.len() };
        workers::for_each(
            self.options.threads,
            jobs(section, place).into_iter(),
            || Ok((Decoder::new(), Vec::new(), Vec::new())),
            |(decoder, stored, raw), job| {
                let blank = job.start >= blank_from as u64;
                self.read_chunk(section, job, blank, decoder, stored, raw)
            },
        )
    }

    fn read_chunk(
        &self,
        section: &SectionEntry,
        job: Job<'_, '_>,
        blank: bool,
        decoder: &mut Decoder,
        stored: &mut Vec<u8>,
        raw: &mut Vec<u8>,
    ) -> Result<(), RestoreFileError> {
        let Job {
            start,
            mut cursor,
            place,
            frame: number,
        } = job;
        let end = start + place.len() as u64;
        let mut pieces = Vec::new();
        while let Some((kind, at, len)) = cursor.step(end) {
            let range = (at - start) as usize..(at - start + len) as usize;
            match kind {
                RunKind::Zero if blank => {}
                RunKind::Zero => pages::clear(&mut place[range]),
                RunKind::Data => pieces.push(range),
                RunKind::Parent => {}
            }
        }
        let Some(number) = number else {
            return Ok(());
        };
        let frame = &section.frames[number];
        if let [range] = &pieces[..]
            && range.len() == frame.raw_len as usize
        {
            let place = &mut place[range.clone()];
            if frame.codec == Codec::Raw && self.held.is_none() {
                self.file
                    .read_exact_at(place, frame.offset)
                    .map_err(|source| self.unreadable(source))?;
                return self.check(section, number, checksum(place));
            }
            self.read_frame(section, number, stored)?;
            return decoder
                .decode(
                    frame.codec,
                    stored_bytes(self.held.as_deref(), frame, stored),
                    place,
                )
                .map_err(|malformed| self.malformed(section, number, &malformed));
        }
        self.read_frame(section, number, stored)?;
        raw.resize(frame.raw_len as usize, 0);
        decoder
            .decode(
                frame.codec,
                stored_bytes(self.held.as_deref(), frame, stored),
                raw,
            )
            .map_err(|malformed| self.malformed(section, number, &malformed))?;
        let mut rest = &raw[..];
        for range in pieces {
            let (piece, after) = rest.split_at(range.len());
            place[range].copy_from_slice(piece);
            rest = after;
        }
        Ok(())
    }

    /// The bytes of a section, in fresh memory.
    pub fn section_bytes(&self, number: usize) -> Result<Vec<u8>, RestoreFileError> {
        let section = &self.directory.sections[number];
        if section.len > self.options.memory_limit {
            return Err(RestoreFileError::TooLarge {
                path: self.path.clone(),
                part: format!("section `{}`", section.name),
                needed: section.len,
                limit: self.options.memory_limit,
            });
        }
        let mut bytes = pages::zeros(section.len as usize);
        self.read_section(number, &mut bytes, true)?;
        Ok(bytes)
    }
}

/// A chunk to be read.
struct Job<'s, 'p> {
    start: u64,
    cursor: Cursor<'s>,
    place: &'p mut [u8],
    frame: Option<usize>,
}

/// Cuts the first `place.len()` bytes of a section into chunks.
fn jobs<'s, 'p>(section: &'s SectionEntry, place: &'p mut [u8]) -> Vec<Job<'s, 'p>> {
    let mut frames = section.data_chunks().enumerate().peekable();
    let mut cursor = Cursor::new(&section.runs);
    let mut start = 0;
    let mut jobs = Vec::with_capacity(place.len().div_ceil(CHUNK));
    for place in place.chunks_mut(CHUNK) {
        let end = start + CHUNK as u64;
        let frame = frames.next_if(|(_, data)| data.first < end);
        jobs.push(Job {
            start,
            cursor,
            place,
            frame: frame.map(|(number, _)| number),
        });
        while cursor.step(chunk_end(start)).is_some() {}
        start = end;
    }
    jobs
}
