//! Fork slots, durable snapshots and the run driver for Verilated models.

pub mod driver;
pub mod durable;
pub mod model;
pub mod ram;
pub mod savable;
pub mod slots;
