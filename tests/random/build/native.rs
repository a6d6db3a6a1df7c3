//! The program that drives every model in C++: the same objects, with Verilator's own runtime.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use lightsss_tests_support::RUNTIME_CPP;
use lightsss_tests_support::parallel::in_parallel;

use crate::compile::{Bound, archive, compiler};
use crate::cpp;

/// Makes `OUT/drive`.
pub fn program(built: &[Bound], out: &Path) -> Result<(), String> {
    let include = lightsss_codegen::verilator_include().map_err(|error| error.to_string())?;
    let sources = built.iter().flat_map(|one| &one.model.runtime_sources);
    let names: BTreeSet<&str> = sources
        .map(String::as_str)
        .chain(["verilated", "verilated_threads"])
        .collect();
    let mut jobs: Vec<PathBuf> = names
        .iter()
        .map(|name| include.join(format!("{name}.cpp")))
        .collect();
    let mut imports = String::from("#include \"mixer.h\"\n");
    for one in built {
        for import in &one.design.imports {
            let _ = writeln!(
                imports,
                "{}",
                import.cpp().replace("NAME", &one.design.name)
            );
        }
    }
    let designs: Vec<&str> = built.iter().map(|one| one.design.name.as_str()).collect();
    for (name, text) in [
        ("runtime.cpp", RUNTIME_CPP),
        ("imports.cpp", &imports),
        ("main.cpp", &cpp::main(&designs)),
    ] {
        let path = out.join(name);
        std::fs::write(&path, text).map_err(|error| error.to_string())?;
        jobs.push(path);
    }
    let objects = in_parallel(&jobs, |source| object(source, out));
    let objects: Vec<PathBuf> = objects.into_iter().collect::<Result<_, _>>()?;
    let (own, runtime): (Vec<_>, Vec<_>) = objects
        .into_iter()
        .partition(|object| object.ends_with("main.o") || object.ends_with("imports.o"));
    archive(&out.join("libnative.a"), &runtime);
    let mut command = compiler();
    command
        .args(own)
        .arg(out.join("libmodels.a"))
        .arg(out.join("libnative.a"));
    command
        .args(["-pthread", "-lz", "-o"])
        .arg(out.join("drive"));
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}

fn object(source: &Path, out: &Path) -> Result<PathBuf, String> {
    let object = out.join(source.with_extension("o").file_name().unwrap_or_default());
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = compiler();
    command.args(["-c", "-DVL_USER_FINISH", "-DVL_USER_STOP"]);
    command.arg("-I").arg(package.join("build"));
    // Its `lz4.h` stands in for the library that the newest FST writer wants.
    command.arg("-I").arg(package.join("../../codegen/cpp"));
    command.arg(source).arg("-o").arg(&object);
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(object);
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}
