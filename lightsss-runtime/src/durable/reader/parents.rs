//! The chain of parents behind a snapshot, checked link by link.

use super::{MAX_CHAIN, Snapshot};
use crate::durable::error::RestoreFileError;
use crate::durable::format::{ParentLink, RunKind, SectionEntry};
use crate::durable::publish::folder_of;

impl Snapshot {
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

    pub(super) fn parents_not_opened(&self) -> RestoreFileError {
        let link = self.directory.header.parent.as_ref();
        let file = link.map_or("", |link| &link.file);
        RestoreFileError::Parent {
            path: self.path.clone(),
            parent: folder_of(&self.path).join(file),
            reason: "it was not opened".into(),
            source: None,
        }
    }
}

/// Where the last run that is in the parent ends, if there is one.
pub(super) fn end_of_parent_runs(section: &SectionEntry) -> Option<u64> {
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
