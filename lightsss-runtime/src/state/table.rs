//! The state table, as the code generator writes it and snapshots carry it.
//!
//! All numbers are LEB128 except where said otherwise; signed ones have their sign in the lowest bit.
//!
//! ```text
//! "LSSTATE" 0x01
//! number of classes, then each:
//!     name (length, UTF-8)
//!     number of entries, then each:
//!         u8 0: check value, u64 little endian
//!         u8 1: context
//!         u8 2 vector, 3 C++ bool, 4 real, 5 string, 6 other:
//!             u8 flags: 1 made by Verilator, 2 port
//!             name (length, UTF-8)
//!             vector: msb, lsb (signed), bytes of an element
//!             other: C++ type (length, UTF-8)
//!             number of unpacked dimensions, then their lengths, the slowest first
//! number of instances, then each:
//!     scope (length, UTF-8), index of its class
//! ```
//!
//! The stream holds the instances one after the other, and of each the entries of its class.

use std::borrow::Cow;
use std::ops::Range;

use super::cursor::{Cursor, Damaged};

/// What a table begins with.
pub(super) const MAGIC: &[u8; 8] = b"LSSTATE\x01";

/// What the stream of a model consists of.
#[derive(Clone, Debug)]
pub struct Table {
    bytes: Cow<'static, [u8]>,
    classes: Vec<Class>,
    instances: Vec<Instance>,
    entries: Vec<Entry>,
    lengths: Vec<u32>,
}

#[derive(Clone, Debug)]
struct Class {
    name: Text,
    entries: Range<u32>,
}

#[derive(Clone, Debug)]
struct Instance {
    path: Text,
    class: u32,
}

/// A part of the table's bytes that is UTF-8.
#[derive(Clone, Copy, Debug, Default)]
struct Text {
    at: u32,
    len: u32,
}

/// An entry of a class.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    name: Text,
    ty: Text,
    pub(super) kind: EntryKind,
    pub(super) helper: bool,
    pub(super) port: bool,
    pub(super) msb: i32,
    pub(super) lsb: i32,
    /// Bytes of an element of plain data; a check value's bytes; 0 where operators write.
    pub(super) bytes: u32,
    lengths: Range<u32>,
    pub(super) check: u64,
    /// Elements, over all dimensions.
    pub(super) count: u64,
}

/// What an entry is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum EntryKind {
    Check,
    Context,
    Bits,
    Bool,
    Real,
    Text,
    Other,
}

impl Entry {
    /// Bytes in the stream; `None` where only the stream itself tells.
    pub(super) fn size(&self) -> Option<u64> {
        match self.kind {
            EntryKind::Check => Some(8),
            EntryKind::Bits | EntryKind::Bool | EntryKind::Real => {
                Some(self.count * u64::from(self.bytes))
            }
            EntryKind::Context | EntryKind::Text | EntryKind::Other => None,
        }
    }

    /// Whether it stands for a variable.
    pub(super) fn is_member(&self) -> bool {
        !matches!(self.kind, EntryKind::Check | EntryKind::Context)
    }
}

/// No element takes more: wider vectors do not exist in Verilator.
const MAX_ELEMENT: u32 = 1 << 27;

/// No variable takes more.
const MAX_BYTES: u64 = 1 << 48;

/// No name takes more bytes.
const MAX_NAME: u64 = 16 << 10;

/// Hierarchical names take no more bytes on average, once they are more than `FEW_NAMES` together: instances of one
/// class share its entries, so that a small table can stand for very many names.
const MAX_AVERAGE: u64 = 1 << 10;
const FEW_NAMES: u64 = 16 << 20;

impl Table {
    /// Reads a table, of whatever origin.
    pub fn decode(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Table, Damaged> {
        let bytes = bytes.into();
        let mut table = Table {
            bytes: Cow::Borrowed(&[]),
            classes: Vec::new(),
            instances: Vec::new(),
            entries: Vec::new(),
            lengths: Vec::new(),
        };
        let mut input = Cursor::new(&bytes, "state table");
        if u32::try_from(bytes.len()).is_err() {
            return Err(input.damaged("at most 4 GiB"));
        }
        if input.take(MAGIC.len())? != MAGIC {
            return Err(input.damaged("its magic bytes"));
        }
        for _ in 0..input.count(2)? {
            let name = text(&mut input)?;
            let from = table.entries.len() as u32;
            for _ in 0..input.count(1)? {
                table.entry(&mut input)?;
            }
            let entries = from..table.entries.len() as u32;
            let of_class = &table.entries[from as usize..];
            let contexts = of_class.iter().filter(|it| it.kind == EntryKind::Context);
            // It takes one byte here, and nothing says that it takes any in the stream.
            if contexts.count() > 1 {
                return Err(input.damaged("one context in a class"));
            }
            table.classes.push(Class { name, entries });
        }
        for _ in 0..input.count(2)? {
            let path = text(&mut input)?;
            let class = input.number()?;
            if class >= table.classes.len() as u64 {
                return Err(input.damaged("the index of a class"));
            }
            table.instances.push(Instance {
                path,
                class: class as u32,
            });
        }
        if !input.is_empty() {
            return Err(input.damaged("the end"));
        }
        if !table.has_names_of_sensible_length() {
            return Err(input.damaged("hierarchical names of at most 1 KiB on average"));
        }
        table.bytes = bytes;
        Ok(table)
    }

    fn has_names_of_sensible_length(&self) -> bool {
        let (mut variables, mut bytes) = (0_u64, 0_u64);
        let of_classes: Vec<(u64, u64)> = self
            .classes
            .iter()
            .map(|class| {
                let entries =
                    &self.entries[class.entries.start as usize..class.entries.end as usize];
                let names = entries.iter().map(|entry| u64::from(entry.name.len));
                (entries.len() as u64, names.sum())
            })
            .collect();
        for instance in &self.instances {
            let (count, names) = of_classes[instance.class as usize];
            let scopes = count.saturating_mul(u64::from(instance.path.len));
            variables = variables.saturating_add(count);
            bytes = bytes.saturating_add(names).saturating_add(scopes);
        }
        bytes
            <= variables
                .saturating_mul(MAX_AVERAGE)
                .saturating_add(FEW_NAMES)
    }

    fn entry(&mut self, input: &mut Cursor<'_>) -> Result<(), Damaged> {
        let kind = match input.byte()? {
            0 => EntryKind::Check,
            1 => EntryKind::Context,
            2 => EntryKind::Bits,
            3 => EntryKind::Bool,
            4 => EntryKind::Real,
            5 => EntryKind::Text,
            6 => EntryKind::Other,
            _ => return Err(input.damaged("the kind of an entry")),
        };
        let from = self.lengths.len() as u32;
        let mut entry = Entry {
            name: Text::default(),
            ty: Text::default(),
            kind,
            helper: false,
            port: false,
            msb: 0,
            lsb: 0,
            bytes: 0,
            lengths: from..from,
            check: 0,
            count: 1,
        };
        if kind == EntryKind::Check {
            entry.check = input.u64()?;
        }
        if entry.is_member() {
            let flags = input.byte()?;
            if flags > 3 {
                return Err(input.damaged("the flags of an entry"));
            }
            (entry.helper, entry.port) = (flags & 1 != 0, flags & 2 != 0);
            entry.name = text(input)?;
            match kind {
                EntryKind::Bits => {
                    (entry.msb, entry.lsb) = (input.signed()?, input.signed()?);
                    entry.bytes = input.number32()?;
                    let width = u64::from(entry.msb.abs_diff(entry.lsb)) + 1;
                    let fits = match entry.bytes {
                        1 | 2 | 4 | 8 => true,
                        bytes => bytes % 4 == 0 && (1..=MAX_ELEMENT).contains(&bytes),
                    };
                    if !fits || width > u64::from(entry.bytes) * 8 {
                        return Err(input.damaged("the width of a vector"));
                    }
                }
                EntryKind::Bool => entry.bytes = 1,
                EntryKind::Real => entry.bytes = 8,
                EntryKind::Other => entry.ty = text(input)?,
                EntryKind::Check | EntryKind::Context | EntryKind::Text => {}
            }
            for _ in 0..input.count(1)? {
                let length = input.number32()?;
                self.lengths.push(length);
                // An entry of no bytes could stand there any number of times.
                entry.count = entry
                    .count
                    .checked_mul(u64::from(length))
                    .filter(|count| (1..MAX_BYTES / u64::from(entry.bytes.max(1))).contains(count))
                    .ok_or_else(|| input.damaged("the dimensions of an array"))?;
            }
            entry.lengths = from..self.lengths.len() as u32;
        }
        self.entries.push(entry);
        Ok(())
    }

    fn text(&self, text: Text) -> &str {
        let bytes = &self.bytes[text.at as usize..(text.at + text.len) as usize];
        // Verified when it was decoded; a `Text` never comes from another table.
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The table as bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Every variable of every instance, in the stream's order.
    pub fn signals(&self) -> impl Iterator<Item = Signal<'_>> {
        self.instances
            .iter()
            .enumerate()
            .flat_map(move |(instance, object)| {
                self.classes[object.class as usize]
                    .entries
                    .clone()
                    .filter(|at| self.entries[*at as usize].is_member())
                    .map(move |at| self.signal(instance as u32, at))
            })
    }

    pub(super) fn signal(&self, instance: u32, entry: u32) -> Signal<'_> {
        Signal {
            table: self,
            instance,
            entry: &self.entries[entry as usize],
            index: entry,
        }
    }

    /// Entries of all classes, one class after the other.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn instance_count(&self) -> u32 {
        self.instances.len() as u32
    }

    /// The entries that an instance streams, as indices of [`Table::entries`].
    pub(super) fn instance_entries(&self, instance: u32) -> Range<u32> {
        let class = self.instances[instance as usize].class;
        self.classes[class as usize].entries.clone()
    }

    /// The C++ class of an instance.
    pub(super) fn class_name(&self, instance: u32) -> &str {
        self.text(self.classes[self.instances[instance as usize].class as usize].name)
    }
}

fn text(input: &mut Cursor<'_>) -> Result<Text, Damaged> {
    let len = input.count(1)?;
    if len > MAX_NAME {
        return Err(input.damaged("a name of at most 16 KiB"));
    }
    let at = input.position();
    if std::str::from_utf8(input.take(len as usize)?).is_err() {
        return Err(input.damaged("a name in UTF-8"));
    }
    Ok(Text {
        at: at as u32,
        len: len as u32,
    })
}

/// A variable of an instance.
#[derive(Clone, Copy, Debug)]
pub struct Signal<'a> {
    table: &'a Table,
    pub(super) instance: u32,
    pub(super) entry: &'a Entry,
    /// Index of the entry.
    pub(super) index: u32,
}

/// What an element of a variable is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Kind {
    /// A vector.
    Bits {
        /// The highest bit's index.
        msb: i32,
        /// The lowest bit's index.
        lsb: i32,
    },
    /// A real number.
    Real,
    /// A string.
    Text,
    /// Something that only Verilator's operators read: a queue, say.
    Other,
}

impl<'a> Signal<'a> {
    /// The scope that it stands in; empty for what stands above the top module.
    #[must_use]
    pub fn scope(&self) -> &'a str {
        self.table
            .text(self.table.instances[self.instance as usize].path)
    }

    /// Its name below the scope: the rest of its hierarchical name.
    #[must_use]
    pub fn local_name(&self) -> &'a str {
        self.table.text(self.entry.name)
    }

    /// Its hierarchical name, as the designer writes it.
    #[must_use]
    pub fn name(&self) -> String {
        match self.scope() {
            "" => self.local_name().to_owned(),
            scope => format!("{scope}.{}", self.local_name()),
        }
    }

    /// Whether Verilator made it, not the designer.
    #[must_use]
    pub fn is_helper(&self) -> bool {
        self.entry.helper
    }

    /// Whether it is a port of its module.
    #[must_use]
    pub fn is_port(&self) -> bool {
        self.entry.port
    }

    /// What an element is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.entry.kind {
            EntryKind::Bits => Kind::Bits {
                msb: self.entry.msb,
                lsb: self.entry.lsb,
            },
            EntryKind::Bool => Kind::Bits { msb: 0, lsb: 0 },
            EntryKind::Real => Kind::Real,
            EntryKind::Text => Kind::Text,
            EntryKind::Other | EntryKind::Check | EntryKind::Context => Kind::Other,
        }
    }

    /// Bits of an element; 0 where there is no fixed number.
    #[must_use]
    pub fn width(&self) -> u32 {
        match self.kind() {
            Kind::Bits { msb, lsb } => msb.abs_diff(lsb) + 1,
            Kind::Real => 64,
            Kind::Text | Kind::Other => 0,
        }
    }

    /// The unpacked dimensions' lengths, the slowest first.
    #[must_use]
    pub fn dimensions(&self) -> &'a [u32] {
        let lengths = &self.entry.lengths;
        &self.table.lengths[lengths.start as usize..lengths.end as usize]
    }

    /// Elements over all dimensions.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.entry.count
    }

    /// The C++ type of what only operators read.
    #[must_use]
    pub fn cpp_type(&self) -> &'a str {
        self.table.text(self.entry.ty)
    }

    /// Whether two variables hold values of one kind, width and shape.
    #[must_use]
    pub fn same_shape(&self, other: &Signal<'_>) -> bool {
        self.kind() == other.kind()
            && self.entry.bytes == other.entry.bytes
            && self.dimensions() == other.dimensions()
            && self.cpp_type() == other.cpp_type()
    }
}
