//! A small RISC-V core in `SystemVerilog` under a Rust harness: at every retired instruction it is
//! compared with a reference model written from the specification.
//!
//! - `rtl/`: the core and its devices.
//! - [`program`]: what it runs.
//! - [`mod@reference`]: what it should do.
//! - [`difftest`]: the comparison.
//! - [`harness`]: all of it in one machine, cycle by cycle.

pub mod bus;
pub mod difftest;
pub mod harness;
pub mod memory_map;
pub mod program;
pub mod reference;

// The bindings that build.rs generated.
lightsss_runtime::model!(soc);
