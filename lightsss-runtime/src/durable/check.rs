//! Verifies a snapshot: every checksum, and that a later reader finds what the format says.

use super::error::RestoreFileError;
use super::format::kind;
use super::reader::Snapshot;
use super::sections;
use crate::savable::describe::{Description, Layout};
use crate::savable::{
    MAX_DEPTH, NoSections, Primitive, Reader, RestoreError, RestoreErrorKind, SectionKind, walk,
};
use crate::state::StoredState;

/// Verifies a snapshot and its parents: every checksum, the harness's fields by the description of its type, the
/// sections that they name, the state of models. What is good can be read by all that reads snapshots; whether it fits a
/// harness, only that harness knows. `progress` is told of the bytes done.
///
/// # Errors
/// What is wrong with the snapshot, or with a parent.
pub fn verify(
    snapshot: &mut Snapshot,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(), RestoreFileError> {
    snapshot.open_parents()?;
    snapshot.verify(progress)?;
    let refused = |source| RestoreFileError::Harness {
        path: snapshot.path().to_owned(),
        source,
    };
    let description = snapshot.own_section(sections::SCHEMA, kind::SCHEMA)?;
    let description = Description::from_bytes(&description).map_err(refused)?;
    let stream = snapshot.own_section(sections::STREAM, kind::HARNESS)?;
    let mut values = Values {
        description: &description,
        input: Reader::new(&stream, &NoSections),
        snapshot,
        depth: 0,
    };
    values.value(0).map_err(refused)?;
    values.input.finish().map_err(refused)?;
    for (number, entry) in snapshot.entries().iter().enumerate().skip(sections::FIRST) {
        if entry.kind == kind::MODEL {
            let bytes = snapshot.section_bytes(number)?;
            StoredState::read(&bytes).map_err(|error| refused(RestoreError::custom(error)))?;
        }
    }
    snapshot.parent_pages()?;
    Ok(())
}

struct Values<'a> {
    description: &'a Description,
    input: Reader<'a>,
    snapshot: &'a Snapshot,
    depth: u32,
}

impl Values<'_> {
    fn value(&mut self, node: usize) -> Result<(), RestoreError> {
        // It could have any number of parts.
        if self.description.is_empty(node) {
            return Ok(());
        }
        if self.depth == MAX_DEPTH {
            let kind = RestoreErrorKind::TooDeep { limit: MAX_DEPTH };
            return Err(self.input.error(kind));
        }
        self.depth += 1;
        self.parts(node)?;
        self.depth -= 1;
        Ok(())
    }

    fn parts(&mut self, node: usize) -> Result<(), RestoreError> {
        let description = self.description;
        match &description.nodes[node].layout {
            Layout::Primitive(primitive) => self.primitive(*primitive),
            Layout::Section(kind) => self.section(*kind),
            Layout::Text | Layout::Opaque(_) => walk::skip(description, node, &mut self.input),
            Layout::Option(item) if self.input.flag()? => self.value(*item),
            Layout::Option(_) => Ok(()),
            Layout::List { item, padded } => {
                let count = walk::list_len(description, *item, &mut self.input)?;
                self.items(*item, count as u64, *padded)
            }
            Layout::Array { item, count } => self.items(*item, *count, false),
            Layout::Map { key, value, padded } => {
                for _ in 0..self.input.len(1)? {
                    self.value(*key)?;
                    self.value(*value)?;
                    self.padding(*padded)?;
                }
                Ok(())
            }
            Layout::Tuple(_) | Layout::Struct(_) => self.fields(node, 0),
            Layout::Enum(variants) => {
                let tag = walk::read_tag(variants.len(), &mut self.input)?;
                self.fields(node, tag)
            }
        }
    }

    /// The parts that take bytes, one by one.
    fn fields(&mut self, node: usize, variant: usize) -> Result<(), RestoreError> {
        let description = self.description;
        for part in description.parts(node, variant) {
            if !part.retired || self.input.flag()? {
                self.value(part.node)?;
            }
        }
        Ok(())
    }

    fn items(&mut self, item: usize, count: u64, padded: bool) -> Result<(), RestoreError> {
        let description = self.description;
        // The bulk of most harnesses: every byte is a value.
        if let (Layout::Primitive(primitive), false) = (&description.nodes[item].layout, padded)
            && !matches!(primitive, Primitive::Bool | Primitive::Char)
        {
            let bytes = count.saturating_mul(primitive.size() as u64);
            return self
                .input
                .skip(usize::try_from(bytes).unwrap_or(usize::MAX));
        }
        for _ in 0..count {
            self.value(item)?;
            self.padding(padded)?;
        }
        Ok(())
    }

    fn padding(&mut self, padded: bool) -> Result<(), RestoreError> {
        let start = self.input.mark();
        if padded && self.input.byte()? != 0 {
            self.input.back_to(start);
            return Err(self.input.invalid("padding", "a byte that is not zero"));
        }
        Ok(())
    }

    fn primitive(&mut self, primitive: Primitive) -> Result<(), RestoreError> {
        let start = self.input.mark();
        let bytes = self.input.bytes(primitive.size())?;
        let good = match primitive {
            Primitive::Bool => bytes[0] <= 1,
            Primitive::Char => {
                let code = bytes.try_into().map(u32::from_le_bytes);
                code.ok().and_then(char::from_u32).is_some()
            }
            Primitive::U8
            | Primitive::U16
            | Primitive::U32
            | Primitive::U64
            | Primitive::U128
            | Primitive::Usize
            | Primitive::I8
            | Primitive::I16
            | Primitive::I32
            | Primitive::I64
            | Primitive::I128
            | Primitive::Isize
            | Primitive::F32
            | Primitive::F64 => true,
        };
        if good {
            return Ok(());
        }
        self.input.back_to(start);
        Err(self
            .input
            .invalid(primitive.name(), format_args!("{bytes:02x?}")))
    }

    fn section(&mut self, kind: SectionKind) -> Result<(), RestoreError> {
        let start = self.input.mark();
        let index = u32::from_le_bytes(self.input.array()?);
        let entries = self.snapshot.entries();
        let entry = entries.get((index as usize).saturating_add(sections::FIRST));
        if entry.is_some_and(|entry| entry.kind == kind.code()) {
            return Ok(());
        }
        self.input.back_to(start);
        let problem = format!("not in the snapshot as a section of kind {}", kind.name());
        Err(self
            .input
            .error(RestoreErrorKind::Section { index, problem }))
    }
}
