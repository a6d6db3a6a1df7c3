//! The reference's view of memory: RAM of its own, and devices that only the core has.

use lightsss_runtime::Savable;
use lightsss_runtime::ram::{Pages, Ram, RamError};

use super::{Store, Trap};
use crate::memory_map::{RAM_BASE, RAM_BYTES, is_device};

/// The mask of bytes that is a whole word.
pub const WORD: u8 = 0xf;

/// The machine's RAM, word by word.
#[derive(Debug, Savable)]
pub struct Memory {
    ram: Ram,
}

impl Memory {
    /// RAM that starts with `image`; the rest is zero. What is beyond the end of RAM is cut off.
    pub fn new(image: &[u32]) -> Result<Self, RamError> {
        let ram = Ram::with_pages(RAM_BASE.into(), RAM_BYTES.into(), Pages::Small)?;
        let mut memory = Self { ram };
        for (address, word) in (RAM_BASE..RAM_BASE + RAM_BYTES).step_by(4).zip(image) {
            memory.write(address, *word, WORD);
        }
        Ok(memory)
    }

    /// The word that holds this address, or `None` where there is no RAM.
    #[must_use]
    #[inline]
    pub fn word(&self, address: u32) -> Option<u32> {
        self.ram.read_u32(u64::from(address & !3)).ok()
    }

    /// Writes the bytes of a word that are set in `mask` (bit n: byte n); says whether there is RAM.
    #[inline]
    pub fn write(&mut self, address: u32, data: u32, mask: u8) -> bool {
        let bits = mask_bits(mask);
        match self.word(address) {
            Some(old) => self
                .ram
                .write_u32(u64::from(address & !3), old & !bits | data & bits)
                .is_ok(),
            None => false,
        }
    }

    pub(super) fn fetch(&self, pc: u32) -> Result<u32, Trap> {
        self.word(pc).ok_or(Trap {
            cause: Trap::FETCH_ACCESS,
            value: pc,
        })
    }

    /// The word that holds `address`, or `None` if a device answers.
    pub(super) fn load(&self, address: u32, bytes: u32) -> Result<Option<u32>, Trap> {
        if !address.is_multiple_of(bytes) {
            return Err(Trap {
                cause: Trap::LOAD_MISALIGNED,
                value: address,
            });
        }
        match self.word(address) {
            Some(word) => Ok(Some(word)),
            None if is_device(address) => Ok(None),
            None => Err(Trap {
                cause: Trap::LOAD_ACCESS,
                value: address,
            }),
        }
    }

    pub(super) fn store(&mut self, address: u32, bytes: u32, value: u32) -> Result<Store, Trap> {
        if !address.is_multiple_of(bytes) {
            return Err(Trap {
                cause: Trap::STORE_MISALIGNED,
                value: address,
            });
        }
        let mask = (0xf >> (4 - bytes)) << (address % 4);
        let data = value << (8 * (address % 4)) & mask_bits(mask);
        if !self.write(address, data, mask) && !is_device(address) {
            return Err(Trap {
                cause: Trap::STORE_ACCESS,
                value: address,
            });
        }
        Ok(Store {
            address: address & !3,
            data,
            mask,
        })
    }
}

/// A mask of bytes as a mask of bits.
#[must_use]
pub fn mask_bits(mask: u8) -> u32 {
    const NIBBLE: [u32; 4] = [0, 0xff, 0xff00, 0xffff];
    NIBBLE[usize::from(mask & 3)] | NIBBLE[usize::from(mask >> 2 & 3)] << 16
}
