//! The process itself: system calls, threads, the fork and its hooks, and what a fork shares.

pub(crate) mod causes;
pub(crate) mod descriptors;
pub(crate) mod files;
pub(crate) mod fork;
pub mod hooks;
pub(crate) mod isolate;
pub(crate) mod mappings;
pub(crate) mod orphans;
#[allow(dead_code, reason = "the driver and durable snapshots use parts of it")]
pub(crate) mod output_path;
pub(crate) mod panics;
pub(crate) mod parent_watch;
pub(crate) mod printable;
pub(crate) mod regular_file;
pub(crate) mod run_files;
pub(crate) mod serialize;
pub(crate) mod shared;
pub(crate) mod special;
pub(crate) mod stderr;
pub(crate) mod sync;
pub(crate) mod sys;
pub(crate) mod terminal;
pub(crate) mod threads;
pub(crate) mod timers;
