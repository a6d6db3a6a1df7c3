//! The directory at the end of a file: header, sections, and where each frame is.

use super::bytes::{FieldReader, put_count, put_string};
use super::{ByteRun, CHUNK, DataChunks, Malformed, PROLOGUE_LEN, RunKind, SnapshotHeader};

/// How the bytes of a frame are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    Raw = 0,
    Zstd = 1,
    Lz4 = 2,
}

/// One independently stored piece: the data bytes of one chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameEntry {
    pub(crate) offset: u64,
    pub(crate) stored_len: u32,
    pub(crate) raw_len: u32,
    /// XXH3-64 of the stored bytes.
    pub(crate) checksum: u64,
    pub(crate) codec: Codec,
}

/// A section: a stream of bytes with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SectionEntry {
    pub(crate) kind: u8,
    pub(crate) name: String,
    pub(crate) len: u64,
    pub(crate) runs: Vec<ByteRun>,
    /// One for each chunk that holds data, in the order of the chunks.
    pub(crate) frames: Vec<FrameEntry>,
}

/// All that a reader needs to find its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Directory {
    pub(crate) header: SnapshotHeader,
    pub(crate) sections: Vec<SectionEntry>,
}

impl Directory {
    /// `None` if there is no memory for it.
    pub(crate) fn encode(&self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        self.header.encode(&mut out);
        let of_section = |section: &SectionEntry| {
            SectionEntry::LEAST
                + section.name.len()
                + 8 * section.runs.len()
                + 32 * section.frames.len()
        };
        let sections: usize = self.sections.iter().map(of_section).sum();
        out.try_reserve_exact(4 + sections).ok()?;
        put_count(&mut out, self.sections.len());
        for section in &self.sections {
            section.encode(&mut out);
        }
        Some(out)
    }

    /// Decodes a directory whose checksum is right and which starts at `offset`; checks that the frames fill the
    /// file between prologue and directory, without gap or overlap.
    pub(crate) fn decode(bytes: &[u8], offset: u64) -> Result<Self, Malformed> {
        let mut fields = FieldReader::new(bytes);
        let header = SnapshotHeader::decode(&mut fields)?;
        let count = fields.count("number of sections", SectionEntry::LEAST)?;
        let mut sections = reserved("sections", count)?;
        for _ in 0..count {
            let section = SectionEntry::decode(&mut fields)?;
            if header.parent.is_none() && section.runs.iter().any(|run| run.kind == RunKind::Parent)
            {
                return Err(Malformed::new(
                    format!("section `{}`", section.name),
                    "no run from a parent in a snapshot without one",
                    "such a run",
                ));
            }
            sections.push(section);
        }
        fields.finish("directory")?;
        let directory = Self { header, sections };
        directory.check_tiling(offset)?;
        Ok(directory)
    }

    fn check_tiling(&self, end: u64) -> Result<(), Malformed> {
        let frames = || self.sections.iter().flat_map(|section| &section.frames);
        let mut extents: Vec<(u64, u64)> = reserved("frames", frames().count())?;
        extents.extend(frames().map(|frame| (frame.offset, u64::from(frame.stored_len))));
        extents.sort_unstable();
        let mut at = PROLOGUE_LEN;
        for (offset, len) in extents {
            if offset != at {
                return Err(Malformed::new(
                    "frames",
                    format_args!("one at byte {at}"),
                    offset,
                ));
            }
            at = at.saturating_add(len);
        }
        if at == end {
            Ok(())
        } else {
            Err(Malformed::new(
                "frames",
                format_args!("to end at byte {end}, where the directory starts"),
                at,
            ))
        }
    }
}

impl SectionEntry {
    /// Bytes that the smallest section takes in a directory.
    const LEAST: usize = 24;

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&u32::from(self.kind).to_le_bytes());
        put_string(out, &self.name);
        out.extend_from_slice(&self.len.to_le_bytes());
        put_count(out, self.runs.len());
        for run in &self.runs {
            let word = run.len << 2 | run.kind as u64;
            out.extend_from_slice(&word.to_le_bytes());
        }
        put_count(out, self.frames.len());
        for frame in &self.frames {
            out.extend_from_slice(&frame.offset.to_le_bytes());
            out.extend_from_slice(&frame.stored_len.to_le_bytes());
            out.extend_from_slice(&frame.raw_len.to_le_bytes());
            out.extend_from_slice(&frame.checksum.to_le_bytes());
            out.extend_from_slice(&(frame.codec as u64).to_le_bytes());
        }
    }

    fn decode(fields: &mut FieldReader<'_>) -> Result<Self, Malformed> {
        let kind = fields.u8("section kind")?;
        fields.zeros::<3>("reserved bytes after a section's kind")?;
        let name = fields.string("section name")?;
        let len = fields.u64("section length")?;
        let what = |part: &str| format!("{part} of section `{name}`");
        let count = fields.count(&what("number of runs"), 8)?;
        let mut runs: Vec<ByteRun> = reserved("runs", count)?;
        let mut total = 0u64;
        for _ in 0..count {
            let run = decode_run(fields.u64("run")?, &name)?;
            if runs.last().is_some_and(|last| last.kind == run.kind) {
                return Err(Malformed::new(
                    what("runs"),
                    "neighbours of different kinds",
                    format_args!("two of kind {:?}", run.kind),
                ));
            }
            // At most 2^32 runs of less than 2^62 bytes each: the sum may pass 2^64.
            total = total.checked_add(run.len).ok_or_else(|| {
                Malformed::new(
                    what("runs"),
                    format_args!("{len} bytes in all"),
                    "more than 2^64",
                )
            })?;
            runs.push(run);
        }
        if total != len {
            return Err(Malformed::new(
                what("runs"),
                format_args!("{len} bytes in all"),
                total,
            ));
        }
        let count = fields.count(&what("number of frames"), 32)?;
        let mut frames = reserved("frames", count)?;
        for _ in 0..count {
            frames.push(decode_frame(fields, &name)?);
        }
        let section = Self {
            kind,
            name,
            len,
            runs,
            frames,
        };
        section.check_frames()?;
        Ok(section)
    }

    /// Each chunk that holds data has one frame, and that frame holds as many bytes as the runs say.
    fn check_frames(&self) -> Result<(), Malformed> {
        let what = || format!("frames of section `{}`", self.name);
        let mut frames = self.frames.iter();
        for chunk in self.data_chunks() {
            // Ends with the first chunk that has no frame, so a huge run cannot make this loop long.
            let Some(frame) = frames.next() else {
                return Err(Malformed::new(
                    what(),
                    format_args!("one for the chunk at byte {}", chunk.first),
                    "none",
                ));
            };
            if frame.raw_len != chunk.data_len {
                return Err(Malformed::new(
                    what(),
                    format_args!("{} bytes for the chunk at {}", chunk.data_len, chunk.first),
                    frame.raw_len,
                ));
            }
        }
        match frames.len() {
            0 => Ok(()),
            extra => Err(Malformed::new(
                what(),
                "as many as chunks with data",
                format_args!("{extra} more"),
            )),
        }
    }

    /// The chunks that hold data, in order.
    pub(crate) fn data_chunks(&self) -> DataChunks<'_> {
        DataChunks::new(&self.runs)
    }
}

/// Room for so many; files say how many.
fn reserved<T>(what: &str, count: usize) -> Result<Vec<T>, Malformed> {
    let mut list = Vec::new();
    list.try_reserve_exact(count).map_err(|_| {
        let bytes = count.saturating_mul(size_of::<T>());
        let found = format_args!("{count}, for which {bytes} bytes of memory cannot be had");
        Malformed::new(what, "as many as memory holds", found)
    })?;
    Ok(list)
}

fn decode_run(word: u64, section: &str) -> Result<ByteRun, Malformed> {
    let kind = match word & 3 {
        0 => RunKind::Zero,
        1 => RunKind::Data,
        2 => RunKind::Parent,
        _ => {
            return Err(Malformed::new(
                format!("kind of a run of section `{section}`"),
                "0, 1 or 2",
                3,
            ));
        }
    };
    let len = word >> 2;
    if len == 0 {
        return Err(Malformed::new(
            format!("length of a run of section `{section}`"),
            "at least 1",
            0,
        ));
    }
    Ok(ByteRun { kind, len })
}

fn decode_frame(fields: &mut FieldReader<'_>, section: &str) -> Result<FrameEntry, Malformed> {
    let offset = fields.u64("frame offset")?;
    let stored_len = fields.u32("frame length")?;
    let raw_len = fields.u32("frame length when decompressed")?;
    let checksum = fields.u64("frame checksum")?;
    let codec = match fields.u64("frame codec")? {
        0 => Codec::Raw,
        1 => Codec::Zstd,
        2 => Codec::Lz4,
        other => {
            return Err(Malformed::new(
                format!("codec of a frame of section `{section}`"),
                "0, 1 or 2",
                other,
            ));
        }
    };
    let within = 0 < stored_len && stored_len <= raw_len && raw_len as usize <= CHUNK;
    if !within || (codec == Codec::Raw && stored_len != raw_len) {
        return Err(Malformed::new(
            format!("lengths of a frame of section `{section}`"),
            format_args!("stored at most decompressed, decompressed at most {CHUNK}"),
            format_args!("{stored_len} and {raw_len} with codec {codec:?}"),
        ));
    }
    Ok(FrameEntry {
        offset,
        stored_len,
        raw_len,
        checksum,
        codec,
    })
}
