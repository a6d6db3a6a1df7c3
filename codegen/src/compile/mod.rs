//! Compiles C++: the model's sources and the shim into one archive, Verilator's runtime into
//! another that all models of a build share.
//!
//! An object is made anew when its command or any file that went into it has changed, by content.
//! It is published by a rename after the compiler succeeded, its stamp after that, so a failed or
//! killed build is never taken for a good one. What goes into the archive is a copy of it in which all that the
//! model defines has a name of its own.

mod compiler;
mod flags;
mod objects;
mod runtime;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::hash::Hasher as _;
use std::path::{Path, PathBuf};

use twox_hash::XxHash3_64;

use self::compiler::{Compiler, Job, depended_files};
use self::flags::{common_flags, model_flags};
pub use self::runtime::{write_headers, write_support};
use crate::describe::Description;
use crate::emit::symbols;
use crate::error::{Error, Result, make_folder, write, write_bytes};
use crate::options::Options;
use crate::place::Place;
use crate::verilator::Verilator;

/// The header that is included in front of each of the model's sources, in the shim's folder.
pub const FORCED_HEADER: &str = "lightsss_forced.h";

/// Generated sources are compiled together up to this many bytes: most of the time of a small one
/// goes into Verilator's headers.
const UNIT_BYTES: u64 = 300_000;

/// An archive to link.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Library {
    /// Its folder.
    pub folder: PathBuf,
    /// Its name, without `lib` and `.a`.
    pub name: String,
}

/// What was compiled.
pub struct Compiled {
    /// The archives, in the order in which to link them.
    pub libraries: Vec<Library>,
    /// Libraries of the system.
    pub system_libraries: Vec<String>,
    /// The headers that the user's own C++ sources include.
    pub headers: Vec<PathBuf>,
}

/// The environment variables that decide about the compiler, as the crate `cc` reads them.
pub fn variables(target: &str) -> Vec<String> {
    let underscored = target.replace('-', "_");
    ["CXX", "CXXFLAGS", "AR", "ARFLAGS"]
        .iter()
        .flat_map(|name| {
            [
                (*name).to_owned(),
                format!("{name}_{target}"),
                format!("{name}_{underscored}"),
                format!("TARGET_{name}"),
                format!("HOST_{name}"),
            ]
        })
        .chain(["CXXSTDLIB", "CRATE_CC_NO_DEFAULTS"].map(str::to_owned))
        .collect()
}

/// Compiles and archives a model.
pub fn model(
    model: &Description,
    options: &Options,
    verilator: &Verilator,
    shim: &Path,
    work: &Path,
    place: &Place<'_>,
) -> Result<Compiled> {
    let compiler = Compiler::find(options, place.script)?;
    let runtime = runtime::runtime(model, verilator, &compiler, place.shared)?;
    let folder = shim.parent().unwrap_or(work);
    let mut flags = common_flags(verilator, &runtime.headers);
    flags.extend(model_flags(model));
    for folder in std::iter::once(&model.folder).chain(&model.subfolders) {
        flags.extend([OsString::from("-I"), folder.into()]);
    }
    flags.extend(["-include".into(), folder.join(FORCED_HEADER).into()]);
    flags.extend(options.cflags.iter().map(OsString::from));
    let objects = work.join("objects");
    make_folder(&objects)?;
    let jobs: Vec<Job> = units(model, folder)?
        .into_iter()
        .chain([shim.to_owned()])
        .chain(options.cxx_sources.iter().cloned())
        .enumerate()
        .map(|(at, source)| Job {
            object: object_path(&objects, at, &source),
            flags: flags.clone(),
            source,
        })
        .collect();
    compiler.run(&jobs)?;
    // A name of its own: a program may link models of one name, and the linker may look into their folders in any order.
    let name = format!("lightsss_{}_{:016x}", model.name, model.fingerprint);
    remove_others(work, &model.name, &name);
    let mut members: Vec<PathBuf> = jobs.iter().map(|job| job.object.clone()).collect();
    own_symbols(model, options, &runtime, &mut members)?;
    compiler.archive(work, &name, &members)?;
    let mut system_libraries = vec!["stdc++".to_owned()];
    if let Some(named) = std::env::var("CXXSTDLIB")
        .ok()
        .filter(|name| !name.is_empty())
    {
        system_libraries[0] = named;
    }
    if model
        .runtime_sources
        .iter()
        .any(|source| source == "verilated_fst_c")
    {
        system_libraries.push("z".to_owned());
    }
    let headers = jobs
        .iter()
        .filter(|job| options.cxx_sources.contains(&job.source))
        .filter_map(|job| depended_files(&job.object.with_extension("d")))
        .flatten()
        .filter(|file| !file.starts_with(place.out) && !file.starts_with(place.shared))
        .collect();
    Ok(Compiled {
        libraries: vec![
            Library {
                folder: work.to_owned(),
                name,
            },
            Library {
                folder: runtime.folder,
                name: runtime.name,
            },
        ],
        system_libraries,
        headers,
    })
}

/// Renames what the objects define, into objects beside them.
fn own_symbols(
    model: &Description,
    options: &Options,
    runtime: &runtime::Runtime,
    objects: &mut [PathBuf],
) -> Result<()> {
    let mut suffix = XxHash3_64::new();
    suffix.write(model.name.as_bytes());
    suffix.write_u64(model.fingerprint);
    let own = objects::Own {
        runtime: &runtime.objects,
        interface: &[symbols::prefix(model), symbols::marker(model)],
        kept: &options.kept_symbols,
        users: options.cxx_sources.len(),
        suffix: &format!(".lightsss.{}", suffix.finish()),
    };
    let Some(renamed) = own.rename(objects)? else {
        return Ok(());
    };
    for (object, bytes) in objects.iter_mut().zip(renamed) {
        *object = objects::renamed_path(object);
        write_bytes(object, &bytes)?;
    }
    Ok(())
}

/// Removes the archives of earlier builds of the model.
fn remove_others(work: &Path, model: &str, name: &str) {
    let Ok(entries) = std::fs::read_dir(work) else {
        return;
    };
    let (kept, prefix) = (format!("lib{name}.a"), format!("liblightsss_{model}_"));
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        if file.starts_with(&prefix) && !file.starts_with(&kept) {
            let _ = std::fs::remove_file(&path);
        }
    }
}

/// Groups the generated sources into units of a bounded size.
fn units(model: &Description, folder: &Path) -> Result<Vec<PathBuf>> {
    let mut units: Vec<String> = Vec::new();
    let mut size = 0;
    let mut last = None;
    for source in &model.sources {
        let bytes = std::fs::metadata(source)
            .map_err(|error| Error::Io {
                action: "read",
                path: source.clone(),
                source: error,
            })?
            .len();
        // Headers of a model and of its hierarchical blocks refuse to be included together.
        if size + bytes > UNIT_BYTES || last != source.parent() || units.is_empty() {
            units.push(String::new());
            size = 0;
        }
        last = source.parent();
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
