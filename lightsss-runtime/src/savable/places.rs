//! The files of a stored stream, each with the file that the live value has open in the same place.

use std::collections::BTreeMap;
use std::io;

use super::approved::{Approved, refused};
use super::describe::{Layout, NodeField, Present};
use super::file_note::path_from_bytes;
use super::walk::{self, Head, PartName, Visitor, Walked, list_len, read_tag, skip, skip_padding};
use super::{AllowedFiles, FileNote, NoSections, Reader, RestoreError, Savable, SectionKind, Sink};

/// Takes what a live value would store, but for sections, and for bytes that files have in their buffers.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    stream: Vec<u8>,
    open: u32,
    sections: u32,
}

impl Sink for Survey {
    fn keeps(&self) -> bool {
        false
    }

    fn surveys(&self) -> bool {
        true
    }

    fn takes(&self, _: SectionKind) -> bool {
        false
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.open == 0 {
            self.stream.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn begin_section(&mut self, _: SectionKind, _: &str) -> io::Result<u32> {
        self.open += 1;
        self.sections += 1;
        Ok(self.sections - 1)
    }

    fn end_section(&mut self) -> io::Result<()> {
        self.open -= 1;
        Ok(())
    }
}

/// Holds each file of `stored` against the file that is open in the same place, as `live` has found it.
pub(crate) fn approve(
    present: &Present,
    stored: &[u8],
    live: &Survey,
    allowed: &AllowedFiles,
) -> Result<Approved, RestoreError> {
    let mut pairs = Pairs {
        present,
        holds: holds_files(present),
        allowed,
        approved: Approved::default(),
    };
    let mut stored = Reader::new(stored, &NoSections);
    let live = Reader::new(&live.stream, &NoSections);
    pairs.value(0, &mut stored, Some(live))?;
    Ok(pairs.approved)
}

/// Which nodes hold files, themselves or further down.
fn holds_files(present: &Present) -> Vec<bool> {
    let mut holds: Vec<bool> = present.schemas.iter().map(|schema| schema.files).collect();
    loop {
        let before = holds.iter().filter(|holds| **holds).count();
        for (number, node) in present.description.nodes.iter().enumerate() {
            let any = |fields: &[NodeField]| fields.iter().any(|field| holds[field.node]);
            holds[number] |= match &node.layout {
                Layout::Option(item) | Layout::List { item, .. } | Layout::Array { item, .. } => {
                    holds[*item]
                }
                Layout::Map { key, value, .. } => holds[*key] || holds[*value],
                Layout::Tuple(items) => items.iter().any(|item| holds[*item]),
                Layout::Struct(fields) => any(fields),
                Layout::Enum(variants) => variants.iter().any(|variant| any(&variant.fields)),
                Layout::Primitive(_) | Layout::Text | Layout::Section(_) | Layout::Opaque(_) => {
                    false
                }
            };
        }
        if holds.iter().filter(|holds| **holds).count() == before {
            return holds;
        }
    }
}

struct Pairs<'a> {
    present: &'a Present,
    holds: Vec<bool>,
    allowed: &'a AllowedFiles,
    approved: Approved,
}

impl<'a> Pairs<'a> {
    /// Goes past a stored value, whose live counterpart begins where `live` stands.
    fn value(&mut self, node: usize, stored: &mut Reader<'a>, live: Option<Reader<'a>>) -> Walked {
        let description = &self.present.description;
        if !self.holds[node] {
            return skip(description, node, stored);
        }
        if self.present.schemas[node].files {
            return self.file(node, stored, live);
        }
        stored.nested(|stored| {
            let present = self.present;
            let mut level = Level {
                pairs: self,
                live,
                live_items: None,
                live_values: BTreeMap::new(),
            };
            walk::parts(&present.description, node, stored, &mut level)
        })
    }

    /// A part, and then the live value is passed, too.
    fn part(
        &mut self,
        node: usize,
        stored: &mut Reader<'a>,
        live: &mut Option<Reader<'a>>,
    ) -> Walked {
        self.value(node, stored, live.clone())?;
        if let Some(input) = live
            && skip(&self.present.description, node, input).is_err()
        {
            *live = None;
        }
        Ok(())
    }

    /// Where the values of a live map begin, by the bytes of their keys.
    fn entries(
        &self,
        key: usize,
        value: usize,
        padded: bool,
        mut live: Reader<'a>,
    ) -> Result<BTreeMap<&'a [u8], Reader<'a>>, RestoreError> {
        let description = &self.present.description;
        let mut entries = BTreeMap::new();
        for _ in 0..live.len(1)? {
            let start = live.mark();
            skip(description, key, &mut live)?;
            entries.insert(live.since(start), live.clone());
            skip(description, value, &mut live)?;
            skip_padding(padded, &mut live)?;
        }
        Ok(entries)
    }

    fn file(&mut self, node: usize, stored: &mut Reader<'a>, live: Option<Reader<'a>>) -> Walked {
        let position = stored.position();
        let optional = matches!(
            self.present.description.nodes[node].layout,
            Layout::Option(_)
        );
        let live = live.and_then(|mut live| note(optional, &mut live).ok().flatten());
        let Some(stored) = note(optional, stored)? else {
            return Ok(());
        };
        let same = live.as_ref().is_some_and(|live| live.path == stored.path);
        if !same && !self.allowed.allows(&stored.path) {
            let live = live.as_ref().map(|live| live.path.as_path());
            return Err(refused(&stored.path, live).at(position));
        }
        let approved = match live {
            Some(live) => FileNote {
                path: stored.path,
                offset: stored.offset,
                ..live
            },
            None => stored,
        };
        self.approved.0.insert(position, approved);
        Ok(())
    }
}

/// A stored value, whose parts come next, and its live counterpart.
struct Level<'p, 'a> {
    pairs: &'p mut Pairs<'a>,
    /// Where the counterpart of the next part begins, if it has one.
    live: Option<Reader<'a>>,
    /// How many items the live list has.
    live_items: Option<u64>,
    /// Where the values of the live map begin, by the bytes of their keys.
    live_values: BTreeMap<&'a [u8], Reader<'a>>,
}

impl<'a> Visitor<'a> for Level<'_, 'a> {
    type Stop = RestoreError;

    fn part(&mut self, name: PartName<'_>, node: usize, stored: &mut Reader<'a>) -> Walked {
        match name {
            PartName::Inside | PartName::Value(_) => {
                let live = self.live.take();
                self.pairs.value(node, stored, live)
            }
            PartName::Key(_) => {
                let start = stored.mark();
                self.pairs.value(node, stored, None)?;
                self.live = self.live_values.get(stored.since(start)).cloned();
                Ok(())
            }
            // What is retired is written as absent today.
            PartName::Field { retired: true, .. } => self.pairs.value(node, stored, None),
            PartName::Item(index) => {
                if Some(index) == self.live_items {
                    self.live = None;
                }
                self.pairs.part(node, stored, &mut self.live)
            }
            PartName::Element(_) | PartName::Field { retired: false, .. } => {
                self.pairs.part(node, stored, &mut self.live)
            }
        }
    }

    fn head(&mut self, head: Head<'_>) -> Walked {
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        let is_alike = match head {
            Head::Option { there: false } => false,
            Head::Option { there: true } => matches!(live.flag(), Ok(true)),
            Head::List { item } => {
                let len = list_len(&self.pairs.present.description, item, live);
                self.live_items = len.ok().map(|len| len as u64);
                true
            }
            Head::Map { key, value, padded } => {
                self.live_values = self.pairs.entries(key, value, padded, live.clone())?;
                // It is found by key.
                false
            }
            Head::Variant { tag, variants, .. } => {
                matches!(read_tag(variants, live), Ok(it) if it == tag)
            }
            Head::RetiredField => {
                live.flag()?;
                true
            }
        };
        if !is_alike {
            self.live = None;
        }
        Ok(())
    }

    fn padding(&mut self, padded: bool, stored: &mut Reader<'a>) -> Walked {
        skip_padding(padded, stored)?;
        if let Some(live) = &mut self.live {
            skip_padding(padded, live)?;
        }
        Ok(())
    }
}

/// Reads what is stored of a file. An optional one has a byte in front that says whether there is a file, and its
/// mode behind. A file for reading is just path and offset.
fn note(optional: bool, input: &mut Reader<'_>) -> Result<Option<FileNote>, RestoreError> {
    if optional && !input.flag()? {
        return Ok(None);
    }
    let mut path = Vec::new();
    path.restore(input)?;
    let offset = u64::from_le_bytes(input.array()?);
    let mode = if optional {
        [input.flag()?, input.flag()?, input.flag()?]
    } else {
        [true, false, false]
    };
    Ok(Some(FileNote {
        path: path_from_bytes(path),
        offset,
        read: mode[0],
        write: mode[1],
        append: mode[2],
    }))
}
