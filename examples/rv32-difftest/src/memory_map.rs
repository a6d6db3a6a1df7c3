//! The physical memory map of `rtl/memory_map.sv`, addresses in bytes.

/// First byte of RAM; execution starts here.
pub const RAM_BASE: u32 = 0x8000_0000;
/// Size of RAM, in bytes.
pub const RAM_BYTES: u32 = 16 << 20;
/// A word written here ends the run; 0 means success.
pub const EXIT: u32 = 0x0010_0000;
/// Low word of the time at which the timer interrupts; the high word follows.
pub const MTIMECMP: u32 = 0x0200_4000;
/// Low word of the time, in cycles; the high word follows.
pub const MTIME: u32 = 0x0200_bff8;
/// A byte written here is sent.
pub const UART_DATA: u32 = 0x1000_0000;
/// Bit 0: the UART takes a byte.
pub const UART_STATUS: u32 = 0x1000_0004;

/// Whether RAM answers at this address.
#[must_use]
pub fn is_ram(address: u32) -> bool {
    (RAM_BASE..RAM_BASE + RAM_BYTES).contains(&address)
}

/// Whether a device answers at this address.
#[must_use]
pub fn is_device(address: u32) -> bool {
    matches!(address >> 12, 0x0_0100 | 0x1_0000) || address >> 16 == 0x0200
}
