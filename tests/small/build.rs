//! Verilates many small designs and compiles them in few units: most of the time of a small one goes
//! into Verilator's headers.

#[path = "build/compile.rs"]
mod compile;
#[path = "build/designs.rs"]
mod designs;
#[path = "build/rust.rs"]
mod rust;

use std::path::PathBuf;

use lightsss_codegen::{Model, Trace};

use designs::Design;

/// Random designs on the oldest version; every fifth of them on others.
const DESIGNS: usize = 240;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-env-changed=LIGHTSSS_SMALL_DESIGNS");
    println!("cargo::rerun-if-env-changed=LIGHTSSS_SMALL_SEED");
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let (_, minor) = lightsss_codegen::verilator_version().expect("Verilator");
    let count = number("LIGHTSSS_SMALL_DESIGNS").unwrap_or(match minor {
        6 => DESIGNS as u64,
        _ => DESIGNS as u64 / 5,
    });
    let seed = number("LIGHTSSS_SMALL_SEED").unwrap_or(1);
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("OUT_DIR"));
    let mut designs = designs::directed();
    designs.extend((0..count).map(|at| designs::random(seed * 1_000_000 + at)));
    let designs: Vec<Design> = designs
        .into_iter()
        .enumerate()
        .map(|(at, design)| Design {
            name: format!("s{at}"),
            ..design
        })
        .collect();
    std::fs::write(out.join("models.rs"), rust::models(&designs)).expect("models.rs");
    println!("cargo:rustc-link-search=native={}", out.display());
    println!("cargo:rustc-link-lib=static=small");
    compile::compile(&designs, &out);
    // Bring the runtime and what it needs, for all.
    for (name, trace) in [("runtime_fst", Trace::Fst), ("runtime_vcd", Trace::Vcd)] {
        let source = out.join(format!("{name}.sv"));
        std::fs::write(
            &source,
            format!("module {name}(input a, output b); assign b = a; endmodule"),
        )
        .expect("a source");
        Model::new(name)
            .source(source)
            .savable(true)
            .trace(trace)
            .cflag("-O0")
            .build();
    }
}
