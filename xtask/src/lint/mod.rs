//! `cargo xtask lint`: format, clippy, documentation and the structure of the sources.
//!
//! One file per rule of the structure. What breaks a rule today stands in `known/RULE.txt`; a line
//! there that no longer holds is an error too, so that the lists only shrink.

mod arrows;
mod breach;
mod circles;
mod cpp;
mod crates;
mod length;
mod modules;
mod resolve;
mod sources;
mod words;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::cargo::{cargo, check};
use crate::folders::root;
use crate::setup::{self, SetupArgs};
use breach::{Breach, Known};
use sources::Sources;

#[derive(Args)]
pub struct LintArgs {
    /// Check this only; everything without it
    part: Option<Part>,
    /// Remove from the lists of known breaches what no longer holds
    #[arg(long)]
    shrink: bool,
    #[command(flatten)]
    setup: SetupArgs,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Part {
    /// Arrows, circles, lengths, words and C++ in `format!`, in seconds
    Structure,
}

struct Rule {
    /// Also the name of the list of known breaches.
    name: &'static str,
    check: fn(&Sources) -> Result<Vec<Breach>>,
}

const RULES: [Rule; 6] = [
    Rule {
        name: "crates",
        check: crates::check,
    },
    Rule {
        name: "arrows",
        check: arrows::check,
    },
    Rule {
        name: "circles",
        check: circles::check,
    },
    Rule {
        name: "length",
        check: length::check,
    },
    Rule {
        name: "words",
        check: words::check,
    },
    Rule {
        name: "cpp",
        check: cpp::check,
    },
];

/// Runs the checks in turn and stops at the first that fails.
pub fn run(args: &LintArgs) -> Result<()> {
    structure(args.shrink)?;
    if args.part == Some(Part::Structure) {
        return Ok(());
    }
    let tools = setup::run(&args.setup)?;
    check(cargo(&tools, &["fmt", "--all", "--check"]))?;
    check(cargo(
        &tools,
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    ))?;
    let mut doc = cargo(&tools, &["doc", "--workspace", "--no-deps"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    check(doc)
}

fn structure(shrink: bool) -> Result<()> {
    let sources = Sources::of_checkout(&root())?;
    let mut complaints = 0;
    for rule in &RULES {
        let breaches = (rule.check)(&sources)?;
        let mut known = Known::read(&root(), rule.name)?;
        if shrink {
            known.shrink(&breaches)?;
        }
        let lines = known.complaints(&breaches);
        complaints += lines.len();
        let left = known.len();
        println!("lint: {}: {} new, {left} known", rule.name, lines.len());
        for line in lines {
            println!("  {line}");
        }
    }
    if complaints > 0 {
        bail!("the structure of the sources breaks {complaints} rules, listed above");
    }
    Ok(())
}
