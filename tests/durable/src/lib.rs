//! What the tests of durable snapshots share: a harness, a reader written from `docs/format.md` alone, and a mutator
//! of files.

pub mod attempt;
pub mod harness;
pub mod layout;
pub mod memory;
pub mod mutate;
pub mod numbers;
pub mod readers;
pub mod structure;
pub mod subject;
pub mod values;

pub use lightsss_tests_support::craft;
