//! The command line of a run.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{CommandFactory, FromArgMatches, Parser, ValueEnum};

use super::each::args::EachArgs;
use super::numbers::{count, count_above_0, duration, duration_or_0};
use super::server::args::ServeArgs;
use super::viewer::Viewer;
use crate::durable::RestoreOptions;
use crate::savable::Policy;
use crate::slots::{Adaptive, Choice, Keep, MAX_REPLAYS, ReplayOrder, SlotInfo, When};

/// How many cycles before the failure a spaced run's slot lies at least, if the user does not say: enough
/// for most causes, and a waveform that is soon written. The oldest of spaced slots is that of the first cycle.
const SPACED_WAKE_BEFORE: u64 = 10_000;

/// How to run a simulation: a command line that every harness shares.
///
/// What follows `--`, or starts with `+`, is for the harness; it usually hands it to the model as
/// plusargs. Everything else has to be a flag of the driver.
#[derive(Clone, Debug, Parser)]
#[command(
    about = "Runs a simulation; when it fails, an older snapshot wakes and writes the waveform",
    version = concat!("with lightsss ", env!("CARGO_PKG_VERSION"))
)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub struct RunArgs {
    /// Slots to keep; 0 takes no checkpoints
    #[arg(long, default_value_t = 2, value_name = "N")]
    pub slots: usize,

    /// Keep slots that lie ever further apart the older they are, rather than the newest ones. Wakes the
    /// youngest that is 10,000 cycles older than the failure; `--wake-before` chooses another
    #[arg(long)]
    pub spaced: bool,

    /// Take a checkpoint every so many cycles: at the same cycles in every run
    #[arg(long, value_name = "CYCLES", value_parser = count_above_0)]
    pub checkpoint_cycles: Option<u64>,

    /// Take a checkpoint every so often, in seconds or as `10s`, `2m`
    #[arg(long, value_name = "TIME", value_parser = duration, conflicts_with = "checkpoint_cycles")]
    pub checkpoint_seconds: Option<Duration>,

    /// Without either of the above: the share of the run time that checkpoints may cost
    #[arg(long, value_name = "SHARE", default_value = "0.01", value_parser = share)]
    pub checkpoint_share: f64,

    /// Hash and keep the state every so many cycles. A replay that diverges from the original is then
    /// noticed at that cycle rather than at the next checkpoint, and the differences there are named.
    /// 1 finds the first cycle. Covers the last 4096 hashes, and costs two passes over the state each
    #[arg(long, value_name = "CYCLES", value_parser = count_above_0)]
    pub compare_every: Option<u64>,

    /// MiB that states kept for `--compare-every` may take: the latest one whole, those before it as
    /// what has changed since. What differs in a replay is named at the failure where the state of the
    /// first cycle that differs is not among them
    #[arg(long, value_name = "MIB", default_value_t = 64)]
    pub compare_memory: usize,

    /// Wake the youngest slot that is at least so many cycles older than the failure, rather than
    /// the oldest one. Where no slot is that old, the oldest one wakes
    #[arg(long, value_name = "CYCLES", value_parser = count)]
    pub wake_before: Option<u64>,

    /// On Ctrl-C, show what the run is doing: a slot wakes and writes the waveform, and the run goes
    /// on; a second Ctrl-C ends it
    #[arg(long, conflicts_with = "no_supervisor")]
    pub show_on_interrupt: bool,

    /// What a failure or a crash leads to, beside its waveform
    #[arg(long, value_name = "WHAT", default_value = "report")]
    pub on_failure: OnFailure,

    /// Pause at this cycle, and ask what has happened
    #[arg(long, value_name = "CYCLE", value_parser = count)]
    pub prompt_at: Option<u64>,

    /// As `--show-on-interrupt`, and then ask what has happened; the run waits meanwhile
    #[arg(long, conflicts_with = "no_supervisor")]
    pub prompt_on_interrupt: bool,

    /// The prompt reads requests and writes answers as JSON, one a line. With `--each`, results are written so
    #[arg(long)]
    pub json: bool,

    /// The server for viewers.
    #[command(flatten)]
    pub serve: ServeArgs,

    /// Run without a supervisor: a crash then wakes no slot
    #[arg(long)]
    pub no_supervisor: bool,

    /// Cycles that a replay runs beyond the failure
    #[arg(long, value_name = "CYCLES", default_value = "100", value_parser = count)]
    pub margin: u64,

    /// Replay a failure side by side: the slot that wakes and up to N - 1 younger ones each trace the stretch to the
    /// next one at once, and the waveforms are joined. A crash is replayed from one slot
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = replay_jobs, conflicts_with_all = ["wave_cycles", "wave_from", "trace_all"])]
    pub replay_jobs: usize,

    /// The time that a replay, or a slot that saves itself, may take: in seconds, or as `10m`, `2h`. After
    /// it the replay closes its waveform, and the report says that it timed out. A cycle that takes two
    /// seconds longer than that is killed, and the waveform is lost. 0, or nothing, for 10 minutes
    #[arg(long, value_name = "TIME", default_value = "0", value_parser = duration_or_0, hide_default_value = true)]
    pub replay_deadline: Duration,

    /// Where the replay's waveform goes
    #[arg(long, value_name = "FILE", default_value = "failure.fst")]
    pub wave: PathBuf,

    /// Trace only so many cycles before the failure; the replay runs up to them without a waveform
    #[arg(long, value_name = "CYCLES", value_parser = count_above_0, conflicts_with_all = ["wave_from", "trace_all"])]
    pub wave_cycles: Option<u64>,

    /// Trace from this cycle on, in a run that ends well too: a slot is taken there, and wakes at the end. With
    /// `--trace-all` the run itself is traced from there on
    #[arg(long, value_name = "CYCLE", value_parser = count, conflicts_with = "wake_before")]
    pub wave_from: Option<u64>,

    /// Trace up to this cycle
    #[arg(long, value_name = "CYCLE", value_parser = count_above_0, requires = "wave_from")]
    pub wave_to: Option<u64>,

    /// Show these signals in a viewer and in the report, beside those that differ in the replay and those that the
    /// failure names: a path, also with `*` and `?`, or the name of a signal in any scope. Repeatable
    #[arg(long, value_name = "PATTERN")]
    pub show: Vec<String>,

    /// After the run, open the waveform: in `surfer`, in `gtkwave`, or with a command of the shell
    #[arg(long, value_name = "VIEWER")]
    pub view: Option<String>,

    /// Trace the whole run into the waveform, without any slots; with `--wave-from` and `--wave-to`, these cycles of it
    #[arg(long, conflicts_with_all = ["slots", "checkpoint_cycles"])]
    pub trace_all: bool,

    /// Write the figures of the run to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,

    /// Write a page about the run for a browser to this file
    #[arg(long, value_name = "FILE")]
    pub report_html: Option<PathBuf>,

    /// End the run well after so many cycles
    #[arg(long, value_name = "CYCLES", value_parser = count)]
    pub max_cycles: Option<u64>,

    /// Start from this durable snapshot
    #[arg(long, value_name = "FILE")]
    pub restore: Option<PathBuf>,

    /// Let the restored snapshot have files below this folder opened; others must be open already, in the same place
    #[arg(long, value_name = "FOLDER", requires = "restore")]
    pub restore_files_below: Vec<PathBuf>,

    /// Restore a model that another build saved by name; at most this share (0 to 1) of the signals may lack a
    /// counterpart of the same name and shape
    #[arg(long, value_name = "SHARE", requires = "restore", value_parser = share)]
    pub restore_by_name: Option<f64>,

    /// Save a durable snapshot at this cycle
    #[arg(long, value_name = "CYCLE", value_parser = count)]
    pub save_at: Option<u64>,

    /// Save a durable snapshot every so many cycles, in the background
    #[arg(long, value_name = "CYCLES", value_parser = count_above_0)]
    pub save_every: Option<u64>,

    /// Where durable snapshots go; their names tell their cycles
    #[arg(long, value_name = "FOLDER", default_value = "snapshots")]
    pub save_dir: PathBuf,

    /// When the run fails or crashes, save the slot that is woken to this durable snapshot: a run
    /// that restores it meets the same failure
    #[arg(long, value_name = "FILE", conflicts_with = "trace_all")]
    pub save_on_failure: Option<PathBuf>,

    /// Many runs from one harness.
    #[command(flatten)]
    pub each: EachArgs,

    /// Do not draw a progress bar
    #[arg(long)]
    pub quiet: bool,

    /// Arguments for the harness and its model: `+plusargs` anywhere, all others behind `--`
    #[arg(value_name = "ARGS")]
    pub args: Vec<String>,

    /// The command line, as it was parsed.
    #[arg(skip)]
    pub(super) line: Vec<OsString>,
}

/// What a failure leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum OnFailure {
    /// The run ends with its report
    #[default]
    Report,
    /// A prompt asks what happened: a value at any cycle, the last change of a signal
    Prompt,
}

impl RunArgs {
    /// Parses the process's command line. Prints help, the version, or what is wrong with it, and exits, where `clap`
    /// would: with 2 for a wrong command line.
    #[must_use]
    pub fn parse() -> Self {
        Self::parse_from(std::env::args_os())
    }

    /// As [`Self::parse`], of a command line that begins with the program's name.
    pub fn parse_from(line: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Self {
        Self::try_parse_from(line).unwrap_or_else(|error| error.exit())
    }

    /// As [`Self::parse_from`], with what is wrong as an error.
    ///
    /// # Errors
    ///
    /// What `clap` says: an unknown flag with the nearest one, a value that does not fit, help and version.
    pub fn try_parse_from(
        line: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> Result<Self, clap::Error> {
        Self::parse_as(Self::command(), line)
    }

    /// As [`Self::try_parse_from`]; an option that is given twice has the last value.
    pub(super) fn try_parse_last(
        line: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> Result<Self, clap::Error> {
        Self::parse_as(Self::command().args_override_self(true), line)
    }

    fn parse_as(
        command: clap::Command,
        line: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> Result<Self, clap::Error> {
        let line: Vec<OsString> = line.into_iter().map(Into::into).collect();
        // The program is the harness's, and so is its name.
        let program = line.first().map(Path::new).and_then(Path::file_stem);
        let name = program.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let matches = command.name(name).try_get_matches_from(&line)?;
        let mut args = Self::from_arg_matches(&matches)?;
        args.line.clone_from(&line);
        let behind = line.iter().skip_while(|word| *word != "--").skip(1).count();
        let in_front = args.args.len().saturating_sub(behind);
        // Only a plusarg cannot be meant for the driver.
        match args.args[..in_front].iter().find(|arg| !arg.starts_with('+')) {
            None => Ok(args),
            Some(odd) => Err(Self::command().error(
                clap::error::ErrorKind::UnknownArgument,
                format!("`{odd}` is no flag of the driver; put what is for the harness behind `--`: `-- {odd}`"),
            )),
        }
    }
}

impl RunArgs {
    /// What the parser cannot tell.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.save_on_failure.is_some() && !self.takes_slots() {
            return Err(
                "`--save-on-failure` saves a slot, and `--slots 0` keeps none; keep one at least"
                    .to_owned(),
            );
        }
        let window = self.wave_from.is_some() && !self.trace_all || self.wave_cycles.is_some();
        if window && !self.takes_slots() {
            return Err(
                "a part of a run is traced in a replay, and `--slots 0` keeps no slot; keep one at least, or trace \
                 all with `--trace-all`"
                    .to_owned(),
            );
        }
        let prompts = [
            (self.on_failure == OnFailure::Prompt, "--on-failure prompt"),
            (self.prompt_at.is_some(), "--prompt-at"),
            (self.prompt_on_interrupt, "--prompt-on-interrupt"),
        ];
        let mut asked = prompts.iter().filter(|(asked, _)| *asked);
        match asked.next() {
            Some((_, option)) if !self.takes_slots() => {
                return Err(format!(
                    "`{option}` asks slots, and there are none with `--slots 0` and with `--trace-all`; keep one at least"
                ));
            }
            None if self.json && self.each.file.is_none() => {
                return Err(
                    "`--json` is for a prompt; give `--on-failure prompt`, `--prompt-at` or `--prompt-on-interrupt`, too"
                        .to_owned(),
                );
            }
            _ => {}
        }
        if let (None, Some(option)) = (&self.each.file, self.each.first()) {
            return Err(format!(
                "`{option}` is for many runs; give `--each FILE` with it"
            ));
        }
        self.serve.check(self.takes_slots())?;
        if let Some(viewer) = self.viewer() {
            if !self.takes_slots() && !self.trace_all {
                return Err(
                    "`--view` opens a waveform, and `--slots 0` writes none; keep one slot at least, or trace all \
                     with `--trace-all`"
                        .to_owned(),
                );
            }
            viewer.check()?;
        }
        if let (Some(from), Some(to)) = (self.wave_from, self.wave_to)
            && to <= from
        {
            return Err(format!(
                "`--wave-to {to}` does not lie behind `--wave-from {from}`"
            ));
        }
        Ok(())
    }

    /// What opens the waveform after the run.
    pub(super) fn viewer(&self) -> Option<Viewer> {
        self.view.as_deref().map(Viewer::parse)
    }

    /// How long a replay may take.
    pub(super) fn replay_deadline(&self) -> Duration {
        if self.replay_deadline.is_zero() {
            ReplayOrder::new(0).deadline
        } else {
            self.replay_deadline
        }
    }

    /// How the snapshot is restored.
    pub(super) fn restore_options(&self) -> RestoreOptions {
        RestoreOptions {
            files_below: self.restore_files_below.clone(),
            policy: self
                .restore_by_name
                .map_or(Policy::Exact, |most_unmatched| Policy::ByName {
                    most_unmatched,
                }),
            ..RestoreOptions::default()
        }
    }

    /// Whether the run takes checkpoints at all.
    pub(super) fn takes_slots(&self) -> bool {
        self.slots > 0 && !self.trace_all
    }

    /// When to take a checkpoint.
    pub(super) fn when(&self) -> When {
        match (self.checkpoint_cycles, self.checkpoint_seconds) {
            (Some(cycles), _) => When::Cycles(cycles),
            (None, Some(interval)) => When::Interval(interval),
            (None, None) => When::Adaptive(Adaptive {
                share: self.checkpoint_share,
                ..Adaptive::default()
            }),
        }
    }

    /// Which slots to keep.
    pub(super) fn keep(&self) -> Keep {
        if self.spaced {
            Keep::Spaced(self.slots)
        } else {
            Keep::Newest(self.slots)
        }
    }

    /// Which slot to wake.
    pub(super) fn choice(&self) -> Choice {
        if let Some(from) = self.wave_from {
            return Choice::NearestBefore(from.saturating_add(1));
        }
        let default = self.spaced.then_some(SPACED_WAKE_BEFORE);
        self.wake_before
            .or(default)
            .map_or(Choice::Oldest, Choice::YoungestBeforeEnd)
    }

    /// As [`Self::choice`], of these slots and for a failure at `end`: the oldest, where none is old enough.
    pub(super) fn choice_among(&self, slots: &[SlotInfo], end: u64) -> Choice {
        let choice = self.choice();
        let is_distance = matches!(choice, Choice::YoungestBeforeEnd(_));
        if is_distance && choice.choose(slots, end).is_none() {
            return Choice::Oldest;
        }
        choice
    }
}

fn replay_jobs(text: &str) -> Result<usize, String> {
    let jobs = text
        .parse()
        .ok()
        .filter(|jobs| (1..=MAX_REPLAYS / 2).contains(jobs));
    jobs.ok_or_else(|| format!("expected a number from 1 to {}", MAX_REPLAYS / 2))
}

fn share(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| "expected a number from 0 to 1, such as 0.01".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<RunArgs, String> {
        let words = std::iter::once("soc").chain(line.split_whitespace());
        RunArgs::try_parse_from(words).map_err(|error| error.to_string())
    }

    #[test]
    fn plusargs_stand_anywhere_and_others_behind_the_dashes() {
        let args = parsed("+bug --slots 3 +seed=7 --quiet -- work=sort --odd").unwrap();
        assert_eq!(args.slots, 3);
        assert!(args.quiet);
        assert_eq!(args.args, ["+bug", "+seed=7", "work=sort", "--odd"]);
        let args = parsed("+bug -- a -- b").unwrap();
        assert_eq!(args.args, ["+bug", "a", "--", "b"]);
    }

    #[test]
    fn what_is_unknown_is_refused_with_what_is_near() {
        for (line, expected) in [
            ("--slotz 3", "--slots"),
            ("+bug --slotz 3", "--slots"),
            ("--checkpoint-cycle 3", "--checkpoint-cycles"),
            ("work=sort", "`-- work=sort`"),
            ("--slots 2 fail=3 --quiet", "`-- fail=3`"),
            ("--max-cycles many", "1_000_000"),
            ("--checkpoint-cycles 0", "above 0"),
            ("--checkpoint-seconds 0s", "2m"),
        ] {
            let error = parsed(line).unwrap_err();
            assert!(error.contains(expected), "{line}: {error}");
        }
    }

    #[test]
    fn a_restore_by_name_is_asked_for_with_its_share() {
        let policy = |line| parsed(line).unwrap().restore_options().policy;
        assert_eq!(policy("--restore a.lsss"), Policy::Exact);
        assert_eq!(
            policy("--restore a.lsss --restore-by-name 0.1"),
            Policy::ByName {
                most_unmatched: 0.1
            }
        );
        for line in ["--restore-by-name 0.1", "--restore a --restore-by-name 2"] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }

    #[test]
    fn the_version_names_the_program_and_the_toolkit() {
        let error = parsed("--version").unwrap_err();
        assert!(error.starts_with("soc with lightsss "), "{error}");
    }

    #[test]
    fn numbers_as_people_write_them() {
        let args = parsed("--max-cycles 3e6 --save-at 1_000 --replay-deadline 2m").unwrap();
        assert_eq!(args.max_cycles, Some(3_000_000));
        assert_eq!(args.save_at, Some(1000));
        assert_eq!(args.replay_deadline, Duration::from_mins(2));
    }
}
