//! The third version, as it was: a wider seed, a device without tape, a parity with a name.

use std::collections::{BTreeMap, VecDeque};

use lightsss_runtime::Savable;

/// Version 3.
#[derive(Savable)]
#[savable(version = 3)]
pub struct Harness {
    cycle: u64,
    uart: Uart,
    devices: BTreeMap<String, Device>,
    seed: [u64; 2],
}

/// Version 3.
#[derive(Savable)]
#[savable(version = 3)]
pub struct Uart {
    #[savable(rename = "queue")]
    fifo: VecDeque<u8>,
    parity: Parity,
}

/// Before it counted versions.
#[derive(Savable)]
pub enum Parity {
    /// By an odd number of ones.
    Odd,
    /// Not at all.
    None,
}

/// Version 2.
#[derive(Savable)]
#[savable(version = 2)]
pub enum Device {
    /// A disk.
    Disk {
        /// Number of blocks.
        blocks: u64,
        /// Whether it can be written.
        writable: bool,
    },
}

/// What the file of this version holds.
#[must_use]
pub fn example() -> (Harness, Harness) {
    let harness = |cycle, parity, writable| Harness {
        cycle,
        uart: Uart {
            fifo: [1, 2, 3].into(),
            parity,
        },
        devices: [(
            "vda".to_owned(),
            Device::Disk {
                blocks: 8,
                writable,
            },
        )]
        .into(),
        seed: [u64::MAX, 1],
    };
    (
        harness(1, Parity::Odd, true),
        harness(u64::MAX, Parity::None, false),
    )
}
