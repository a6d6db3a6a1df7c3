//! What a fork of a template becomes: a run.

use std::{
    fs::File,
    os::fd::{AsRawFd, OwnedFd, RawFd},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use nix::{
    sys::signal::SigSet,
    unistd::{Pid, chdir, setsid},
};

use super::{options::RunOptions, record::RunRecord};
use crate::process::{
    descriptors,
    files::{self, Descriptors, OpenFile},
    hooks::{self, ForkMoment},
    mappings::{self, Mapping},
    panics,
    parent_watch::ParentWatch,
    run_files, special, sys,
    timers::Timers,
};
use crate::slots::{Supervised, supervise};

/// The status of a run that could not be made.
const NOT_MADE: u8 = 2;
/// As of a program whose `main` panics.
const PANICKED: u8 = 101;
/// How much sooner than the template the kernel kills a run when memory is short (see proc(5), `oom_score_adj`).
const SOONER: i32 = 300;

/// This process as a run of its template.
#[derive(Debug)]
pub struct Run<'a> {
    number: u64,
    folder: Option<PathBuf>,
    supervised: Option<Supervised>,
    record: &'a RunRecord,
}

impl Run<'_> {
    /// The number that the template has given it.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Its folder, which is its working folder, if it has one.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// What makes slots under the run's supervisor, if it has one. Call
    /// [`finished`](Supervised::finished) when the simulation is done: any end without it is a crash.
    #[must_use]
    pub fn supervised(&self) -> Option<&Supervised> {
        self.supervised.as_ref()
    }

    /// Notes that the run begins to step. [`Ended::start`](super::Ended::start) says when that was.
    pub fn begin(&self) {
        self.record.begin();
    }

    /// Notes why the run cannot be made, for [`Ended::refusal`](super::Ended::refusal). A text of more than 1024 bytes
    /// is cut.
    pub fn refuse(&self, reason: &str) {
        self.record.refuse(reason);
    }
}

/// What the template notes right before the fork.
pub(super) struct Noted {
    open: Descriptors,
    mappings: Vec<Mapping>,
    timers: Timers,
    output: Option<OwnedFd>,
    parent_watch: ParentWatch,
}

impl Noted {
    /// `own` are descriptors of the template itself; `records` is the memory that it shares with its runs.
    pub(super) fn new(
        own: &[RawFd],
        records: std::ops::Range<usize>,
        output: Option<OwnedFd>,
        parent_watch: ParentWatch,
    ) -> Self {
        let watch = parent_watch.numbers();
        let is_own = |number| own.contains(&number) || watch.contains(&number);
        let mut open = files::open(is_own);
        let output_number = output.as_ref().map(AsRawFd::as_raw_fd);
        open.files
            .retain(|file| Some(file.number()) != output_number && !is_own(file.number()));
        open.special
            .retain(|special| Some(special.number) != output_number);
        Self {
            open,
            mappings: mappings::shared(records),
            timers: Timers::get(),
            output,
            parent_watch,
        }
    }

    /// In the template, after the fork.
    pub(super) fn into_watch(self) -> ParentWatch {
        self.parent_watch
    }
}

/// In the run, first of all: binds it to its template.
pub(super) fn settle(template: Pid) {
    sys::die_with(template);
    // A group and a session of its own: what is killed with it, and what the terminal sends to others alone.
    let _ = setsid();
}

/// Lives as a run, and ends.
pub(super) fn live(
    number: u64,
    template: Pid,
    noted: Noted,
    options: RunOptions,
    mask: &SigSet,
    record: &RunRecord,
    run: impl FnOnce(&Run<'_>) -> u8,
) -> ! {
    let part = AssertUnwindSafe(|| {
        let prepared = prepare(template, noted, options.folder.as_deref());
        sys::unblock(mask);
        let refused = |reason: &str| {
            crate::process::stderr::say(&format!("error: {reason}\n"));
            record.refuse(reason);
            NOT_MADE
        };
        if let Err(reason) = prepared {
            return refused(&reason);
        }
        // Before the hooks rebuild threads: the supervisor is a fork, too.
        let supervised = match options.supervisor.map(supervise).transpose() {
            Ok(supervised) => supervised,
            Err(error) => return refused(&error.to_string()),
        };
        hooks::run(ForkMoment::InReplay);
        run(&Run {
            number,
            folder: options.folder,
            supervised,
            record,
        })
    });
    let status = catch_unwind(part).unwrap_or_else(|payload| {
        panics::discard(payload);
        PANICKED
    });
    sys::flush_stdio();
    std::process::exit(status.into())
}

/// Parts this process from its template in all that a fork shares.
fn prepare(template: Pid, noted: Noted, folder: Option<&Path>) -> Result<(), String> {
    noted.parent_watch.heed(template);
    redirect(noted.output, &noted.open);
    if let Some(folder) = folder {
        chdir(folder)
            .map_err(|errno| format!("the run cannot work in `{}`: {errno}", folder.display()))?;
    }
    run_files::make_own(&noted.open.files, folder);
    special::put_right(&noted.open.special);
    mappings::put_right(&noted.mappings);
    noted.timers.put();
    die_before_the_template();
    // What it leaves behind is then handed to the template only once it has ended.
    let _ = nix::sys::prctl::set_child_subreaper(true);
    Ok(())
}

/// Standard input becomes empty. Standard output and error go to `output`, if there is one, and other names of them
/// too.
fn redirect(output: Option<OwnedFd>, open: &Descriptors) {
    if let Ok(null) = File::open("/dev/null") {
        descriptors::replace(libc::STDIN_FILENO, &null.into());
    }
    let Some(output) = output else { return };
    let files = open.files.iter().map(OpenFile::number);
    let special = open.special.iter().map(|special| special.number);
    let others: Vec<RawFd> = files
        .chain(special)
        .filter(|number| *number > libc::STDERR_FILENO)
        .collect();
    for standard in [libc::STDOUT_FILENO, libc::STDERR_FILENO] {
        let is_twin = |other: &&RawFd| descriptors::same_open_file(standard, **other);
        for twin in others.iter().filter(is_twin) {
            let _ = output
                .try_clone()
                .map(|output| descriptors::take_place(*twin, output));
        }
        descriptors::replace(standard, &output);
    }
}

/// With the template all its runs would end.
fn die_before_the_template() {
    let path = "/proc/self/oom_score_adj";
    let now = std::fs::read_to_string(path).ok();
    if let Some(now) = now.and_then(|now| now.trim().parse::<i32>().ok()) {
        let _ = std::fs::write(path, (now + SOONER).min(1000).to_string());
    }
}
