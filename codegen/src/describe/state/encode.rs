//! The table as bytes: the form in which programs and snapshots carry it.
//!
//! The layout is described in the runtime's `state/table.rs`, which reads it.

use super::{Entry, Kind, Member, Table};

/// Encodes the table.
pub fn encode(table: &Table) -> Vec<u8> {
    let mut out = Encoder(b"LSSTATE\x01".to_vec());
    out.number(table.classes.len() as u64);
    for class in &table.classes {
        out.text(&class.name);
        out.number(class.entries.len() as u64);
        for entry in &class.entries {
            out.entry(entry);
        }
    }
    out.number(table.instances.len() as u64);
    for instance in &table.instances {
        out.text(&instance.path);
        out.number(instance.class as u64);
    }
    out.0
}

struct Encoder(Vec<u8>);

impl Encoder {
    /// LEB128.
    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    /// The sign goes to the lowest bit.
    fn signed(&mut self, value: i32) {
        let value = i64::from(value);
        self.number(((value << 1) ^ (value >> 63)) as u64);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    fn entry(&mut self, entry: &Entry) {
        match entry {
            Entry::Check(value) => {
                self.0.push(0);
                self.0.extend_from_slice(&value.to_le_bytes());
            }
            Entry::Context => self.0.push(1),
            Entry::Member(member) => self.member(member),
        }
    }

    fn member(&mut self, member: &Member) {
        self.0.push(match member.kind {
            Kind::Bits { .. } => 2,
            Kind::Bool => 3,
            Kind::Real => 4,
            Kind::Text => 5,
            Kind::Other(_) => 6,
        });
        self.0
            .push(u8::from(member.helper) | u8::from(member.port) << 1);
        self.text(&member.name);
        match &member.kind {
            Kind::Bits { msb, lsb, bytes } => {
                self.signed(*msb);
                self.signed(*lsb);
                self.number(u64::from(*bytes));
            }
            Kind::Other(ty) => self.text(ty),
            Kind::Bool | Kind::Real | Kind::Text => {}
        }
        self.number(member.dimensions.len() as u64);
        for length in &member.dimensions {
            self.number(u64::from(*length));
        }
    }
}
