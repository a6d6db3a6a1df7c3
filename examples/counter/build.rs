//! Verilates the counter, and generates, compiles and links its bindings.

fn main() {
    lightsss_codegen::Model::new("counter")
        .source("rtl/counter.sv")
        .savable(true)
        .trace(lightsss_codegen::Trace::Fst)
        .build();
}
