//! A file being written, as the savable traits see it.

use std::io;

use super::error::SaveFileError;
use super::format::kind;
use super::sections;
use super::writer::FileWriter;
use crate::memory::dirty::Tracked;
use crate::savable::{SectionKind, Sink};

/// Takes what a harness saves. Errors of the file go to `failure`, since the trait's are of another type.
pub(super) struct FileSink<'w, 'f> {
    writer: &'w mut FileWriter<'f>,
    open: Vec<usize>,
    failure: Option<SaveFileError>,
}

impl<'w, 'f> FileSink<'w, 'f> {
    /// Writes the schema's description and opens the stream.
    pub(super) fn new(
        writer: &'w mut FileWriter<'f>,
        schema: &[u8],
    ) -> Result<Self, SaveFileError> {
        let number = writer.begin(kind::SCHEMA, "schema");
        debug_assert_eq!(number, sections::SCHEMA);
        writer.write(number, schema)?;
        writer.end(number)?;
        let stream = writer.begin(kind::HARNESS, "harness");
        debug_assert_eq!(stream, sections::STREAM);
        Ok(Self {
            writer,
            open: vec![stream],
            failure: None,
        })
    }

    /// Ends the stream, or says why a write failed.
    pub(super) fn finish(self) -> Result<(), SaveFileError> {
        match self.failure {
            Some(error) => Err(error),
            None => self.writer.end(sections::STREAM),
        }
    }

    /// The file's own error, if that is why the harness's save failed.
    pub(super) fn into_failure(self) -> Option<SaveFileError> {
        self.failure
    }

    fn note<T>(&mut self, result: Result<T, SaveFileError>) -> io::Result<T> {
        result.map_err(|error| {
            let text = io::Error::other(error.to_string());
            self.failure.get_or_insert(error);
            text
        })
    }
}

impl Sink for FileSink<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let number = *self.open.last().unwrap_or(&sections::STREAM);
        let result = self.writer.write(number, bytes);
        self.note(result)
    }

    fn write_tracked(&mut self, bytes: &[u8], memory: &Tracked) -> io::Result<()> {
        let number = *self.open.last().unwrap_or(&sections::STREAM);
        let result = self.writer.write_tracked(number, bytes, memory);
        self.note(result)
    }

    fn begin_section(&mut self, kind: SectionKind, name: &str) -> io::Result<u32> {
        let number = self.writer.begin(kind.code(), name);
        self.open.push(number);
        Ok((number - sections::FIRST) as u32)
    }

    fn end_section(&mut self) -> io::Result<()> {
        // The stream itself, at the bottom, stays open.
        match self.open.pop() {
            Some(number) if number != sections::STREAM => {
                let result = self.writer.end(number);
                self.note(result)
            }
            _ => {
                self.open = vec![sections::STREAM];
                Err(io::Error::other("a section was ended that was not begun"))
            }
        }
    }
}
