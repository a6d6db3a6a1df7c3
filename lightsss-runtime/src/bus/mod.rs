//! Memories behind a model's bus: AXI4, AXI4-Lite, Wishbone, and a plain valid/ready handshake.
//!
//! The model is the manager (master), the memory is the subordinate (slave), over a [`Ram`](crate::ram::Ram). One line of
//! the build script names the bus by the prefix of its ports:
//!
//! ```ignore
//! lightsss_codegen::Model::new("soc").source("rtl/soc.sv").axi4("m_axi_").build();
//! ```
//!
//! The bindings then have a method of that name, and the harness calls the memory twice in each clock cycle:
//!
//! ```ignore
//! self.half_cycle(0)?;
//! self.memory.sample(&self.dut.m_axi())?; // what both sides agree on at the edge
//! self.half_cycle(1)?;
//! self.memory.drive(&mut self.dut.m_axi()); // what the memory answers behind it
//! ```
//!
//! A memory is a field of the harness: it is saved with its transfers under way, and replays repeat its stalls.

mod address;
mod axi4;
mod burst;
mod bytes;
mod error;
mod stalls;
mod word;

#[doc(hidden)]
pub use self::bytes::{integer, wide};
pub use self::{
    address::Address,
    axi4::{Axi4, Axi4Memory, ReadBeat, WriteBeat},
    error::BusError,
    stalls::Stalls,
    word::{Answer, Request, WordBus, WordMemory},
};
