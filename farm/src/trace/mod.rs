//! Parallel in time: a run that left a series of snapshots is run again piece by piece, all at once, each with its
//! waveform open.
//!
//! A piece goes from a snapshot to the next one. At this seam its state is compared, by name, with what the run itself
//! had saved. The waveforms are joined into one that is equal to that of the whole run, traced at once.

mod error;
mod folder;
mod outcome;
mod plan;
mod pool;
mod program;
mod progress;
mod seam;
mod series;
mod traced;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use lightsss_runtime::durable::{OutputPathError, check_output};
use lightsss_runtime::waveform;

pub use self::error::TraceError;
use self::folder::{Files, Folder};
use self::outcome::Ran;
use self::plan::{Bounds, Piece};
use self::pool::{Interrupt, Running};
use self::program::Program;
use self::progress::Progress;
use self::seam::Check;
pub use self::traced::{Traced, TracedPiece};
use crate::file_error::FileError;

/// What is to be traced, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder of the run's snapshots.
    pub series: PathBuf,
    /// The first part of their names.
    pub name: String,
    /// The first cycle of the window; none for the run's beginning.
    pub from: Option<u64>,
    /// Where the window ends; none for the run's end.
    pub to: Option<u64>,
    /// Where the waveform goes. Its extension, `fst` or `vcd`, is that of the pieces, too.
    pub out: Option<PathBuf>,
    /// Where what the harness prints goes.
    pub log: Option<PathBuf>,
    /// Pieces that run at a time.
    pub jobs: NonZeroUsize,
    /// Pieces at most; neighbours are run as one.
    pub pieces: Option<NonZeroUsize>,
    /// Leave the pieces' files in the folder beside the output.
    pub keep: bool,
    /// The command line of the run, as it was.
    pub command: Vec<OsString>,
}

/// Traces a run piece by piece.
///
/// # Errors
///
/// See [`TraceError`]. All processes have ended then, and nothing was written.
pub fn trace(options: &Options) -> Result<Traced, TraceError> {
    let interrupt = Interrupt::new()?;
    let program = Program::parse(&options.command)?;
    let out = output("--out", options.out.as_deref())?;
    let log = output("--log", options.log.as_deref())?;
    let beside = match (&out, &log) {
        (Some(out), Some(log)) if out == log => {
            return Err(TraceError::Request(
                "`--out` and `--log` name one file".to_owned(),
            ));
        }
        (Some(path), _) | (None, Some(path)) => path,
        (None, None) => {
            let what = "nothing is to be written; give `--out` for a waveform, or `--log`";
            return Err(TraceError::Request(what.to_owned()));
        }
    };
    let pieces = plan(options, &program)?;
    let folder = Folder::beside(beside, options.keep)?;
    let extension = out
        .as_deref()
        .and_then(Path::extension)
        .and_then(|its| its.to_str());
    let extension = extension.unwrap_or("fst");
    if let Some(snapshot) = pieces
        .iter()
        .find_map(|piece| piece.start.as_deref().map(|path| (path, piece.from)))
    {
        probe(&program, snapshot, &folder, &interrupt)?;
    }
    let mut run = Run {
        program: &program,
        folder: &folder,
        extension,
        traced: out.is_some(),
        pieces: &pieces,
        progress: Progress::new(pieces.len()),
    };
    let begun = Instant::now();
    let ran = run.all(options.jobs.get(), &interrupt)?;
    let run_seconds = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    interrupt.check()?;
    let waves: Vec<&Path> = ran.iter().map(|done| done.files.wave.as_path()).collect();
    let wave_bytes = match &out {
        Some(out) => waveform::join(&waves, out)?.bytes,
        None => 0,
    };
    if let Some(log) = &log {
        let outputs: Vec<&Path> = ran.iter().map(|done| done.files.output.as_path()).collect();
        concatenate(&outputs, log)?;
    }
    let last = ran.last();
    Ok(Traced {
        wave: out,
        wave_bytes,
        log,
        seams: pieces.iter().filter(|piece| piece.seam.is_some()).count(),
        end_cycle: last.map_or(0, |last| last.ran.end_cycle),
        failure: last.and_then(|last| last.ran.failure.clone()),
        pieces: ran
            .iter()
            .zip(&pieces)
            .map(|(done, piece)| done.figures(piece))
            .collect(),
        run_seconds,
        join_seconds: begun.elapsed().as_secs_f64(),
    })
}

fn output(option: &'static str, path: Option<&Path>) -> Result<Option<PathBuf>, TraceError> {
    let checked = path.map(check_output).transpose();
    checked.map_err(|source: OutputPathError| TraceError::Output { option, source })
}

fn plan(options: &Options, program: &Program) -> Result<Vec<Piece>, TraceError> {
    if let (Some(from), Some(to)) = (options.from, options.to)
        && to <= from
    {
        return Err(TraceError::Request(format!(
            "`--to {to}` does not lie behind `--from {from}`"
        )));
    }
    let series = series::read(&options.series, &options.name)?;
    let (first, start) = program.start()?;
    let bounds = Bounds {
        start,
        end: program.end(),
        from: options.from,
        to: options.to,
        most: options.pieces.map(NonZeroUsize::get),
    };
    let pieces = plan::pieces(first, &series, bounds);
    if pieces.is_empty() {
        return Err(TraceError::Request(format!(
            "the run went from cycle {start} to {}, and no cycle of the window lies there",
            bounds
                .end
                .map_or("its end".to_owned(), |end| end.to_string())
        )));
    }
    Ok(pieces)
}

/// Finds out at once that the program is not that of the series.
fn probe(
    program: &Program,
    (snapshot, cycle): (&Path, u64),
    folder: &Folder,
    interrupt: &Interrupt,
) -> Result<(), TraceError> {
    let files = folder.files("probe", "fst")?;
    let mut running = Running::start(program.probe(snapshot, cycle, &files), &files)?;
    let status = running.wait(interrupt)?;
    outcome::of_probe(snapshot, status, &files)
}

/// All pieces, some of them running.
struct Run<'a> {
    program: &'a Program,
    folder: &'a Folder,
    extension: &'a str,
    traced: bool,
    pieces: &'a [Piece],
    progress: Progress,
}

/// A piece that has ended.
struct Done {
    files: Files,
    ran: Ran,
    seconds: f64,
}

impl Done {
    fn figures(&self, piece: &Piece) -> TracedPiece {
        TracedPiece {
            from: piece.from,
            to: self.ran.end_cycle,
            seconds: self.seconds,
            wave_bytes: fs::metadata(&self.files.wave).map_or(0, |found| found.len()),
        }
    }
}

impl Run<'_> {
    /// Runs the pieces, so many at a time. The first error ends all.
    fn all(&mut self, jobs: usize, interrupt: &Interrupt) -> Result<Vec<Done>, TraceError> {
        let mut waiting = self.pieces.iter();
        let mut running: Vec<(&Piece, Files, Running)> = Vec::new();
        let mut checks: Vec<Check> = Vec::new();
        let mut done: Vec<Option<Done>> = self.pieces.iter().map(|_| None).collect();
        loop {
            interrupt.check()?;
            while running.len() < jobs
                && let Some(piece) = waiting.next()
            {
                let name = format!("{:06}", piece.number + 1);
                let files = self.folder.files(&name, self.extension)?;
                let command = self.program.piece(piece, self.traced, &files);
                running.push((piece, files.clone(), Running::start(command, &files)?));
            }
            for at in (0..running.len()).rev() {
                let Some(status) = running[at].2.ended()? else {
                    continue;
                };
                let (piece, files, process) = running.swap_remove(at);
                let ran = outcome::of(piece, status, &files)?;
                if let (Some(seam), Some(state)) = (&piece.seam, &ran.state) {
                    checks.push(Check::start(piece, seam, state.clone()));
                }
                let ended = Done {
                    files,
                    ran,
                    seconds: process.begun.elapsed().as_secs_f64(),
                };
                self.progress
                    .ended(piece, &ended.figures(piece), running.len());
                done[piece.number] = Some(ended);
            }
            for at in (0..checks.len()).rev() {
                if checks[at].is_done() {
                    checks.swap_remove(at).wait()?;
                }
            }
            if running.is_empty() && checks.is_empty() && waiting.len() == 0 {
                self.progress.finish();
                return Ok(done.into_iter().flatten().collect());
            }
            self.progress.tick();
            pool::pause();
        }
    }
}

/// Writes files one behind the other, and gives the result its name once it is whole.
fn concatenate(parts: &[&Path], out: &Path) -> Result<(), TraceError> {
    let mut name = OsString::from(".");
    name.push(out.file_name().unwrap_or_default());
    name.push(format!(".{}.lightsss-tmp", std::process::id()));
    let unfinished = out.with_file_name(name);
    let write = || {
        let mut file = BufWriter::new(File::create(&unfinished)?);
        for part in parts {
            io::copy(&mut File::open(part)?, &mut file)?;
        }
        file.flush()?;
        file.get_ref().sync_all()?;
        fs::rename(&unfinished, out)
    };
    let written = write();
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    Ok(written.map_err(FileError::of("write", out))?)
}
