//! Models for the tests of this package.

use std::path::PathBuf;

use lightsss_codegen::{Model, Trace};

/// The speed of these models does not matter, the time to compile them does.
fn model(name: &str, source: &str) -> Model {
    Model::new(name)
        .source(format!("designs/{source}.sv"))
        .cflag("-O0")
}

fn main() {
    println!("cargo::rustc-check-cfg=cfg(saif)");
    let (_, minor) = lightsss_codegen::verilator_version().expect("Verilator");
    println!("cargo::rustc-check-cfg=cfg(threads)");
    println!("cargo::rustc-check-cfg=cfg(generators)");
    println!("cargo::rustc-check-cfg=cfg(structs)");
    if minor >= 30 {
        // Before, what draws random numbers is out of reach.
        println!("cargo:rustc-cfg=generators");
    }
    model("talker", "talker")
        .assertions(true)
        .args(["--x-initial", "unique"])
        .build();
    model("trouble", "trouble")
        .args(["-Wno-UNOPTFLAT", "-Wno-lint"])
        .build();
    model("asks", "asks").build();
    model("tells", "tells").build();
    model("internals", "../../models/designs/internals").build();
    model("dpi_exports", "../../models/designs/dpi_exports").build();
    model("ports", "ports").arg("-Wno-SYMRSVDWORD").build();
    model("logger", "logger").savable(true).build();
    model("ticker", "ticker").timing(true).build();
    model("vcd", "waves")
        .trace(Trace::Vcd)
        .savable(true)
        .build();
    if minor >= 36 {
        println!("cargo:rustc-cfg=saif");
        model("saif", "waves").trace(Trace::Saif).build();
    }
    model("covered", "covered").coverage(true).build();
    if minor >= 16 {
        println!("cargo:rustc-cfg=threads");
        model("crowd", "crowd")
            .threads(3)
            .args(["--threads-dpi", "all"])
            .build();
    }

    model("corners", "corners")
        .cxx_source("designs/corners.cpp")
        .foreign_import("joined")
        .build();
    if minor >= 30 {
        println!("cargo:rustc-cfg=structs");
        model("records", "records").savable(true).build();
    }
    let manager = |name: &str, width: u32, broken: u32| {
        model(name, "axi4_manager")
            .parameter("WIDTH", width)
            .parameter("BROKEN", broken)
            .allow_warnings(true)
            .savable(true)
            .axi4("m_axi_")
            .build();
    };
    manager("axi4_64", 64, 0);
    manager("axi4_256", 256, 0);
    manager("axi4_drops", 64, 1);
    manager("axi4_changes", 64, 2);
    manager("axi4_crosses", 64, 3);
    manager("axi4_ends_early", 64, 4);
    model("word_managers", "word_managers")
        .savable(true)
        .allow_warnings(true)
        .wishbone("wb_")
        .handshake("mem_")
        .axi4_lite("io_lite_")
        .build();
    model("dumper", "dumper").trace(Trace::Vcd).build();

    // Models of one class, two of them with one name.
    model("sums", "sums").trace(Trace::Fst).build();
    for (name, define, scale, offset) in [
        ("alu", "GOOD", 1, 7),
        ("alu_mutant", "MUTANT", 1, 9),
        ("alu_scaled", "GOOD", 3, 11),
    ] {
        model(name, "alu")
            .prefix("Valu")
            .top("alu")
            .define(define)
            .parameter("SCALE", scale)
            .savable(true)
            .trace(Trace::Vcd)
            .cxx_source("designs/alu.cpp")
            .foreign_import("count")
            .keep_symbol(format!("{name}_calls"))
            .cflag(format!("-DOFFSET={offset}"))
            .cflag(format!("-DALU_CALLS={name}_calls"))
            .build();
    }

    // As if somebody else had verilated it.
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("OUT_DIR"));
    let written = model("handed", "waves")
        .prefix("Vhanded_over")
        .savable(true)
        .write_in(&out.join("elsewhere"))
        .expect("a folder");
    Model::from_obj_dir("taken", &written.obj_dir)
        .verilator_root(written.verilator_root)
        .savable(true)
        .cflag("-O0")
        .build();
}
