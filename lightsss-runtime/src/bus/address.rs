//! What the address channels of AXI4 carry.

use crate::Savable;

/// What an address channel carries. On AXI4-Lite a burst of one beat as wide as the bus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Savable)]
#[savable(crate = crate)]
pub struct Address {
    /// `AxID`.
    pub id: u64,
    /// `AxADDR`.
    pub address: u64,
    /// `AxLEN`: beats, less one.
    pub len: u8,
    /// `AxSIZE`: bytes in a beat, as a power of two.
    pub size: u8,
    /// `AxBURST`: 0 fixed, 1 incrementing, 2 wrapping.
    pub burst: u8,
}
