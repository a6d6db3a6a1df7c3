//! The figures of a run where its supervisor can read them, after a crash of the process that counts.

use crate::process::shared::shared_structs;
use crate::process::sync::AtomicU64;

shared_structs! {
    /// What [`SlotStats`](super::SlotStats) says, as far as it is numbers. Times are bits of floating point numbers.
    pub(crate) struct Figures {
        pub(super) taken: AtomicU64,
        pub(super) missed: AtomicU64,
        pub(super) pause_median: AtomicU64,
        pub(super) pause_p99: AtomicU64,
        pub(super) pause_max: AtomicU64,
        pub(super) pause_total: AtomicU64,
        pub(super) copy_faults: AtomicU64,
        pub(super) copy_total: AtomicU64,
        pub(super) share: AtomicU64,
        pub(super) evictions: [AtomicU64; 6],
    }
}
