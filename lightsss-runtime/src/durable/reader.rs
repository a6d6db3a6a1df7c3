//! Opens a file, verifies it, and reads its sections into place.

use std::fs::{File, OpenOptions};
use std::io;
use std::num::NonZeroUsize;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::codec::Decoder;
use super::error::RestoreFileError;
use super::format::{
    CHUNK, Codec, Cursor, Directory, FORMAT_VERSION, FrameEntry, MAGIC, Malformed, PROLOGUE_LEN,
    ParentLink, Prologue, PrologueError, RunKind, SectionEntry, SnapshotHeader, checksum,
    chunk_end,
};
use super::pages;
use super::publish::folder_of;
use super::workers;

/// The longest chain of parents that is followed.
pub const MAX_CHAIN: u32 = 64;

/// Files up to this length are kept in memory between verifying and reading, so that nothing can come between.
const HELD_LEN: u64 = 64 << 20;

/// How snapshots are read.
#[derive(Debug, Clone)]
pub struct RestoreOptions {
    /// The most memory to allocate for the contents of a file, in bytes, beyond the file's own length; 4 GiB by
    /// default. What is read straight into the harness (a `Ram`) does not count.
    pub memory_limit: u64,
    /// Threads that decompress; all end before the restore returns. As many as processors by default.
    pub threads: NonZeroUsize,
}

impl Default for RestoreOptions {
    fn default() -> Self {
        Self {
            memory_limit: 4 << 30,
            threads: workers::available(),
        }
    }
}

/// An open snapshot file, of which prologue, directory and header are verified.
#[derive(Debug)]
pub struct Snapshot {
    path: PathBuf,
    file: File,
    prologue: Prologue,
    directory: Directory,
    options: RestoreOptions,
    parent: Option<Box<Snapshot>>,
    /// The whole file, once it is verified, unless it is large.
    held: Option<Vec<u8>>,
    verified: bool,
}

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
    /// Opens a file and verifies its prologue and directory. Frames are verified by [`Self::verify`].
    pub fn open(
        path: impl AsRef<Path>,
        options: &RestoreOptions,
    ) -> Result<Self, RestoreFileError> {
        let path = path.as_ref().to_owned();
        let file = open_regular(&path).map_err(|source| RestoreFileError::Io {
            action: "open",
            path: path.clone(),
            source,
        })?;
        let reading = |source| RestoreFileError::Io {
            action: "read",
            path: path.clone(),
            source,
        };
        let len = file.metadata().map_err(reading)?.len();
        let mut start = [0; PROLOGUE_LEN as usize];
        let present = len.min(PROLOGUE_LEN) as usize;
        file.read_exact_at(&mut start[..present], 0)
            .map_err(reading)?;
        if present < start.len() {
            return Err(not_whole(path, &start[..present]));
        }
        let prologue = Prologue::decode(&start, len).map_err(|e| refused(&path, e))?;
        if prologue.directory_len > options.memory_limit {
            return Err(RestoreFileError::TooLarge {
                path,
                part: "the directory".into(),
                needed: prologue.directory_len,
                limit: options.memory_limit,
            });
        }
        let mut directory = vec![0; prologue.directory_len as usize];
        file.read_exact_at(&mut directory, prologue.directory_offset)
            .map_err(reading)?;
        let found = checksum(&directory);
        if found != prologue.total {
            return Err(RestoreFileError::Damaged {
                path,
                part: "the directory".into(),
                expected: prologue.total,
                found,
            });
        }
        let directory =
            Directory::decode(&directory, prologue.directory_offset).map_err(|malformed| {
                RestoreFileError::Malformed {
                    path: path.clone(),
                    malformed,
                }
            })?;
        Ok(Self {
            path,
            file,
            prologue,
            directory,
            options: options.clone(),
            parent: None,
            held: None,
            verified: false,
        })
    }

    /// Opens the chain of parents too, and checks each link: a parent must be the very file that the child was made
    /// from.
    pub fn open_parents(&mut self) -> Result<(), RestoreFileError> {
        let mut child = self;
        while let Some(link) = child.directory.header.parent.clone() {
            let parent = child.open_parent(&link)?;
            child = child.parent.insert(Box::new(parent));
        }
        Ok(())
    }

    fn open_parent(&self, link: &ParentLink) -> Result<Self, RestoreFileError> {
        let path = folder_of(&self.path).join(&link.file);
        let unusable = |reason: String, source| RestoreFileError::Parent {
            path: self.path.clone(),
            parent: path.clone(),
            reason,
            source,
        };
        if link.depth > MAX_CHAIN {
            let reason = format!(
                "the chain has {} links, and at most {MAX_CHAIN} are followed",
                link.depth
            );
            return Err(unusable(reason, None));
        }
        let parent = Self::open(&path, &self.options)
            .map_err(|error| unusable("it was refused".into(), Some(Box::new(error))))?;
        if parent.prologue.total != link.total {
            let reason = format!(
                "expected total checksum {:016x}, found {:016x}: it is another snapshot of that name",
                link.total, parent.prologue.total
            );
            return Err(unusable(reason, None));
        }
        let depth = parent.depth();
        if depth + 1 != link.depth {
            let reason = format!(
                "expected {} parents behind it, found {depth}",
                link.depth - 1
            );
            return Err(unusable(reason, None));
        }
        for (number, section) in self.directory.sections.iter().enumerate() {
            let Some(end) = end_of_parent_runs(section) else {
                continue;
            };
            let fits = parent.directory.sections.get(number).is_some_and(|other| {
                other.name == section.name && other.kind == section.kind && other.len >= end
            });
            if !fits {
                let name = &section.name;
                let reason = format!("it has no section {number} `{name}` of at least {end} bytes");
                return Err(unusable(reason, None));
            }
        }
        Ok(parent)
    }

    /// Verifies every frame of this file and of its opened parents: the checksum, and that it decompresses.
    /// `progress` is told of the bytes done.
    pub fn verify(&mut self, progress: &(dyn Fn(u64) + Sync)) -> Result<(), RestoreFileError> {
        self.hold()?;
        let frames: Vec<(&SectionEntry, usize)> = self
            .directory
            .sections
            .iter()
            .flat_map(|section| (0..section.frames.len()).map(move |frame| (section, frame)))
            .collect();
        workers::for_each(
            self.options.threads,
            frames.into_iter(),
            || Ok((Decoder::new(), Vec::new(), Vec::new())),
            |(decoder, stored, raw), (section, number)| {
                let frame = &section.frames[number];
                self.read_frame(section, number, stored)?;
                if frame.codec != Codec::Raw {
                    raw.resize(frame.raw_len as usize, 0);
                    decoder
                        .decode(
                            frame.codec,
                            stored_bytes(self.held.as_deref(), frame, stored),
                            raw,
                        )
                        .map_err(|malformed| self.malformed(section, number, &malformed))?;
                }
                progress(u64::from(frame.stored_len));
                Ok(())
            },
        )?;
        self.verified = true;
        match &mut self.parent {
            Some(parent) => parent.verify(progress),
            None => Ok(()),
        }
    }

    /// Takes a file that is not large into memory.
    fn hold(&mut self) -> Result<(), RestoreFileError> {
        if self.held.is_some() || self.prologue.file_len > HELD_LEN {
            return Ok(());
        }
        let mut held = vec![0; self.prologue.directory_offset as usize];
        self.file
            .read_exact_at(&mut held, 0)
            .map_err(|source| self.unreadable(source))?;
        self.held = Some(held);
        Ok(())
    }

    /// Reads the stored bytes of a frame into `stored`, unless the file is held, and checks them.
    fn read_frame(
        &self,
        section: &SectionEntry,
        number: usize,
        stored: &mut Vec<u8>,
    ) -> Result<(), RestoreFileError> {
        let frame = &section.frames[number];
        if self.held.is_none() {
            stored.resize(frame.stored_len as usize, 0);
            self.file
                .read_exact_at(stored, frame.offset)
                .map_err(|source| self.unreadable(source))?;
        }
        let found = checksum(stored_bytes(self.held.as_deref(), frame, stored));
        self.check(section, number, found)
    }

    fn check(
        &self,
        section: &SectionEntry,
        number: usize,
        found: u64,
    ) -> Result<(), RestoreFileError> {
        let expected = section.frames[number].checksum;
        if expected == found {
            return Ok(());
        }
        if self.verified {
            return Err(RestoreFileError::ChangedMeanwhile {
                path: self.path.clone(),
            });
        }
        Err(RestoreFileError::Damaged {
            path: self.path.clone(),
            part: format!("frame {number} of section `{}`", section.name),
            expected,
            found,
        })
    }

    fn unreadable(&self, source: io::Error) -> RestoreFileError {
        let path = self.path.clone();
        if self.verified {
            return RestoreFileError::ChangedMeanwhile { path };
        }
        RestoreFileError::Io {
            action: "read",
            path,
            source,
        }
    }

    fn malformed(
        &self,
        section: &SectionEntry,
        frame: usize,
        malformed: &Malformed,
    ) -> RestoreFileError {
        let what = format!("frame {frame} of section `{}`", section.name);
        RestoreFileError::Malformed {
            path: self.path.clone(),
            malformed: Malformed {
                what,
                ..malformed.clone()
            },
        }
    }

    /// Reads the first `place.len()` bytes of a section into `place`. With `blank`, `place` is known to be zeros.
    pub(super) fn read_section(
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

    fn parents_not_opened(&self) -> RestoreFileError {
        let link = self.directory.header.parent.as_ref();
        let file = link.map_or("", |link| &link.file);
        RestoreFileError::Parent {
            path: self.path.clone(),
            parent: folder_of(&self.path).join(file),
            reason: "it was not opened".into(),
            source: None,
        }
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
        let mut bytes = vec![0; section.len as usize];
        self.read_section(number, &mut bytes, true)?;
        Ok(bytes)
    }

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

    pub(super) fn entries(&self) -> &[SectionEntry] {
        &self.directory.sections
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

/// Where the last run that is in the parent ends, if there is one.
fn end_of_parent_runs(section: &SectionEntry) -> Option<u64> {
    let mut at = 0;
    let mut end = None;
    for run in &section.runs {
        at += run.len;
        if run.kind == RunKind::Parent {
            end = Some(at);
        }
    }
    end
}

/// The stored bytes of a frame: in the held file, or read before.
fn stored_bytes<'a>(held: Option<&'a [u8]>, frame: &FrameEntry, read: &'a [u8]) -> &'a [u8] {
    match held {
        // The directory's decoder made sure that frames lie before the directory, which is where `held` ends.
        Some(held) => &held[frame.offset as usize..][..frame.stored_len as usize],
        None => read,
    }
}

/// Opens a regular file; anything else (a pipe would block) is refused.
fn open_regular(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK)
        .open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file",
        ))
    }
}

fn not_whole(path: PathBuf, start: &[u8]) -> RestoreFileError {
    let seen = &start[..start.len().min(MAGIC.len())];
    if MAGIC.starts_with(seen) && !seen.is_empty() {
        let malformed = Malformed::new(
            "file length",
            format_args!("at least {PROLOGUE_LEN} bytes"),
            format_args!("{} bytes", start.len()),
        );
        return RestoreFileError::Malformed { path, malformed };
    }
    RestoreFileError::NotASnapshot {
        path,
        expected: MAGIC.to_vec(),
        found: seen.to_vec(),
    }
}

fn refused(path: &Path, error: PrologueError) -> RestoreFileError {
    let path = path.to_owned();
    match error {
        PrologueError::NotASnapshot(found) => RestoreFileError::NotASnapshot {
            path,
            expected: MAGIC.to_vec(),
            found: found.to_vec(),
        },
        PrologueError::Version(found) => RestoreFileError::Version {
            path,
            found,
            newest: FORMAT_VERSION,
        },
        PrologueError::Checksum { expected, found } => RestoreFileError::Damaged {
            path,
            part: "the prologue".into(),
            expected,
            found,
        },
        PrologueError::Malformed(malformed) => RestoreFileError::Malformed { path, malformed },
    }
}
