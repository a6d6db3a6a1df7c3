//! From a stream as it was stored to one of the present layout, before anything is restored.
//!
//! Both layouts are walked side by side, and fields are matched by name. A field that is stored in the same
//! way is copied as it is. What the program no longer has is skipped; what it did not have yet is filled in.

mod compare;
mod places;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::rc::Rc;

use super::describe::{Description, Layout, NodeField, NodeVariant, Present};
use compare::{fits, same_layout};
use places::{Places, StoredPosition};

use super::size::tag_size;
use super::walk::{list_len, read_tag, skip, skip_field, skip_padding};
use super::{
    Buffer, Field, Image, Reader, RestoreError, RestoreErrorKind, SaveError, Shape, Source,
    Upgrade, Writer,
};

/// Rewrites a stream of the stored layout in the present one.
pub(crate) fn migrate(
    stored: &Description,
    present: &Present,
    stream: &[u8],
    source: &dyn Source,
) -> Result<Buffer, RestoreError> {
    let mut path = String::new();
    if matches!(
        present.description.nodes[0].layout,
        Layout::Struct(_) | Layout::Enum(_)
    ) {
        path = super::walk::snake_case(present.description.name());
    }
    let mut input = Reader::new(stream, source);
    let mut migration = Rewrite {
        stored,
        present,
        source,
        path,
        same: HashMap::new(),
        places: HashMap::new(),
        upgrades: HashMap::new(),
    };
    let rewritten = migration.rewrite(|migration, out| {
        migration.value(0, 0, &mut input, out)?;
        input.finish()
    });
    let path = std::mem::take(&mut migration.path);
    rewritten.map_err(|error| error.with_path(path))
}

struct Rewrite<'a> {
    stored: &'a Description,
    present: &'a Present,
    source: &'a dyn Source,
    /// The field being rewritten; after an error, the field it happened in.
    path: String,
    /// Whether a stored and a present node are stored in the same way.
    same: HashMap<(usize, usize), bool>,
    /// Where the present fields of a struct, or of a variant, are among the stored ones.
    places: HashMap<Pair, Rc<Places>>,
    /// Which upgrade takes a stored node to a present field, by the field's address.
    upgrades: HashMap<(usize, usize), Option<usize>>,
}

/// Two structs or variants: the stored node and variant, the present ones.
type Pair = (usize, usize, usize, usize);

impl Rewrite<'_> {
    /// Runs `write` with a writer into memory.
    fn rewrite(
        &mut self,
        write: impl FnOnce(&mut Self, &mut Writer<'_>) -> Result<(), RestoreError>,
    ) -> Result<Buffer, RestoreError> {
        let mut image = Image::new();
        let mut out = Writer::new(&mut image);
        write(self, &mut out)?;
        out.finish().map_err(unwritten)?;
        Ok(image.stream)
    }

    /// Rewrites the value that comes next.
    fn value(
        &mut self,
        stored: usize,
        present: usize,
        input: &mut Reader<'_>,
        out: &mut Writer<'_>,
    ) -> Result<(), RestoreError> {
        if self.same(stored, present) {
            let start = input.mark();
            skip(self.stored, stored, input)?;
            return out.bulk(input.since(start)).map_err(unwritten);
        }
        input.nested(|input| self.parts(stored, present, input, out))
    }

    fn parts(
        &mut self,
        stored: usize,
        present: usize,
        input: &mut Reader<'_>,
        out: &mut Writer<'_>,
    ) -> Result<(), RestoreError> {
        let (from, to) = (self.stored, self.present);
        match (
            &from.nodes[stored].layout,
            &to.description.nodes[present].layout,
        ) {
            (Layout::Option(old), Layout::Option(new)) => {
                let present = input.flag()?;
                out.byte(u8::from(present)).map_err(unwritten)?;
                if present {
                    self.value(*old, *new, input, out)?;
                }
                Ok(())
            }
            (
                Layout::List {
                    item: old,
                    padded: old_padded,
                },
                Layout::List {
                    item: new,
                    padded: new_padded,
                },
            ) => {
                let count = list_len(from, *old, input)?;
                out.len(count).map_err(unwritten)?;
                for i in 0..count {
                    self.part(format_args!("[{i}]"), *old, *new, input, out)?;
                    repad(*old_padded, *new_padded, input, out)?;
                }
                Ok(())
            }
            (
                Layout::Map {
                    key: old_key,
                    value: old_value,
                    padded: old_padded,
                },
                Layout::Map {
                    key: new_key,
                    value: new_value,
                    padded: new_padded,
                },
            ) => {
                let count = input.len(1)?;
                out.len(count).map_err(unwritten)?;
                for i in 0..count {
                    self.part(format_args!("[key {i}]"), *old_key, *new_key, input, out)?;
                    self.part(
                        format_args!("[value {i}]"),
                        *old_value,
                        *new_value,
                        input,
                        out,
                    )?;
                    repad(*old_padded, *new_padded, input, out)?;
                }
                Ok(())
            }
            (
                Layout::Array {
                    item: old,
                    count: stored,
                },
                Layout::Array { item: new, count },
            ) if stored == count => {
                for i in 0..*count {
                    self.part(format_args!("[{i}]"), *old, *new, input, out)?;
                }
                Ok(())
            }
            (Layout::Tuple(old), Layout::Tuple(new)) if old.len() == new.len() => {
                for (i, (old, new)) in old.iter().zip(new).enumerate() {
                    self.part(format_args!(".{i}"), *old, *new, input, out)?;
                }
                Ok(())
            }
            (Layout::Struct(old), Layout::Struct(new)) => {
                let Shape::Struct(fields) = to.schemas[present].shape else {
                    return Err(self.retyped(stored, present));
                };
                let versions = self.versions(stored, present)?;
                self.fields(
                    &Fields {
                        pair: (stored, 0, present, 0),
                        old,
                        new,
                        schemas: fields,
                        stored_version: versions,
                    },
                    input,
                    out,
                )
            }
            (Layout::Enum(old), Layout::Enum(new)) => {
                self.variant((stored, old), (present, new), input, out)
            }
            _ => Err(self.retyped(stored, present)),
        }
    }

    fn part(
        &mut self,
        name: std::fmt::Arguments<'_>,
        stored: usize,
        present: usize,
        input: &mut Reader<'_>,
        out: &mut Writer<'_>,
    ) -> Result<(), RestoreError> {
        let kept = self.path.len();
        let _ = self.path.write_fmt(name);
        // On an error the path stays, and names the field.
        self.value(stored, present, input, out)?;
        self.path.truncate(kept);
        Ok(())
    }

    /// The stored version, which must not be newer than the program's.
    fn versions(&self, stored: usize, present: usize) -> Result<u32, RestoreError> {
        let stored = self.stored.nodes[stored].version;
        let known = self.present.description.nodes[present].version;
        if stored > known {
            return Err(RestoreErrorKind::Newer { stored, known }.into());
        }
        Ok(stored)
    }

    fn fields(
        &mut self,
        fields: &Fields<'_>,
        input: &mut Reader<'_>,
        out: &mut Writer<'_>,
    ) -> Result<(), RestoreError> {
        let places = self
            .places
            .entry(fields.pair)
            .or_insert_with(|| Rc::new(Places::find(self.stored, fields.old, fields.new)));
        let places = Rc::clone(places);
        // Fields may have changed places: find where each stored one begins.
        let start = input.clone();
        let mut starts = Vec::new();
        if !places.ordered {
            for number in &places.with_bytes {
                let old = &fields.old[*number];
                starts.push(input.clone());
                let kept = self.path.len();
                let _ = write!(self.path, ".{}", old.name);
                skip_field(self.stored, old, input)?;
                self.path.truncate(kept);
            }
        }
        for ((new, field), place) in fields
            .new
            .iter()
            .zip(fields.schemas)
            .zip(&places.of_present)
        {
            let kept = self.path.len();
            let _ = write!(self.path, ".{}", new.name);
            match *place {
                StoredPosition::Nowhere => self.field(fields, None, (new, field), out)?,
                StoredPosition::Next(number) => {
                    let old = Some((&fields.old[number], &mut *input));
                    self.field(fields, old, (new, field), out)?;
                }
                StoredPosition::At { number, start } => {
                    let old = Some((&fields.old[number], &mut starts[start].clone()));
                    self.field(fields, old, (new, field), out)?;
                }
                // What takes no bytes is wherever one looks for it.
                StoredPosition::Empty(number) => {
                    let old = Some((&fields.old[number], &mut start.clone()));
                    self.field(fields, old, (new, field), out)?;
                }
            }
            self.path.truncate(kept);
        }
        Ok(())
    }

    fn field(
        &mut self,
        fields: &Fields<'_>,
        old: Option<(&NodeField, &mut Reader<'_>)>,
        (new, field): (&NodeField, &Field),
        out: &mut Writer<'_>,
    ) -> Result<(), RestoreError> {
        let stored_version = fields.stored_version;
        let stored = match old {
            // A retired field is there or not.
            Some((old, input)) if old.retired => input.flag()?.then_some((old, input)),
            stored => stored,
        };
        if new.retired {
            let Some((old, input)) = stored.filter(|_| stored_version <= field.until) else {
                return out.byte(0).map_err(unwritten);
            };
            out.byte(1).map_err(unwritten)?;
            return self.value(old.node, new.node, input, out);
        }
        match stored {
            Some((old, input)) => match self.upgrade_for(old.node, new.node, stored_version, field)
            {
                Some(upgrade) => self.upgrade(old.node, upgrade, input, out),
                None => self.value(old.node, new.node, input, out),
            },
            None if field.since > 1 && stored_version >= field.since => {
                Err(RestoreErrorKind::MissingSince {
                    stored_version,
                    since: field.since,
                }
                .into())
            }
            None => match field.fill {
                Some(fill) => fill(out).map_err(unwritten),
                None => Err(RestoreErrorKind::Missing { stored_version }.into()),
            },
        }
    }

    /// The upgrade that a stored field needs: where it was stored before the field took its present
    /// meaning, or in another type.
    fn upgrade_for<'f>(
        &mut self,
        old: usize,
        new: usize,
        stored_version: u32,
        field: &'f Field,
    ) -> Option<&'f Upgrade> {
        let before = field.since > 1 && stored_version < field.since;
        if !before && (field.upgrades.is_empty() || self.same(old, new)) {
            return None;
        }
        let key = (old, std::ptr::from_ref(field).addr());
        let found = self.upgrades.entry(key).or_insert_with(|| {
            field.upgrades.iter().position(|upgrade| {
                let from = Present::of((upgrade.from.schema)(), (upgrade.from.type_name)());
                fits(self.stored, old, from, 0, 0)
            })
        });
        found.map(|number| &field.upgrades[number])
    }

    /// Converts a stored field: first to the layout of its old type today, then by the user's function.
    fn upgrade(
        &mut self,
        old: usize,
        upgrade: &Upgrade,
        input: &mut Reader<'_>,
        out: &mut Writer<'_>,
    ) -> Result<(), RestoreError> {
        let from = Present::of((upgrade.from.schema)(), (upgrade.from.type_name)());
        let mut inner = Rewrite {
            stored: self.stored,
            present: from,
            source: self.source,
            path: std::mem::take(&mut self.path),
            same: HashMap::new(),
            places: HashMap::new(),
            upgrades: HashMap::new(),
        };
        let bytes = inner.rewrite(|inner, out| inner.value(old, 0, input, out));
        self.path = inner.path;
        let bytes = bytes?;
        self.convert(&bytes, upgrade.convert, out)
    }

    fn convert(
        &mut self,
        bytes: &[u8],
        convert: super::Convert,
        out: &mut Writer<'_>,
    ) -> Result<(), RestoreError> {
        let mut input = Reader::new(bytes, self.source);
        convert(&mut input, out)?;
        input.finish()
    }

    fn variant(
        &mut self,
        (stored, old): (usize, &[NodeVariant]),
        (present, new): (usize, &[NodeVariant]),
        input: &mut Reader<'_>,
        out: &mut Writer<'_>,
    ) -> Result<(), RestoreError> {
        let stored_version = self.versions(stored, present)?;
        let Shape::Enum(variants) = self.present.schemas[present].shape else {
            return Err(self.retyped(stored, present));
        };
        let stored_tag = read_tag(old.len(), input)?;
        let old = &old[stored_tag];
        let Some(tag) = new.iter().position(|variant| variant.name == old.name) else {
            return Err(RestoreErrorKind::UnknownVariant {
                variant: old.name.clone(),
            }
            .into());
        };
        let fields = Fields {
            pair: (stored, stored_tag, present, tag),
            old: &old.fields,
            new: &new[tag].fields,
            schemas: variants[tag].fields,
            stored_version,
        };
        let kept = self.path.len();
        let _ = write!(self.path, "::{}", old.name);
        let variants_now = new.len();
        let mut write = |migration: &mut Self, out: &mut Writer<'_>| {
            match tag_size(variants_now) {
                1 => out.byte(tag as u8),
                _ => out.bytes(&(tag as u32).to_le_bytes()),
            }
            .map_err(unwritten)?;
            migration.fields(&fields, input, out)
        };
        match variants[tag].upgrade {
            None => write(self, out)?,
            Some(convert) => {
                let bytes = self.rewrite(write)?;
                self.convert(&bytes, convert, out)?;
            }
        }
        self.path.truncate(kept);
        Ok(())
    }

    /// Whether values of both nodes are stored in the same way, and mean the same.
    fn same(&mut self, stored: usize, present: usize) -> bool {
        if let Some(same) = self.same.get(&(stored, present)) {
            return *same;
        }
        let same = same_layout(self.stored, self.present, stored, present);
        // Only the outcome for these two is certain: inner ones may rest on them.
        self.same.insert((stored, present), same);
        same
    }

    #[cold]
    fn retyped(&self, stored: usize, present: usize) -> RestoreError {
        RestoreErrorKind::Retyped {
            stored: self.stored.type_name(stored),
            now: self.present.description.type_name(present),
        }
        .into()
    }
}

/// The fields of a struct or variant, stored and present.
struct Fields<'a> {
    pair: Pair,
    old: &'a [NodeField],
    new: &'a [NodeField],
    schemas: &'a [Field],
    stored_version: u32,
}

fn repad(
    old: bool,
    new: bool,
    input: &mut Reader<'_>,
    out: &mut Writer<'_>,
) -> Result<(), RestoreError> {
    skip_padding(old, input)?;
    if new {
        out.byte(0).map_err(unwritten)
    } else {
        Ok(())
    }
}

fn unwritten(error: SaveError) -> RestoreError {
    RestoreError::custom(error)
}
