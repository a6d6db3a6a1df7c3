//! When to take a slot, which to keep, which to wake.

pub mod choose;
pub mod keep;
pub mod when;

/// What the policies see of a slot.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct SlotInfo {
    /// Cycle at which it was taken.
    pub cycle: u64,
    /// Its name, if it is pinned.
    pub name: Option<String>,
    /// Its process.
    pub pid: i32,
    /// Memory that only it holds, bytes; `None` until measured.
    pub unshared: Option<u64>,
}
