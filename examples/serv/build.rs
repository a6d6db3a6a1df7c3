//! Verilates the core and writes its bindings. The core's sources come from a Python package.

use std::error::Error;

use lightsss_codegen::{Model, Trace};
use lightsss_tests_support::SERV;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let rtl = SERV.sources()?.join("rtl");
    Model::new("serv")
        .source(rtl.join("serv_rf_top.v"))
        .include(rtl)
        .top("serv_rf_top")
        .savable(true)
        .trace(Trace::Fst)
        .args(["-Wno-lint", "-Wno-MULTIDRIVEN"])
        .build();
    Ok(())
}
