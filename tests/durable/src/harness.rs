//! A harness with one of each kind of field.

use std::collections::BTreeMap;

use lightsss_runtime::Savable;
use lightsss_runtime::savable::{
    Reader, RestoreError, SaveError, Schema, SectionKind, Shape, Writer,
};

use crate::numbers::Numbers;

/// Bulk state of a fixed size, in a section of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulk(pub Vec<u8>);

impl Savable for Bulk {
    const SCHEMA: Schema = Schema::new("Bulk", Shape::Section(SectionKind::Memory));

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        out.section(SectionKind::Memory, "bulk", |out| out.bulk(&self.0))
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        input.section(SectionKind::Memory)?.read_into(&mut self.0)
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        input.section(SectionKind::Memory)?;
        Ok(())
    }
}

/// Where a device is.
#[derive(Debug, Clone, PartialEq, Eq, Savable)]
#[allow(missing_docs)]
pub enum Phase {
    Idle,
    Sending { byte: u8, left: u32 },
    Failed(String),
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq, Savable)]
#[allow(missing_docs)]
pub struct Uart {
    pub fifo: Vec<u8>,
    pub phase: Phase,
    pub divisor: Option<u16>,
}

/// The harness.
#[derive(Debug, Clone, PartialEq, Eq, Savable)]
#[allow(missing_docs)]
pub struct Harness {
    pub cycle: u64,
    pub uarts: Vec<Uart>,
    pub names: BTreeMap<u32, String>,
    pub registers: [u64; 32],
    pub ram: Bulk,
    pub rom: Bulk,
}

impl Harness {
    /// The harness that belongs to a seed, with a RAM of `ram` bytes.
    #[must_use]
    pub fn new(seed: u64, ram: usize) -> Self {
        let mut numbers = Numbers::new(seed);
        let uart = |number: u32, numbers: &mut Numbers| {
            let len = numbers.below(300);
            Uart {
                fifo: numbers.memory(len),
                phase: match number {
                    0 => Phase::Idle,
                    1 => Phase::Sending {
                        byte: numbers.any() as u8,
                        left: 3,
                    },
                    _ => Phase::Failed("parity".into()),
                },
                divisor: (number != 0).then_some(27),
            }
        };
        Self {
            cycle: numbers.any() >> 20,
            uarts: (0..3).map(|number| uart(number, &mut numbers)).collect(),
            names: (0..5)
                .map(|key| (key * 7, format!("register {key}")))
                .collect(),
            registers: std::array::from_fn(|_| numbers.any()),
            ram: Bulk(numbers.memory(ram)),
            rom: Bulk(numbers.memory(8192)),
        }
    }
}
