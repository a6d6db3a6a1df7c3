//! The first version, as it was.

use lightsss_runtime::Savable;

/// Version 1.
#[derive(Savable)]
#[savable(version = 1)]
pub struct Harness {
    cycle: u64,
    seed: u32,
    uart: Uart,
    plusargs: Vec<String>,
    obsolete: Option<(f64, [i16; 3])>,
}

/// Version 1.
#[derive(Savable)]
#[savable(version = 1)]
pub struct Uart {
    parity: u8,
    queue: Vec<u8>,
}

/// What the file of this version holds.
#[must_use]
pub fn example() -> Harness {
    Harness {
        cycle: 3_000_000_000,
        seed: 0xdead_beef,
        uart: Uart {
            parity: 2,
            queue: b"login: ".to_vec(),
        },
        plusargs: vec!["+bug".into(), "+seed=7".into()],
        obsolete: Some((f64::from_bits(0x7ff8_0000_dead_beef), [-1, 0, 1])),
    }
}
