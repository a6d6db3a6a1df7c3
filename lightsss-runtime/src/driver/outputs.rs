//! The files that a run is to write, checked before its first cycle.

use std::error::Error;
use std::path::{Path, PathBuf};

use super::args::RunArgs;
use super::divergence::States;
use super::output;
use super::viewer::Files;
use crate::process::output_path::{check, with_suffix};

/// What the writer of an FST file makes beside it while the file is open, and removes.
const BESIDE_FST: &str = ".hier";

/// The longest path that a replay is given for what it prints.
const LONGEST_OUTPUT: usize = 1000;

/// The arguments with each output's path as it is written: links are followed to their ends.
///
/// # Errors
///
/// An output names something else than a regular file, its folder cannot be written, or two outputs
/// name one file.
pub fn settled(args: &RunArgs) -> Result<RunArgs, Box<dyn Error>> {
    let mut settled = args.clone();
    if args.takes_slots() || args.trace_all {
        settled.wave = checked("--wave", &args.wave)?;
        checked("--wave", &with_suffix(&settled.wave, BESIDE_FST))?;
        let states = States::beside(&settled.wave);
        let viewers = Files::beside(&settled.wave);
        for beside in [
            &states.original,
            &states.replay,
            &states.first,
            &viewers.gtkwave,
            &viewers.surfer,
        ] {
            checked("--wave", beside)?;
        }
    }
    let option = |name, path: &Option<PathBuf>| {
        let path = path.as_deref();
        path.map(|path| checked(name, path)).transpose()
    };
    settled.report = option("--report", &args.report)?;
    settled.report_html = option("--report-html", &args.report_html)?;
    if let Some(path) = output::path(&settled) {
        checked("--report-html", &path)?;
        if path.as_os_str().len() > LONGEST_OUTPUT {
            return Err(format!(
                "--report-html: `{}` is a path of more than {LONGEST_OUTPUT} bytes; choose a shorter one",
                path.display()
            )
            .into());
        }
    }
    settled.save_on_failure = option("--save-on-failure", &args.save_on_failure)?;
    refuse_twins(&settled)?;
    Ok(settled)
}

fn checked(option: &str, path: &Path) -> Result<PathBuf, String> {
    check(path).map_err(|error| format!("{option}: {error}"))
}

/// Refuses two outputs in one file, and one in the snapshot that the run starts from.
fn refuse_twins(args: &RunArgs) -> Result<(), String> {
    let wave = (args.takes_slots() || args.trace_all).then_some(&args.wave);
    let named = [
        ("--wave", wave),
        ("--report", args.report.as_ref()),
        ("--report-html", args.report_html.as_ref()),
        ("--save-on-failure", args.save_on_failure.as_ref()),
    ];
    let mut taken: Vec<(&str, PathBuf)> = Vec::new();
    if let Some(restored) = &args.restore {
        taken.push(("--restore", identity(restored)));
    }
    for (option, path) in named {
        let Some(path) = path else { continue };
        let own = identity(path);
        let other = taken.iter().find(|(_, taken)| *taken == own);
        // A save replaces its file as a whole, when the run has been restored from it.
        let replaces =
            option == "--save-on-failure" && other.is_some_and(|(by, _)| *by == "--restore");
        if let Some((by, _)) = other.filter(|_| !replaces) {
            let path = path.display();
            return Err(format!(
                "{by} and {option} both name `{path}`; give each a file of its own"
            ));
        }
        taken.push((option, own));
    }
    Ok(())
}

/// A path that is equal for all names of a file, whether it is there or not.
fn identity(path: &Path) -> PathBuf {
    if let Ok(path) = path.canonicalize() {
        return path;
    }
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = absolute
        .parent()
        .and_then(|folder| folder.canonicalize().ok());
    match (folder, absolute.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => absolute,
    }
}
