//! Builds every design through `lightsss_codegen::Model`, as a user's build script does, and from
//! each description a Rust driver and a C++ program that do the same.

#[path = "build/cpp.rs"]
mod cpp;
#[path = "build/description.rs"]
mod description;
#[path = "build/model.rs"]
mod model;
#[path = "build/native.rs"]
mod native;
#[path = "build/parallel.rs"]
mod parallel;
#[path = "build/rust.rs"]
mod rust;
#[path = "src/table.rs"]
#[allow(dead_code)]
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use description::Description;
use model::model;
use table::{DESIGNS, Design, REFUSED};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(errors) => {
            for error in errors {
                eprintln!("error: {error}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Vec<String>> {
    let one = |error: String| vec![error];
    let variable =
        |name: &str| std::env::var(name).map_err(|error| vec![format!("{name}: {error}")]);
    let out = PathBuf::from(variable("OUT_DIR")?);
    let package = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    for watched in ["build.rs", "build", "src/table.rs", "designs"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    println!("cargo::metadata=out={}", out.display());
    let (major, minor) =
        lightsss_codegen::verilator_version().map_err(|error| one(error.to_string()))?;
    println!("cargo::rerun-if-env-changed=LIGHTSSS_DESIGNS");
    let designs: Vec<&Design> = DESIGNS
        .iter()
        .filter(|design| design.is_taken_by(minor))
        .filter(|design| design.is_asked_for())
        .collect();
    // A design that fails leaves the others to be tested: a test fails in its place.
    let mut failed = Vec::new();
    let mut built = Vec::new();
    for (design, result) in designs
        .iter()
        .zip(parallel::in_parallel(&designs, |design| {
            build(design, &out)
        }))
    {
        match result {
            Ok(description) => built.push((*design, description)),
            Err(error) => {
                println!("cargo::warning=design `{}`: {error}", design.name);
                failed.push((design.name, error));
            }
        }
    }
    refusals(&out).map_err(one)?;
    write(
        &out.join("models.rs"),
        &rust::models(&built, &failed, (major, minor)),
    )
    .map_err(one)?;
    native::programs(&built, &out, &package).map_err(one)
}

/// Asks for models that cannot be saved, and keeps what is said, for a test to read.
fn refusals(out: &Path) -> Result<(), String> {
    let said = parallel::in_parallel(REFUSED, |refused| {
        let model = model(refused.name, "designs", refused.source, refused.options);
        model.try_build().err().map(|error| error.to_string())
    });
    let said: Vec<_> = REFUSED
        .iter()
        .map(|refused| refused.name)
        .zip(said)
        .collect();
    let text = serde_json::to_string_pretty(&said).map_err(|error| error.to_string())?;
    write(&out.join("refusals.json"), &text)
}

/// Builds a model; gives the description of the folder that Verilator wrote.
fn build(design: &Design, out: &Path) -> Result<Description, String> {
    let model = model(design.name, "designs", design.source, design.options);
    model.try_build().map_err(|error| error.to_string())?;
    let folder = out.join(design.name).join("verilated");
    let text = lightsss_codegen::describe_folder(design.name, &folder)
        .map_err(|error| error.to_string())?;
    write(&out.join(format!("{}.txt", design.name)), &text.to_string())?;
    let text = serde_json::to_string_pretty(&text).map_err(|error| error.to_string())?;
    write(&out.join(format!("{}.json", design.name)), &text)?;
    Description::read(&text)
}

/// Writes a file, unless it holds the same.
fn write(path: &Path, text: &str) -> Result<(), String> {
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
