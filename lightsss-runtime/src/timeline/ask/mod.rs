//! The side that asks: processes that were woken, where they stand, and which question goes to which of them.

mod checks;
pub(super) mod memo;
pub(super) mod pool;
pub(super) mod process;
pub(super) mod together;
