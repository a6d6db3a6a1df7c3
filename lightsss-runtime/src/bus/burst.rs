//! The addresses of a burst.

use super::address::Address;
use super::error::BusError;
use crate::Savable;

/// A burst under way.
#[derive(Clone, Debug, PartialEq, Eq, Savable)]
#[savable(crate = crate)]
pub struct Burst {
    address: Address,
    /// Beats that are done.
    pub done: u64,
    /// One of its beats was outside of the memory.
    pub outside: bool,
}

/// Kinds of bursts, as `AxBURST` has them.
const FIXED: u8 = 0;
const INCREMENTING: u8 = 1;
const WRAPPING: u8 = 2;

/// No burst crosses a multiple of it.
const BOUNDARY: u64 = 4096;

impl Burst {
    /// Checks a burst against the rules of a bus of `bytes` bytes.
    pub fn new(channel: &'static str, address: Address, bytes: usize) -> Result<Self, BusError> {
        let error = |reason: String| BusError::Burst {
            channel,
            address: address.address,
            reason,
        };
        let size = 1_u64 << address.size.min(63);
        if size > bytes as u64 {
            return Err(error(format!("beats of {size} bytes on a bus of {bytes}")));
        }
        let beats = u64::from(address.len) + 1;
        match address.burst {
            FIXED if beats > 16 => {
                return Err(error(format!("a fixed burst of {beats} beats, at most 16")));
            }
            INCREMENTING => {
                let first = address.address / size * size;
                let last = first.wrapping_add(beats * size - 1);
                if first / BOUNDARY != last / BOUNDARY {
                    return Err(error(format!(
                        "{beats} beats of {size} bytes cross a boundary of 4 KiB"
                    )));
                }
            }
            WRAPPING if !matches!(beats, 2 | 4 | 8 | 16) => {
                return Err(error(format!(
                    "a wrapping burst of {beats} beats, expected 2, 4, 8 or 16"
                )));
            }
            WRAPPING if !address.address.is_multiple_of(size) => {
                return Err(error(
                    "a wrapping burst from an unaligned address".to_owned(),
                ));
            }
            FIXED | WRAPPING => {}
            other => {
                return Err(error(format!(
                    "a burst of kind {other}, expected 0, 1 or 2"
                )));
            }
        }
        Ok(Self {
            address,
            done: 0,
            outside: false,
        })
    }

    pub fn id(&self) -> u64 {
        self.address.id
    }

    pub fn beats(&self) -> u64 {
        u64::from(self.address.len) + 1
    }

    pub fn is_at_last(&self) -> bool {
        self.done + 1 == self.beats()
    }

    /// The address of the next beat.
    pub fn next_address(&self) -> u64 {
        let Address { address, size, .. } = self.address;
        let size = 1 << size;
        let aligned = address / size * size;
        match self.address.burst {
            _ if self.done == 0 => address,
            FIXED => address,
            WRAPPING => {
                let whole = size * self.beats();
                let begins = address / whole * whole;
                begins + (aligned - begins + self.done * size) % whole
            }
            _ => aligned + self.done * size,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(address: u64, len: u8, size: u8, burst: u8) -> Result<Vec<u64>, BusError> {
        let address = Address {
            id: 0,
            address,
            len,
            size,
            burst,
        };
        let mut burst = Burst::new("AR", address, 8)?;
        Ok((0..burst.beats())
            .map(|_| {
                let address = burst.next_address();
                burst.done += 1;
                address
            })
            .collect())
    }

    #[test]
    fn the_addresses_of_the_specification() {
        assert_eq!(
            addresses(0x1003, 2, 2, 1).unwrap(),
            [0x1003, 0x1004, 0x1008]
        );
        assert_eq!(addresses(0x1004, 2, 2, 0).unwrap(), [0x1004; 3]);
        assert_eq!(
            addresses(0x1008, 3, 2, 2).unwrap(),
            [0x1008, 0x100c, 0x1000, 0x1004]
        );
        assert_eq!(addresses(0x1008, 0, 3, 1).unwrap(), [0x1008]);
    }

    #[test]
    fn what_the_protocol_does_not_have_is_an_error() {
        for (address, len, size, burst, expected) in [
            (0xff8, 1, 3, 1, "4 KiB"),
            (0x1000, 2, 2, 2, "expected 2, 4, 8 or 16"),
            (0x1002, 3, 2, 2, "unaligned"),
            (0x1000, 16, 2, 0, "at most 16"),
            (0x1000, 0, 4, 1, "on a bus of 8"),
            (0x1000, 0, 2, 3, "kind 3"),
        ] {
            let error = addresses(address, len, size, burst)
                .unwrap_err()
                .to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
