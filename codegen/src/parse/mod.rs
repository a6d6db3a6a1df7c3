//! Reads what Verilator wrote: one file per kind of file in its output folder. Parsers give facts
//! as they are written there; what they mean is decided in [`crate::describe`].

pub mod ast;
pub mod classes;
pub mod cxx;
pub mod depends;
pub mod dpi;
pub mod header;
pub mod module;
pub mod state;
pub mod state_class;
pub mod structs;
pub mod syms;
pub mod waits;
