//! What the benchmark programs share with `cargo xtask bench`, which builds and runs them.
//!
//! A program prints a [`Row`] for each comparison, as one JSON object a line, and nothing else on
//! standard output. It takes `--quick` and `--only TEXT` ([`Options`]). Ours and theirs are
//! measured in turns ([`turns`], [`calls_in_turns`]), so that what disturbs one disturbs the other.

mod options;
mod row;
mod turns;
mod verilator;

pub use options::Options;
pub use row::{Better, Limit, Plot, Row, Target};
pub use turns::{calls_in_turns, pin, turns};
pub use verilator::verilator;
