//! Code generation beside verilation.

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use lightsss_bench_rows::{Options, Row, turns};

/// A row for a core and for a design of many ports: the time that reading Verilator's folder and writing the bindings
/// take, beside that which Verilator takes to write it.
pub fn rows(options: &Options) {
    for (row, name) in [
        ("codegen/picorv32", "plain_picorv32"),
        ("codegen/ports66", "ports66"),
    ] {
        if !options.wants(row) {
            continue;
        }
        let folder = Path::new(env!("OUT_DIR")).join(name).join("verilated");
        let other = tempfile::tempdir().expect("a folder for Verilator");
        let (ours, theirs) = turns(
            options.samples(21, 7),
            || {
                let begun = Instant::now();
                let generated = lightsss_codegen::generate_folder(name, &folder);
                black_box(generated.expect("the folder can be read"));
                begun.elapsed().as_secs_f64() * 1e3
            },
            || verilate(name, other.path()),
        );
        let what = format!("bindings and shim of `{}`", row.replace("codegen/", ""));
        Row::new(row, what, "ms", ours)
            .against("its verilation", theirs)
            .note(
                "Measured as build scripts run, which cargo compiles without optimisation; with \
                 `opt-level = 1` for them it takes less than half.",
            )
            .print();
    }
}

fn verilate(name: &str, folder: &Path) -> f64 {
    let mut command = Command::new(lightsss_bench_rows::verilator());
    command
        .args([
            "--cc",
            "-O3",
            "--output-split",
            "20000",
            "-Wno-lint",
            "-Wno-MULTIDRIVEN",
        ])
        .args(["--threads", "1", "--prefix"])
        .arg(format!("V{name}"))
        .arg("--Mdir")
        .arg(folder);
    if name == "ports66" {
        command.arg(env!("PORTS66_SV"));
    } else {
        command
            .args([
                "--top-module",
                "picorv32",
                "-GENABLE_MUL=1",
                "-GENABLE_DIV=1",
            ])
            .arg(env!("PICORV32_V"));
    }
    let begun = Instant::now();
    let output = command
        .stdout(Stdio::null())
        .output()
        .expect("Verilator starts");
    let took = begun.elapsed().as_secs_f64() * 1e3;
    assert!(output.status.success(), "{command:?}: {output:?}");
    took
}
