//! Builds the model under bindings, and the C++ programs that save the same model.

#[path = "build/members.rs"]
mod members;
#[path = "../durable-bench/build/native.rs"]
mod native;

use std::error::Error;
use std::path::{Path, PathBuf};

use lightsss_codegen::Model;

fn main() -> Result<(), Box<dyn Error>> {
    let peer = "../durable-bench";
    for watched in ["build.rs", "build"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    for watched in ["build", "native"] {
        println!("cargo::rerun-if-changed={peer}/{watched}");
    }
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let design = members::write(&out)?;
    Model::new("members").source(design).savable(true).build();
    let program = Path::new(peer).join("native/save.cpp");
    native::program(&out, "members", &program, "save_o2", ["-O2"; 2])
}
