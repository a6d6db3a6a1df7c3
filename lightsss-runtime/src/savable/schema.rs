//! Schemas: what a type writes, known at compile time.

use super::{Reader, RestoreError, SaveError, SectionKind, Writer};

/// What a type writes into a snapshot.
///
/// A constant of each type ([`Savable::SCHEMA`](super::Savable::SCHEMA)). Types refer to each other through [`Link`]s, so a type
/// may contain itself.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    pub(crate) name: &'static str,
    pub(crate) version: u32,
    pub(crate) shape: Shape,
    pub(crate) late: bool,
    pub(crate) owned: bool,
    pub(crate) files: bool,
    pub(super) fingerprint: u64,
}

/// The layout of a type.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A number, boolean or character of fixed size.
    Primitive(Primitive),
    /// UTF-8: a length (`u64`) and bytes.
    Text,
    /// A byte (0, 1), then the value.
    Option(Link),
    /// A length (`u64`), then the items. Items that take no space are each followed by a zero byte, so
    /// that a damaged length cannot exceed the snapshot.
    List(Link),
    /// A length (`u64`), then keys, each followed by its value.
    Map(Link, Link),
    /// Items one after the other; their number belongs to the type.
    Array(Link, u64),
    /// Items of different types, one after the other.
    Tuple(&'static [Link]),
    /// Fields, one after the other.
    Struct(&'static [Field]),
    /// A tag (one byte up to 256 variants, else four), then the variant's fields.
    Enum(&'static [Variant]),
    /// A section's number (`u32`); the bytes stand in the section.
    Section(SectionKind),
    /// A length (`u64`) and bytes that only the type's own code understands; named by their encoding.
    Opaque(&'static str),
}

/// Types of fixed size that the stream holds as they are, little endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Primitive {
    U8 = 1,
    U16,
    U32,
    U64,
    U128,
    Usize,
    I8,
    I16,
    I32,
    I64,
    I128,
    Isize,
    F32,
    F64,
    Bool,
    Char,
}

impl Primitive {
    pub(crate) const ALL: [Primitive; 16] = {
        use Primitive::{
            Bool, Char, F32, F64, I8, I16, I32, I64, I128, Isize, U8, U16, U32, U64, U128, Usize,
        };
        [
            U8, U16, U32, U64, U128, Usize, I8, I16, I32, I64, I128, Isize, F32, F64, Bool, Char,
        ]
    };

    /// The type's Rust name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Primitive::U8 => "u8",
            Primitive::U16 => "u16",
            Primitive::U32 => "u32",
            Primitive::U64 => "u64",
            Primitive::U128 => "u128",
            Primitive::Usize => "usize",
            Primitive::I8 => "i8",
            Primitive::I16 => "i16",
            Primitive::I32 => "i32",
            Primitive::I64 => "i64",
            Primitive::I128 => "i128",
            Primitive::Isize => "isize",
            Primitive::F32 => "f32",
            Primitive::F64 => "f64",
            Primitive::Bool => "bool",
            Primitive::Char => "char",
        }
    }

    /// Bytes in the stream; `usize` and `isize` take eight on every machine.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Primitive::U8 | Primitive::I8 | Primitive::Bool => 1,
            Primitive::U16 | Primitive::I16 => 2,
            Primitive::U32 | Primitive::I32 | Primitive::F32 | Primitive::Char => 4,
            Primitive::U64
            | Primitive::I64
            | Primitive::F64
            | Primitive::Usize
            | Primitive::Isize => 8,
            Primitive::U128 | Primitive::I128 => 16,
        }
    }
}

/// A reference from one schema to another.
#[derive(Clone, Copy)]
pub struct Link {
    pub(crate) schema: fn() -> &'static Schema,
    pub(crate) type_name: fn() -> &'static str,
    /// Whether a list of such items has a byte behind each.
    pub(crate) padded: bool,
    pub(super) fingerprint: u64,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str((self.type_name)())
    }
}

impl Link {
    /// To a schema that belongs to no type, but to a field's own way of saving it, called `name`.
    #[must_use]
    pub const fn adapted(
        schema: fn() -> &'static Schema,
        type_name: fn() -> &'static str,
        name: &str,
    ) -> Link {
        Link::adapted_to(schema, type_name, Hash::new().text(name).done())
    }

    pub(crate) const fn adapted_to(
        schema: fn() -> &'static Schema,
        type_name: fn() -> &'static str,
        fingerprint: u64,
    ) -> Link {
        Link {
            schema,
            type_name,
            padded: false,
            fingerprint,
        }
    }
}

/// Writes the value of a field that an older snapshot does not hold.
pub type Fill = fn(&mut Writer<'_>) -> Result<(), SaveError>;

/// Reads a value as it was stored and writes it as it is now.
pub type Convert = fn(&mut Reader<'_>, &mut Writer<'_>) -> Result<(), RestoreError>;

/// One way from an older type of a field or variant to the present one.
#[derive(Debug, Clone, Copy)]
pub struct Upgrade {
    pub(crate) from: Link,
    pub(crate) convert: Convert,
}

impl Upgrade {
    /// From values of `Old`, by `convert`.
    #[must_use]
    pub const fn new(from: Link, convert: Convert) -> Upgrade {
        Upgrade { from, convert }
    }
}

/// A field of a struct or variant.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub(crate) name: &'static str,
    pub(crate) link: Link,
    pub(crate) since: u32,
    pub(crate) until: u32,
    pub(crate) fill: Option<Fill>,
    pub(crate) upgrades: &'static [Upgrade],
}

impl Field {
    /// A field that every version of the type has.
    #[must_use]
    pub const fn new(name: &'static str, link: Link) -> Field {
        Field {
            name,
            link,
            since: 0,
            until: u32::MAX,
            fill: None,
            upgrades: &[],
        }
    }

    /// The first version that stores the field.
    #[must_use]
    pub const fn since(mut self, version: u32) -> Field {
        self.since = version;
        self
    }

    /// The last version that stored the field: written as an `Option` that is absent.
    #[must_use]
    pub const fn until(mut self, version: u32) -> Field {
        self.until = version;
        self
    }

    /// What stands in for the field where a snapshot does not hold it.
    #[must_use]
    pub const fn fill(mut self, fill: Fill) -> Field {
        self.fill = Some(fill);
        self
    }

    /// How the field comes from its older types.
    #[must_use]
    pub const fn upgrades(mut self, upgrades: &'static [Upgrade]) -> Field {
        self.upgrades = upgrades;
        self
    }

    pub(crate) const fn is_retired(&self) -> bool {
        self.until != u32::MAX
    }
}

/// A variant of an enum.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [Field],
    pub(crate) since: u32,
    pub(crate) until: u32,
    pub(crate) upgrade: Option<Convert>,
}

impl Variant {
    /// A variant that every version of the type has.
    #[must_use]
    pub const fn new(name: &'static str, fields: &'static [Field]) -> Variant {
        Variant {
            name,
            fields,
            since: 0,
            until: u32::MAX,
            upgrade: None,
        }
    }

    /// The first version that has the variant.
    #[must_use]
    pub const fn since(mut self, version: u32) -> Variant {
        self.since = version;
        self
    }

    /// The last version that stored the variant.
    #[must_use]
    pub const fn until(mut self, version: u32) -> Variant {
        self.until = version;
        self
    }

    /// Turns a value of this variant, read from an older snapshot, into one that is stored today.
    #[must_use]
    pub const fn upgrade(mut self, convert: Convert) -> Variant {
        self.upgrade = Some(convert);
        self
    }
}

impl Schema {
    /// The schema of a type called `name`.
    #[must_use]
    pub const fn new(name: &'static str, shape: Shape) -> Schema {
        Schema {
            name,
            version: 0,
            shape,
            late: false,
            owned: false,
            files: false,
            fingerprint: shape_hash(Hash::new(), shape).done(),
        }
    }

    /// With the type's version; 0 is a type that has none.
    #[must_use]
    pub const fn version(mut self, version: u32) -> Schema {
        self.version = version;
        self.fingerprint = shape_hash(
            Hash::new().text(self.name).number(version as u64),
            self.shape,
        )
        .done();
        self
    }

    /// The type runs code of its own that may fail after verification: a restore keeps an undo image.
    #[must_use]
    pub const fn fails_late(mut self, late: bool) -> Schema {
        self.late = late;
        self
    }

    /// Whether a live value can be saved and restored depends on the value (shared ownership): a restore
    /// looks at it first.
    #[must_use]
    pub(crate) const fn needs_sole_owner(mut self) -> Schema {
        self.owned = true;
        self
    }

    /// The type holds files that are re-opened.
    #[must_use]
    pub(crate) const fn holds_files(mut self) -> Schema {
        self.files = true;
        self
    }

    /// The type's name, or the name given by `rename`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// A number that changes when the type's layout, version or field names change, at any depth.
    ///
    /// Where a type contains itself, the contained type counts by its name.
    #[must_use]
    pub const fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// The layout.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        self.shape
    }
}

const fn shape_hash(hash: Hash, shape: Shape) -> Hash {
    match shape {
        Shape::Primitive(primitive) => hash.number(1).number(primitive as u64),
        Shape::Text => hash.number(2),
        Shape::Option(item) => hash.number(3).number(item.fingerprint),
        Shape::List(item) => hash.number(4).number(item.fingerprint),
        Shape::Map(key, value) => hash
            .number(5)
            .number(key.fingerprint)
            .number(value.fingerprint),
        Shape::Array(item, count) => hash.number(6).number(item.fingerprint).number(count),
        Shape::Tuple(items) => {
            let mut hash = hash.number(7).number(items.len() as u64);
            let mut i = 0;
            while i < items.len() {
                hash = hash.number(items[i].fingerprint);
                i += 1;
            }
            hash
        }
        Shape::Struct(fields) => fields_hash(hash.number(8), fields),
        Shape::Enum(variants) => {
            let mut hash = hash.number(9).number(variants.len() as u64);
            let mut i = 0;
            while i < variants.len() {
                hash = fields_hash(hash.text(variants[i].name), variants[i].fields);
                i += 1;
            }
            hash
        }
        Shape::Section(kind) => hash.number(10).number(kind.code() as u64),
        Shape::Opaque(encoding) => hash.number(11).text(encoding),
    }
}

const fn fields_hash(hash: Hash, fields: &[Field]) -> Hash {
    let mut hash = hash.number(fields.len() as u64);
    let mut i = 0;
    while i < fields.len() {
        let field = &fields[i];
        hash = hash
            .text(field.name)
            .number(field.link.fingerprint)
            .number(field.is_retired() as u64);
        i += 1;
    }
    hash
}

/// Takes a word a step, as the compiler's interpreter runs it for the constants of every derived type.
#[derive(Clone, Copy)]
pub(super) struct Hash(u64);

impl Hash {
    pub(super) const fn new() -> Hash {
        Hash(0xcbf2_9ce4_8422_2325)
    }

    const fn number(self, number: u64) -> Hash {
        let mixed = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Hash(mixed ^ (mixed >> 32))
    }

    pub(super) const fn text(self, text: &str) -> Hash {
        let mut hash = self.number(text.len() as u64);
        let mut rest = text.as_bytes();
        while let Some((word, behind)) = rest.split_first_chunk() {
            hash = hash.number(u64::from_le_bytes(*word));
            rest = behind;
        }
        let mut last = 0;
        while let Some((byte, behind)) = rest.split_first() {
            last = last << 8 | *byte as u64;
            rest = behind;
        }
        hash.number(last)
    }

    pub(super) const fn done(self) -> u64 {
        self.0
    }
}
