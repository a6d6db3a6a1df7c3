//! Builds small designs, by hand and random, and two cores, with what drives them in Rust and in C++.
//!
//! `LIGHTSSS_RANDOM_DESIGNS` says how many random ones, and `LIGHTSSS_RANDOM_FROM` the first one's seed.

#![allow(
    clippy::format_push_string,
    clippy::many_single_char_names,
    clippy::similar_names,
    clippy::single_match_else,
    clippy::useless_format,
    reason = "most of it is text with names between"
)]

#[path = "build/compile.rs"]
mod compile;
#[path = "build/cores.rs"]
mod cores;
#[path = "build/cpp.rs"]
mod cpp;
#[path = "build/design.rs"]
mod design;
#[path = "build/directed.rs"]
mod directed;
#[path = "build/grammar/mod.rs"]
mod grammar;
#[path = "build/native.rs"]
mod native;
#[path = "build/rust.rs"]
mod rust;

use std::error::Error;
use std::path::PathBuf;
use std::sync::Mutex;

use design::Design;
use lightsss_codegen::{Model, Trace};
use lightsss_tests_support::DRIVE_H;
use lightsss_tests_support::parallel::in_parallel;

/// Random designs, unless a variable says otherwise.
const DESIGNS: u64 = 200;

/// A design that was not built.
pub struct Refused {
    about: String,
    /// By Verilator, or by the compiler where it meets Verilator's own sources.
    by_verilator: bool,
    text: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=LIGHTSSS_RANDOM_DESIGNS");
    println!("cargo::rerun-if-env-changed=LIGHTSSS_RANDOM_FROM");
    for watched in ["build.rs", "build"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let (_, minor) = lightsss_codegen::verilator_version()?;
    let count = number("LIGHTSSS_RANDOM_DESIGNS").unwrap_or(DESIGNS);
    let from = number("LIGHTSSS_RANDOM_FROM").unwrap_or(1);
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("drive.h"), DRIVE_H)?;
    let random = (from..from + count).map(|seed| grammar::random(seed, minor));
    let designs: Vec<Mutex<Option<Design>>> = directed::directed()
        .into_iter()
        .chain(cores::cores()?)
        .chain(random)
        .enumerate()
        .map(|(at, design)| Design {
            name: format!("s{at}"),
            ..design
        })
        .map(|design| Mutex::new(Some(design)))
        .collect();
    let results = in_parallel(&designs, |design| {
        let design = design.lock().ok().and_then(|mut design| design.take());
        design.map(|design| compile::bind(design, &out))
    });
    let (mut bound, mut refused) = (Vec::new(), Vec::new());
    for result in results.into_iter().flatten() {
        match result {
            Ok(one) => bound.push(one),
            Err(one) => refused.push(one),
        }
    }
    let built = compile::compile(bound, &out, &mut refused);
    native::program(&built, &out)?;
    let built: Vec<_> = built
        .into_iter()
        .map(|one| (one.design, one.model))
        .collect();
    std::fs::write(out.join("designs.rs"), rust::models(&built, &refused))?;
    println!("cargo:rustc-link-search=native={}", out.display());
    println!("cargo:rustc-link-lib=static=shims");
    println!("cargo:rustc-link-lib=static=models");
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
