//! `cargo xtask matrix`: the golden designs on every Verilator that is supported.

use std::fmt;
use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::cargo::cargo;
use crate::folders::target_dir;
use crate::setup::{self, SetupArgs, Version};

/// The packages that are tested: what bindings do beyond driving, the designs, random designs, the same bindings in another
/// edition, whole runs (two cores, a threaded model that forks, which the oldest versions refuse), the state by
/// name, and the examples.
const PACKAGES: &[&str] = &[
    "lightsss-capi",
    "lightsss-tests-bindings",
    "lightsss-tests-models",
    "lightsss-tests-random",
    "lightsss-tests-renamed",
    "lightsss-tests-runs",
    "lightsss-tests-state",
    "picorv32-example",
    "rv32-difftest",
    "serv-example",
];

/// Arguments of `cargo xtask matrix`.
#[derive(Args)]
pub struct MatrixArgs {
    /// Only these versions, separated by commas
    #[arg(long, value_name = "VERSIONS", value_delimiter = ',')]
    versions: Vec<Version>,

    /// Only the oldest and the newest version
    #[arg(long, conflicts_with = "versions")]
    ends: bool,

    /// Only the designs that `cargo xtask test` builds; all take minutes for each version
    #[arg(long)]
    quick: bool,
}

/// What became of a version.
enum Outcome {
    Passed { tests: u32 },
    Failed { log: String },
    Absent { reason: String },
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed { tests } => write!(f, "passed, {tests} tests"),
            Self::Failed { log } => write!(f, "failed, see {log}"),
            Self::Absent { reason } => write!(f, "not run: {reason}"),
        }
    }
}

/// Tests on each version in turn, then prints a table. A version that cannot be had is said so in the
/// table; it is an error when it was asked for by name, and where `CI` is set.
///
/// All versions share cargo's target folder: what does not depend on Verilator is built once.
pub fn run(args: &MatrixArgs) -> Result<()> {
    let all = || std::iter::once(Version::OLDEST).chain(Version::in_python_package());
    let versions = match (&args.versions[..], args.ends) {
        ([], true) => ends().to_vec(),
        ([], false) => all().collect(),
        (named, _) => named.to_vec(),
    };
    run_on(&versions, !args.quick, !args.versions.is_empty())
}

/// The oldest and the newest version.
pub fn ends() -> [Version; 2] {
    let newest = Version::in_python_package().last();
    [Version::OLDEST, newest.unwrap_or(Version::OLDEST)]
}

/// Tests on each of `versions`, with all designs or with the quick ones; whether one that cannot be
/// had is an error, is said by `must_be_had` or by `CI` in the environment.
pub fn run_on(versions: &[Version], every_design: bool, must_be_had: bool) -> Result<()> {
    let must_be_had = must_be_had || std::env::var_os("CI").is_some_and(|ci| !ci.is_empty());
    let folder = target_dir().join("matrix");
    std::fs::create_dir_all(&folder).context("could not make the folder target/matrix")?;
    let mut rows = Vec::new();
    for &version in versions {
        println!("matrix: Verilator {version}");
        let start = Instant::now();
        let outcome = test(version, &folder, every_design)?;
        println!("matrix: Verilator {version}: {outcome}");
        rows.push((version, outcome, start.elapsed()));
    }
    print_table(&rows);
    let bad = rows.iter().any(|(_, outcome, _)| match outcome {
        Outcome::Passed { .. } => false,
        Outcome::Failed { .. } => true,
        Outcome::Absent { .. } => must_be_had,
    });
    if bad {
        bail!("not every version of Verilator passed");
    }
    Ok(())
}

fn test(version: Version, folder: &Path, every_design: bool) -> Result<Outcome> {
    // What the Python package does not carry is taken if the machine has it.
    let packaged = Version::in_python_package().any(|known| known == version);
    let tools = match setup::run(&SetupArgs {
        verilator: packaged.then_some(version),
        farm: false,
    }) {
        Ok(tools) => tools,
        Err(error) => {
            return Ok(Outcome::Absent {
                reason: format!("{error:#}"),
            });
        }
    };
    let found = tools.verilator.version;
    if found != version {
        return Ok(Outcome::Absent {
            reason: format!("this machine has {found}"),
        });
    }
    let log = folder.join(format!("{version}.log"));
    let file = File::create(&log).with_context(|| format!("could not make {}", log.display()))?;
    let mut command = cargo(&tools, &["test", "--no-fail-fast"]);
    for package in PACKAGES {
        command.args(["-p", package]);
    }
    // A test of the whole workspace has more of them, on one version.
    command.env("LIGHTSSS_RANDOM_DESIGNS", "40");
    if every_design {
        command.env("LIGHTSSS_DESIGNS", "all");
    }
    let status = command
        .stdout(file.try_clone().context("could not share the log")?)
        .stderr(file)
        .status()
        .context("could not start cargo")?;
    let text = std::fs::read_to_string(&log).context("could not read the log")?;
    let tests = passed(&text);
    Ok(if status.success() && tests > 0 {
        Outcome::Passed { tests }
    } else {
        print_end(&text);
        Outcome::Failed {
            log: log.display().to_string(),
        }
    })
}

/// Shows how a log ends: where only the output is kept, the log's file is of no use.
fn print_end(log: &str) {
    const SHOWN: usize = 80;
    let lines: Vec<&str> = log.lines().collect();
    for line in &lines[lines.len().saturating_sub(SHOWN)..] {
        println!("  | {line}");
    }
}

/// Adds up the lines `test result: ok. 48 passed; ...`.
fn passed(log: &str) -> u32 {
    log.lines()
        .filter_map(|line| line.strip_prefix("test result: "))
        .filter_map(|line| line.split_whitespace().nth(1)?.parse::<u32>().ok())
        .sum()
}

fn print_table(rows: &[(Version, Outcome, Duration)]) {
    println!("\nVerilator  seconds  result");
    for (version, outcome, time) in rows {
        println!(
            "{:<9}  {:>7.0}  {outcome}",
            version.to_string(),
            time.as_secs_f64()
        );
    }
}

#[cfg(test)]
mod tests {
    use super::passed;

    #[test]
    fn adds_up_what_cargo_says() {
        let log = "running 2 tests\ntest result: ok. 2 passed; 0 failed; 0 ignored\n\
                   test result: FAILED. 3 passed; 1 failed; 0 ignored\n";
        assert_eq!(passed(log), 5);
        assert_eq!(passed("error: could not compile"), 0);
    }
}
