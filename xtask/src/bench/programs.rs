//! The benchmark programs: packages of their own that print rows.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use lightsss_tests_bench::{Options, Row};

use crate::cargo::{cargo, check, target_dir};
use crate::setup::Tools;

/// A benchmark program.
struct Program {
    /// The package.
    package: &'static str,
    /// Its binary.
    binary: &'static str,
    /// Its manifest, where the package is a workspace of its own.
    own_workspace: Option<&'static str>,
    /// A workspace of its own builds into the common target folder all the same, as most of what it
    /// needs is there.
    shares_target: bool,
    /// What the names of all its rows start with, one of these.
    parts: &'static [&'static str],
}

/// In the table's order.
const PROGRAMS: &[Program] = &[
    Program {
        package: "lightsss-model-bench",
        binary: "model-bench",
        own_workspace: Some("tests/model-bench/Cargo.toml"),
        shares_target: true,
        parts: &["cycle/", "codegen/", "replay/"],
    },
    Program {
        package: "lightsss-marlin-bench",
        binary: "marlin-bench",
        own_workspace: Some("tests/marlin-bench/Cargo.toml"),
        shares_target: false,
        parts: &["cycle/counter/marlin"],
    },
    Program {
        package: "lightsss-bench-derive",
        binary: "speed",
        own_workspace: Some("tests/derive-bench/Cargo.toml"),
        shares_target: false,
        parts: &["derive/registers/", "derive/harness/", "derive/bulk/"],
    },
    Program {
        package: "lightsss-bench-derive",
        binary: "compile",
        own_workspace: Some("tests/derive-bench/Cargo.toml"),
        shares_target: false,
        parts: &["derive/compile/"],
    },
    Program {
        package: "lightsss-durable-bench",
        binary: "durable-bench",
        own_workspace: Some("tests/durable-bench/Cargo.toml"),
        shares_target: true,
        parts: &["durable/"],
    },
    Program {
        package: "lightsss-state-bench",
        binary: "state-bench",
        own_workspace: Some("tests/state-bench/Cargo.toml"),
        shares_target: true,
        parts: &["state/"],
    },
    Program {
        package: "lightsss-slots-bench",
        binary: "slots-bench",
        own_workspace: None,
        shares_target: false,
        parts: &["slots/"],
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

/// Whether a row whose name starts with one of `parts` may contain what is asked for.
pub fn may_want(options: &Options, parts: &[&str]) -> bool {
    parts.iter().any(|part| {
        let only = options.only.as_str();
        let overlaps = only.starts_with(part) || part.starts_with(only);
        // A text from the middle of a name may be in any.
        overlaps || part.contains(only) || !is_start_of_a_name(only)
    })
}

fn is_start_of_a_name(only: &str) -> bool {
    let parts = PROGRAMS.iter().flat_map(|program| program.parts);
    parts
        .chain([&super::runs::PART, &super::builds::PART])
        .any(|part| only.starts_with(part.split('/').next().unwrap_or(part)))
}

impl Program {
    fn build(&self, tools: &Tools) -> Command {
        let mut command = cargo(tools, &["build", "--release", "--bin", self.binary]);
        match self.own_workspace {
            Some(manifest) => command
                .args(["--manifest-path", manifest])
                .env("CARGO_TARGET_DIR", self.target()),
            None => command.args(["--package", self.package]),
        };
        command
    }

    fn target(&self) -> std::path::PathBuf {
        match self.own_workspace {
            // What it shares with the workspace is built once.
            Some(_) if !self.shares_target => target_dir().join("bench").join(self.package),
            _ => target_dir(),
        }
    }

    fn run(&self, tools: &Tools, options: &Options, rows: &mut Vec<Row>) -> Result<()> {
        let path = self.target().join("release").join(self.binary);
        let mut command = Command::new(&path);
        command.envs(tools.verilator.environment.iter().map(|(n, v)| (*n, v)));
        // For the programs whose peer can't be linked beside ours.
        command.env("MODEL_BENCH", target_dir().join("release/model-bench"));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(only: &str, part: &str) -> bool {
        let options = Options {
            only: only.to_owned(),
            ..Options::default()
        };
        may_want(&options, &[part])
    }

    #[test]
    fn programs_that_can_not_print_the_row_are_not_run() {
        assert!(wants("", "slots/"));
        assert!(wants("slots/pause", "slots/"));
        assert!(wants("derive", "derive/bulk/"));
        assert!(wants("1024mib", "slots/"));
        assert!(!wants("slots/pause", "derive/bulk/"));
        assert!(!wants("derive/bulk", "derive/compile/"));
    }
}
