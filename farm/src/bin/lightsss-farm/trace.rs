//! `lightsss-farm trace`.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use lightsss_farm::trace::{self, Options, TraceError, Traced};

const AFTER_HELP: &str = "\
The command behind `--` is that of the run itself. Its options for slots, waveforms, reports and snapshots are left
out; those for the harness decide what the pieces compute.

Exit codes:
  0    traced; the run itself may have failed
  1    a piece or a seam is not as the run was, or the waveforms cannot be joined
  2    the arguments, the series or an output are wrong
  3    a file or a process failed
  130  interrupted: nothing was written";

/// Traces a run that left a series of snapshots
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The folder of the snapshots that the run has saved with `--save-every`
    #[arg(long, value_name = "FOLDER")]
    series: PathBuf,
    /// The first part of the snapshots' names
    #[arg(long, value_name = "NAME", default_value = "snapshot")]
    series_name: String,
    /// The first cycle to show; without it, the beginning of the run
    #[arg(long, value_name = "CYCLE")]
    from: Option<u64>,
    /// Where to end; without it, the end of the run
    #[arg(long, value_name = "CYCLE")]
    to: Option<u64>,
    /// Where the waveform goes, an `.fst` or a `.vcd` file as the model writes them
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Where what the harness prints goes. Without `--out` nothing is traced, and the pieces run at full speed
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Pieces that run at a time; without it, one for each processor
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// So many pieces at most: neighbours are run as one
    #[arg(long, value_name = "N")]
    pieces: Option<NonZeroUsize>,
    /// Leave the files of the pieces in the folder beside the output
    #[arg(long)]
    keep: bool,
    /// Print what was traced as JSON
    #[arg(long)]
    json: bool,
    /// The program and its arguments, as the run had them
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> u8 {
    let options = Options {
        series: arguments.series.clone(),
        name: arguments.series_name.clone(),
        from: arguments.from,
        to: arguments.to,
        out: arguments.out.clone(),
        log: arguments.log.clone(),
        jobs: arguments.jobs.unwrap_or_else(processors),
        pieces: arguments.pieces,
        keep: arguments.keep,
        command: arguments.command.clone(),
    };
    match trace::trace(&options) {
        Ok(traced) => print(&traced, arguments.json),
        Err(error) => {
            eprintln!("lightsss-farm: {error}");
            code(&error)
        }
    }
}

fn processors() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

fn code(error: &TraceError) -> u8 {
    match error {
        TraceError::Piece { .. } | TraceError::Seam { .. } | TraceError::Join(_) => 1,
        TraceError::Interrupted => 130,
        TraceError::File(_) => 3,
        _ => 2,
    }
}

fn print(traced: &Traced, json: bool) -> u8 {
    if !json {
        print!("{traced}");
        return 0;
    }
    match serde_json::to_string_pretty(traced) {
        Ok(text) => {
            println!("{text}");
            0
        }
        Err(error) => {
            eprintln!("lightsss-farm: what was traced cannot be written as JSON: {error}");
            3
        }
    }
}
