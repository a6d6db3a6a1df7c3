//! The benchmark programs of `bench/`, which print rows.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use lightsss_bench_rows::{Options, Row};

use super::parts::may_want;
use crate::cargo::{cargo, check};
use crate::folders::target_dir;
use crate::setup::Tools;

/// A benchmark program.
struct Program {
    binary: &'static str,
    manifest: &'static str,
    /// It builds into the common target folder, where most of its dependencies are.
    shares_target: bool,
    /// What the names of all its rows start with: one of these.
    parts: &'static [&'static str],
}

/// In the table's order.
const PROGRAMS: &[Program] = &[
    Program {
        binary: "bench-model",
        manifest: "bench/Cargo.toml",
        shares_target: true,
        parts: &["cycle/", "codegen/", "replay/"],
    },
    Program {
        binary: "bench-marlin",
        manifest: "bench/marlin/Cargo.toml",
        shares_target: false,
        parts: &["cycle/counter/marlin"],
    },
    Program {
        binary: "bench-derive",
        manifest: "bench/Cargo.toml",
        shares_target: true,
        parts: &["derive/"],
    },
    Program {
        binary: "bench-durable",
        manifest: "bench/Cargo.toml",
        shares_target: true,
        parts: &["durable/"],
    },
    Program {
        binary: "bench-slots",
        manifest: "bench/Cargo.toml",
        shares_target: true,
        parts: &["slots/"],
    },
    Program {
        binary: "bench-timeline",
        manifest: "bench/Cargo.toml",
        shares_target: true,
        parts: &["timeline/"],
    },
    Program {
        binary: "bench-farm",
        manifest: "bench/Cargo.toml",
        shares_target: true,
        parts: &["farm/"],
    },
    Program {
        binary: "bench-trace",
        manifest: "bench/Cargo.toml",
        shares_target: true,
        parts: &["trace/"],
    },
    Program {
        binary: "bench-template",
        manifest: "bench/Cargo.toml",
        shares_target: true,
        parts: &["template/"],
    },
];

/// Builds the programs that print rows that are wanted.
pub fn build(tools: &Tools, options: &Options) -> Result<()> {
    for program in wanted(options) {
        println!("bench: building `{}`", program.binary);
        check(program.build(tools))?;
    }
    Ok(())
}

/// Runs the programs that print rows that are wanted. What one printed before it failed is kept, and the others
/// run all the same.
pub fn rows(tools: &Tools, options: &Options, rows: &mut Vec<Row>) -> Vec<anyhow::Error> {
    let mut failures = Vec::new();
    for program in wanted(options) {
        println!("bench: running `{}`", program.binary);
        failures.extend(program.run(tools, options, rows).err());
    }
    failures
}

fn wanted(options: &Options) -> impl Iterator<Item = &'static Program> {
    let programs = PROGRAMS.iter();
    programs.filter(|program| may_want(options, program.parts))
}

impl Program {
    fn build(&self, tools: &Tools) -> Command {
        let mut command = cargo(tools, &["build", "--release", "--bin", self.binary]);
        command
            .args(["--manifest-path", self.manifest])
            .env("CARGO_TARGET_DIR", self.target());
        command
    }

    fn target(&self) -> std::path::PathBuf {
        if self.shares_target {
            target_dir()
        } else {
            target_dir().join("bench").join(self.binary)
        }
    }

    fn run(&self, tools: &Tools, options: &Options, rows: &mut Vec<Row>) -> Result<()> {
        let path = self.target().join("release").join(self.binary);
        let mut command = Command::new(&path);
        command.envs(tools.verilator.environment.iter().map(|(n, v)| (*n, v)));
        // For the program whose peer cannot be linked beside ours.
        command.env("BENCH_MODEL", target_dir().join("release/bench-model"));
        if options.quick {
            command.arg("--quick");
        }
        if !options.only.is_empty() {
            command.args(["--only", &options.only]);
        }
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("could not start {}", path.display()))?;
        let output = child.stdout.take().context("the program's output")?;
        for line in BufReader::new(output).lines() {
            let line = line?;
            let row: Row = serde_json::from_str(&line)
                .with_context(|| format!("`{}` printed no row: {line}", self.binary))?;
            println!("bench:   {}", row.row);
            rows.push(row);
        }
        let status = child.wait()?;
        if !status.success() {
            bail!("`{}` ended with {status}", path.display());
        }
        Ok(())
    }
}
