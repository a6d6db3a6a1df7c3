//! `lightsss-farm trace` in a process of its own: the number of jobs and of pieces, the series, the window as `FROM-TO`
//! or `-`, the waveform or `-`, the log or `-`, and the command.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use lightsss_farm::trace::{Options, TraceError, trace};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [jobs, pieces, series, window, out, log, command @ ..] = &args[..] else {
        eprintln!("six arguments and a command are needed");
        return ExitCode::from(2);
    };
    let (from, to) = window.split_once('-').expect("a window");
    let path = |text: &String| Some(PathBuf::from(text)).filter(|_| text != "-");
    let traced = trace(&Options {
        series: series.into(),
        name: "snapshot".to_owned(),
        from: from.parse().ok(),
        to: to.parse().ok(),
        out: path(out),
        log: path(log),
        jobs: jobs.parse().expect("jobs"),
        pieces: pieces.parse().ok().and_then(NonZeroUsize::new),
        keep: false,
        command: command.iter().map(Into::into).collect(),
    });
    match traced {
        Ok(traced) => {
            print!("{traced}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(if matches!(error, TraceError::Interrupted) {
                130
            } else {
                1
            })
        }
    }
}
