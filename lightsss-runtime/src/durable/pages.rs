//! What an incremental save does with each page: leave it to the parent, or write it.

use super::format::{CHUNK, PAGE, checksum};
use crate::memory::dirty::Origin;
use crate::memory::pages::is_zero;

/// What a page is compared by: 0 for zeros, else the checksum.
pub(super) fn digest(page: &[u8]) -> u64 {
    if is_zero(page) {
        return 0;
    }
    checksum(page).max(1)
}

/// What is known of the same section in the parent.
#[derive(Debug, Clone)]
pub(super) struct ParentPages {
    pub(super) kind: u8,
    pub(super) name: String,
    /// Of every page.
    pub(super) digests: Vec<u64>,
    /// The tracked memory that the contents began with when the parent was made.
    pub(super) origin: Option<Origin>,
}

/// What to do with a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Zero,
    Data,
    Parent,
}

/// Tells the pages of one chunk apart. `first_page` is the chunk's first page in its section. Pages whose `clean`
/// is true are as in the parent, and not looked at. With `digests`, the digest of every page is pushed.
pub(super) fn classify(
    chunk: &[u8],
    first_page: usize,
    parent: Option<&ParentPages>,
    clean: impl Fn(usize) -> bool,
    mut digests: Option<&mut Vec<u64>>,
    mut each: impl FnMut(Verdict, usize),
) {
    debug_assert!(chunk.len() <= CHUNK);
    for (index, page) in chunk.chunks(PAGE).enumerate() {
        let index = first_page + index;
        if let Some(parent) = parent
            && index < parent.digests.len()
            && clean(index)
        {
            if let Some(digests) = &mut digests {
                digests.push(parent.digests[index]);
            }
            each(Verdict::Parent, page.len());
            continue;
        }
        if digests.is_none() && parent.is_none() {
            let verdict = if is_zero(page) {
                Verdict::Zero
            } else {
                Verdict::Data
            };
            each(verdict, page.len());
            continue;
        }
        let digest = digest(page);
        if let Some(digests) = &mut digests {
            digests.push(digest);
        }
        let verdict = if digest == 0 {
            Verdict::Zero
        } else if parent.is_some_and(|parent| parent.digests.get(index) == Some(&digest)) {
            Verdict::Parent
        } else {
            Verdict::Data
        };
        each(verdict, page.len());
    }
}
