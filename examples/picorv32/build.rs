//! Verilates the core and writes its bindings. The core's source comes from a Python package.

use std::error::Error;

use lightsss_codegen::{Model, Trace};
use lightsss_tests_support::PICORV32;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    Model::new("picorv32")
        .source(PICORV32.sources()?.join("picorv32.v"))
        .top("picorv32")
        .parameter("ENABLE_MUL", 1)
        .parameter("ENABLE_DIV", 1)
        .savable(true)
        .trace(Trace::Fst)
        .arg("-Wno-lint")
        .build();
    Ok(())
}
