//! A memory behind a bus of single words: Wishbone, or a plain valid/ready handshake.

use super::error::BusError;
use super::stalls::Stalls;
use crate::Savable;
use crate::memory::ram::Ram;

/// A request of the manager.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Savable)]
#[savable(crate = crate)]
pub struct Request {
    /// The address, as the port has it.
    pub address: u64,
    /// It writes.
    pub write: bool,
    /// The bytes that are written: bit 0 is for the lowest.
    pub strobes: u64,
    /// Written data.
    pub data: u64,
}

/// The memory's answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Savable)]
#[savable(crate = crate)]
pub struct Answer {
    /// Read data.
    pub data: u64,
    /// There is no memory at the address.
    pub error: bool,
}

/// The signals of a model's bus of single words, up to 64 bits wide, whose manager is the model. The bindings
/// implement it where the build script says `.wishbone("wb_")` or `.handshake("mem_")`.
pub trait WordBus {
    /// Bytes of a word.
    const BYTES: usize;

    /// The request, while there is one: `CYC` and `STB`, or `valid`.
    fn request(&self) -> Option<Request>;
    /// Sets `ACK` (or `ERR`) or `ready`, and with it the read data.
    fn answer(&mut self, answer: Option<Answer>);
}

/// A memory behind a bus of single words. See the [module](super).
///
/// A request is answered for one cycle, at the earliest in the one behind it, as classic Wishbone wants it. What lies
/// outside of the memory reads as zero, and is answered with an error where the bus has one.
#[derive(Debug, Savable)]
#[savable(crate = crate)]
pub struct WordMemory {
    /// The memory: load a program into it, look at results.
    pub ram: Ram,
    stalls: Stalls,
    /// Addresses count words, not bytes.
    counts_words: bool,
    waiting: Option<Request>,
    answering: bool,
}

impl WordMemory {
    /// A memory that never stalls, for addresses that count bytes.
    #[must_use]
    pub fn new(ram: Ram) -> Self {
        Self {
            ram,
            stalls: Stalls::none(),
            counts_words: false,
            waiting: None,
            answering: false,
        }
    }

    /// Stalls answers at random.
    #[must_use]
    pub fn with_stalls(mut self, stalls: Stalls) -> Self {
        self.stalls = stalls;
        self
    }

    /// For addresses that count words, as many Wishbone designs have them.
    #[must_use]
    pub fn with_word_addresses(mut self) -> Self {
        self.counts_words = true;
        self
    }

    /// Before the clock's edge, once the model has been evaluated: takes in the request.
    ///
    /// # Errors
    /// A request that is withdrawn, or changes, before it is answered.
    pub fn sample<B: WordBus>(&mut self, bus: &B) -> Result<(), BusError> {
        let now = bus.request();
        if self.answering {
            // The edge ends the request.
            self.waiting = None;
            return Ok(());
        }
        let found = match (&self.waiting, &now) {
            (Some(_), None) => Some("the request was withdrawn"),
            (Some(before), Some(now)) if before != now => Some("another request"),
            _ => None,
        };
        self.waiting = now;
        let channel = "request";
        found.map_or(Ok(()), |found| Err(BusError::Dropped { channel, found }))
    }

    /// Behind the clock's edge: answers.
    pub fn drive<B: WordBus>(&mut self, bus: &mut B) {
        self.answering = self.waiting.is_some() && !self.stalls.stalls();
        let request = self.waiting.filter(|_| self.answering);
        let answer = request.map(|request| self.answer(request, B::BYTES));
        bus.answer(answer);
    }

    fn answer(&mut self, request: Request, bytes: usize) -> Answer {
        let unit = bytes as u64;
        let first = if self.counts_words {
            request.address.wrapping_mul(unit)
        } else {
            request.address / unit * unit
        };
        let Ok(word) = self.ram.bytes(first, bytes) else {
            return Answer {
                data: 0,
                error: true,
            };
        };
        let mut read = [0; 8];
        read[..bytes].copy_from_slice(word);
        let mut error = false;
        if request.write {
            for (lane, byte) in request.data.to_le_bytes()[..bytes].iter().enumerate() {
                if request.strobes >> lane & 1 == 1 {
                    error |= self.ram.write_u8(first + lane as u64, *byte).is_err();
                }
            }
        }
        Answer {
            data: u64::from_le_bytes(read),
            error,
        }
    }
}
