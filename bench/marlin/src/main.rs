//! A clock cycle of the counter under our bindings and under those of the crate `marlin`.
//!
//! `BENCH_MODEL` names the program `bench-model` of the package `lightsss-bench`, which runs ours. Where
//! marlin cannot take the installed Verilator, there is no row, and standard error says why.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use lightsss_bench_rows::{Options, Row, pin, turns, verilator};
use marlin::verilator::{VerilatedModelConfig, VerilatorRuntime, VerilatorRuntimeOptions};
use marlin::verilog::prelude::*;

#[verilog(src = "../designs/counter.sv", name = "counter")]
struct Counter;

const CYCLES: u32 = 3_000_000;

fn main() -> ExitCode {
    let options = Options::from_args();
    if options.rest.first().is_some_and(|arg| arg == "sample") {
        return match sample() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("marlin: {error}");
                ExitCode::FAILURE
            }
        };
    }
    let row = "cycle/counter/marlin";
    if !options.wants(row) {
        return ExitCode::SUCCESS;
    }
    let this = std::env::current_exe().expect("this program");
    // It builds the model where it is first run.
    let built = Command::new(&this)
        .arg("sample")
        .output()
        .expect("this program starts");
    if !built.status.success() {
        eprintln!(
            "bench-marlin: no row, as marlin does not take this Verilator: {}",
            String::from_utf8_lossy(&built.stderr).trim()
        );
        return ExitCode::SUCCESS;
    }
    let beside = this.with_file_name("bench-model");
    let ours = std::env::var_os("BENCH_MODEL").map_or(beside, PathBuf::from);
    pin();
    let cycles = CYCLES.to_string();
    let (mut ours_did, mut theirs_did) = (String::new(), String::new());
    let (ours, theirs) = turns(
        options.samples(61, 31),
        || {
            let mut command = Command::new(&ours);
            command.args(["sample", "counter", &cycles, "none"]);
            nanoseconds(&mut command, &mut ours_did)
        },
        || nanoseconds(Command::new(&this).arg("sample"), &mut theirs_did),
    );
    assert_eq!(ours_did, theirs_did, "both are to compute the same");
    Row::new(row, "clock cycle of a 32-bit counter", "ns", ours)
        .against("the crate `marlin`, its C++ at -O2", theirs)
        .target_ratio(1.0)
        .print();
    ExitCode::SUCCESS
}

/// The last line but one that a sample prints; `did` becomes the last one, which is what it computed.
fn nanoseconds(command: &mut Command, did: &mut String) -> f64 {
    let output = command.output().expect("the program starts");
    assert!(output.status.success(), "{command:?}: {output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    let mut lines = text.trim_end().lines().rev();
    lines.next().expect("two lines").clone_into(did);
    lines
        .next()
        .and_then(|line| line.parse().ok())
        .expect("nanoseconds")
}

fn sample() -> Result<(), Box<dyn std::error::Error>> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../designs/counter.sv");
    let source = source.canonicalize()?;
    let folder = std::env::current_exe()?.with_file_name("marlin-build");
    std::fs::create_dir_all(&folder)?;
    let mut runtime = VerilatorRuntimeOptions::default();
    runtime.verilator_executable = with_version(&verilator(), &folder)?.into();
    // Verilator's own default is -Os; ours is -O2. The makefiles of some builds of Verilator name
    // tools that are not there.
    // SAFETY: no other thread of this process is alive yet.
    unsafe {
        std::env::set_var(
            "MAKEFLAGS",
            "OPT_FAST=-O2 OPT_SLOW=-O2 OPT_GLOBAL=-O2 AR=ar PYTHON3=python3",
        );
    }
    let runtime = VerilatorRuntime::new(&folder, &[&source], &[], [], runtime)?;
    let config = VerilatedModelConfig::default().verilator_optimization(3);
    let mut dut = runtime.create_model::<Counter>(&config)?;
    dut.rst = 1;
    dut.enable = 1;
    let cycle = |dut: &mut Counter<'_>| {
        dut.clk = 0;
        dut.eval();
        dut.clk = 1;
        dut.eval();
    };
    cycle(&mut dut);
    dut.rst = 0;
    for _ in 0..1000 {
        cycle(&mut dut);
    }
    let begun = Instant::now();
    for _ in 0..CYCLES {
        cycle(&mut dut);
    }
    println!(
        "{:.6}",
        begun.elapsed().as_nanos() as f64 / f64::from(CYCLES)
    );
    println!("{}", dut.count);
    Ok(())
}

/// The binaries of the Python package `verilator` name no version, for which marlin asks: a script
/// in `folder` that names it and else calls the program.
fn with_version(program: &Path, folder: &Path) -> std::io::Result<PathBuf> {
    let script = folder.join("verilator");
    let version = Command::new(program).arg("--version").output()?.stdout;
    let root = program.ancestors().nth(2).unwrap_or(program);
    if version.starts_with(b"Verilator ") || !root.join("include").is_dir() {
        return Ok(program.to_owned());
    }
    let config = std::fs::read_to_string(root.join("include/verilated_config.h"))?;
    let version = config.split("VERILATOR_VERSION").find_map(|text| {
        let (number, _) = text.trim_start().strip_prefix('"')?.split_once('"')?;
        number
            .split_once('.')
            .map(|(major, minor)| format!("{major}.{minor:0>3}"))
    });
    let (version, root, program) = (
        version.unwrap_or_default(),
        root.display(),
        program.display(),
    );
    std::fs::write(
        &script,
        format!(
            "#!/bin/sh\n[ \"$1\" = --version ] && {{ echo 'Verilator {version} 2025-01-01'; exit; }}\n\
             export VERILATOR_ROOT='{root}'\nexec '{program}' \"$@\"\n"
        ),
    )?;
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755))?;
    Ok(script)
}
