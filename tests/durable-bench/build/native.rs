//! Compiles the C++ program that a benchmark is held against.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The optimisation of a model's fast and slow files by Verilator's makefiles (`OPT_FAST` and `OPT_SLOW` in
/// include/verilated.mk.in).
#[allow(dead_code, reason = "not every benchmark compares with it")]
pub const AS_VERILATOR: [&str; 2] = ["-Os", "-O0"];

/// Compiles `program` to `<out>/<name>`, from the folder in which the model is verilated, at the levels for
/// its fast and its slow files.
pub fn program(
    out: &Path,
    model: &str,
    program: &Path,
    name: &str,
    [fast, slow]: [&str; 2],
) -> Result<(), Box<dyn Error>> {
    let folder = out.join(model).join("verilated");
    let report = lightsss_codegen::describe_folder(model, &folder)?;
    let include = lightsss_codegen::verilator_include()?;
    let mut runtime = report.runtime_sources.clone();
    for needed in ["verilated", "verilated_threads", "verilated_save"] {
        if runtime.iter().all(|name| name != needed) {
            runtime.push(needed.to_owned());
        }
    }
    let runtime = runtime
        .iter()
        .map(|name| include.join(format!("{name}.cpp")));
    let sources: Vec<PathBuf> = std::iter::once(program.to_owned())
        .chain(report.sources.iter().cloned())
        .chain(runtime)
        .collect();
    let paths = [folder, include.join("vltstd"), include];
    let objects = out.join(format!("{name}.objects"));
    std::fs::create_dir_all(&objects)?;
    let mut link = compiler()?;
    for (number, source) in sources.iter().enumerate() {
        let level = if is_slow(source) { slow } else { fast };
        let object = objects.join(format!("{number}.o"));
        let mut compile = compiler()?;
        compile
            .args([
                "-w",
                level,
                "-DVERILATOR=1",
                "-DVM_SC=0",
                "-DVL_TIME_CONTEXT",
            ])
            .arg(format!("-DMODEL=V{model}"))
            .arg(format!("-DMODEL_HEADER=\"V{model}.h\""))
            .args(
                ["COVERAGE", "TIMING", "TRACE", "TRACE_VCD", "TRACE_FST"]
                    .map(|ability| format!("-DVM_{ability}=0")),
            )
            .args(paths.iter().map(|path| format!("-I{}", path.display())))
            .arg("-c")
            .arg(source)
            .arg("-o")
            .arg(&object);
        run(compile)?;
        link.arg(object);
    }
    link.args(["-pthread", "-o"]).arg(out.join(name));
    run(link)
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

fn run(mut command: Command) -> Result<(), Box<dyn Error>> {
    let output = command.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(())
}
