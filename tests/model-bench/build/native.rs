//! Compiles the C++ programs, at the flags at which the bindings' models are compiled.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles `<out>/<name>_main` from a C++ main and the model that is verilated in `<out>/<name>`.
pub fn program(name: &str, main: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let folder = out.join(name).join("verilated");
    let report = lightsss_codegen::describe_folder(name, &folder)?;
    let include = lightsss_codegen::verilator_include()?;
    // Generated sources are compiled together, as for the bindings.
    let unit = out.join(format!("{name}_unit.cpp"));
    let mut text = String::new();
    for source in &report.sources {
        writeln!(text, "#include \"{}\"", source.display())?;
    }
    std::fs::write(&unit, text)?;
    let mut sources = vec![main.to_owned(), unit];
    let mut runtime = report.runtime_sources.clone();
    for needed in ["verilated", "verilated_threads"] {
        if runtime.iter().all(|name| name != needed) {
            runtime.push(needed.to_owned());
        }
    }
    sources.extend(
        runtime
            .iter()
            .map(|name| include.join(format!("{name}.cpp"))),
    );
    let compiler = cc::Build::new()
        .cpp(true)
        .std("c++20")
        .opt_level(2)
        .debug(false)
        .warnings(false)
        .flag_if_supported("-faligned-new")
        .flag_if_supported("-fno-semantic-interposition")
        .try_get_compiler()?;
    let paths: [PathBuf; 4] = [
        folder,
        include.join("vltstd"),
        include,
        PathBuf::from("native").canonicalize()?,
    ];
    let mut command: Command = compiler.to_command();
    command
        .args(["-w", "-DVERILATOR=1", "-DVM_SC=0", "-DVL_TIME_CONTEXT"])
        .args(
            ["COVERAGE", "TIMING", "TRACE", "TRACE_VCD", "TRACE_FST"]
                .map(|ability| format!("-DVM_{ability}=0")),
        )
        .args(paths.iter().map(|path| format!("-I{}", path.display())))
        .args(&sources)
        .args(["-pthread", "-o"])
        .arg(out.join(format!("{name}_main")));
    let output = command.output()?;
    if !output.status.success() {
        let messages = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{} does not compile: {messages}", main.display()).into());
    }
    Ok(())
}
