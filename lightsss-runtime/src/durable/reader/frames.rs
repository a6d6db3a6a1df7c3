//! Frames: read, verified, and what it means when they are not what they were.

use std::io;
use std::os::unix::fs::FileExt;

use super::Snapshot;
use crate::durable::codec::Decoder;
use crate::durable::error::RestoreFileError;
use crate::durable::format::{Checksum, Codec, FrameEntry, Malformed, SectionEntry, checksum};
use crate::durable::workers;
use crate::memory::pages;

/// Files up to this length are kept in memory between verifying and reading, so that nothing can come between.
const HELD_LEN: u64 = 64 << 20;

/// Bytes that are still in a processor's own cache when they have been read.
const CACHED: usize = 256 << 10;

impl Snapshot {
    /// Verifies every frame of this file and of its opened parents: its checksum, and that it
    /// decompresses. `progress` gets the number of bytes done.
    pub fn verify(&mut self, progress: &(dyn Fn(u64) + Sync)) -> Result<(), RestoreFileError> {
        self.hold()?;
        let sections = &self.directory.sections;
        let count = sections.iter().map(|section| section.frames.len()).sum();
        let mut frames: Vec<(&SectionEntry, u32)> = Vec::new();
        frames
            .try_reserve_exact(count)
            .map_err(|_| self.out_of_memory("its list of frames", count as u64 * 16))?;
        frames.extend(sections.iter().flat_map(|section| {
            // A directory counts them with 32 bits.
            (0..section.frames.len() as u32).map(move |frame| (section, frame))
        }));
        workers::for_each(
            &self.threads,
            frames.into_iter(),
            || Ok((Decoder::new(), Vec::new(), Vec::new())),
            |(decoder, stored, raw), (section, number)| {
                let number = number as usize;
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
        let len = self.prologue.directory_offset;
        let mut held = pages::zeros(len as usize)
            .ok_or_else(|| self.out_of_memory("the file's own bytes", len))?;
        self.file
            .read_exact_at(&mut held, 0)
            .map_err(|source| self.unreadable(source))?;
        self.held = Some(held);
        Ok(())
    }

    /// Reads the stored bytes of a frame into `stored`, unless the file is held, and checks them, unless it is held
    /// and verified.
    pub(super) fn read_frame(
        &self,
        section: &SectionEntry,
        number: usize,
        stored: &mut Vec<u8>,
    ) -> Result<(), RestoreFileError> {
        if self.verified && self.held.is_some() {
            return Ok(());
        }
        let frame = &section.frames[number];
        if let Some(held) = self.held.as_deref() {
            let found = checksum(stored_bytes(Some(held), frame, stored));
            return self.check(section, number, found);
        }
        stored.resize(frame.stored_len as usize, 0);
        self.read_checked(section, number, stored)
    }

    /// Reads the stored bytes of a frame from the file into `place`, which is as long, and checks them: piece by
    /// piece, each while it is in the processor's cache.
    pub(super) fn read_checked(
        &self,
        section: &SectionEntry,
        number: usize,
        place: &mut [u8],
    ) -> Result<(), RestoreFileError> {
        let mut offset = section.frames[number].offset;
        let mut found = Checksum::new();
        for piece in place.chunks_mut(CACHED) {
            self.file
                .read_exact_at(piece, offset)
                .map_err(|source| self.unreadable(source))?;
            found.add(piece);
            offset += piece.len() as u64;
        }
        self.check(section, number, found.finish())
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
                source: None,
            });
        }
        Err(RestoreFileError::Damaged {
            path: self.path.clone(),
            part: format!("frame {number} of section `{}`", section.name),
            expected,
            found,
        })
    }

    pub(super) fn out_of_memory(&self, part: impl Into<String>, needed: u64) -> RestoreFileError {
        RestoreFileError::OutOfMemory {
            path: self.path.clone(),
            part: part.into(),
            needed,
        }
    }

    pub(super) fn unreadable(&self, source: io::Error) -> RestoreFileError {
        let path = self.path.clone();
        if self.verified {
            let source = Some(source);
            return RestoreFileError::ChangedMeanwhile { path, source };
        }
        RestoreFileError::Io {
            action: "read",
            path,
            source,
        }
    }

    pub(super) fn malformed(
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
}

/// The stored bytes of a frame: in the held file, or read before.
pub(super) fn stored_bytes<'a>(
    held: Option<&'a [u8]>,
    frame: &FrameEntry,
    read: &'a [u8],
) -> &'a [u8] {
    match held {
        // The directory's decoder made sure that frames lie before the directory, which is where `held` ends.
        Some(held) => &held[frame.offset as usize..][..frame.stored_len as usize],
        None => read,
    }
}
