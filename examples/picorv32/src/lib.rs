//! picorv32 under a Rust harness. Its program scrambles a table and reports a checksum after each
//! round; the harness computes the same and compares.

pub mod harness;
pub mod program;

// The bindings that build.rs generated.
lightsss_runtime::model!(picorv32);
