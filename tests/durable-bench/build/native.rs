//! Compiles the C++ program twice: as Verilator's makefiles do by default, and all at -O2.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles `<out>/save_default` and `<out>/save_o2` from the folder in which the model is verilated.
pub fn programs(out: &Path) -> Result<(), Box<dyn Error>> {
    let folder = out.join("memories/verilated");
    let report = lightsss_codegen::describe_folder("memories", &folder)?;
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
    let sources: Vec<PathBuf> = std::iter::once(PathBuf::from("native/save.cpp"))
        .chain(report.sources.iter().cloned())
        .chain(runtime)
        .collect();
    let paths = [folder, include.join("vltstd"), include];
    for (name, default) in [("default", true), ("o2", false)] {
        let objects = out.join(name);
        std::fs::create_dir_all(&objects)?;
        let mut link = compiler()?;
        for (number, source) in sources.iter().enumerate() {
            // `OPT_FAST` and `OPT_GLOBAL` are -Os, `OPT_SLOW` is nothing (include/verilated.mk.in).
            let level = match (default, is_slow(source)) {
                (false, _) => "-O2",
                (true, true) => "-O0",
                (true, false) => "-Os",
            };
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
        link.args(["-pthread", "-o"])
            .arg(out.join(format!("save_{name}")));
        run(link)?;
    }
    Ok(())
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
