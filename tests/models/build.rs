//! Builds every design through `lightsss_codegen::Model`, as a user's build script does, and from
//! each description a Rust driver and a C++ program that do the same. What can be saved is built once more, with
//! waveforms.

#[path = "build/cpp.rs"]
mod cpp;
#[path = "build/model.rs"]
mod model;
#[path = "build/native.rs"]
mod native;
#[path = "build/rust.rs"]
mod rust;
#[path = "src/table.rs"]
#[allow(dead_code)]
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lightsss_tests_support::description::Description;
use lightsss_tests_support::parallel::in_parallel;
use model::{Build, model};
use table::{DESIGNS, REFUSED, Setting};

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
    let designs = DESIGNS
        .iter()
        .filter(|design| design.is_taken_by(minor))
        .filter(|design| design.is_asked_for());
    let plain = designs.clone().map(|design| Build {
        design,
        with_waves: false,
    });
    let with_waves = designs
        .filter(|design| design.is_held_by(minor))
        // The same source is there with a VCD.
        .filter(|design| {
            !design
                .options
                .iter()
                .any(|with| matches!(with, Setting::Fst))
        })
        .map(|design| Build {
            design,
            with_waves: true,
        });
    let builds: Vec<Build> = plain.chain(with_waves).collect();
    // A design that fails leaves the others to be tested: a test fails in its place.
    let mut failed = Vec::new();
    let mut built = Vec::new();
    let results = in_parallel(&builds, |one| build(one, &out));
    for (build, result) in builds.into_iter().zip(results) {
        match result {
            Ok(description) => built.push((build, description)),
            Err(error) => {
                println!("cargo::warning=design `{}`: {error}", build.name());
                failed.push((build.name(), error));
            }
        }
    }
    refusals(&out).map_err(one)?;
    write(
        &out.join("models.rs"),
        &rust::models(&built, &failed, (major, minor)),
    )
    .map_err(one)?;
    built.retain(|(build, _)| !build.with_waves);
    native::programs(&built, &out, &package).map_err(one)
}

/// Asks for models that cannot be saved, and keeps what is said, for a test to read.
fn refusals(out: &Path) -> Result<(), String> {
    let said = in_parallel(REFUSED, |refused| {
        let model = model(refused.name, refused.source, refused.options);
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
fn build(build: &Build, out: &Path) -> Result<Description, String> {
    let name = build.name();
    let model = build.model();
    model.try_build().map_err(|error| error.to_string())?;
    let folder = out.join(&name).join("verilated");
    let report =
        lightsss_codegen::describe_folder(&name, &folder).map_err(|error| error.to_string())?;
    write(&out.join(format!("{name}.txt")), &report.to_string())?;
    let text = serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?;
    write(&out.join(format!("{name}.json")), &text)?;
    Description::read(&text)
}

/// Writes a file, unless it holds the same.
fn write(path: &Path, text: &str) -> Result<(), String> {
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
