//! What a run hands to the viewers of waveforms: beside the waveform a file for GTKWave and one for Surfer. Each
//! shows the signals that matter, around the failure, with a marker on it.

mod choice;
mod files;
mod gtkwave;
mod open;
mod surfer;
mod times;
mod view;
mod waveform;

use std::ffi::OsStr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::args::RunArgs;
use super::report::Report;
use super::shell;
use crate::process::output_path;
use crate::process::panics::discard;
use crate::process::stderr::say;
use choice::choose;
pub use files::Files;
pub use open::Viewer;
pub use times::{Cycles, Times};
use view::View;
pub use waveform::{Variable, Waveform};

/// Cycles that a viewer shows before the failure, and after it.
const BEFORE: usize = 40;
const AFTER: usize = 6;

/// Writes the files beside the run's waveform, and takes over into the report what they show. Where the waveform is
/// of a format that only the harness knows, there is nothing to write.
pub fn hand_over(args: &RunArgs, report: &mut Report) {
    let files = Files::beside(&args.wave);
    // Those of an earlier run name what this waveform does not have.
    for path in [&files.gtkwave, &files.surfer] {
        if files::is_ours(path) {
            let _ = output_path::remove(path);
        }
    }
    let Some(wave) = report.wave.clone() else {
        return;
    };
    // What reads it trusts the file further than the run can.
    let read = catch_unwind(AssertUnwindSafe(|| {
        let waveform = Waveform::open(&wave).map_err(|error| error.to_string())?;
        write(args, report, &wave, &waveform, &files)
    }));
    match read {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "no files for viewers were written"),
        Err(payload) => discard(payload),
    }
}

/// Opens the waveform in the viewer that the user asks for, if there is one.
pub fn show(args: &RunArgs, report: &Report) {
    let (Some(viewer), Some(wave)) = (args.viewer(), &report.wave) else {
        return;
    };
    if let Err(error) = viewer.open(wave) {
        say(&format!(
            "error: --view: `{viewer}` could not be started: {error}\n"
        ));
    }
}

fn write(
    args: &RunArgs,
    report: &mut Report,
    wave: &Path,
    waveform: &Waveform,
    files: &Files,
) -> Result<(), String> {
    let cycles = Cycles::of(args, report).ok_or("nothing was traced")?;
    let times = Times::new(waveform.times(), cycles).ok_or("the waveform has no times")?;
    let chosen = choose(
        &waveform.variables,
        &args.show,
        &report.differences,
        report.failure.as_deref(),
    );
    for pattern in &chosen.unknown {
        let all = waveform.variables.iter().map(|one| one.name.clone());
        let near = match &*crate::state::near(pattern, all) {
            [] => String::new(),
            near => format!("; did you mean `{}`?", near.join("`, `")),
        };
        report.remarks.push(format!(
            "`--show {pattern}`: the waveform has no such signal{near}"
        ));
    }
    for pattern in &chosen.cut {
        report.remarks.push(format!(
            "`--show {pattern}` means more signals than are listed; name a scope or a signal below it"
        ));
    }
    let shown = times.around(BEFORE, AFTER);
    let view = View {
        wave: std::path::absolute(wave).unwrap_or_else(|_| wave.to_owned()),
        signals: chosen
            .signals
            .iter()
            .map(|(place, why)| (&waveform.variables[*place], *why))
            .collect(),
        failure: report.failure.is_some().then(|| times.at(times.end())),
        from: times.at(*shown.start()),
        to: times.at(*shown.end()),
        last: times.at(waveform.times().len() - 1),
    };
    report.wave_failure_time = view.failure;
    report.wave_unit.clone_from(&waveform.unit);
    report.shown = view
        .signals
        .iter()
        .map(|(one, _)| one.name.clone())
        .collect();
    let (wave, surfer) = (wave.as_os_str(), OsStr::new("-c"));
    for (path, text, open) in [
        (
            &files.surfer,
            surfer::text(&view),
            &["surfer".as_ref(), wave, surfer, files.surfer.as_os_str()][..],
        ),
        (
            &files.gtkwave,
            gtkwave::text(&view),
            &["gtkwave".as_ref(), files.gtkwave.as_os_str()][..],
        ),
    ] {
        match files::replace(path, &text) {
            Ok(()) => {
                report.viewer_files.push(path.clone());
                report.open_with.push(shell::line(open));
            }
            Err(error) => report.remarks.push(error),
        }
    }
    Ok(())
}
