//! The atomics of what processes share; in model-checked tests, those of `loom`.

#[cfg(not(all(test, loom)))]
pub(crate) use std::sync::atomic::{AtomicI32, AtomicU8, AtomicU32, AtomicU64, fence};

#[cfg(all(test, loom))]
pub(crate) use loom::sync::atomic::{AtomicI32, AtomicU8, AtomicU32, AtomicU64, fence};
