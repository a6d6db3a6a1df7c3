//! Memory: pages, which of them were written, and a memory for harnesses.

pub mod dirty;
mod kernel;
pub(crate) mod pages;
pub mod ram;
