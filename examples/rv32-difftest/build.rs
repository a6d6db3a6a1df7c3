//! Verilates the core and writes its bindings.

use lightsss_codegen::{Model, Trace};

fn main() {
    Model::new("soc")
        .sources(["rtl/rv32_pkg.sv", "rtl/memory_map.sv", "rtl/soc.sv"])
        .include("rtl")
        .savable(true)
        .trace(Trace::Fst)
        .build();
}
