//! What a file says about itself to a reader that knows none of the types in it.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::Malformed;
use super::bytes::{FieldReader, put_count, put_string};

/// What a snapshot says about itself, readable without knowing the types of what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotHeader {
    /// Name of the harness's type, as the savable schema has it.
    pub harness: String,
    /// Fingerprint of the harness's schema.
    pub schema: u64,
    /// The models in the snapshot, in the order of their sections.
    pub models: Vec<ModelIdentity>,
    /// Cycle at which it was taken, in the harness's count; 0 when nobody said.
    pub cycle: u64,
    /// Simulation time, in units of the model's time precision; 0 when nobody said.
    pub time: u64,
    /// When it was taken, in nanoseconds since 1970-01-01 UTC.
    pub taken_ns: u64,
    /// Who wrote it: `lightsss` and its version.
    pub tool: String,
    /// The snapshot whose changes this one holds.
    pub parent: Option<ParentLink>,
    /// The user's own words.
    pub labels: BTreeMap<String, String>,
}

/// A model in a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelIdentity {
    /// The model's name, as given to the code generator.
    pub name: String,
    /// Fingerprint of the model's variables and of the Verilator that wrote it.
    pub fingerprint: u64,
    /// Verilator's version, as its binary or its configuration header names it.
    pub verilator: String,
}

/// The parent of an incremental snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParentLink {
    /// File name in the same folder; never a path.
    pub file: String,
    /// The parent's total checksum.
    pub total: u64,
    /// How many parents there are behind this snapshot, at least 1.
    pub depth: u32,
}

impl ModelIdentity {
    /// What a model's section begins with.
    const HEAD_MAGIC: [u8; 4] = *b"LSSM";
    /// The most bytes of a section that are looked at.
    pub(crate) const HEAD_MAX: usize = 256;

    /// The identity of the model in a section that begins with `head`: `LSSM`, the length of the version (`u32`), the
    /// fingerprint (`u64`), the version. A section that does not begin so has a name only.
    pub(crate) fn from_section(name: &str, head: &[u8]) -> Self {
        let (fingerprint, verilator) = Self::parse_head(head).unwrap_or_default();
        Self {
            name: name.to_owned(),
            fingerprint,
            verilator,
        }
    }

    fn parse_head(head: &[u8]) -> Option<(u64, String)> {
        let mut fields = FieldReader::new(head.strip_prefix(&Self::HEAD_MAGIC)?);
        let len = fields.u32("length").ok()?;
        let fingerprint = fields.u64("fingerprint").ok()?;
        let version = fields.take("version", len as usize).ok()?;
        Some((fingerprint, String::from_utf8(version.to_vec()).ok()?))
    }
}

impl SnapshotHeader {
    /// The longest header, in bytes: in memory it takes up to 12 times as much.
    pub(crate) const LONGEST: usize = 1 << 20;

    /// When the snapshot was taken.
    #[must_use]
    pub fn taken(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_nanos(self.taken_ns)
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        put_string(out, &self.harness);
        out.extend_from_slice(&self.schema.to_le_bytes());
        out.extend_from_slice(&self.cycle.to_le_bytes());
        out.extend_from_slice(&self.time.to_le_bytes());
        out.extend_from_slice(&self.taken_ns.to_le_bytes());
        put_string(out, &self.tool);
        put_count(out, self.models.len());
        for model in &self.models {
            put_string(out, &model.name);
            out.extend_from_slice(&model.fingerprint.to_le_bytes());
            put_string(out, &model.verilator);
        }
        match &self.parent {
            None => out.extend_from_slice(&0u32.to_le_bytes()),
            Some(parent) => {
                out.extend_from_slice(&parent.depth.to_le_bytes());
                out.extend_from_slice(&parent.total.to_le_bytes());
                put_string(out, &parent.file);
            }
        }
        put_count(out, self.labels.len());
        for (name, value) in &self.labels {
            put_string(out, name);
            put_string(out, value);
        }
    }

    pub(super) fn decode(fields: &mut FieldReader<'_>) -> Result<Self, Malformed> {
        fields.within("header", Self::LONGEST, Self::decode_fields)
    }

    fn decode_fields(fields: &mut FieldReader<'_>) -> Result<Self, Malformed> {
        let harness = fields.string("harness type")?;
        let schema = fields.u64("harness schema")?;
        let cycle = fields.u64("cycle")?;
        let time = fields.u64("time")?;
        let taken_ns = fields.u64("when")?;
        let tool = fields.string("tool")?;
        let count = fields.count("number of models", 16)?;
        let mut models = Vec::with_capacity(count);
        for _ in 0..count {
            models.push(ModelIdentity {
                name: fields.string("model name")?,
                fingerprint: fields.u64("model fingerprint")?,
                verilator: fields.string("Verilator version")?,
            });
        }
        let depth = fields.u32("depth of the chain")?;
        let parent = if depth == 0 {
            None
        } else {
            Some(Self::decode_parent(fields, depth)?)
        };
        let mut labels = BTreeMap::new();
        for _ in 0..fields.count("number of labels", 8)? {
            let name = fields.string("label name")?;
            let after_last = labels.last_key_value().is_none_or(|(last, _)| *last < name);
            if !after_last {
                return Err(Malformed::new(
                    "labels",
                    "names in ascending order",
                    format_args!("`{name}`"),
                ));
            }
            labels.insert(name, fields.string("label value")?);
        }
        Ok(Self {
            harness,
            schema,
            models,
            cycle,
            time,
            taken_ns,
            tool,
            parent,
            labels,
        })
    }

    fn decode_parent(fields: &mut FieldReader<'_>, depth: u32) -> Result<ParentLink, Malformed> {
        let total = fields.u64("parent's total checksum")?;
        let file = fields.string("parent's file name")?;
        let plain = !file.is_empty() && file != "." && file != ".." && !file.contains(['/', '\0']);
        if !plain {
            return Err(Malformed::new(
                "parent's file name",
                "a name in the same folder",
                format_args!("{file:?}"),
            ));
        }
        Ok(ParentLink { file, total, depth })
    }
}
