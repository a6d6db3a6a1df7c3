//! Verifies a snapshot: every checksum, and that a later reader finds what the format says.

use super::error::RestoreFileError;
use super::format::kind;
use super::reader::Snapshot;
use super::sections;
use crate::savable::describe::{Description, Layout};
use crate::savable::walk::{self, Items, Leaf, PartName, Visitor, Walked};
use crate::savable::{
    MAX_DEPTH, NoSections, Primitive, Reader, RestoreError, RestoreErrorKind, SectionKind,
};
use crate::state::StoredState;

/// Verifies a snapshot and its parents: every checksum, the harness's fields by the description of
/// its type, the sections that they name, the state of models. A good snapshot can be read by every
/// function here. Whether it fits a harness, only that harness knows. `progress` gets the number of
/// bytes done.
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
    let mut input = Reader::new(&stream, &NoSections);
    let mut values = Values {
        description: &description,
        snapshot,
        depth: 0,
    };
    values.value(0, &mut input).map_err(refused)?;
    input.finish().map_err(refused)?;
    for (number, entry) in snapshot.entries().iter().enumerate().skip(sections::FIRST) {
        if entry.kind == kind::MODEL {
            let bytes = snapshot.section_bytes(number)?;
            StoredState::read(&bytes).map_err(|error| refused(RestoreError::custom(error)))?;
        }
    }
    snapshot.parent_pages()?;
    Ok(())
}

struct Values<'s> {
    description: &'s Description,
    snapshot: &'s Snapshot,
    depth: u32,
}

impl Values<'_> {
    fn value(&mut self, node: usize, input: &mut Reader<'_>) -> Walked {
        // It could have any number of parts.
        if self.description.is_empty(node) {
            return Ok(());
        }
        if self.depth == MAX_DEPTH {
            return Err(input.error(RestoreErrorKind::TooDeep { limit: MAX_DEPTH }));
        }
        self.depth += 1;
        walk::parts(self.description, node, input, self)?;
        self.depth -= 1;
        Ok(())
    }

    fn section(&self, kind: SectionKind, input: &mut Reader<'_>) -> Walked {
        let start = input.mark();
        let index = u32::from_le_bytes(input.array()?);
        let entries = self.snapshot.entries();
        let entry = entries.get((index as usize).saturating_add(sections::FIRST));
        if entry.is_some_and(|entry| entry.kind == kind.code()) {
            return Ok(());
        }
        input.back_to(start);
        let problem = format!("not in the snapshot as a section of kind {}", kind.name());
        Err(input.error(RestoreErrorKind::Section { index, problem }))
    }
}

impl<'a> Visitor<'a> for Values<'_> {
    type Stop = RestoreError;

    fn part(&mut self, _: PartName<'_>, node: usize, input: &mut Reader<'a>) -> Walked {
        self.value(node, input)
    }

    fn leaf(&mut self, leaf: Leaf, input: &mut Reader<'a>) -> Walked {
        match leaf {
            Leaf::Primitive(kind) => primitive(kind, input),
            Leaf::Section(kind) => self.section(kind, input),
            Leaf::Bytes => walk::skip_leaf(leaf, input),
        }
    }

    fn items(&mut self, items: Items, input: &mut Reader<'a>) -> Walked {
        // The bulk of most harnesses: every byte is a value.
        if let (Layout::Primitive(primitive), false) =
            (&self.description.nodes[items.node].layout, items.padded)
            && !matches!(primitive, Primitive::Bool | Primitive::Char)
        {
            let bytes = items.count.saturating_mul(primitive.size() as u64);
            return input.skip(usize::try_from(bytes).unwrap_or(usize::MAX));
        }
        walk::each_item(self, items, input)
    }

    fn padding(&mut self, padded: bool, input: &mut Reader<'a>) -> Walked {
        let start = input.mark();
        if padded && input.byte()? != 0 {
            input.back_to(start);
            return Err(input.invalid("padding", "a byte that is not zero"));
        }
        Ok(())
    }
}

fn primitive(primitive: Primitive, input: &mut Reader<'_>) -> Walked {
    let start = input.mark();
    let bytes = input.bytes(primitive.size())?;
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
    input.back_to(start);
    Err(input.invalid(primitive.name(), format_args!("{bytes:02x?}")))
}
