//! A reader of snapshot files, written from `docs/format.md` and from nothing else.

use xxhash_rust::xxh3::xxh3_64;

/// Where things are in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Layout {
    pub directory_offset: usize,
    pub harness: String,
    pub schema: u64,
    pub cycle: u64,
    pub time: u64,
    pub taken_ns: u64,
    pub tool: String,
    pub models: Vec<(String, u64, String)>,
    pub parent: Option<(u32, u64, String)>,
    pub labels: Vec<(String, String)>,
    pub sections: Vec<Section>,
}

/// A section.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Section {
    pub kind: u8,
    pub name: String,
    pub len: u64,
    /// From where (0 to 2), and how many bytes.
    pub runs: Vec<(u8, u64)>,
    pub frames: Vec<Frame>,
}

/// A frame.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Frame {
    /// Where the frame's entry is in the file.
    pub entry: usize,
    pub offset: usize,
    pub stored: usize,
    pub raw: usize,
    pub checksum: u64,
    pub codec: u64,
}

struct Bytes<'a> {
    file: &'a [u8],
    at: usize,
}

impl Bytes<'_> {
    fn take(&mut self, len: usize) -> Option<&[u8]> {
        let taken = self.file.get(self.at..self.at.checked_add(len)?)?;
        self.at += len;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }

    fn string(&mut self) -> Option<String> {
        let len = self.u32()? as usize;
        String::from_utf8(self.take(len)?.to_vec()).ok()
    }
}

impl Layout {
    /// Reads a file's prologue and directory; `None` if they are not as the page says.
    #[must_use]
    pub fn read(file: &[u8]) -> Option<Self> {
        let mut prologue = Bytes { file, at: 0 };
        let magic = prologue.take(8)? == b"\x89LSSS\r\n\x1a";
        let version = prologue.u32()?;
        let reserved = prologue.u32()?;
        let file_len = prologue.u64()?;
        let directory_offset = prologue.u64()? as usize;
        let directory_len = prologue.u64()? as usize;
        let total = prologue.u64()?;
        let reserved = u64::from(reserved) | prologue.u64()?;
        let sealed = prologue.u64()? == xxh3_64(&file[..56]);
        let right = magic && version == 1 && reserved == 0 && sealed;
        let directory = file.get(directory_offset..)?;
        let whole = file_len == file.len() as u64 && directory.len() == directory_len;
        if !right || !whole || xxh3_64(directory) != total {
            return None;
        }
        let mut bytes = Bytes {
            file,
            at: directory_offset,
        };
        let layout = Self {
            directory_offset,
            harness: bytes.string()?,
            schema: bytes.u64()?,
            cycle: bytes.u64()?,
            time: bytes.u64()?,
            taken_ns: bytes.u64()?,
            tool: bytes.string()?,
            models: (0..bytes.u32()?)
                .map(|_| Some((bytes.string()?, bytes.u64()?, bytes.string()?)))
                .collect::<Option<_>>()?,
            parent: match bytes.u32()? {
                0 => None,
                depth => Some((depth, bytes.u64()?, bytes.string()?)),
            },
            labels: (0..bytes.u32()?)
                .map(|_| Some((bytes.string()?, bytes.string()?)))
                .collect::<Option<_>>()?,
            sections: (0..bytes.u32()?)
                .map(|_| section(&mut bytes))
                .collect::<Option<_>>()?,
        };
        (bytes.at == file.len()).then_some(layout)
    }

    /// The contents of a section whose frames are all stored as they are, with nothing of a parent's.
    #[must_use]
    pub fn contents(&self, file: &[u8], number: usize) -> Option<Vec<u8>> {
        let section = self.sections.get(number)?;
        let mut data = Vec::new();
        for frame in &section.frames {
            let stored = file.get(frame.offset..frame.offset + frame.stored)?;
            if frame.codec != 0 || xxh3_64(stored) != frame.checksum {
                return None;
            }
            data.extend_from_slice(stored);
        }
        let mut data = data.as_slice();
        let mut contents = Vec::new();
        for (kind, len) in &section.runs {
            let len = *len as usize;
            match kind {
                0 => contents.resize(contents.len() + len, 0),
                1 => contents.extend_from_slice(data.split_off(..len)?),
                _ => return None,
            }
        }
        (contents.len() as u64 == section.len && data.is_empty()).then_some(contents)
    }
}

fn section(bytes: &mut Bytes<'_>) -> Option<Section> {
    let kind = bytes.u32()?;
    Some(Section {
        kind: u8::try_from(kind).ok()?,
        name: bytes.string()?,
        len: bytes.u64()?,
        runs: (0..bytes.u32()?)
            .map(|_| bytes.u64().map(|run| ((run & 3) as u8, run >> 2)))
            .collect::<Option<_>>()?,
        frames: (0..bytes.u32()?)
            .map(|_| {
                Some(Frame {
                    entry: bytes.at,
                    offset: bytes.u64()? as usize,
                    stored: bytes.u32()? as usize,
                    raw: bytes.u32()? as usize,
                    checksum: bytes.u64()?,
                    codec: bytes.u64()?,
                })
            })
            .collect::<Option<_>>()?,
    })
}

/// Makes every checksum of a changed file right again: those of the frames that `layout` knew, that of the directory,
/// that of the prologue. Lengths in the prologue are made those of the file.
pub fn seal(file: &mut [u8], layout: &Layout, frames: bool) {
    let offset = layout.directory_offset.min(file.len());
    if file.len() < 64 || offset < 64 {
        return;
    }
    if frames {
        for frame in layout.sections.iter().flat_map(|section| &section.frames) {
            let stored = file.get(frame.offset..frame.offset + frame.stored);
            let Some(checksum) = stored.map(xxh3_64) else {
                continue;
            };
            if let Some(place) = file.get_mut(frame.entry + 16..frame.entry + 24) {
                place.copy_from_slice(&checksum.to_le_bytes());
            }
        }
    }
    let put = |file: &mut [u8], at: usize, value: u64| {
        file[at..at + 8].copy_from_slice(&value.to_le_bytes());
    };
    let len = file.len();
    put(file, 16, len as u64);
    put(file, 24, offset as u64);
    put(file, 32, (len - offset) as u64);
    let total = xxh3_64(&file[offset..]);
    put(file, 40, total);
    let own = xxh3_64(&file[..56]);
    put(file, 56, own);
}
