//! The steps from sources, or from a folder that Verilator wrote, to bindings and objects.

use std::path::{Path, PathBuf};

use crate::checks;
use crate::compile::{self, Library};
use crate::describe::state::encode;
use crate::describe::{self, Description, Wanted};
use crate::emit;
use crate::error::{Result, make_folder, write, write_bytes};
use crate::options::Options;
use crate::place::Place;
use crate::verilate::{self, Verilated};
use crate::verilator::{VARIABLES, Verilator};

/// Bindings and a shim, written.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Written {
    /// The bindings: Rust.
    pub bindings: PathBuf,
    /// The model's C interface: C++, to be compiled with the model.
    pub shim: PathBuf,
    /// The header to be included in front of each C++ source of the model (`-include`).
    pub forced_header: PathBuf,
    /// The folder that Verilator wrote.
    pub obj_dir: PathBuf,
    /// The root of the Verilator that wrote it.
    pub verilator_root: PathBuf,
    /// The files that all of it was made from.
    pub inputs: Vec<PathBuf>,
    /// The environment variables that decided about it.
    pub variables: Vec<String>,
    /// All messages of Verilator. For an unchanged model, those of its last run.
    pub messages: String,
    /// Warnings about what works in another way than one may expect.
    pub warnings: Vec<String>,
}

/// A model that can be linked.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Made {
    /// The generated texts.
    pub written: Written,
    /// The archives, in the order in which to link them.
    pub libraries: Vec<Library>,
    /// Libraries of the system, behind the others.
    pub system_libraries: Vec<String>,
}

/// The facts about a model before anything is written.
struct Known {
    verilator: Verilator,
    verilated: Verilated,
    description: Description,
    warnings: Vec<String>,
}

fn know(name: &str, options: &Options, place: &Place<'_>) -> Result<Known> {
    checks::options(name, options)?;
    if options.obj_dir.is_none() && options.savable && options.timing == Some(true) {
        return know_without_timing(name, options, place);
    }
    let (verilator, mut verilated) = match &options.obj_dir {
        None => {
            let work = place.out.join(name);
            make_folder(&work)?;
            let verilator = Verilator::find()?;
            let verilated = verilate::run(name, options, &verilator, place.package, &work)?;
            (verilator, verilated)
        }
        Some(folder) => verilate::taken(name, options, &place.package.join(folder))?,
    };
    let describe = |verilated: &Verilated| {
        describe::describe(&Wanted {
            name,
            folder: &verilated.folder,
            prefix: options.prefix.as_deref(),
            foreign_imports: &options.foreign_imports,
            buses: options.buses(),
            cxx_sources: &options.cxx_sources,
            cflags: &options.cflags,
            package: place.package,
            version: verilator.version,
        })
    };
    let mut description = describe(&verilated)?;
    let timing = description.abilities.timing;
    if options.obj_dir.is_none() && description.unsavable.is_some() && !timing {
        let unsaved = Options {
            savable: false,
            ..options.clone()
        };
        let work = place.out.join(name).join("unsaved");
        make_folder(&work)?;
        verilated = verilate::run(name, &unsaved, &verilator, place.package, &work)?;
        let unsavable = description.unsavable;
        description = describe(&verilated)?;
        checks::description(&unsaved, &description)?;
        description.unsavable = unsavable;
    } else {
        checks::description(options, &description)?;
    }
    let warnings = checks::warnings(&description);
    Ok(Known {
        verilator,
        verilated,
        description,
        warnings,
    })
}

/// Of a model that is to be savable and to keep delays: Verilator writes no such model, and a design without delays needs
/// none.
fn know_without_timing(name: &str, options: &Options, place: &Place<'_>) -> Result<Known> {
    let timed = Options {
        savable: false,
        ..options.clone()
    };
    let within = place.out.join(name).join("timed");
    make_folder(&within)?;
    checks::timing(
        &know(
            name,
            &timed,
            &Place {
                out: &within,
                ..*place
            },
        )?
        .description,
    )?;
    let untimed = Options {
        timing: Some(false),
        ..options.clone()
    };
    know(name, &untimed, place)
}

impl Known {
    fn written(self, options: &Options, place: &Place<'_>) -> Result<Written> {
        let description = &self.description;
        let bindings = place.out.join(format!("{}.rs", description.name));
        write(&bindings, &emit::rust::bindings(description))?;
        if let Some(Ok(table)) = description.state.as_ref().map(|state| &state.table) {
            let file = place.out.join(emit::rust::table_file(description));
            write_bytes(&file, &encode(table))?;
        }
        let mut inputs = self.verilated.inputs;
        inputs.push(self.verilator.include().join("verilated_config.h"));
        inputs.extend(
            options
                .cxx_sources
                .iter()
                .map(|source| place.package.join(source)),
        );
        Ok(Written {
            bindings,
            shim: shim_folder(place, description).join(shim_file(description)),
            forced_header: shim_folder(place, description).join(compile::FORCED_HEADER),
            obj_dir: self.verilated.folder,
            verilator_root: self.verilator.root,
            inputs,
            variables: variables(options),
            messages: self.verilated.messages,
            warnings: self.warnings,
        })
    }
}

/// The environment variables that decide which Verilator and which compiler run, and how.
fn variables(options: &Options) -> Vec<String> {
    let verilator = if options.obj_dir.is_some() {
        &["VERILATOR_ROOT"]
    } else {
        VARIABLES
    };
    let compiler = std::env::var("TARGET")
        .into_iter()
        .flat_map(|target| compile::variables(&target));
    verilator
        .iter()
        .map(|name| (*name).to_owned())
        .chain(compiler)
        .collect()
}

fn shim_folder(place: &Place<'_>, description: &Description) -> PathBuf {
    place.out.join(&description.name).join("shim")
}

fn shim_file(description: &Description) -> String {
    format!("{}_shim.cpp", description.name)
}

fn write_shim(place: &Place<'_>, description: &Description) -> Result<PathBuf> {
    let folder = shim_folder(place, description);
    make_folder(&folder)?;
    write(
        &folder.join(compile::FORCED_HEADER),
        &emit::cpp::forced_header(description),
    )?;
    if let Some(text) = emit::cpp::supplied(description) {
        write(&folder.join(emit::cpp::SUPPLIED), &text)?;
    }
    let path = folder.join(shim_file(description));
    write(&path, &emit::cpp::shim(description))?;
    Ok(path)
}

/// Describes the model without writing anything for it; gives the messages of Verilator too.
pub fn describe(name: &str, options: &Options, place: &Place<'_>) -> Result<(Description, String)> {
    let known = know(name, options, place)?;
    Ok((known.description, known.verilated.messages))
}

/// Writes bindings and shim, with the sources that the shim needs beside it.
pub fn write_bindings(name: &str, options: &Options, place: &Place<'_>) -> Result<Written> {
    let known = know(name, options, place)?;
    write_shim(place, &known.description)?;
    compile::write_support(
        &shim_folder(place, &known.description),
        known.verilator.version,
    )?;
    known.written(options, place)
}

/// Writes bindings of no model into the folder `out`, for documentation.
pub fn write_absent(name: &str, options: &Options, out: &Path) -> Result<()> {
    checks::options(name, options)?;
    write(&out.join(format!("{name}.rs")), &emit::rust::absent(name))
}

/// Files for a harness in C++, written.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct WrittenCpp {
    /// The header that the harness includes.
    pub header: PathBuf,
    /// The source that is compiled with the model.
    pub source: PathBuf,
    /// What works otherwise than one may think.
    pub warnings: Vec<String>,
}

/// Writes what a harness in C++ needs to save and restore the model, into the folder `out`.
pub fn write_cpp(name: &str, options: &Options, place: &Place<'_>) -> Result<WrittenCpp> {
    let mut known = know(name, options, place)?;
    let description = &mut known.description;
    // The harness has them itself.
    description.imports.clear();
    description.exports.clear();
    let table = checks::harness(description)?;
    let file = |end: &str| {
        place
            .out
            .join(format!("{}_lightsss{end}", description.class))
    };
    let (header, source) = (file(".h"), file(".cpp"));
    write(&header, &emit::cpp::harness_header(description))?;
    write(&source, &emit::cpp::harness(description, &encode(table)))?;
    compile::write_headers(place.out)?;
    if let Some(text) = emit::cpp::supplied(description) {
        write(&place.out.join(emit::cpp::SUPPLIED), &text)?;
    }
    Ok(WrittenCpp {
        header,
        source,
        warnings: known.warnings,
    })
}

/// Makes everything.
pub fn make(name: &str, options: &Options, place: &Place<'_>) -> Result<Made> {
    let known = know(name, options, place)?;
    let shim = write_shim(place, &known.description)?;
    let mut options = options.clone();
    for source in &mut options.cxx_sources {
        *source = place.package.join(&*source);
    }
    let compiled = compile::model(
        &known.description,
        &options,
        &known.verilator,
        &shim,
        &place.out.join(name),
        place,
    )?;
    // Last: bindings are never newer than what they bind.
    let mut written = known.written(&options, place)?;
    written.inputs.extend(compiled.headers);
    Ok(Made {
        written,
        libraries: compiled.libraries,
        system_libraries: compiled.system_libraries,
    })
}
