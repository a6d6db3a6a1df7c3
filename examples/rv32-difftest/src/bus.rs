//! What the core reaches through DPI: RAM and the far end of the UART.

use lightsss_runtime::Savable;

use crate::reference::Memory;
use crate::soc;

/// The outside of the machine.
#[derive(Debug, Savable)]
pub struct Bus {
    /// The core's RAM; the reference model has one of its own.
    pub memory: Memory,
    /// What the UART has sent.
    pub console: Vec<u8>,
}

impl soc::Dpi for Bus {
    fn mem_read(&mut self, address: u32) -> u32 {
        // The core asks only for what its memory map calls RAM.
        self.memory.word(address).unwrap_or(0)
    }

    fn mem_write(&mut self, address: u32, data: u32, mask: u8) {
        self.memory.write(address, data, mask);
    }

    fn uart_transmit(&mut self, data: u8) {
        self.console.push(data);
        print!("{}", char::from(data));
    }
}
