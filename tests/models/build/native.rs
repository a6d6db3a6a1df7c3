//! Compiles the C++ programs: Verilator's own runtime once, then one program for each model.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::model::Build;
use crate::{cpp, write};
use lightsss_tests_support::description::Description;
use lightsss_tests_support::parallel::in_parallel;
use lightsss_tests_support::{DRIVE_H, RUNTIME_CPP};

/// Compiles the program of every model to `<out>/<model>_main`.
pub fn programs(built: &[(Build, Description)], out: &Path, package: &Path) -> Result<(), String> {
    let include = lightsss_codegen::verilator_include().map_err(|error| error.to_string())?;
    let folder = out.join("native");
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let flags = flags(&folder, &include, package);
    let archive = runtime(built, &folder, &include, &flags)?;
    let jobs = built
        .iter()
        .map(|(build, description)| {
            let design = build.design;
            let source = folder.join(format!("{}.cpp", design.name));
            write(
                &source,
                &cpp::program(design, description, &package.display().to_string()),
            )?;
            let on = |flag| u8::from(flag);
            let trace = description.trace.as_deref();
            let model = description.sources[0].parent().unwrap_or(Path::new("."));
            let folders =
                std::iter::once(model).chain(description.subfolders.iter().map(PathBuf::as_path));
            Ok(Job {
                source,
                output: out.join(format!("{}_main", design.name)),
                flags: folders
                    .map(|folder| format!("-I{}", folder.display()))
                    .chain([
                        format!("-DVM_TIMING={}", on(description.timing)),
                        format!("-DVM_TRACE={}", on(trace.is_some())),
                        format!("-DVM_TRACE_FST={}", on(trace == Some("FST"))),
                        format!("-DVM_TRACE_VCD={}", on(trace == Some("VCD"))),
                        format!("-DVM_TRACE_SAIF={}", on(trace == Some("SAIF"))),
                    ])
                    .collect(),
                inputs: vec![
                    archive.display().to_string(),
                    "-pthread".into(),
                    "-lz".into(),
                ],
            })
        })
        .collect::<Result<Vec<_>, String>>()?;
    run(&jobs, &flags)
}

/// What every call of the compiler is given.
fn flags(folder: &Path, include: &Path, package: &Path) -> Vec<String> {
    let mut flags: Vec<String> = [
        "-std=c++20",
        "-O1",
        "-w",
        "-faligned-new",
        "-DVERILATOR=1",
        "-DVM_SC=0",
        "-DVL_TIME_CONTEXT",
        "-DVL_USER_FINISH",
        "-DVL_USER_STOP",
    ]
    .map(str::to_owned)
    .into();
    for path in [
        folder.to_owned(),
        include.join("vltstd"),
        include.to_owned(),
        // Its `lz4.h` stands in for the library that the newest FST writer wants.
        package.join("../../codegen/cpp"),
    ] {
        flags.push(format!("-I{}", path.display()));
    }
    flags
}

/// Compiles Verilator's runtime and the header of all programs; gives the archive.
fn runtime(
    built: &[(Build, Description)],
    folder: &Path,
    include: &Path,
    flags: &[String],
) -> Result<PathBuf, String> {
    let names: BTreeSet<&str> = built
        .iter()
        .flat_map(|(_, description)| &description.runtime_sources)
        .map(String::as_str)
        .chain(["verilated", "verilated_threads"])
        .collect();
    let mut jobs: Vec<Job> = names
        .iter()
        .map(|name| Job {
            source: include.join(format!("{name}.cpp")),
            output: folder.join(format!("{name}.o")),
            flags: vec!["-c".into()],
            inputs: Vec::new(),
        })
        .collect();
    let source = folder.join("runtime.cpp");
    write(&source, RUNTIME_CPP)?;
    jobs.push(Job {
        source,
        output: folder.join("runtime.o"),
        flags: vec!["-c".into()],
        inputs: Vec::new(),
    });
    let untraced = ["-DVM_TRACE=0".to_owned(), "-x".into(), "c++-header".into()];
    let header = folder.join("drive.h");
    write(&header, DRIVE_H)?;
    jobs.insert(
        0,
        // Precompiled: Verilator's headers take most of a small program's time.
        Job {
            output: folder.join("drive.h.gch"),
            source: header,
            flags: untraced.into(),
            inputs: Vec::new(),
        },
    );
    run(&jobs, flags)?;
    jobs.remove(0);
    let objects: Vec<PathBuf> = jobs.iter().map(|job| job.output.clone()).collect();
    // An archive: a program takes of it what it needs.
    let archive = folder.join("libruntime.a");
    let _ = std::fs::remove_file(&archive);
    let status = Command::new("ar")
        .arg("crs")
        .arg(&archive)
        .args(&objects)
        .status();
    if !status.is_ok_and(|status| status.success()) {
        return Err(format!("`ar` could not make {}", archive.display()));
    }
    Ok(archive)
}

/// One call of the compiler.
struct Job {
    source: PathBuf,
    output: PathBuf,
    flags: Vec<String>,
    inputs: Vec<String>,
}

/// Runs them; all errors become one.
fn run(jobs: &[Job], flags: &[String]) -> Result<(), String> {
    let errors: Vec<String> = in_parallel(jobs, |job| job.run(flags))
        .into_iter()
        .filter_map(Result::err)
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors.join("\n"))
    }
}

impl Job {
    fn run(&self, flags: &[String]) -> Result<(), String> {
        let compiler = std::env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
        let mut command = Command::new(compiler);
        command
            .args(flags)
            .args(&self.flags)
            .arg(&self.source)
            .args(&self.inputs);
        // Up to date if it was made by the same command from sources no younger than itself.
        let stamp = self.output.with_extension("stamp");
        let key = format!("{command:?} {:?}", self.newest_source());
        if self.output.is_file() && std::fs::read_to_string(&stamp).is_ok_and(|old| old == key) {
            return Ok(());
        }
        let _ = std::fs::remove_file(&stamp);
        let output = command
            .arg("-o")
            .arg(&self.output)
            .output()
            .map_err(|error| format!("{command:?}: {error}"))?;
        if !output.status.success() {
            let messages = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("{}: {messages}", self.source.display()));
        }
        write(&stamp, &key)
    }

    /// The latest change of its source and of what the model's and this folder hold.
    fn newest_source(&self) -> Option<std::time::SystemTime> {
        let package = std::env::var("CARGO_MANIFEST_DIR").ok()?;
        let folders = self
            .flags
            .iter()
            .filter_map(|flag| flag.strip_prefix("-I"))
            .map(PathBuf::from)
            .chain([
                PathBuf::from(&package).join("build"),
                PathBuf::from(package).join("designs"),
            ]);
        folders
            .filter_map(|folder| std::fs::read_dir(folder).ok())
            .flatten()
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .chain([self.source.clone()])
            .filter_map(|path| std::fs::metadata(path).ok()?.modified().ok())
            .max()
    }
}
