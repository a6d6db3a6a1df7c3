//! Builds every design through `lightsss_codegen::Model`, as a user's build script does, and from
//! each description a Rust driver and a C++ program that do the same.

#[path = "build/cpp.rs"]
mod cpp;
#[path = "build/description.rs"]
mod description;
#[path = "build/native.rs"]
mod native;
#[path = "build/rust.rs"]
mod rust;
#[path = "src/table.rs"]
#[allow(dead_code)]
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use description::Description;
use lightsss_codegen::{Model, Trace};
use table::{DESIGNS, Design, QUICK, REFUSED, Setting};

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
    let every = std::env::var("LIGHTSSS_DESIGNS").is_ok_and(|which| which == "all");
    let designs: Vec<&Design> = DESIGNS
        .iter()
        .filter(|design| design.is_taken_by(minor))
        .filter(|design| every || QUICK.contains(&design.name))
        .collect();
    // A design that fails leaves the others to be tested: a test fails in its place.
    let mut failed = Vec::new();
    let mut built = Vec::new();
    for (design, result) in designs
        .iter()
        .zip(native::in_parallel(&designs, |design| build(design, &out)))
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

/// Asks for models that can't be saved, and keeps what is said, for a test to read.
fn refusals(out: &Path) -> Result<(), String> {
    let said = native::in_parallel(REFUSED, |refused| {
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

/// A model with its options.
fn model(name: &str, source: &str, options: &[Setting]) -> Model {
    let mut model = Model::new(name)
        .source(format!("designs/{source}.sv"))
        // Ranges that ascend and values that are cut are what the designs are about.
        .arg("-Wno-lint");
    for setting in options {
        model = match setting {
            Setting::Assertions => model.assertions(true),
            Setting::Coverage => model.coverage(true),
            Setting::Imports(_) => model,
            Setting::Savable => model.savable(true),
            Setting::Timing => model.timing(true),
            Setting::Threads(threads) => model.threads(*threads),
            Setting::Public => model.public(true),
            Setting::Top(module) => model.top(*module),
            Setting::Prefix(class) => model.prefix(*class),
            Setting::Parameter(name, value) => model.parameter(name, value),
            Setting::Vcd => model.trace(Trace::Vcd),
            Setting::Fst => model.trace(Trace::Fst),
            Setting::Saif => model.trace(Trace::Saif),
            Setting::Arg(argument) => model.arg(*argument),
        };
    }
    model
}

/// Builds a model; gives the description of the folder that Verilator wrote.
fn build(design: &Design, out: &Path) -> Result<Description, String> {
    let model = model(design.name, design.source, design.options);
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
