//! Writes sections into a file as they come, chunk by chunk, on as many threads as there are.

use std::io::IoSlice;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::codec::{Compression, Encoder};
use super::digests;
use super::error::SaveFileError;
use super::format::{
    ByteRun, CHUNK, Checksum, Codec, DataChunks, Directory, FrameEntry, ModelIdentity, PAGE,
    PROLOGUE_LEN, Prologue, RunKind, SectionEntry, SnapshotHeader, checksum, kind,
};
use super::pages::{self, ParentPages, Verdict};
use super::publish::Unpublished;
use super::workers::{self, Threads};
use crate::memory::dirty::{Mark, Origin, Tracked};
use crate::memory::pages::PageSet;
use crate::process::panics::unpoisoned;

/// How a file is written.
#[derive(Debug, Clone)]
pub(super) struct WriterOptions {
    pub(super) compression: Compression,
    pub(super) threads: Threads,
    /// Whether to keep the digest of every page, so that a child can be made.
    pub(super) digests: bool,
    /// When the parent was made, and now, by the counters of tracked memories.
    pub(super) marks: Option<(Mark, Mark)>,
}

/// What is written in small pieces is put together to so much for each thread.
const LEAST_BATCH: usize = 4 * CHUNK;

/// A file whose sections are being written.
pub(super) struct FileWriter<'a> {
    file: Unpublished<'a>,
    options: WriterOptions,
    /// Where the next frame goes.
    end: AtomicU64,
    sections: Vec<Building>,
    /// What the parent has, by the sections' numbers.
    parent: Vec<Option<ParentPages>>,
}

/// A section that is being written.
struct Building {
    entry: SectionEntry,
    /// Bytes that are not yet a whole chunk.
    pending: Vec<u8>,
    digests: Vec<u64>,
    /// The first bytes of a model, which say what model it is.
    head: Vec<u8>,
    parent: Option<ParentPages>,
    /// The tracked memory that the contents begin with.
    origin: Option<Origin>,
    /// How many pages from the first on are of it.
    counted_pages: usize,
    /// Which of them were written since the parent was made, if they were counted.
    written_pages: Option<PageSet>,
    ended: bool,
}

/// What became of a chunk.
#[derive(Default)]
struct WrittenChunk {
    runs: Vec<ByteRun>,
    frame: Option<FrameEntry>,
    digests: Vec<u64>,
}

/// How large a file became.
#[derive(Debug, Clone)]
pub(super) struct FileTotals {
    /// Of each section, for the next child.
    pub(super) origins: Vec<Option<Origin>>,
    pub(super) total: u64,
    pub(super) file_len: u64,
    pub(super) contents_len: u64,
    /// The number that the file's name got, if it has one.
    pub(super) number: Option<u32>,
}

impl<'a> FileWriter<'a> {
    pub(super) fn new(
        file: Unpublished<'a>,
        options: WriterOptions,
        parent: Vec<Option<ParentPages>>,
    ) -> Self {
        Self {
            file,
            options,
            end: AtomicU64::new(PROLOGUE_LEN),
            sections: Vec::new(),
            parent,
        }
    }

    /// Begins a section and gives its number.
    pub(super) fn begin(&mut self, kind: u8, name: &str) -> usize {
        let number = self.sections.len();
        let parent = self.parent.get_mut(number).and_then(Option::take);
        let parent = parent.filter(|parent| parent.kind == kind && parent.name == name);
        self.sections.push(Building {
            entry: SectionEntry {
                kind,
                name: name.to_owned(),
                len: 0,
                runs: Vec::new(),
                frames: Vec::new(),
            },
            pending: Vec::new(),
            digests: Vec::new(),
            head: Vec::new(),
            parent,
            origin: None,
            counted_pages: 0,
            written_pages: None,
            ended: false,
        });
        number
    }

    /// Appends a tracked memory to a section. What was not written is known if the section begins with it.
    pub(super) fn write_tracked(
        &mut self,
        number: usize,
        bytes: &[u8],
        memory: &Tracked,
    ) -> Result<(), SaveFileError> {
        let section = &mut self.sections[number];
        if section.entry.len == 0
            && section.pending.is_empty()
            && let Some(origin) = memory.origin_of(bytes)
        {
            section.origin = Some(origin);
            section.counted_pages = bytes.len() / PAGE;
            // A harness may have exchanged two memories: only what was in the same place then counts.
            let parent = section.parent.as_ref().and_then(|parent| parent.origin);
            let marks = self.options.marks.filter(|_| parent == Some(origin));
            section.written_pages = marks.and_then(|(from, to)| memory.written_between(from, to));
        }
        self.write(number, bytes)
    }

    /// Appends to a section.
    pub(super) fn write(&mut self, number: usize, mut bytes: &[u8]) -> Result<(), SaveFileError> {
        let section = &mut self.sections[number];
        if section.entry.kind == kind::MODEL && section.head.len() < ModelIdentity::HEAD_MAX {
            let taken = bytes
                .len()
                .min(ModelIdentity::HEAD_MAX - section.head.len());
            section.head.extend_from_slice(&bytes[..taken]);
        }
        while !bytes.is_empty() {
            let section = &mut self.sections[number];
            let whole = bytes.len() - bytes.len() % CHUNK;
            // Of what goes on for long, only as much is copied as makes what is pending whole chunks.
            let room = if whole > 0 {
                section.pending.len().next_multiple_of(CHUNK) - section.pending.len()
            } else if section.pending.len() <= LEAST_BATCH - CHUNK {
                bytes.len()
            } else {
                self.options.threads.get() * LEAST_BATCH - section.pending.len()
            };
            let taken = bytes.len().min(room);
            section.pending.extend_from_slice(&bytes[..taken]);
            bytes = &bytes[taken..];
            if whole > 0 {
                let direct = bytes.len() - bytes.len() % CHUNK;
                self.flush(number, &bytes[..direct])?;
                bytes = &bytes[direct..];
            } else if taken == room && section.pending.len() >= LEAST_BATCH {
                self.flush(number, &[])?;
            }
        }
        Ok(())
    }

    /// Ends a section.
    pub(super) fn end(&mut self, number: usize) -> Result<(), SaveFileError> {
        self.flush(number, &[])?;
        let section = &mut self.sections[number];
        section.pending = Vec::new();
        section.ended = true;
        Ok(())
    }

    /// Writes what is pending, and the whole chunks behind it.
    fn flush(&mut self, number: usize, behind: &[u8]) -> Result<(), SaveFileError> {
        let mut pending = std::mem::take(&mut self.sections[number].pending);
        self.write_chunks(number, &pending, behind)?;
        pending.clear();
        self.sections[number].pending = pending;
        Ok(())
    }

    /// Writes chunks. Only the section's last one may be short.
    fn write_chunks(
        &mut self,
        number: usize,
        first: &[u8],
        then: &[u8],
    ) -> Result<(), SaveFileError> {
        let section = &self.sections[number];
        let at = section.entry.len;
        let counted = section.counted_pages;
        let clean = |page| {
            let written = section.written_pages.as_ref();
            page < counted && written.is_some_and(|written| !written.contains(page))
        };
        let chunks: Vec<&[u8]> = first.chunks(CHUNK).chain(then.chunks(CHUNK)).collect();
        let results = Mutex::new(Vec::new());
        workers::for_each(
            &self.options.threads,
            chunks.into_iter().enumerate(),
            || {
                let compression = self.options.compression;
                let encoder =
                    Encoder::new(compression).map_err(|source| SaveFileError::Compressor {
                        compression,
                        source,
                    })?;
                Ok::<_, SaveFileError>((encoder, Vec::new()))
            },
            |(encoder, scratch), (index, chunk)| {
                let place = at + (index * CHUNK) as u64;
                let written = self.write_chunk(section, place, chunk, &clean, encoder, scratch)?;
                unpoisoned(&results).push((index, written));
                Ok(())
            },
        )?;
        let mut results = results
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        results.sort_unstable_by_key(|(index, _)| *index);
        let section = &mut self.sections[number];
        for (_, written) in results {
            for run in written.runs {
                push_run(&mut section.entry.runs, run);
            }
            section.entry.frames.extend(written.frame);
            section.digests.extend(written.digests);
        }
        section.entry.len += (first.len() + then.len()) as u64;
        Ok(())
    }

    fn write_chunk(
        &self,
        section: &Building,
        place: u64,
        chunk: &[u8],
        clean: &dyn Fn(usize) -> bool,
        encoder: &mut Encoder,
        scratch: &mut Vec<u8>,
    ) -> Result<WrittenChunk, SaveFileError> {
        let mut written = WrittenChunk::default();
        let runs = &mut written.runs;
        pages::classify(
            chunk,
            (place / PAGE as u64) as usize,
            section.parent.as_ref(),
            clean,
            self.options.digests.then_some(&mut written.digests),
            |verdict, len| {
                let kind = match verdict {
                    Verdict::Zero => RunKind::Zero,
                    Verdict::Data => RunKind::Data,
                    Verdict::Parent => RunKind::Parent,
                };
                let len = len as u64;
                push_run(runs, ByteRun { kind, len });
            },
        );
        if let Some(data) = DataChunks::new(&written.runs).next() {
            let pieces = data
                .pieces()
                .map(|(at, len)| &chunk[at as usize..at as usize + len]);
            written.frame = Some(self.write_frame(pieces, data.data_len, encoder, scratch)?);
        }
        Ok(written)
    }

    fn write_frame<'b>(
        &self,
        pieces: impl Iterator<Item = &'b [u8]>,
        raw_len: u32,
        encoder: &mut Encoder,
        scratch: &mut Vec<u8>,
    ) -> Result<FrameEntry, SaveFileError> {
        let mut pieces: Vec<&[u8]> = pieces.collect();
        if encoder.compresses() && pieces.len() > 1 {
            scratch.clear();
            for piece in &pieces {
                scratch.extend_from_slice(piece);
            }
            pieces = vec![scratch];
        }
        let compressed = if encoder.compresses() {
            encoder.encode(pieces[0])
        } else {
            None
        };
        let codec = match compressed {
            Some((codec, stored)) => {
                pieces = vec![stored];
                codec
            }
            None => Codec::Raw,
        };
        let checksum = checksum_of(&pieces);
        let stored_len: u32 = pieces.iter().map(|piece| piece.len() as u32).sum();
        let offset = self.end.fetch_add(u64::from(stored_len), Ordering::Relaxed);
        let pieces: Vec<IoSlice<'_>> = pieces.into_iter().map(IoSlice::new).collect();
        self.write_at(&pieces, offset)?;
        Ok(FrameEntry {
            offset,
            stored_len,
            raw_len,
            checksum,
            codec,
        })
    }

    fn write_at(&self, parts: &[IoSlice<'_>], offset: u64) -> Result<(), SaveFileError> {
        let file = self.file.file();
        file.write_at(parts, offset)
            .map_err(|source| SaveFileError::Io {
                action: "write",
                path: self.file.path().to_owned(),
                source,
            })
    }

    /// Makes room for so many sections.
    pub(super) fn reserve(&mut self, sections: usize) -> Result<(), SaveFileError> {
        let reserved = self.sections.try_reserve_exact(sections);
        reserved.map_err(|_| SaveFileError::Io {
            action: "hold in memory the list of sections of",
            path: self.file.path().to_owned(),
            source: std::io::ErrorKind::OutOfMemory.into(),
        })
    }

    /// What model sections say of themselves.
    pub(super) fn models(&self) -> Vec<ModelIdentity> {
        let models = self
            .sections
            .iter()
            .filter(|section| section.entry.kind == kind::MODEL);
        models
            .map(|section| ModelIdentity::from_section(&section.entry.name, &section.head))
            .collect()
    }

    /// Writes the directory and publishes the file.
    pub(super) fn finish(mut self, header: SnapshotHeader) -> Result<FileTotals, SaveFileError> {
        if let Some(open) = self.sections.iter().find(|section| !section.ended) {
            return Err(SaveFileError::UnendedSection {
                name: open.entry.name.clone(),
            });
        }
        let mut encoded = Vec::new();
        header.encode(&mut encoded);
        if encoded.len() > SnapshotHeader::LONGEST {
            return Err(SaveFileError::HeaderTooLong { len: encoded.len() });
        }
        let contents_len = self.sections.iter().map(|section| section.entry.len).sum();
        if self.options.digests {
            self.write_digests()?;
        }
        let origins = self.sections.iter().map(|section| section.origin).collect();
        // In place: there may be many.
        let sections = std::mem::take(&mut self.sections);
        let sections = sections.into_iter().map(|section| section.entry).collect();
        let directory = Directory { header, sections };
        let directory = directory.encode().ok_or_else(|| SaveFileError::Io {
            action: "hold in memory the directory of",
            path: self.file.path().to_owned(),
            source: std::io::ErrorKind::OutOfMemory.into(),
        })?;
        let directory_offset = self.end.load(Ordering::Relaxed);
        let prologue = Prologue {
            file_len: directory_offset + directory.len() as u64,
            directory_offset,
            directory_len: directory.len() as u64,
            total: checksum(&directory),
        };
        self.write_at(&[IoSlice::new(&directory)], directory_offset)?;
        self.write_at(&[IoSlice::new(&prologue.encode())], 0)?;
        let number = self.file.publish()?;
        Ok(FileTotals {
            origins,
            total: prologue.total,
            file_len: prologue.file_len,
            contents_len,
            number,
        })
    }

    /// The digests of every section's pages, in one section of their own.
    fn write_digests(&mut self) -> Result<(), SaveFileError> {
        let sections = self.sections.iter_mut();
        let table = digests::encode(sections.map(|section| std::mem::take(&mut section.digests)));
        self.options.digests = false;
        let number = self.begin(kind::DIGESTS, digests::NAME);
        self.write(number, &table)?;
        self.end(number)
    }
}

fn push_run(runs: &mut Vec<ByteRun>, run: ByteRun) {
    match runs.last_mut() {
        Some(last) if last.kind == run.kind => last.len += run.len,
        _ => runs.push(run),
    }
}

fn checksum_of(pieces: &[&[u8]]) -> u64 {
    if let [piece] = pieces {
        return checksum(piece);
    }
    let mut all = Checksum::new();
    for piece in pieces {
        all.add(piece);
    }
    all.finish()
}
