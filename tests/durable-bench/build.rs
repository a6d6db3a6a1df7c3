//! Builds the model under bindings, and the C++ programs that save the same model.

#[path = "build/native.rs"]
mod native;

use std::error::Error;
use std::path::{Path, PathBuf};

use lightsss_codegen::Model;

fn main() -> Result<(), Box<dyn Error>> {
    for watched in ["build.rs", "build", "designs", "native"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    Model::new("memories")
        .source("designs/memories.sv")
        .savable(true)
        .build();
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let program = Path::new("native/save.cpp");
    native::program(
        &out,
        "memories",
        program,
        "save_default",
        native::AS_VERILATOR,
    )?;
    native::program(&out, "memories", program, "save_o2", ["-O2"; 2])
}
