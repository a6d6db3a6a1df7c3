//! Memories have a size of their own, which the stream does not tell: before a restore changes anything, the stored
//! sizes are compared with the live ones.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io;
use std::ops::Range;

use super::{
    AllowedFiles, InPlace, RestoreError, RestoreErrorKind, SectionInfo, SectionKind, Sink, Source,
};

/// A source that remembers which sections were asked for, in order.
pub(crate) struct Asked<'a> {
    source: &'a dyn Source,
    sections: RefCell<Vec<(u32, SectionInfo)>>,
}

impl<'a> Asked<'a> {
    pub fn new(source: &'a dyn Source) -> Self {
        Self {
            source,
            sections: RefCell::default(),
        }
    }

    pub fn any_memory(&self) -> bool {
        let sections = self.sections.borrow();
        sections
            .iter()
            .any(|(_, info)| info.kind == SectionKind::Memory)
    }

    /// Refuses memories of other sizes than the live ones.
    pub fn compare(&self, live: &Live) -> Result<(), RestoreError> {
        for ((index, info), (kind, len)) in self.sections.borrow().iter().zip(&live.sections) {
            let memories = info.kind == SectionKind::Memory && *kind == SectionKind::Memory;
            if memories && info.len != *len {
                let problem = format!("memory ({}): {} bytes, expected {len}", info.name, info.len);
                let index = *index;
                return Err(RestoreErrorKind::Section { index, problem }.into());
            }
        }
        Ok(())
    }
}

impl Source for Asked<'_> {
    fn section(&self, index: u32) -> Option<SectionInfo> {
        let info = self.source.section(index)?;
        self.sections.borrow_mut().push((index, info.clone()));
        Some(info)
    }

    fn read_section(&self, index: u32, into: &mut [u8]) -> io::Result<()> {
        self.source.read_section(index, into)
    }

    fn zeros(&self, index: u32) -> Option<Vec<Range<u64>>> {
        self.source.zeros(index)
    }

    fn read_section_over_zeros(&self, index: u32, into: &mut [u8]) -> io::Result<()> {
        self.source.read_section_over_zeros(index, into)
    }

    fn section_bytes(&self, index: u32) -> io::Result<Cow<'_, [u8]>> {
        self.source.section_bytes(index)
    }

    fn allowed_files(&self) -> &AllowedFiles {
        self.source.allowed_files()
    }

    fn in_place(&self) -> Option<&dyn InPlace> {
        self.source.in_place()
    }
}

/// The sizes of a live value's sections, in order; of no other than memories' are the bytes asked for.
#[derive(Debug, Default)]
pub(crate) struct Live {
    sections: Vec<(SectionKind, u64)>,
    open: Vec<usize>,
}

impl Sink for Live {
    fn keeps(&self) -> bool {
        false
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(section) = self.open.last() {
            self.sections[*section].1 += bytes.len() as u64;
        }
        Ok(())
    }

    fn begin_section(&mut self, kind: SectionKind, _: &str) -> io::Result<u32> {
        self.open.push(self.sections.len());
        self.sections.push((kind, 0));
        Ok(self.sections.len() as u32 - 1)
    }

    fn end_section(&mut self) -> io::Result<()> {
        self.open.pop();
        Ok(())
    }

    fn takes(&self, kind: SectionKind) -> bool {
        kind == SectionKind::Memory
    }
}
