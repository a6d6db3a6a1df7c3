//! The files that tell of a run: the report for programs, and the page for people.

use std::error::Error;

use super::args::RunArgs;
use super::report::Report;
use super::{output, page};
use crate::process::output_path;

/// Removes those of an earlier run: they must not be taken for this one's.
///
/// # Errors
///
/// What keeps one from being removed.
pub fn remove(args: &RunArgs) -> Result<(), Box<dyn Error>> {
    let paths = [&args.report, &args.report_html, &output::path(args)];
    for path in paths.into_iter().flatten() {
        output_path::remove(path)?;
    }
    Ok(())
}

/// Writes both at the end of a run.
///
/// # Errors
///
/// What keeps one of them from being written; the other is.
pub fn write(args: &RunArgs, report: &Report) -> Result<(), Box<dyn Error>> {
    let output = output::take(args);
    write_with(args, report, output.as_deref())
}

/// Writes both before a replay, which may take minutes.
///
/// # Errors
///
/// As [`write`].
pub fn write_preliminary(args: &RunArgs, report: &Report) -> Result<(), Box<dyn Error>> {
    write_with(args, report, None)
}

fn write_with(
    args: &RunArgs,
    report: &Report,
    output: Option<&[String]>,
) -> Result<(), Box<dyn Error>> {
    let written = args
        .report
        .as_ref()
        .map_or(Ok(()), |path| report.write(path));
    let shown = args
        .report_html
        .as_ref()
        .map_or(Ok(()), |path| page::write(path, args, report, output));
    match (written, shown) {
        (Err(first), Err(second)) => Err(format!("{first}; {second}").into()),
        (written, shown) => written.and(shown),
    }
}
