//! A harness as they come: registers, queues, names, a tree of devices.

use std::collections::BTreeMap;

use lightsss_runtime::Savable;

use crate::registers::Registers;

#[derive(Savable, Clone, PartialEq, Debug, Default, bitcode::Encode, bitcode::Decode)]
pub struct Harness {
    pub cycle: u64,
    pub registers: Vec<Registers>,
    pub trace: Vec<u64>,
    pub fifo: Vec<u8>,
    pub transfers: Vec<Transfer>,
    pub devices: BTreeMap<String, Option<u32>>,
}

/// A transfer on a bus.
#[derive(Savable, Clone, PartialEq, Debug, bitcode::Encode, bitcode::Decode)]
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
