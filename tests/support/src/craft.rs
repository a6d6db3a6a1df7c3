//! Writes snapshot files of any contents, with every checksum right: from `docs/format.md` and from nothing else.

use xxhash_rust::xxh3::xxh3_64;

/// The description of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Type {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u64,
    /// Its layout.
    pub shape: Shape,
}

/// A layout; numbers refer to types.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Shape {
    Primitive(u8),
    Text,
    Option(u64),
    List(u8, u64),
    Map(u8, u64, u64),
    Array(u64, u64),
    Tuple(Vec<u64>),
    Struct(Vec<Field>),
    Enum(Vec<(String, Vec<Field>)>),
    Section(u8),
    Encoded(String),
}

/// A field: name, type, retired.
pub type Field = (String, u64, u8);

/// A type of no version.
#[must_use]
pub fn ty(name: &str, shape: Shape) -> Type {
    Type {
        name: name.to_owned(),
        version: 0,
        shape,
    }
}

/// A field that is not retired.
#[must_use]
pub fn field(name: impl Into<String>, ty: usize) -> Field {
    (name.into(), ty as u64, 0)
}

/// A description's bytes.
#[must_use]
pub fn describe(types: &[Type]) -> Vec<u8> {
    let mut out = Vec::new();
    number(&mut out, types.len() as u64);
    for one in types {
        text(&mut out, &one.name);
        number(&mut out, one.version);
        match &one.shape {
            Shape::Primitive(code) => out.extend([1, *code]),
            Shape::Text => out.push(2),
            Shape::Option(item) => {
                out.push(3);
                number(&mut out, *item);
            }
            Shape::List(padded, item) => {
                out.extend([4, *padded]);
                number(&mut out, *item);
            }
            Shape::Map(padded, key, value) => {
                out.extend([5, *padded]);
                number(&mut out, *key);
                number(&mut out, *value);
            }
            Shape::Array(item, count) => {
                out.push(6);
                number(&mut out, *item);
                number(&mut out, *count);
            }
            Shape::Tuple(items) => {
                out.push(7);
                number(&mut out, items.len() as u64);
                for item in items {
                    number(&mut out, *item);
                }
            }
            Shape::Struct(list) => {
                out.push(8);
                fields(&mut out, list);
            }
            Shape::Enum(variants) => {
                out.push(9);
                number(&mut out, variants.len() as u64);
                for (name, list) in variants {
                    text(&mut out, name);
                    fields(&mut out, list);
                }
            }
            Shape::Section(kind) => out.extend([10, *kind]),
            Shape::Encoded(name) => {
                out.push(11);
                text(&mut out, name);
            }
        }
    }
    out
}

fn fields(out: &mut Vec<u8>, list: &[Field]) {
    number(out, list.len() as u64);
    for (name, ty, retired) in list {
        text(out, name);
        number(out, *ty);
        out.push(*retired);
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// A list's value: how many items, and these.
#[must_use]
pub fn list(items: &[Vec<u8>]) -> Vec<u8> {
    let mut out = (items.len() as u64).to_le_bytes().to_vec();
    for item in items {
        out.extend_from_slice(item);
    }
    out
}

/// Compresses a frame: the codec's number and the bytes, if it does.
pub type Store<'s> = &'s dyn Fn(&[u8]) -> Option<(u64, Vec<u8>)>;

/// What a file is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Craft {
    pub harness: String,
    pub schema: u64,
    pub cycle: u64,
    pub time: u64,
    pub taken_ns: u64,
    pub tool: String,
    pub models: Vec<(String, u64, String)>,
    pub parent: Option<(u32, u64, String)>,
    pub labels: Vec<(String, String)>,
    pub sections: Vec<Section>,
}

/// A section.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Section {
    pub kind: u8,
    pub name: String,
    /// From where (0 zeros, 1 this file, 2 the parent), and how many bytes.
    pub runs: Vec<(u8, u64)>,
    /// The data, in order.
    pub data: Vec<u8>,
}

impl Section {
    /// A section of data.
    #[must_use]
    pub fn data(kind: u8, name: &str, data: Vec<u8>) -> Self {
        let runs = match data.len() {
            0 => Vec::new(),
            len => vec![(1, len as u64)],
        };
        Self {
            kind,
            name: name.to_owned(),
            runs,
            data,
        }
    }

    /// A section of zeros.
    #[must_use]
    pub fn zeros(kind: u8, name: &str, len: u64) -> Self {
        Self {
            kind,
            name: name.to_owned(),
            runs: vec![(0, len)],
            data: Vec::new(),
        }
    }
}

impl Craft {
    /// A file of a harness of these types, which holds these values.
    #[must_use]
    pub fn new(types: &[Type], values: Vec<u8>) -> Self {
        Self {
            harness: "Harness".to_owned(),
            schema: 1,
            cycle: 5,
            time: 6,
            taken_ns: 1_700_000_000_000_000_000,
            tool: "a test".to_owned(),
            models: Vec::new(),
            parent: None,
            labels: Vec::new(),
            sections: vec![
                Section::data(241, "schema", describe(types)),
                Section::data(0, "harness", values),
            ],
        }
    }

    /// The file, whose frames are stored as `store` says.
    #[must_use]
    pub fn build_with(&self, store: Store<'_>) -> Vec<u8> {
        let mut frames = Vec::new();
        let mut directory = Vec::new();
        let out = &mut directory;
        put_text(out, &self.harness);
        for word in [self.schema, self.cycle, self.time, self.taken_ns] {
            out.extend_from_slice(&word.to_le_bytes());
        }
        put_text(out, &self.tool);
        count(out, self.models.len());
        for (name, fingerprint, version) in &self.models {
            put_text(out, name);
            out.extend_from_slice(&fingerprint.to_le_bytes());
            put_text(out, version);
        }
        match &self.parent {
            None => count(out, 0),
            Some((depth, total, file)) => {
                out.extend_from_slice(&depth.to_le_bytes());
                out.extend_from_slice(&total.to_le_bytes());
                put_text(out, file);
            }
        }
        count(out, self.labels.len());
        for (name, value) in &self.labels {
            put_text(out, name);
            put_text(out, value);
        }
        count(out, self.sections.len());
        for section in &self.sections {
            put_section(out, section, &mut frames, store);
        }
        let offset = 64 + frames.len() as u64;
        let mut file = b"\x89LSSS\r\n\x1a\x01\0\0\0\0\0\0\0".to_vec();
        let words = [
            offset + directory.len() as u64,
            offset,
            directory.len() as u64,
            xxh3_64(&directory),
            0,
        ];
        for word in words {
            file.extend_from_slice(&word.to_le_bytes());
        }
        let own = xxh3_64(&file);
        file.extend_from_slice(&own.to_le_bytes());
        file.extend_from_slice(&frames);
        file.extend_from_slice(&directory);
        file
    }

    /// The file, without compression.
    #[must_use]
    pub fn build(&self) -> Vec<u8> {
        self.build_with(&|_| None)
    }
}

fn count(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&(count as u32).to_le_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    count(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

fn put_section(out: &mut Vec<u8>, section: &Section, frames: &mut Vec<u8>, store: Store<'_>) {
    out.extend_from_slice(&u32::from(section.kind).to_le_bytes());
    put_text(out, &section.name);
    let len = section
        .runs
        .iter()
        .fold(0_u64, |sum, (_, len)| sum.wrapping_add(*len));
    out.extend_from_slice(&len.to_le_bytes());
    count(out, section.runs.len());
    for (kind, len) in &section.runs {
        out.extend_from_slice(&(len << 2 | u64::from(*kind)).to_le_bytes());
    }
    let mut data = &section.data[..];
    let mut entries = Vec::new();
    for raw in chunks(&section.runs) {
        let raw = data.split_off(..raw.min(data.len())).unwrap_or_default();
        let (codec, stored) = store(raw)
            .filter(|(_, stored)| stored.len() < raw.len())
            .unwrap_or((0, raw.to_vec()));
        entries.extend_from_slice(&(64 + frames.len() as u64).to_le_bytes());
        count(&mut entries, stored.len());
        count(&mut entries, raw.len());
        entries.extend_from_slice(&xxh3_64(&stored).to_le_bytes());
        entries.extend_from_slice(&codec.to_le_bytes());
        frames.extend_from_slice(&stored);
    }
    count(out, entries.len() / 32);
    out.extend_from_slice(&entries);
}

/// How many data bytes there are in each chunk of 1 MiB that has any.
fn chunks(runs: &[(u8, u64)]) -> Vec<usize> {
    const CHUNK: u64 = 1 << 20;
    let mut chunks: Vec<(u64, usize)> = Vec::new();
    let mut at = 0_u64;
    for (kind, len) in runs {
        let end = at.saturating_add(*len);
        while *kind == 1 && at < end {
            let (chunk, part) = (at / CHUNK, (CHUNK - at % CHUNK).min(end - at));
            match chunks.last_mut() {
                Some((last, bytes)) if *last == chunk => *bytes += part as usize,
                _ => chunks.push((chunk, part as usize)),
            }
            at += part;
        }
        at = end;
    }
    chunks.into_iter().map(|(_, bytes)| bytes).collect()
}
