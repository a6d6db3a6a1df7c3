//! Builds the model under bindings, and the C++ programs that save the same model.

#[path = "build/native.rs"]
mod native;

use std::error::Error;
use std::path::PathBuf;

use lightsss_codegen::Model;

fn main() -> Result<(), Box<dyn Error>> {
    for watched in ["build.rs", "build", "designs", "native"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    Model::new("memories")
        .source("designs/memories.sv")
        .savable(true)
        .build();
    native::programs(&PathBuf::from(std::env::var("OUT_DIR")?))
}
