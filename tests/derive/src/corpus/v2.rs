//! The second version, as it was: devices, and a flag for the parity.

use std::collections::BTreeMap;

use lightsss_runtime::Savable;

/// Version 2.
#[derive(Savable)]
#[savable(version = 2)]
pub struct Harness {
    devices: BTreeMap<String, Device>,
    cycle: u64,
    seed: u32,
    uart: Uart,
    plusargs: Vec<String>,
}

/// Version 2.
#[derive(Savable)]
#[savable(version = 2)]
pub struct Uart {
    queue: Vec<u8>,
    parity: bool,
}

/// Version 1.
#[derive(Savable)]
#[savable(version = 1)]
pub enum Device {
    /// A disk on a tape.
    Tape(u32),
    /// A disk.
    Disk {
        /// Number of blocks.
        blocks: u64,
    },
    /// Nothing is connected.
    Absent,
}

/// What the file of this version holds.
#[must_use]
pub fn example() -> Harness {
    Harness {
        devices: [
            ("sda".to_owned(), Device::Disk { blocks: 1 << 40 }),
            ("sdb".to_owned(), Device::Tape(99)),
            ("sdc".to_owned(), Device::Absent),
        ]
        .into(),
        cycle: 17,
        seed: 1,
        uart: Uart {
            queue: vec![],
            parity: true,
        },
        plusargs: vec![],
    }
}
