//! The page digests that a file keeps, so that a child can be made of it.
//!
//! For each section before this one, in order: the number of its pages (`u64`), then a digest (`u64`) for each.

use super::error::RestoreFileError;
use super::format::{Malformed, PAGE, kind};
use super::pages::ParentPages;
use super::reader::Snapshot;

/// The name of the section that holds the table.
pub(super) const NAME: &str = "page digests";

/// The table of a file's sections.
pub(super) fn encode(sections: impl Iterator<Item = Vec<u64>>) -> Vec<u8> {
    let mut table = Vec::new();
    for digests in sections {
        table.extend_from_slice(&(digests.len() as u64).to_le_bytes());
        for digest in digests {
            table.extend_from_slice(&digest.to_le_bytes());
        }
    }
    table
}

impl Snapshot {
    /// What a child must know of each section; empty if the file keeps no digests.
    pub(super) fn parent_pages(&self) -> Result<Vec<Option<ParentPages>>, RestoreFileError> {
        let Some(number) = self
            .entries()
            .iter()
            .position(|section| section.kind == kind::DIGESTS)
        else {
            return Ok(Vec::new());
        };
        let table = self.section_bytes(number)?;
        let mut words = table
            .chunks_exact(8)
            .map(|word| u64::from_le_bytes(word.try_into().unwrap_or_default()));
        let mut pages = Vec::new();
        for section in &self.entries()[..number] {
            let expected = section.len.div_ceil(PAGE as u64);
            let found = words.next();
            if found != Some(expected) {
                return Err(RestoreFileError::Malformed {
                    path: self.path().to_owned(),
                    malformed: Malformed::new(
                        format!("page digests of section `{}`", section.name),
                        expected,
                        found.unwrap_or(0),
                    ),
                });
            }
            pages.push(Some(ParentPages {
                kind: section.kind,
                name: section.name.clone(),
                digests: words.by_ref().take(expected as usize).collect(),
                origin: None,
            }));
        }
        Ok(pages)
    }
}
