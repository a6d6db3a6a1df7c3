//! Verilates the designs and compiles many of them in one unit each time: most of the time of a small one goes into
//! Verilator's headers. The models' own sources, with what drives them in C++, are units of their own, which a program
//! without a line of this repository's C++ links too.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use lightsss_codegen::{Error, Model, Trace, Written};
use lightsss_tests_support::description::Description;
use lightsss_tests_support::parallel::in_parallel;

use crate::design::Design;
use crate::{Refused, cpp};

/// Designs in a unit.
const BATCH: usize = 25;

/// A design whose bindings are written.
pub struct Bound {
    pub design: Design,
    pub model: Description,
    written: Written,
}

/// Verilates a design and writes its bindings.
pub fn bind(design: Design, out: &Path) -> Result<Bound, Refused> {
    let refused = |design: &Design, by_verilator: bool, text: String| Refused {
        about: design.about.clone(),
        by_verilator,
        text: format!("{text}\n{}", design.source),
    };
    let source = out.join(format!("{}.sv", design.name));
    std::fs::write(&source, design.source.replace("NAME", &design.name))
        .map_err(|error| refused(&design, false, error.to_string()))?;
    let mut model = Model::new(&design.name)
        .source(source)
        .top(&design.name)
        .savable(true)
        .assertions(true)
        .args([
            "-Wno-fatal",
            "-Wno-lint",
            "-Wno-SYMRSVDWORD",
            "--x-initial",
            "unique",
        ]);
    model = model.args(design.arguments.iter().cloned());
    model = match design.trace {
        Some("Fst") => model.trace(Trace::Fst),
        Some(_) => model.trace(Trace::Vcd),
        None => model,
    };
    let written = match model.write_in(out) {
        Ok(written) => written,
        Err(error) => {
            let by_verilator = matches!(error, Error::Verilator { .. });
            return Err(refused(&design, by_verilator, error.to_string()));
        }
    };
    let described = || -> Result<Description, String> {
        let report = lightsss_codegen::describe_folder(&design.name, &written.obj_dir)
            .map_err(|error| error.to_string())?;
        Description::read(&serde_json::to_string(&report).map_err(|error| error.to_string())?)
    };
    match described() {
        Ok(model) => Ok(Bound {
            design,
            model,
            written,
        }),
        Err(error) => Err(refused(&design, false, error)),
    }
}

/// Compiles all of them: an archive of the models, one of their shims, and the program that drives the models in C++.
/// Gives what was compiled, and adds what was not.
pub fn compile(bound: Vec<Bound>, out: &Path, refused: &mut Vec<Refused>) -> Vec<Bound> {
    // The headers of two kinds of waveforms do not go into one unit.
    let (fst, vcd): (Vec<_>, Vec<_>) = bound
        .into_iter()
        .partition(|one| one.design.trace == Some("Fst"));
    let batches: Vec<&[Bound]> = fst.chunks(BATCH).chain(vcd.chunks(BATCH)).collect();
    let numbered: Vec<(usize, &[Bound])> = batches.into_iter().enumerate().collect();
    let results = in_parallel(&numbered, |(at, batch)| {
        objects(&at.to_string(), &batch.iter().collect::<Vec<_>>(), out)
    });
    let (mut models, mut shims) = (Vec::new(), Vec::new());
    let mut failed = HashSet::new();
    for result in results {
        models.extend(result.models);
        shims.extend(result.shims);
        for one in result.failed {
            failed.insert(one.about.clone());
            refused.push(one);
        }
    }
    archive(&out.join("libmodels.a"), &models);
    archive(&out.join("libshims.a"), &shims);
    let built = fst.into_iter().chain(vcd);
    built
        .filter(|one| !failed.contains(&one.design.about))
        .collect()
}

/// What became of a batch.
#[derive(Default)]
struct Objects {
    models: Vec<PathBuf>,
    shims: Vec<PathBuf>,
    failed: Vec<Refused>,
}

fn objects(name: &str, batch: &[&Bound], out: &Path) -> Objects {
    if batch.is_empty() {
        return Objects::default();
    }
    let refused = |one: &Bound, by_verilator: bool, text: &str| Refused {
        about: one.design.about.clone(),
        by_verilator,
        text: format!("{text}\n{}", one.design.source),
    };
    let models = match run(
        &out.join(format!("models_{name}.cpp")),
        &models(batch),
        batch,
    ) {
        Ok(object) => object,
        Err(text) => {
            // The messages name the sources of the designs at fault; the others are compiled without them.
            let is_named = |one: &&Bound| text.contains(&format!("/{}/", one.design.name));
            let (bad, good): (Vec<&Bound>, Vec<&Bound>) = batch.iter().copied().partition(is_named);
            let (bad, good) = if bad.is_empty() {
                (batch.to_vec(), good)
            } else {
                (bad, good)
            };
            let mut all = objects(&format!("{name}_rest"), &good, out);
            all.failed
                .extend(bad.into_iter().map(|one| refused(one, true, &text)));
            return all;
        }
    };
    match (
        run(&out.join(format!("shims_{name}.cpp")), &shims(batch), batch),
        batch,
    ) {
        (Ok(shims), _) => Objects {
            models: vec![models],
            shims: vec![shims],
            failed: Vec::new(),
        },
        (Err(text), [one]) => Objects {
            failed: vec![refused(one, false, &text)],
            ..Objects::default()
        },
        (Err(_), _) => {
            let (a, b) = batch.split_at(batch.len() / 2);
            let mut all = objects(&format!("{name}a"), a, out);
            let b = objects(&format!("{name}b"), b, out);
            all.models.extend(b.models);
            all.shims.extend(b.shims);
            all.failed.extend(b.failed);
            all
        }
    }
}

/// Compiles a unit; an error is the compiler's first lines.
fn run(source: &Path, text: &str, batch: &[&Bound]) -> Result<PathBuf, String> {
    std::fs::write(source, text).map_err(|error| error.to_string())?;
    let object = source.with_extension("o");
    let mut command = compiler();
    command.args([
        "-c",
        "-DVM_SC=0",
        "-DVM_COVERAGE=0",
        "-DVM_TIMING=0",
        "-DVM_TRACE=1",
    ]);
    for define in [
        "VL_USER_FINISH",
        "VL_USER_STOP",
        "VL_USER_FATAL",
        "VL_USER_WARN",
    ] {
        command.arg(format!("-D{define}"));
    }
    for one in batch {
        command.arg("-I").arg(&one.written.obj_dir);
    }
    if let Some(folder) = batch.first().and_then(|one| one.written.shim.parent()) {
        command.arg("-I").arg(folder);
    }
    command.arg(source).arg("-o").arg(&object);
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(object);
    }
    let messages = String::from_utf8_lossy(&output.stderr);
    let errors: Vec<&str> = messages
        .lines()
        .filter(|line| line.contains("error"))
        .take(8)
        .collect();
    Err(format!("{}: {}", source.display(), errors.join("\n")))
}

/// The C++ compiler with what all units are given.
pub fn compiler() -> Command {
    let mut command = Command::new(std::env::var("CXX").unwrap_or_else(|_| "c++".to_owned()));
    command.args(["-std=c++20", "-O0", "-w", "-fPIC", "-faligned-new"]);
    command.args(["-DVERILATOR=1", "-DVL_TIME_CONTEXT"]);
    let include = lightsss_codegen::verilator_include().unwrap_or_default();
    command
        .arg("-I")
        .arg(include.join("vltstd"))
        .arg("-I")
        .arg(include);
    command
}

/// Makes an archive.
pub fn archive(file: &Path, objects: &[PathBuf]) {
    let _ = std::fs::remove_file(file);
    let mut command = Command::new("ar");
    command.arg("crs").arg(file).args(objects);
    assert!(
        command.status().is_ok_and(|status| status.success()),
        "{command:?}"
    );
}

/// The headers that generated sources include.
fn headers(batch: &[&Bound]) -> String {
    let trace = match batch.first().map(|one| one.design.trace) {
        Some(Some("Fst")) => "#include \"verilated_fst_c.h\"\n",
        _ => "#include \"verilated_vcd_c.h\"\n",
    };
    let mut text = format!(
        "#include \"verilated.h\"\n#include \"svdpi.h\"\n#include \"verilated_dpi.h\"\n{trace}#include \"lightsss_save_more.h\"\n"
    );
    // What stands in several of these headers is defined once.
    let mut known = HashSet::new();
    for one in batch {
        let supplied = one.written.shim.with_file_name("lightsss_supplied.h");
        if !one.model.savable {
            continue;
        }
        for line in std::fs::read_to_string(supplied)
            .unwrap_or_default()
            .lines()
        {
            if !line.starts_with("static ") || known.insert(line.to_owned()) {
                let _ = writeln!(text, "{line}");
            }
        }
    }
    text
}

/// The models' sources, and what drives them in C++. What they define once per file gets another name for each.
fn models(batch: &[&Bound]) -> String {
    let mut text = headers(batch);
    text.push_str("#include \"drive.h\"\n");
    for one in batch {
        let name = &one.design.name;
        let _ = writeln!(
            text,
            "#undef VL_PCH_INCLUDED\n#define trace_init trace_init_{name}"
        );
        for source in &one.model.sources {
            let _ = writeln!(text, "#include \"{}\"", source.display());
        }
        text.push_str("#undef trace_init\n");
        text.push_str(&cpp::driver(&one.design, &one.model));
    }
    text
}

/// The shims, each in a namespace of its own.
fn shims(batch: &[&Bound]) -> String {
    let mut text = headers(batch);
    let texts: Vec<String> = batch
        .iter()
        .map(|one| std::fs::read_to_string(&one.written.shim).unwrap_or_default())
        .collect();
    // What a shim includes and declares of the model is in no namespace.
    let outside = |line: &&str| {
        line.starts_with("#include") || line.starts_with("void V") && line.ends_with("*);")
    };
    for shim in &texts {
        text.push_str("#undef VL_PCH_INCLUDED\n");
        for line in shim.lines().filter(outside) {
            let _ = writeln!(text, "{line}");
        }
    }
    for (one, shim) in batch.iter().zip(&texts) {
        let _ = writeln!(text, "namespace {} {{", one.design.name);
        for line in shim.lines().filter(|line| !outside(line)) {
            let _ = writeln!(text, "{line}");
        }
        text.push_str("}\n");
    }
    text
}
