//! The models of this package's tests.
//!
//! Generated text is held to the strictest lints, those of a user's crate that denies everything.

#![deny(
    warnings,
    missing_docs,
    unsafe_op_in_unsafe_fn,
    clippy::undocumented_unsafe_blocks
)]

lightsss_runtime::model!(talker);
lightsss_runtime::model!(trouble);
lightsss_runtime::model!(asks);
lightsss_runtime::model!(tells);
lightsss_runtime::model!(internals);
lightsss_runtime::model!(dpi_exports);
lightsss_runtime::model!(ports);
lightsss_runtime::model!(ticker);
lightsss_runtime::model!(logger);
lightsss_runtime::model!(vcd);
#[cfg(saif)]
lightsss_runtime::model!(saif);
lightsss_runtime::model!(covered);
lightsss_runtime::model!(corners);
lightsss_runtime::model!(dumper);
lightsss_runtime::model!(axi4_64);
lightsss_runtime::model!(axi4_256);
lightsss_runtime::model!(axi4_drops);
lightsss_runtime::model!(axi4_changes);
lightsss_runtime::model!(axi4_crosses);
lightsss_runtime::model!(axi4_ends_early);
lightsss_runtime::model!(word_managers);
#[cfg(structs)]
lightsss_runtime::model!(records);
lightsss_runtime::model!(alu);
lightsss_runtime::model!(alu_mutant);
lightsss_runtime::model!(alu_scaled);
#[cfg(threads)]
lightsss_runtime::model!(crowd);
lightsss_runtime::model!(taken);

pub use lightsss_tests_bindings_second::sums;

/// A model of the same name and ports as the one of the second crate.
pub mod twin {
    lightsss_runtime::model!(sums);
}
