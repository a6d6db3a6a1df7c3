//! Compiles the programs in C and C++ that the benchmarks compare with.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

type Outcome = Result<(), Box<dyn Error>>;

/// A model that is verilated in a folder of `OUT_DIR`.
struct Verilated {
    sources: Vec<PathBuf>,
    /// Those of Verilator's own sources that it needs.
    runtime: Vec<PathBuf>,
    includes: [PathBuf; 4],
}

impl Verilated {
    fn read(name: &str, out: &Path, needed: &[&str]) -> Result<Self, Box<dyn Error>> {
        let folder = out.join(name).join("verilated");
        let report = lightsss_codegen::describe_folder(name, &folder)?;
        let include = lightsss_codegen::verilator_include()?;
        let mut runtime = report.runtime_sources.clone();
        for needed in ["verilated", "verilated_threads"].iter().chain(needed) {
            if runtime.iter().all(|name| name != needed) {
                runtime.push((*needed).to_owned());
            }
        }
        Ok(Self {
            sources: report.sources.clone(),
            runtime: runtime
                .iter()
                .map(|name| include.join(format!("{name}.cpp")))
                .collect(),
            includes: [
                folder,
                include.join("vltstd"),
                include,
                PathBuf::from("native").canonicalize()?,
            ],
        })
    }

    fn compile(&self, level: &str) -> Result<Command, cc::Error> {
        let mut command = compiler()?;
        command
            .args([
                "-w",
                level,
                "-DVERILATOR=1",
                "-DVM_SC=0",
                "-DVL_TIME_CONTEXT",
            ])
            .args(
                ["COVERAGE", "TIMING", "TRACE", "TRACE_VCD", "TRACE_FST"]
                    .map(|ability| format!("-DVM_{ability}=0")),
            )
            .args(
                self.includes
                    .iter()
                    .map(|path| format!("-I{}", path.display())),
            );
        Ok(command)
    }
}

/// Compiles `<out>/<name>_main` from a C++ main and the model, at the flags of the bindings: generated sources are
/// one unit.
pub fn as_bindings(name: &str, main: &Path, out: &Path) -> Outcome {
    let model = Verilated::read(name, out, &[])?;
    let unit = out.join(format!("{name}_unit.cpp"));
    let mut text = String::new();
    for source in &model.sources {
        writeln!(text, "#include \"{}\"", source.display())?;
    }
    std::fs::write(&unit, text)?;
    let mut command = model.compile("-O2")?;
    command
        .arg("-fno-semantic-interposition")
        .args([main, &unit])
        .args(&model.runtime)
        .args(["-pthread", "-o"])
        .arg(out.join(format!("{name}_main")));
    run(command)
}

/// Compiles `<out>/<name>_main` from a C++ main and the model as the makefiles of Verilator do: each source for itself,
/// fast ones with `-Os` and slow ones with `-O0` (`OPT_FAST` and `OPT_SLOW` in include/verilated.mk.in).
pub fn as_verilator(name: &str, main: &Path, out: &Path) -> Outcome {
    let model = Verilated::read(name, out, &["verilated_save"])?;
    let objects = out.join(format!("{name}.objects"));
    std::fs::create_dir_all(&objects)?;
    let mut link = compiler()?;
    let main = main.to_owned();
    let sources = std::iter::once(&main)
        .chain(&model.sources)
        .chain(&model.runtime);
    for (number, source) in sources.enumerate() {
        let object = objects.join(format!("{number}.o"));
        let mut compile = model.compile(if is_slow(source) { "-O0" } else { "-Os" })?;
        compile
            .arg(format!("-DMODEL=V{name}"))
            .arg(format!("-DMODEL_HEADER=\"V{name}.h\""))
            .arg("-c")
            .arg(source)
            .arg("-o")
            .arg(&object);
        run(compile)?;
        link.arg(object);
    }
    link.args(["-pthread", "-o"])
        .arg(out.join(format!("{name}_main")));
    run(link)
}

/// Compiles the measurements of the class for C++ harnesses, with the library's and with the plain one.
pub fn light_sss() {
    for (name, plain) in [("library_class", false), ("plain_class", true)] {
        let mut build = cc::Build::new();
        build.cpp(true).std("c++17").opt_level(2);
        build
            .include("../capi/include")
            .include("../capi/tests/cpp");
        if plain {
            build.define("PLAIN", None);
        }
        build.file("native/light_sss.cpp").compile(name);
    }
    println!("cargo::rerun-if-changed=../capi/include");
    println!("cargo::rerun-if-changed=../capi/tests/cpp/plain.h");
}

pub fn plain_c(source: &Path, program: &Path) -> Outcome {
    let compiler = cc::Build::new().opt_level(2).try_get_compiler()?;
    let mut command = compiler.to_command();
    command
        .args(["-O2", "-Wall"])
        .arg(source)
        .arg("-o")
        .arg(program);
    run(command)
}

fn is_slow(source: &Path) -> bool {
    source
        .file_name()
        .is_some_and(|name| name.to_string_lossy().contains("Slow"))
}

fn compiler() -> Result<Command, cc::Error> {
    let compiler = cc::Build::new()
        .cpp(true)
        .std("c++20")
        .no_default_flags(true)
        .warnings(false)
        .flag_if_supported("-faligned-new")
        .try_get_compiler()?;
    Ok(compiler.to_command())
}

fn run(mut command: Command) -> Outcome {
    let output = command.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(())
}
