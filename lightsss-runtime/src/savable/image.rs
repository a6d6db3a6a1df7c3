//! A snapshot in memory.

use std::borrow::Cow;
use std::io;

use super::allowed::ANYWHERE;
use super::{AllowedFiles, Buffer, SectionInfo, SectionKind, Sink, Source};

/// A snapshot in memory: a schema description, a stream and sections.
///
/// Saving into an image again re-uses its memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Image {
    pub(crate) schema: Vec<u8>,
    pub(crate) stream: Buffer,
    sections: Vec<ImageSection>,
    open: Vec<usize>,
    used: usize,
}

#[derive(Debug, Clone, Default)]
struct ImageSection {
    kind: Option<SectionKind>,
    name: String,
    bytes: Buffer,
}

impl PartialEq for ImageSection {
    fn eq(&self, other: &ImageSection) -> bool {
        self.kind == other.kind && self.name == other.name && self.bytes == other.bytes
    }
}

impl Eq for ImageSection {}

impl Image {
    /// An empty image.
    #[must_use]
    pub fn new() -> Image {
        Image::default()
    }

    /// An image of the given parts. They may come from anywhere: a restore verifies them.
    #[must_use]
    pub fn from_parts(schema: Vec<u8>, stream: Vec<u8>) -> Image {
        Image {
            schema,
            stream: stream.into(),
            ..Image::default()
        }
    }

    /// The schema's description.
    #[must_use]
    pub fn schema(&self) -> &[u8] {
        &self.schema
    }

    /// The stream: fields, one after the other.
    #[inline]
    #[must_use]
    pub fn stream(&self) -> &[u8] {
        &self.stream
    }

    /// Number of sections.
    #[must_use]
    pub fn section_count(&self) -> u32 {
        self.used as u32
    }

    /// Size of all parts, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        let sections: usize = self.sections[..self.used]
            .iter()
            .map(|s| s.bytes.len())
            .sum();
        self.schema.len() + self.stream.len() + sections
    }

    /// The bytes of a section; none where there is no such section.
    #[cfg(feature = "driver")]
    pub(crate) fn section_slice(&self, index: u32) -> &[u8] {
        self.get(index).map_or(&[], |section| &section.bytes)
    }

    /// Adds a section, to rebuild an image from its parts.
    pub fn push_section(&mut self, kind: SectionKind, name: &str, bytes: Vec<u8>) {
        self.sections.truncate(self.used);
        self.sections.push(ImageSection {
            kind: Some(kind),
            name: name.to_owned(),
            bytes: bytes.into(),
        });
        self.used += 1;
    }

    /// Empties the image and keeps its memory.
    pub fn clear(&mut self) {
        self.schema.clear();
        self.stream.clear();
        self.open.clear();
        self.used = 0;
    }

    fn get(&self, index: u32) -> Option<&ImageSection> {
        self.sections[..self.used].get(index as usize)
    }
}

impl Sink for Image {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.open.last() {
            Some(&section) => self.sections[section].bytes.extend_bulk(bytes),
            None => self.stream.extend_bulk(bytes),
        }
        Ok(())
    }

    fn begin_section(&mut self, kind: SectionKind, name: &str) -> io::Result<u32> {
        let index = self.used;
        let number = u32::try_from(index).map_err(|_| io::ErrorKind::OutOfMemory)?;
        if index == self.sections.len() {
            self.sections.push(ImageSection::default());
        }
        let section = &mut self.sections[index];
        section.kind = Some(kind);
        section.name.clear();
        section.name.push_str(name);
        section.bytes.clear();
        self.open.push(index);
        self.used += 1;
        Ok(number)
    }

    fn end_section(&mut self) -> io::Result<()> {
        self.open.pop();
        Ok(())
    }

    fn buffer(&mut self) -> Buffer {
        std::mem::take(&mut self.stream)
    }

    fn buffer_limit(&self) -> usize {
        usize::MAX
    }

    fn give_back(&mut self, buffer: Buffer) -> io::Result<()> {
        self.stream = buffer;
        Ok(())
    }
}

impl Source for Image {
    fn section(&self, index: u32) -> Option<SectionInfo> {
        let section = self.get(index)?;
        Some(SectionInfo {
            kind: section.kind?,
            name: section.name.clone(),
            len: section.bytes.len() as u64,
        })
    }

    fn read_section(&self, index: u32, into: &mut [u8]) -> io::Result<()> {
        let section = self.get(index).ok_or(io::ErrorKind::NotFound)?;
        if section.bytes.len() != into.len() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        into.copy_from_slice(&section.bytes);
        Ok(())
    }

    /// What is in memory was saved by this process.
    fn allowed_files(&self) -> &AllowedFiles {
        &ANYWHERE
    }

    fn section_bytes(&self, index: u32) -> io::Result<Cow<'_, [u8]>> {
        let section = self.get(index).ok_or(io::ErrorKind::NotFound)?;
        Ok(Cow::Borrowed(&section.bytes))
    }
}
