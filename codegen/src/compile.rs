//! Compiles C++: the model's sources and the shim into one archive, Verilator's runtime into
//! another that all models of a build share.
//!
//! An object is made anew when its command or any file that went into it has changed, by content.
//! It is published by a rename after the compiler succeeded, its stamp after that, so a failed or
//! killed build is never taken for a good one.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use xxhash_rust::xxh3::Xxh3;

use crate::describe::Description;
use crate::error::{Error, Result, make_folder, read, write};
use crate::options::Options;
use crate::verilator::Verilator;

/// This crate's own C++, which lies beside the compiled runtime.
const SUPPORT: &[(&str, &str)] = &[
    (
        "lightsss_verilated.h",
        include_str!("../cpp/lightsss_verilated.h"),
    ),
    (
        "lightsss_verilated.cpp",
        include_str!("../cpp/lightsss_verilated.cpp"),
    ),
    ("lightsss_save.h", include_str!("../cpp/lightsss_save.h")),
    (
        "lightsss_save_more.h",
        include_str!("../cpp/lightsss_save_more.h"),
    ),
    (
        "lightsss_outside.cpp",
        include_str!("../cpp/lightsss_outside.cpp"),
    ),
    (
        "lightsss_timing.h",
        include_str!("../cpp/lightsss_timing.h"),
    ),
    ("lz4.h", include_str!("../cpp/lz4.h")),
    (
        "lightsss_print.h",
        "#pragma once\n#include <cstdarg>\n#include <cstdio>\nint lightsss_printf(const char* \
         format, ...);\nint lightsss_vprintf(const char* format, va_list ap);\n",
    ),
];

/// Generated sources are compiled together up to this many bytes: most of the time of a small one
/// goes into Verilator's headers.
const UNIT_BYTES: u64 = 300_000;

/// The compiler and its flags.
struct Compiler {
    tool: cc::Tool,
    jobs: usize,
}

/// A source to compile.
struct Job {
    source: PathBuf,
    object: PathBuf,
    flags: Vec<OsString>,
}

/// Compiles and archives a model; prints the lines by which cargo links it.
pub fn model(
    model: &Description,
    options: &Options,
    verilator: &Verilator,
    shim: &str,
    forced: &str,
    work: &Path,
    shared: &Path,
) -> Result<()> {
    let mut build = build_settings(options);
    let compiler = Compiler {
        tool: build
            .try_get_compiler()
            .map_err(|error| Error::NoCompiler {
                reason: error.to_string(),
            })?,
        jobs: jobs(),
    };
    let runtime = runtime(model, verilator, &compiler, options, shared)?;
    let folder = work.join("shim");
    make_folder(&folder)?;
    write(&folder.join("lightsss_forced.h"), forced)?;
    let shim_path = folder.join(format!("{}_shim.cpp", model.name));
    write(&shim_path, shim)?;
    let mut flags = common_flags(verilator, &runtime.headers);
    flags.extend(model_flags(model));
    for folder in std::iter::once(&model.folder).chain(&model.subfolders) {
        flags.extend([OsString::from("-I"), folder.into()]);
    }
    flags.extend(["-include".into(), folder.join("lightsss_forced.h").into()]);
    flags.extend(options.cflags.iter().map(OsString::from));
    let objects = work.join("objects");
    make_folder(&objects)?;
    let mut jobs: Vec<Job> = units(model, &folder)?
        .into_iter()
        .chain([shim_path])
        .chain(options.cxx_sources.iter().cloned())
        .enumerate()
        .map(|(at, source)| Job {
            object: object_path(&objects, at, &source),
            flags: flags.clone(),
            source,
        })
        .collect();
    jobs.retain(|job| !job.source.as_os_str().is_empty());
    compiler.run(&jobs)?;
    for job in &jobs {
        build.object(&job.object);
    }
    // cc would take an archive of the same name for its own and add to it.
    let archive = work.join(format!("liblightsss_{}.a", model.name));
    let _ = std::fs::remove_file(archive);
    build
        .cargo_metadata(true)
        .out_dir(work)
        .try_compile(&format!("lightsss_{}", model.name))
        .map_err(|error| Error::NoCompiler {
            reason: error.to_string(),
        })?;
    println!(
        "cargo:rustc-link-search=native={}",
        runtime.folder.display()
    );
    println!("cargo:rustc-link-lib=static={}", runtime.name);
    if model
        .globals
        .iter()
        .any(|source| source == "verilated_fst_c")
    {
        println!("cargo:rustc-link-lib=z");
    }
    Ok(())
}

fn build_settings(options: &Options) -> cc::Build {
    let mut build = cc::Build::new();
    build
        .cpp(true)
        .std("c++20")
        .opt_level(2)
        .debug(options.debug)
        .pic(true)
        .warnings(false)
        .cargo_warnings(false)
        // Verilator's switch for the flag that its headers want.
        .flag_if_supported("-faligned-new")
        .flag_if_supported("-fno-gnu-unique");
    build
}

/// How many compilers may run at once.
fn jobs() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::env::var("NUM_JOBS")
        .ok()
        .and_then(|jobs| jobs.parse().ok())
        .unwrap_or(cores)
        .max(1)
}

fn common_flags(verilator: &Verilator, headers: &Path) -> Vec<OsString> {
    let include = verilator.include();
    let mut flags = vec!["-w".into(), "-DVERILATOR=1".into(), "-DVM_SC=0".into()];
    flags.extend([
        "-DVL_USER_FINISH".into(),
        "-DVL_USER_STOP".into(),
        "-DVL_USER_FATAL".into(),
        "-DVL_USER_WARN".into(),
        "-DVL_TIME_CONTEXT".into(),
    ]);
    flags.extend(["-I".into(), headers.into()]);
    flags.extend(["-I".into(), include.join("vltstd").into()]);
    flags.extend(["-I".into(), include.into()]);
    flags
}

fn model_flags(model: &Description) -> Vec<OsString> {
    use crate::describe::TraceFormat;
    let flag = |name: &str, on: bool| OsString::from(format!("-D{name}={}", u8::from(on)));
    let trace = model.abilities.trace;
    vec![
        flag("VM_COVERAGE", model.abilities.coverage),
        flag("VM_TIMING", model.abilities.timing),
        flag("VM_TRACE", trace.is_some()),
        flag("VM_TRACE_VCD", trace == Some(TraceFormat::Vcd)),
        flag("VM_TRACE_FST", trace == Some(TraceFormat::Fst)),
        flag("VM_TRACE_SAIF", trace == Some(TraceFormat::Saif)),
    ]
}

/// Groups the generated sources into units of a bounded size.
fn units(model: &Description, folder: &Path) -> Result<Vec<PathBuf>> {
    let mut units: Vec<String> = Vec::new();
    let mut size = UNIT_BYTES;
    for source in &model.sources {
        let bytes = std::fs::metadata(source)
            .map_err(|error| Error::Io {
                action: "read",
                path: source.clone(),
                source: error,
            })?
            .len();
        if size + bytes > UNIT_BYTES {
            units.push(String::new());
            size = 0;
        }
        size += bytes;
        if let Some(unit) = units.last_mut() {
            let _ = writeln!(unit, "#include \"{}\"", source.display());
        }
    }
    units
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let path = folder.join(format!("unit_{at}.cpp"));
            write(&path, text)?;
            Ok(path)
        })
        .collect()
}

fn object_path(folder: &Path, at: usize, source: &Path) -> PathBuf {
    let stem = source.file_stem().unwrap_or_default().to_string_lossy();
    folder.join(format!("{at:03}_{stem}.o"))
}

/// Verilator's runtime, compiled.
struct Runtime {
    /// Holds the archive.
    folder: PathBuf,
    /// Holds this crate's own headers.
    headers: PathBuf,
    /// The archive's name, without `lib` and `.a`.
    name: String,
}

/// Compiles what the model needs of the runtime. All models are compiled against one configuration
/// of it, so that their archives hold the same members: whichever the linker meets first serves
/// all, and the others' stay out.
fn runtime(
    model: &Description,
    verilator: &Verilator,
    compiler: &Compiler,
    options: &Options,
    shared: &Path,
) -> Result<Runtime> {
    let mut key = Xxh3::new();
    key.update(verilator.written_version.as_bytes());
    for (name, text) in SUPPORT {
        key.update(name.as_bytes());
        key.update(text.as_bytes());
    }
    key.update(verilator.root.as_os_str().as_encoded_bytes());
    key.update(compiler.tool.path().as_os_str().as_encoded_bytes());
    for argument in compiler.tool.args() {
        key.update(argument.as_encoded_bytes());
    }
    let folder = shared.join(format!("lightsss-verilated-{:016x}", key.digest()));
    make_folder(&folder)?;
    let _lock = Lock::take(&folder.join("lock"))?;
    for (name, text) in SUPPORT {
        write(&folder.join(name), text)?;
    }
    let mut flags = common_flags(verilator, &folder);
    for name in [
        "VM_COVERAGE",
        "VM_TIMING",
        "VM_TRACE",
        "VM_TRACE_VCD",
        "VM_TRACE_FST",
        "VM_TRACE_SAIF",
    ] {
        flags.push(format!("-D{name}=0").into());
    }
    flags.extend([
        "-DVL_PRINTF=lightsss_printf".into(),
        "-DVL_VPRINTF=lightsss_vprintf".into(),
        "-include".into(),
        folder.join("lightsss_print.h").into(),
    ]);
    let mut names: Vec<String> = model.globals.clone();
    for always in [
        "verilated",
        "verilated_threads",
        "verilated_dpi",
        "verilated_save",
    ] {
        if names.iter().all(|name| name != always) {
            names.push(always.to_owned());
        }
    }
    names.sort();
    names.dedup();
    let jobs: Vec<Job> = names
        .iter()
        .map(|name| {
            let mut flags = flags.clone();
            if name == "verilated_timing" {
                flags.extend(["-include".into(), folder.join("lightsss_timing.h").into()]);
            }
            Job {
                source: verilator.include().join(format!("{name}.cpp")),
                object: folder.join(format!("{name}.o")),
                flags,
            }
        })
        .chain(["lightsss_verilated", "lightsss_outside"].map(|name| Job {
            source: folder.join(format!("{name}.cpp")),
            object: folder.join(format!("{name}.o")),
            flags: flags.clone(),
        }))
        .collect();
    compiler.run(&jobs)?;
    let mut set = Xxh3::new();
    for job in &jobs {
        set.update(job.object.as_os_str().as_encoded_bytes());
        set.update(read(&job.object.with_extension("stamp"))?.as_bytes());
    }
    let name = format!("lightsss_verilated_{:016x}", set.digest());
    archive_runtime(&folder, &name, &jobs, options)?;
    Ok(Runtime {
        headers: folder.clone(),
        folder,
        name,
    })
}

/// Archives the runtime's objects, unless the same ones are archived already.
fn archive_runtime(folder: &Path, name: &str, jobs: &[Job], options: &Options) -> Result<()> {
    if !folder.join(format!("lib{name}.a")).is_file() {
        let part = folder.join("part");
        make_folder(&part)?;
        let _ = std::fs::remove_file(part.join(format!("lib{name}.a")));
        let mut build = build_settings(options);
        for job in jobs {
            build.object(&job.object);
        }
        build
            .cargo_metadata(false)
            .out_dir(&part)
            .try_compile(name)
            .map_err(|error| Error::NoCompiler {
                reason: error.to_string(),
            })?;
        let file = format!("lib{name}.a");
        std::fs::rename(part.join(&file), folder.join(&file)).map_err(|source| Error::Io {
            action: "write",
            path: folder.join(&file),
            source,
        })?;
    }
    Ok(())
}

/// A lock that other build scripts wait for; the system frees it when the process ends.
struct Lock(#[allow(dead_code, reason = "held, not read")] std::fs::File);

impl Lock {
    fn take(path: &Path) -> Result<Self> {
        let io = |source| Error::Io {
            action: "lock",
            path: path.to_owned(),
            source,
        };
        let file = std::fs::File::create(path).map_err(io)?;
        file.lock().map_err(io)?;
        Ok(Self(file))
    }
}

impl Compiler {
    /// Runs all jobs; the first error in their order.
    fn run(&self, jobs: &[Job]) -> Result<()> {
        let next = AtomicUsize::new(0);
        let failed: Mutex<Option<(usize, Error)>> = Mutex::new(None);
        let work = || {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(job) = jobs.get(at) else { break };
                if let Err(error) = self.compile(job) {
                    let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                    if failed.as_ref().is_none_or(|(earlier, _)| at < *earlier) {
                        *failed = Some((at, error));
                    }
                    // No new job after a failure.
                    next.store(jobs.len(), Ordering::Relaxed);
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.jobs.min(jobs.len()) {
                scope.spawn(work);
            }
            work();
        });
        match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }

    fn compile(&self, job: &Job) -> Result<()> {
        let stamp = job.object.with_extension("stamp");
        let depends = job.object.with_extension("d");
        let mut command = self.tool.to_command();
        command
            .args(&job.flags)
            .arg("-MMD")
            .arg("-MF")
            .arg(&depends);
        command.arg("-c").arg(&job.source);
        let key = |command: &Command| {
            let mut key = Xxh3::new();
            key.update(command.get_program().as_encoded_bytes());
            for argument in command.get_args() {
                key.update(argument.as_encoded_bytes());
                key.update(&[0]);
            }
            for file in depended_files(&depends)? {
                key.update(&std::fs::read(file).ok()?);
                key.update(&[0]);
            }
            Some(format!("{:016x}", key.digest()))
        };
        if job.object.is_file()
            && let Some(key) = key(&command)
            && std::fs::read_to_string(&stamp).is_ok_and(|old| old == key)
        {
            return Ok(());
        }
        let _ = std::fs::remove_file(&stamp);
        let part = job.object.with_extension("part");
        let mut run = self.tool.to_command();
        run.args(command.get_args().skip(self.tool.args().len()));
        run.arg("-o").arg(&part).stdin(Stdio::null());
        let output = run.output().map_err(|source| Error::Start {
            program: self.tool.path().display().to_string(),
            source,
        })?;
        let messages = String::from_utf8_lossy(&output.stderr);
        if !messages.trim().is_empty() {
            eprintln!("{}", messages.trim_end());
        }
        if !output.status.success() {
            return Err(Error::Compile {
                file: job.source.clone(),
            });
        }
        std::fs::rename(&part, &job.object).map_err(|source| Error::Io {
            action: "write",
            path: job.object.clone(),
            source,
        })?;
        write(&stamp, &key(&command).unwrap_or_default())
    }
}

/// The files that a compiler's dependency file names; `None` when there is no such file.
fn depended_files(path: &Path) -> Option<Vec<PathBuf>> {
    let text = std::fs::read_to_string(path).ok()?;
    let (_, files) = text.split_once(": ")?;
    Some(
        files
            .replace("\\\n", " ")
            .replace("\\ ", "\u{1}")
            .split_whitespace()
            .map(|file| PathBuf::from(file.replace('\u{1}', " ")))
            .collect(),
    )
}
