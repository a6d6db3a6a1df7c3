//! Builds each design twice, as a model under bindings and as a C++ program, and the C program that the slots
//! are compared with.

#[path = "build/native.rs"]
mod native;
#[path = "build/ports66.rs"]
mod ports66;

use std::error::Error;
use std::path::{Path, PathBuf};

use lightsss_codegen::Model;
use lightsss_tests_support::{PICORV32, SERV};

fn main() -> Result<(), Box<dyn Error>> {
    for watched in ["build.rs", "build", "designs", "native"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    cycles(&out)?;
    Model::new("memories")
        .source("designs/memories.sv")
        .savable(true)
        .build();
    native::as_verilator("memories", Path::new("native/save.cpp"), &out)?;
    native::light_sss();
    native::plain_c(Path::new("native/plain.c"), &out.join("plain"))
}

/// The designs whose clock cycles are measured.
fn cycles(out: &Path) -> Result<(), Box<dyn Error>> {
    let picorv32 = PICORV32.sources()?.join("picorv32.v");
    let serv = SERV.sources()?.join("rtl");
    ports66::write(out)?;

    let ports = out.join("ports66.sv");
    Model::new("counter").source("designs/counter.sv").build();
    Model::new("ports66").source(&ports).build();
    // The examples link models of the same cores with waveforms: other class names keep them apart.
    Model::new("plain_picorv32")
        .source(&picorv32)
        .prefix("Vplain_picorv32")
        .top("picorv32")
        .parameter("ENABLE_MUL", 1)
        .parameter("ENABLE_DIV", 1)
        .arg("-Wno-lint")
        .build();
    let serv_top = serv.join("serv_rf_top.v");
    Model::new("plain_serv")
        .source(&serv_top)
        .prefix("Vplain_serv")
        .include(&serv)
        .top("serv_rf_top")
        .args(["-Wno-lint", "-Wno-MULTIDRIVEN"])
        .build();

    for (name, source) in [
        ("counter", Path::new("native/counter.cpp")),
        ("ports66", &out.join("ports66.cpp")),
        ("plain_picorv32", Path::new("native/picorv32.cpp")),
        ("plain_serv", Path::new("native/serv.cpp")),
    ] {
        native::as_bindings(name, source, out)?;
    }
    println!("cargo::rustc-env=PORTS66_SV={}", ports.display());
    println!("cargo::rustc-env=PICORV32_V={}", picorv32.display());
    Ok(())
}
