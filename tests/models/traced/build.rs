//! Builds the savable designs once more, with waveforms.

#[path = "../build/description.rs"]
#[allow(dead_code)]
mod description;
#[path = "../build/model.rs"]
mod model;
#[path = "../build/parallel.rs"]
mod parallel;
#[path = "../build/rust.rs"]
mod rust;
#[path = "../src/table.rs"]
#[allow(dead_code)]
mod table;

use std::path::PathBuf;

use description::Description;
use lightsss_codegen::Trace;
use table::{DESIGNS, Design, Setting};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for watched in ["build.rs", "../build", "../src/table.rs", "../designs"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    println!("cargo::rerun-if-env-changed=LIGHTSSS_DESIGNS");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let version = lightsss_codegen::verilator_version()?;
    let designs: Vec<&Design> = DESIGNS
        .iter()
        .filter(|design| design.is_asked_for())
        .filter(|design| design.is_taken_by(version.1) && design.is_held_by(version.1))
        // The same source is there with a VCD.
        .filter(|design| {
            !design
                .options
                .iter()
                .any(|with| matches!(with, Setting::Fst))
        })
        .collect();
    let mut failed = Vec::new();
    let mut built = Vec::new();
    let results = parallel::in_parallel(&designs, |design| build(design, &out));
    for (design, result) in designs.into_iter().zip(results) {
        match result {
            Ok(description) => built.push((design, description)),
            Err(error) => {
                println!("cargo::warning=design `{}`: {error}", design.name);
                failed.push((design.name, error));
            }
        }
    }
    let text = rust::models(&built, &failed, version);
    std::fs::write(out.join("models.rs"), text)?;
    Ok(())
}

fn build(design: &Design, out: &std::path::Path) -> Result<Description, String> {
    let model = model::model(design.name, "../designs", design.source, design.options)
        .trace(Trace::Vcd)
        // All of every memory.
        .args(["--trace-max-array", "65536", "--trace-max-width", "65536"])
        .cflag("-O0");
    model.try_build().map_err(|error| error.to_string())?;
    let folder = out.join(design.name).join("verilated");
    let report = lightsss_codegen::describe_folder(design.name, &folder)
        .map_err(|error| error.to_string())?;
    let text = serde_json::to_string(&report).map_err(|error| error.to_string())?;
    Description::read(&text)
}
