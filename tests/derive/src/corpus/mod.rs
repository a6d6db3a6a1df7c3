//! A harness through its versions, and the snapshots that each of them wrote.
//!
//! The types of a version are never edited: a new version is a new module, and a new file in `corpus/`.

pub mod v1;
pub mod v2;
pub mod v3;

use std::collections::{BTreeMap, VecDeque};

use lightsss_runtime::Savable;
use lightsss_runtime::savable::Image;

/// The harness as it is today.
#[derive(Savable, Debug, Default, PartialEq)]
#[savable(version = 4)]
pub struct Harness {
    /// Clock cycles so far.
    pub cycle: u64,
    /// The serial port.
    pub uart: Uart,
    /// Devices by name.
    #[savable(since = 2, default)]
    pub devices: BTreeMap<String, Device>,
    /// Was `seed: u32` before version 3.
    #[savable(since = 3, upgrade = widen)]
    pub seed: [u64; 2],
    /// Stored by versions 1 and 2 alone.
    #[savable(until = 2)]
    pub plusargs: Vec<String>,
    /// New in version 4.
    #[savable(since = 4, default = Harness::default_limit)]
    pub limit: Option<u64>,
    /// Not stored by any version.
    #[savable(skip)]
    pub log: Vec<String>,
}

impl Harness {
    #[allow(
        clippy::unnecessary_wraps,
        reason = "what `default` calls gives the field's type"
    )]
    fn default_limit() -> Option<u64> {
        Some(1_000_000)
    }
}

fn widen(seed: u32) -> [u64; 2] {
    [u64::from(seed), 0]
}

/// The serial port as it is today.
#[derive(Savable, Debug, Default, PartialEq)]
#[savable(version = 3)]
pub struct Uart {
    /// Renamed from `queue`.
    #[savable(rename = "queue")]
    pub fifo: VecDeque<u8>,
    /// Was a number in version 1.
    #[savable(since = 2, upgrade = parity_from_number, upgrade = parity_from_flag)]
    pub parity: Parity,
}

/// How a byte is checked.
#[derive(Savable, Debug, Default, PartialEq)]
pub enum Parity {
    /// Not at all.
    #[default]
    None,
    /// By an even number of ones.
    Even,
    /// By an odd number of ones.
    Odd,
}

fn parity_from_number(number: u8) -> Result<Parity, String> {
    match number {
        0 => Ok(Parity::None),
        1 => Ok(Parity::Even),
        2 => Ok(Parity::Odd),
        other => Err(format!("no parity {other}")),
    }
}

fn parity_from_flag(flag: bool) -> Parity {
    if flag { Parity::Even } else { Parity::None }
}

/// A device as it is today.
#[derive(Savable, Debug, PartialEq)]
#[savable(version = 2)]
pub enum Device {
    /// Nothing is connected.
    Absent,
    /// A disk.
    Disk {
        /// Number of blocks.
        blocks: u64,
        /// New in version 2.
        #[savable(since = 2, default)]
        writable: bool,
    },
    /// A disk on a tape, in version 1 alone.
    #[savable(until = 1, upgrade = Device::without_tape)]
    Tape(u32),
}

impl Device {
    fn without_tape(self) -> Device {
        match self {
            Device::Tape(blocks) => Device::Disk {
                blocks: blocks.into(),
                writable: false,
            },
            other => other,
        }
    }
}

/// An image as one run of bytes: lengths and bytes of the description and of the stream.
#[must_use]
pub fn to_bytes(image: &Image) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in [image.schema(), image.stream()] {
        bytes.extend((part.len() as u32).to_le_bytes());
        bytes.extend(part);
    }
    bytes
}

/// The image of such bytes, if they are complete.
#[must_use]
pub fn from_bytes(bytes: &[u8]) -> Option<Image> {
    let mut rest = bytes;
    let mut part = || {
        let (len, tail) = rest.split_first_chunk::<4>()?;
        let (part, tail) = tail.split_at_checked(u32::from_le_bytes(*len) as usize)?;
        rest = tail;
        Some(part.to_vec())
    };
    Some(Image::from_parts(part()?, part()?))
}
