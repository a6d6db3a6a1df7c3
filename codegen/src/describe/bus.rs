//! A bus, as the description has it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::names::RustName;

/// A bus whose manager is the model.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[non_exhaustive]
pub struct Bus {
    /// The protocol.
    pub kind: BusKind,
    /// What its ports' names begin with.
    pub prefix: String,
    /// The Rust name of the method that gives it.
    pub(crate) rust: RustName,
    /// The bytes of its data.
    pub bytes: u32,
    /// Its signals: names of ports by the protocol's names.
    pub(crate) signals: BTreeMap<&'static str, Signal>,
}

/// A signal of a bus.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct Signal {
    /// The name of the port.
    #[serde(rename = "port")]
    pub(crate) verilog: String,
    #[serde(skip)]
    pub(crate) rust: RustName,
    #[serde(skip)]
    pub(crate) width: u32,
}

/// The protocol of a bus.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BusKind {
    /// AXI4.
    Axi4,
    /// AXI4-Lite.
    Axi4Lite,
    /// Wishbone.
    Wishbone,
    /// `valid` until `ready`, with an address and data beside it.
    Handshake,
}

impl BusKind {
    /// The name of the protocol.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Axi4 => "AXI4",
            Self::Axi4Lite => "AXI4-Lite",
            Self::Wishbone => "Wishbone",
            Self::Handshake => "valid/ready",
        }
    }
}
