//! The two writers, Rust and C++. They read the description and nothing else.

pub mod abi;
pub mod cpp;
pub mod rust;
pub mod symbols;
pub mod template;
