//! A memory behind an AXI4 or AXI4-Lite bus.

use std::collections::VecDeque;

use super::address::Address;
use super::burst::Burst;
use super::error::BusError;
use super::stalls::Stalls;
use crate::Savable;
use crate::memory::ram::Ram;

/// What the channel of written data carries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Savable)]
#[savable(crate = crate)]
pub struct WriteBeat {
    /// `WDATA`, the lowest byte first.
    pub data: Vec<u8>,
    /// `WSTRB`: bit 0 is for the first byte.
    pub strobes: u128,
    /// `WLAST`.
    pub last: bool,
}

/// What the channel of read data carries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Savable)]
#[savable(crate = crate)]
pub struct ReadBeat {
    /// `RID`.
    pub id: u64,
    /// `RDATA`, the lowest byte first.
    pub data: Vec<u8>,
    /// `RRESP`.
    pub response: u8,
    /// `RLAST`.
    pub last: bool,
}

/// `xRESP` where all went well, and where there is no memory.
const OKAY: u8 = 0;
const DECODE_ERROR: u8 = 3;

/// The signals of a model's AXI4 bus. The model is its manager. The bindings implement it where the build script
/// says `.axi4("m_axi_")` or `.axi4_lite("m_axi_")`; signals that the model does not have read as AXI4 says.
pub trait Axi4 {
    /// Bytes of the data bus.
    const BYTES: usize;

    /// The address of a write, while `AWVALID`.
    fn aw(&self) -> Option<Address>;
    /// Written data, while `WVALID`.
    fn w(&self) -> Option<WriteBeat>;
    /// `BREADY`.
    fn b_ready(&self) -> bool;
    /// The address of a read, while `ARVALID`.
    fn ar(&self) -> Option<Address>;
    /// `RREADY`.
    fn r_ready(&self) -> bool;

    /// Sets `AWREADY`.
    fn set_aw_ready(&mut self, ready: bool);
    /// Sets `WREADY`.
    fn set_w_ready(&mut self, ready: bool);
    /// Sets `BVALID`, and with it `BID` and `BRESP`.
    fn set_b(&mut self, response: Option<(u64, u8)>);
    /// Sets `ARREADY`.
    fn set_ar_ready(&mut self, ready: bool);
    /// Sets `RVALID`, and with it what the channel carries.
    fn set_r(&mut self, beat: Option<&ReadBeat>);
}

/// A memory behind an AXI4 or AXI4-Lite bus. See the [module](super).
///
/// Transfers are answered in their order, up to 16 of each kind at a time. What lies outside of the memory reads as zero
/// and is answered with a decode error.
#[derive(Debug, Savable)]
#[savable(crate = crate)]
pub struct Axi4Memory {
    /// The memory: load a program into it, look at results.
    pub ram: Ram,
    stalls: Stalls,
    writes: VecDeque<Burst>,
    written: VecDeque<WriteBeat>,
    responses: VecDeque<(u64, u8)>,
    reads: VecDeque<Burst>,
    /// What was driven after the last edge.
    aw_ready: bool,
    w_ready: bool,
    ar_ready: bool,
    answering: Option<(u64, u8)>,
    reading: Option<ReadBeat>,
    /// What waited for `ready` at the last edge.
    waiting_aw: Option<Address>,
    waiting_w: Option<WriteBeat>,
    waiting_ar: Option<Address>,
}

/// Transfers of each kind that are taken in before the first is done.
const DEPTH: usize = 16;

impl Axi4Memory {
    /// A memory that never stalls.
    #[must_use]
    pub fn new(ram: Ram) -> Self {
        Self {
            ram,
            stalls: Stalls::none(),
            writes: VecDeque::new(),
            written: VecDeque::new(),
            responses: VecDeque::new(),
            reads: VecDeque::new(),
            aw_ready: false,
            w_ready: false,
            ar_ready: false,
            answering: None,
            reading: None,
            waiting_aw: None,
            waiting_w: None,
            waiting_ar: None,
        }
    }

    /// Stalls each channel at random.
    #[must_use]
    pub fn with_stalls(mut self, stalls: Stalls) -> Self {
        self.stalls = stalls;
        self
    }

    /// Before the clock's edge, once the model has been evaluated: takes in what both sides agree on at the edge.
    ///
    /// # Errors
    /// What the manager does that AXI4 forbids.
    pub fn sample<B: Axi4>(&mut self, bus: &B) -> Result<(), BusError> {
        let (aw, w, ar) = (bus.aw(), bus.w(), bus.ar());
        let kept = held("AW", &mut self.waiting_aw, aw.as_ref(), self.aw_ready);
        kept.and(held("W", &mut self.waiting_w, w.as_ref(), self.w_ready))
            .and(held("AR", &mut self.waiting_ar, ar.as_ref(), self.ar_ready))?;
        if let Some(address) = aw.filter(|_| self.aw_ready) {
            self.writes.push_back(Burst::new("AW", address, B::BYTES)?);
        }
        if let Some(beat) = w.filter(|_| self.w_ready) {
            self.written.push_back(beat);
        }
        if let Some(address) = ar.filter(|_| self.ar_ready) {
            self.reads.push_back(Burst::new("AR", address, B::BYTES)?);
        }
        if bus.b_ready() && self.answering.is_some() {
            self.answering = None;
        }
        if bus.r_ready() && self.reading.is_some() {
            self.reading = None;
        }
        self.write(B::BYTES)
    }

    /// Behind the clock's edge: sets what the memory drives.
    pub fn drive<B: Axi4>(&mut self, bus: &mut B) {
        self.aw_ready = self.writes.len() < DEPTH && !self.stalls.stalls();
        self.w_ready = self.written.len() < DEPTH && !self.stalls.stalls();
        self.ar_ready = self.reads.len() < DEPTH && !self.stalls.stalls();
        if self.answering.is_none() && !self.responses.is_empty() && !self.stalls.stalls() {
            self.answering = self.responses.pop_front();
        }
        if self.reading.is_none() && !self.reads.is_empty() && !self.stalls.stalls() {
            self.reading = self.next_read(B::BYTES);
        }
        bus.set_aw_ready(self.aw_ready);
        bus.set_w_ready(self.w_ready);
        bus.set_ar_ready(self.ar_ready);
        bus.set_b(self.answering);
        bus.set_r(self.reading.as_ref());
    }

    /// Writes the beats whose addresses are known.
    fn write(&mut self, bytes: usize) -> Result<(), BusError> {
        while let Some(burst) = self.writes.front_mut()
            && let Some(beat) = self.written.pop_front()
        {
            if beat.last != burst.is_at_last() {
                return Err(BusError::Last {
                    expected: burst.beats(),
                    found: burst.done + 1,
                });
            }
            let first = burst.next_address() / bytes as u64 * bytes as u64;
            for (lane, byte) in beat.data.iter().enumerate() {
                if beat.strobes >> lane & 1 == 1 {
                    let written = self.ram.write_u8(first + lane as u64, *byte);
                    burst.outside |= written.is_err();
                }
            }
            burst.done += 1;
            if beat.last {
                let response = if burst.outside { DECODE_ERROR } else { OKAY };
                self.responses.push_back((burst.id(), response));
                self.writes.pop_front();
            }
        }
        Ok(())
    }

    fn next_read(&mut self, bytes: usize) -> Option<ReadBeat> {
        let burst = self.reads.front_mut()?;
        let first = burst.next_address() / bytes as u64 * bytes as u64;
        let found = self.ram.bytes(first, bytes).map(<[u8]>::to_vec);
        let beat = ReadBeat {
            id: burst.id(),
            response: if found.is_ok() { OKAY } else { DECODE_ERROR },
            data: found.unwrap_or_else(|_| vec![0; bytes]),
            last: burst.is_at_last(),
        };
        burst.done += 1;
        if beat.last {
            self.reads.pop_front();
        }
        Some(beat)
    }
}

/// A channel that waited for `ready` must go on with the same.
fn held<T: Clone + PartialEq>(
    channel: &'static str,
    waiting: &mut Option<T>,
    now: Option<&T>,
    ready: bool,
) -> Result<(), BusError> {
    let found = match (&*waiting, now) {
        (Some(_), None) => Some("`valid` fell"),
        (Some(before), Some(now)) if before != now => Some("another value"),
        _ => None,
    };
    *waiting = now.filter(|_| !ready).cloned();
    found.map_or(Ok(()), |found| Err(BusError::Dropped { channel, found }))
}
