//! The reference's view of memory: RAM of its own, and devices that only the core has.

use lightsss_runtime::Savable;

use super::{Store, Trap};
use crate::memory_map::{RAM_BASE, RAM_BYTES, is_device, is_ram};

/// RAM, in words.
#[derive(Debug, Clone, PartialEq, Eq, Savable)]
pub struct Memory {
    words: Vec<u32>,
}

impl Memory {
    /// RAM that starts with `image`; the rest is zero. An image beyond the end of RAM is cut off.
    #[must_use]
    pub fn new(image: &[u32]) -> Self {
        // Zeroed by the system when first touched, so that what is not used costs nothing.
        let mut words = vec![0; (RAM_BYTES / 4) as usize];
        let length = image.len().min(words.len());
        words[..length].copy_from_slice(&image[..length]);
        Self { words }
    }

    /// The word at an address in RAM, or `None`.
    #[must_use]
    pub fn word(&self, address: u32) -> Option<u32> {
        self.words.get(index(address)?).copied()
    }

    /// Sets the word at an address in RAM; says whether there is one.
    pub fn set_word(&mut self, address: u32, value: u32) -> bool {
        match index(address).and_then(|index| self.words.get_mut(index)) {
            Some(word) => {
                *word = value;
                true
            }
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
        let shift = 8 * (address % 4);
        let bits = (u32::MAX >> (32 - 8 * bytes)) << shift;
        let data = (value << shift) & bits;
        if let Some(old) = self.word(address) {
            self.set_word(address, (old & !bits) | data);
        } else if !is_device(address) {
            return Err(Trap {
                cause: Trap::STORE_ACCESS,
                value: address,
            });
        }
        let mask = (0xf >> (4 - bytes)) << (address % 4);
        Ok(Store {
            address: address & !3,
            data,
            mask,
        })
    }
}

fn index(address: u32) -> Option<usize> {
    is_ram(address).then(|| ((address - RAM_BASE) / 4) as usize)
}
