//! `cargo xtask bench`: builds and runs every comparison, and prints one table.
//!
//! Data flows one way: programs print rows (`programs`, `runs`, `builds`), rows become figures (`figures`),
//! figures become the table, the JSON and the document (`table`, `document`, `plots`).

mod builds;
mod document;
mod figures;
mod machine;
mod names;
mod parts;
mod plots;
mod programs;
mod results;
mod runs;
mod table;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;
use lightsss_bench_rows::Options;

use crate::setup::{self, SetupArgs};
use figures::Figure;
use machine::Machine;
use results::{Measured, Results};

/// Arguments of `cargo xtask bench`.
#[derive(Args)]
pub struct BenchArgs {
    #[command(flatten)]
    setup: SetupArgs,

    /// Fewer and shorter samples: ten minutes on two cores, builds not counted
    #[arg(long)]
    quick: bool,

    /// Only rows whose names contain this
    #[arg(long, value_name = "NAME", default_value = "")]
    only: String,

    /// Write machine, rows and figures to this file
    #[arg(long, value_name = "PATH")]
    json: Option<PathBuf>,

    /// Write `docs/benchmarks.md` and its plots
    #[arg(long)]
    docs: bool,

    /// Measure nothing: take the rows from files that `--json` wrote, a later file's before an earlier's
    #[arg(long, value_name = "PATH")]
    from: Vec<PathBuf>,
}

/// Runs the benchmarks, prints the table, and writes what was asked for.
pub fn run(args: &BenchArgs) -> Result<()> {
    let (results, failures) = if args.from.is_empty() {
        measure(args)?
    } else {
        (merge(&args.from, &args.only)?, Vec::new())
    };
    if results.rows.is_empty() && failures.is_empty() {
        bail!("no row's name contains `{}`", args.only);
    }
    print!("{}", table::text(&results));
    if let Some(path) = &args.json {
        let text = serde_json::to_string_pretty(&results)?;
        std::fs::write(path, text + "\n")
            .with_context(|| format!("could not write {}", path.display()))?;
    }
    if let Some(first) = failures.into_iter().reduce(anyhow::Error::context) {
        return Err(first.context("not every row could be measured; those that could are above"));
    }
    if args.docs {
        document::write(&results)?;
    }
    Ok(())
}

/// The rows, and what went wrong with those that are not there.
fn measure(args: &BenchArgs) -> Result<(Results, Vec<anyhow::Error>)> {
    let tools = setup::run(&args.setup)?;
    let options = Options {
        quick: args.quick,
        only: args.only.clone(),
        rest: Vec::new(),
    };
    let machine = Machine::look(&tools);
    println!("{machine}");
    // All of it before anything is measured: a build beside a measurement would disturb it.
    programs::build(&tools, &options)?;
    runs::build(&tools, &options)?;
    builds::build(&tools, &options)?;
    let begun = Instant::now();
    let mut rows = Vec::new();
    let mut failures = programs::rows(&tools, &options, &mut rows);
    for part in [runs::rows(&options), builds::rows(&tools, &options)] {
        match part {
            Ok(part) => rows.extend(part),
            Err(error) => failures.push(error),
        }
    }
    let found = rows.iter().map(|row| row.row.as_str());
    let all = args.only.is_empty() && !args.quick && failures.is_empty();
    failures.extend(names::check(found, all).err());
    let results = Results {
        machine,
        quick: args.quick,
        seconds: Some(begun.elapsed().as_secs_f64()),
        rows: rows.into_iter().map(Measured::from).collect(),
    };
    Ok((results, failures))
}

fn merge(files: &[PathBuf], only: &str) -> Result<Results> {
    let mut merged: Option<Results> = None;
    for path in files {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("could not read {}", path.display()))?;
        let mut next: Results = serde_json::from_str(&text)
            .with_context(|| format!("{} is not what `--json` writes", path.display()))?;
        let Some(all) = &mut merged else {
            merged = Some(next);
            continue;
        };
        let (mut machine, verilator) = (next.machine.clone(), all.machine.verilator.clone());
        let other = machine.verilator != verilator;
        machine.verilator = verilator;
        if all.machine != machine {
            bail!(
                "{} was measured on another machine, of another commit or with other compilers than {}",
                path.display(),
                files[0].display()
            );
        }
        if other {
            // Rows of peers that do not take the other version.
            for row in &mut next.rows {
                row.row.note =
                    format!("{}With Verilator {}.", row.row.note, next.machine.verilator);
            }
        }
        all.quick |= next.quick;
        all.seconds = None;
        for row in next.rows {
            match all.rows.iter_mut().find(|old| old.row.row == row.row.row) {
                Some(old) => *old = row,
                None => all.rows.push(row),
            }
        }
    }
    let mut merged = merged.context("no file to read rows from")?;
    merged.rows.retain(|row| row.row.row.contains(only));
    for measured in &mut merged.rows {
        measured.figure = Figure::of(&measured.row);
    }
    Ok(merged)
}
