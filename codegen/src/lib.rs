//! Reads what Verilator wrote and emits Rust bindings and a C++ shim for the model.
