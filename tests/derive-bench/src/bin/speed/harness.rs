//! A harness as they come.

use std::collections::BTreeMap;

use lightsss_runtime::Savable;

use crate::cursor::Cursor;
use crate::registers::Registers;

/// A harness as they come: registers, queues, names, a tree of devices.
#[derive(
    Savable,
    Clone,
    PartialEq,
    Debug,
    Default,
    serde::Serialize,
    serde::Deserialize,
    bitcode::Encode,
    bitcode::Decode,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
    rkyv::Archive,
    rkyv::Serialize,
    rkyv::Deserialize,
)]
pub struct Harness {
    pub cycle: u64,
    pub registers: Vec<Registers>,
    pub trace: Vec<u64>,
    pub fifo: Vec<u8>,
    pub transfers: Vec<Transfer>,
    pub devices: BTreeMap<String, Option<u32>>,
}

/// A transfer on a bus.
#[derive(
    Savable,
    Clone,
    PartialEq,
    Debug,
    serde::Serialize,
    serde::Deserialize,
    bitcode::Encode,
    bitcode::Decode,
    borsh::BorshSerialize,
    borsh::BorshDeserialize,
    rkyv::Archive,
    rkyv::Serialize,
    rkyv::Deserialize,
)]
pub enum Transfer {
    Idle,
    Read { address: u64, len: u8 },
    Write { address: u64, data: [u8; 16] },
}

pub fn sample() -> Harness {
    let transfer = |i: u64| match i % 3 {
        0 => Transfer::Idle,
        1 => Transfer::Read {
            address: i << 12,
            len: i as u8,
        },
        _ => Transfer::Write {
            address: i << 20,
            data: [i as u8; 16],
        },
    };
    Harness {
        cycle: 3_000_000_000,
        registers: vec![Registers::sample(); 8],
        trace: (0..4096_u64)
            .map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .collect(),
        fifo: (0..1000).map(|i| i as u8).collect(),
        transfers: (0..500).map(transfer).collect(),
        devices: (0..40)
            .map(|i| (format!("device{i}"), (i % 2 == 0).then_some(i)))
            .collect(),
    }
}

fn write_len(len: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&(len as u64).to_le_bytes());
}

/// What one would write by hand.
impl Harness {
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.cycle.to_le_bytes());
        write_len(self.registers.len(), out);
        for registers in &self.registers {
            registers.write(out);
        }
        write_len(self.trace.len(), out);
        for word in &self.trace {
            out.extend_from_slice(&word.to_le_bytes());
        }
        write_len(self.fifo.len(), out);
        out.extend_from_slice(&self.fifo);
        write_len(self.transfers.len(), out);
        for transfer in &self.transfers {
            transfer.write(out);
        }
        write_len(self.devices.len(), out);
        for (name, value) in &self.devices {
            write_len(name.len(), out);
            out.extend_from_slice(name.as_bytes());
            out.push(u8::from(value.is_some()));
            if let Some(value) = value {
                out.extend_from_slice(&value.to_le_bytes());
            }
        }
    }

    /// Verifies as it goes: where it gives `None`, the harness is half-changed.
    pub fn read(&mut self, input: &[u8]) -> Option<()> {
        let mut input = Cursor::new(input);
        self.cycle = u64::from_le_bytes(input.take()?);
        let count = input.len()?;
        self.registers.clear();
        for _ in 0..count {
            let mut registers = Registers::default();
            registers.read(input.slice(Registers::SIZE)?)?;
            self.registers.push(registers);
        }
        let count = input.len()?;
        let words = input.slice(count.checked_mul(8)?)?.as_chunks().0;
        self.trace.clear();
        self.trace
            .extend(words.iter().map(|word| u64::from_le_bytes(*word)));
        let count = input.len()?;
        self.fifo.clear();
        self.fifo.extend_from_slice(input.slice(count)?);
        let count = input.len()?;
        self.transfers.clear();
        for _ in 0..count {
            self.transfers.push(Transfer::read(&mut input)?);
        }
        let count = input.len()?;
        self.devices.clear();
        for _ in 0..count {
            let len = input.len()?;
            let name = std::str::from_utf8(input.slice(len)?).ok()?;
            let value = match input.take::<1>()?[0] {
                0 => None,
                1 => Some(u32::from_le_bytes(input.take()?)),
                _ => return None,
            };
            self.devices.insert(name.to_owned(), value);
        }
        input.finish()
    }
}

impl Transfer {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Transfer::Idle => out.extend_from_slice(&0_u32.to_le_bytes()),
            Transfer::Read { address, len } => {
                out.extend_from_slice(&1_u32.to_le_bytes());
                out.extend_from_slice(&address.to_le_bytes());
                out.push(*len);
            }
            Transfer::Write { address, data } => {
                out.extend_from_slice(&2_u32.to_le_bytes());
                out.extend_from_slice(&address.to_le_bytes());
                out.extend_from_slice(data);
            }
        }
    }

    fn read(input: &mut Cursor<'_>) -> Option<Transfer> {
        Some(match u32::from_le_bytes(input.take()?) {
            0 => Transfer::Idle,
            1 => Transfer::Read {
                address: u64::from_le_bytes(input.take()?),
                len: input.take::<1>()?[0],
            },
            2 => Transfer::Write {
                address: u64::from_le_bytes(input.take()?),
                data: input.take()?,
            },
            _ => return None,
        })
    }
}
