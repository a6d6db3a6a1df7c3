//! SERV, the bit-serial RISC-V core, under a Rust harness. Its program sieves primes and reports
//! each; the harness knows them.

pub mod harness;
pub mod program;

// The bindings that build.rs generated.
lightsss_runtime::model!(serv);
