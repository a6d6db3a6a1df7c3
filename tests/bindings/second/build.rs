//! A model of a crate of its own, which needs other parts of Verilator's runtime than those of the
//! crate that links it.

use lightsss_codegen::{Model, Trace};

fn main() {
    Model::new("sums")
        .source("designs/sums.sv")
        .trace(Trace::Fst)
        .cflag("-O0")
        .build();
}
