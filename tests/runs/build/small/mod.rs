//! Verilates many small designs and compiles them in few units: most of the time of a small one goes
//! into Verilator's headers.

mod compile;
mod designs;
mod rust;

use std::path::PathBuf;

use lightsss_codegen::{Model, Trace};

use crate::Built;
use designs::Design;

/// Random designs on the oldest version; every fifth of them on others.
const DESIGNS: usize = 240;

pub fn build() -> Built {
    println!("cargo::rerun-if-env-changed=LIGHTSSS_SMALL_DESIGNS");
    println!("cargo::rerun-if-env-changed=LIGHTSSS_SMALL_SEED");
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let (_, minor) = lightsss_codegen::verilator_version()?;
    let count = number("LIGHTSSS_SMALL_DESIGNS").unwrap_or(match minor {
        6 => DESIGNS as u64,
        _ => DESIGNS as u64 / 5,
    });
    let seed = number("LIGHTSSS_SMALL_SEED").unwrap_or(1);
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
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
    std::fs::write(out.join("small.rs"), rust::models(&designs))?;
    println!("cargo:rustc-link-search=native={}", out.display());
    println!("cargo:rustc-link-lib=static=small");
    compile::compile(&designs, &out);
    // Bring the runtime and what it needs, for all.
    for (name, trace) in [("runtime_fst", Trace::Fst), ("runtime_vcd", Trace::Vcd)] {
        let source = out.join(format!("{name}.sv"));
        std::fs::write(
            &source,
            format!("module {name}(input a, output b); assign b = a; endmodule"),
        )?;
        Model::new(name)
            .source(source)
            .savable(true)
            .trace(trace)
            .cflag("-O0")
            .build();
    }
    Ok(())
}
