//! Verilator's runtime, with this crate's additions: compiled once per version and compiler.

use std::hash::Hasher as _;
use std::path::{Path, PathBuf};

use twox_hash::XxHash3_64;

use super::compiler::{Compiler, Job};
use super::flags::common_flags;
use crate::describe::Description;
use crate::error::{Error, Result, make_folder, read, write};
use crate::verilator::{Verilator, Version};

macro_rules! support {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../cpp/", $name)))),*]
    };
}

/// This crate's own C++, which lies beside the compiled runtime.
const SUPPORT: &[(&str, &str)] = support![
    "lightsss_abi.h",
    "lightsss_context_fields.h",
    "lightsss_files.h",
    "lightsss_generator.h",
    "lightsss_marks.h",
    "lightsss_verilated.h",
    "lightsss_verilated.cpp",
    "lightsss_save.h",
    "lightsss_save_more.h",
    "lightsss_shim.h",
    "lightsss_shim_state.h",
    "lightsss_shim_trace.h",
    "lightsss_outside.cpp",
    "lightsss_trace.h",
    "lightsss_fst.h",
    "lightsss_borrows.h",
    "lightsss_context.cpp",
    "lightsss_arrays.cpp",
    "lightsss_timing.h",
    "lz4.h",
    "lightsss_print.h",
];

/// Those of them that are compiled, without `.cpp`.
const OWN_SOURCES: &[&str] = &[
    "lightsss_arrays",
    "lightsss_context",
    "lightsss_outside",
    "lightsss_verilated",
];

/// What the sources for a harness in C++ include.
const HARNESS: &[(&str, &str)] = support![
    "lightsss_abi.h",
    "lightsss_borrowed.h",
    "lightsss_context_fields.h",
    "lightsss_files.h",
    "lightsss_generator.h",
    "lightsss_marks.h",
    "lightsss_save.h",
    "lightsss_save_more.h",
    "lightsss_shim_state.h",
];

/// Writes the headers for a harness in C++ into a folder.
pub fn write_headers(folder: &Path) -> Result<()> {
    HARNESS
        .iter()
        .try_for_each(|(name, text)| write(&folder.join(name), text))
}

/// Writes this crate's own C++ into a folder.
pub fn write_support(folder: &Path, version: Version) -> Result<()> {
    SUPPORT
        .iter()
        .try_for_each(|(name, text)| write(&folder.join(name), text))?;
    write(&folder.join("lightsss_version.h"), &version_header(version))
}

/// Names the runtime by Verilator's version and by this crate's own part of it: models of two versions, or of two
/// such parts, do not go into one program.
fn version_header(version: Version) -> String {
    let mut own = XxHash3_64::new();
    for (name, text) in SUPPORT {
        own.write(name.as_bytes());
        own.write(text.as_bytes());
    }
    format!(
        "#define LIGHTSSS_RUNTIME_MARK lightsss_runtime_for_verilator_{}_{:03}_{:016x}\n",
        version.major,
        version.minor,
        own.finish()
    )
}

/// Verilator's runtime, compiled.
pub struct Runtime {
    /// Holds the archive.
    pub folder: PathBuf,
    /// Holds this crate's own headers.
    pub headers: PathBuf,
    /// The archive's name, without `lib` and `.a`.
    pub name: String,
    /// What is in it.
    pub objects: Vec<PathBuf>,
}

/// Compiles what the model needs of the runtime. All models are compiled against one configuration
/// of it, so that their archives hold the same members: whichever the linker meets first serves
/// all, and the others' stay out.
pub fn runtime(
    model: &Description,
    verilator: &Verilator,
    compiler: &Compiler,
    shared: &Path,
) -> Result<Runtime> {
    let mut key = XxHash3_64::new();
    key.write(verilator.written_version.as_bytes());
    for (name, text) in SUPPORT {
        key.write(name.as_bytes());
        key.write(text.as_bytes());
    }
    key.write(verilator.root.as_os_str().as_encoded_bytes());
    key.write(compiler.tool.path().as_os_str().as_encoded_bytes());
    for argument in compiler.tool.args() {
        key.write(argument.as_encoded_bytes());
    }
    let folder = shared.join(format!("lightsss-verilated-{:016x}", key.finish()));
    make_folder(&folder)?;
    let _lock = Lock::take(&folder.join("lock"))?;
    write_support(&folder, verilator.version)?;
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
    let mut names: Vec<String> = model.runtime_sources.clone();
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
            // In front of these, as in front of the models' sources.
            let forced = match name.as_str() {
                "verilated_timing" => Some("lightsss_timing.h"),
                "verilated_save" => Some("lightsss_save_more.h"),
                "verilated_fst_c" => Some("lightsss_fst.h"),
                _ => None,
            };
            if let Some(header) = forced {
                flags.extend(["-include".into(), folder.join(header).into()]);
            }
            Job {
                source: verilator.include().join(format!("{name}.cpp")),
                object: folder.join(format!("{name}.o")),
                flags,
            }
        })
        .chain(OWN_SOURCES.iter().map(|name| Job {
            source: folder.join(format!("{name}.cpp")),
            object: folder.join(format!("{name}.o")),
            flags: flags.clone(),
        }))
        .collect();
    compiler.run(&jobs)?;
    let mut set = XxHash3_64::new();
    for job in &jobs {
        set.write(job.object.as_os_str().as_encoded_bytes());
        set.write(read(&job.object.with_extension("stamp"))?.as_bytes());
    }
    let name = format!("lightsss_verilated_{:016x}", set.finish());
    let objects: Vec<PathBuf> = jobs.into_iter().map(|job| job.object).collect();
    compiler.archive(&folder, &name, &objects)?;
    Ok(Runtime {
        headers: folder.clone(),
        folder,
        name,
        objects,
    })
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
