//! A template: a process that holds a harness in some state, and is forked for each run from there.
//!
//! A machine is booted or restored once. Each run is then a fork of the process that holds it, which takes a
//! millisecond where a restore in a new process takes seconds. A run has a folder, output, slots and a supervisor of
//! its own. A crash, a hang or an exit is that run's alone.
//!
//! With the run driver, `soc --restore booted.lsss --each runs.txt` does it. This module is for a loop of one's own.
//!
//! ```no_run
//! use lightsss_runtime::slots::{SlotOptions, SupervisorOptions};
//! use lightsss_runtime::template::{EndedBy, RunOptions, Template};
//!
//! # struct Machine; impl Machine { fn boot() -> Self { Self } fn set_seed(&mut self, _: u64) {} fn step(&mut self) -> bool { true } }
//! let mut template = Template::new(Machine::boot())?;
//! for seed in 0..100 {
//!     let mut options = RunOptions::default();
//!     options.supervisor = Some(SupervisorOptions::default());
//!     template.start(options, |mut machine, run| {
//!         // This is the run: a process of its own, with a machine of its own.
//!         machine.set_seed(seed);
//!         let mut slots = run.supervised().map(|run| run.slots(SlotOptions::default()));
//!         run.begin();
//!         let good = (0..1_000_000).all(|_| machine.step());
//!         run.supervised().inspect(|run| run.finished());
//!         u8::from(!good)
//!     })?;
//!     if template.running() == 8 {
//!         template.wait();
//!     }
//! }
//! while let Some(ended) = template.wait() {
//!     println!("run {} {}", ended.run, ended.end);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What holds
//!
//! * A run ends with its template, whatever ends that. What a run has started ends with the run, also in a session of
//!   its own. (Processes that the harness has started before, in the template, are left alone.)
//! * The fork hooks of this thread run around each fork, and no run is started while other threads live. In a run, hooks
//!   are called [`in_slot`](crate::slots::hooks::ForkHooks::in_slot) and then
//!   [`in_replay`](crate::slots::hooks::ForkHooks::in_replay).
//! * Runs share no files with the template: what it has open for reading is opened again, and what it has open for
//!   writing is copied to the run's folder. Pipes, sockets, shared memory and timers are as in a replay; `docs/limits.md`
//!   has the table.
//! * All runs begin in the same state, random numbers included. What is to differ, such as a seed, the run sets itself.

mod ended;
mod error;
mod options;
mod record;
mod run;
mod running;

use std::{
    os::fd::{AsFd, AsRawFd, BorrowedFd},
    time::{Duration, Instant},
};

use nix::{
    poll::{PollFd, PollFlags, poll},
    sys::{prctl, signal::SigSet},
    unistd::{Pid, getpid},
};

pub use self::{
    ended::{Ended, EndedBy},
    error::{StartError, TemplateError},
    options::{RunOptions, RunOutput},
    record::MAX_RUNS,
    run::Run,
};
use self::{record::Records, run::Noted, running::Running};
use crate::process::{
    fork::{self, Forked},
    orphans,
    parent_watch::ParentWatch,
    shared::Shared,
    sys,
};
use crate::slots;

/// How often runs are looked after where the kernel has no pidfds.
const TICK: Duration = Duration::from_millis(10);

/// A process that is forked for each run. The [module](self) has an overview.
///
/// Dropping it kills the runs that are under way.
#[derive(Debug)]
pub struct Template<H> {
    /// Taken in a run.
    harness: Option<H>,
    owner: Pid,
    runs: Vec<Running>,
    records: Shared<Records>,
    next: u64,
    /// Children that this process had before it was a template.
    children: Vec<Pid>,
    was_subreaper: bool,
    /// The signal mask of runs, where it is another than that of the template.
    mask: Option<SigSet>,
}

impl<H> Template<H> {
    /// Makes this process a template for runs of `harness`. Orphans of its runs are handed to it from here on.
    ///
    /// # Errors
    ///
    /// This process is under a supervisor, or the system refuses shared memory.
    pub fn new(harness: H) -> Result<Self, TemplateError> {
        if slots::is_supervised() {
            return Err(TemplateError::Supervised);
        }
        let was_subreaper = prctl::get_child_subreaper().map_err(TemplateError::System)?;
        let records = Shared::zeroed().map_err(TemplateError::System)?;
        prctl::set_child_subreaper(true).map_err(TemplateError::System)?;
        // Nothing may come in while the handling of SIGCHLD is changed.
        let mask = sys::block_all();
        sys::reap_by_hand();
        sys::unblock(&mask);
        Ok(Self {
            harness: Some(harness),
            owner: getpid(),
            runs: Vec::new(),
            records,
            next: 0,
            children: orphans::children(),
            was_subreaper,
            mask: None,
        })
    }

    /// The harness in the state from which runs start.
    ///
    /// # Panics
    ///
    /// Never: only a run lacks it, and a run does not return to code that has the template.
    #[must_use]
    pub fn harness(&self) -> &H {
        self.harness.as_ref().expect("this is no run")
    }

    /// As [`Self::harness`]. Runs that are started later have what is changed.
    ///
    /// # Panics
    ///
    /// As [`Self::harness`].
    pub fn harness_mut(&mut self) -> &mut H {
        self.harness.as_mut().expect("this is no run")
    }

    /// How many runs are under way.
    #[must_use]
    pub fn running(&self) -> usize {
        self.runs.len()
    }

    /// Sets the signal mask that runs begin with. Without it they begin with the caller's.
    #[cfg(feature = "driver")]
    pub(crate) fn set_mask(&mut self, mask: SigSet) {
        self.mask = Some(mask);
    }

    /// Starts a run: forks, and gives its number. In the fork `run` is called with the harness, and what it returns is
    /// the exit status. All that it has not dropped is left to the system.
    ///
    /// # Errors
    ///
    /// Other threads live, a file or folder of the options cannot be used, or the system refuses to fork.
    pub fn start<F>(&mut self, options: RunOptions, run: F) -> Result<u64, StartError>
    where
        F: FnOnce(H, &Run<'_>) -> u8,
    {
        let forked_at = sys::now();
        let started = Instant::now();
        let (owner, caller) = (self.owner.as_raw(), getpid().as_raw());
        if owner != caller {
            return Err(StartError::ForeignProcess { owner, caller });
        }
        let place = self.free_place().ok_or(StartError::Full)?;
        options.check()?;
        let output = options.output.open()?;
        let parent_watch = ParentWatch::new().map_err(StartError::System)?;
        self.records.runs[place].clear();
        let own: Vec<_> = self.runs.iter().filter_map(Running::end_fd).collect();
        let own: Vec<_> = own.iter().map(AsRawFd::as_raw_fd).collect();
        let records = std::ptr::from_ref(&*self.records) as usize;
        let records = records..records + size_of::<Records>();
        let forked = fork::fork(
            || Noted::new(&own, records, output, parent_watch),
            || (),
            |_| run::settle(self.owner),
            |noted| noted,
        )?;
        let number = self.next;
        match forked {
            Forked::Child { value, mask } => {
                // Other runs end when the last one that holds their watches does: these are the template's.
                self.runs.clear();
                let mask = self.mask.unwrap_or(mask);
                let record = &self.records.runs[place];
                let harness = self.harness.take();
                run::live(number, self.owner, value, options, &mask, record, |own| {
                    harness.map_or(1, |harness| run(harness, own))
                })
            }
            Forked::Original {
                child,
                noted,
                released,
            } => {
                let deadline = options
                    .deadline
                    .and_then(|deadline| started.checked_add(deadline));
                self.runs.push(Running {
                    number,
                    place,
                    pid: child,
                    end: sys::pidfd_open(child).ok(),
                    forked_at,
                    started,
                    deadline,
                    by: EndedBy::Itself,
                    _watched: noted.into_watch().hold(),
                });
                self.next += 1;
                drop(released);
                tracing::debug!(run = number, pid = child.as_raw(), pause = ?started.elapsed(), "run started");
                Ok(number)
            }
        }
    }

    fn free_place(&self) -> Option<usize> {
        (0..MAX_RUNS).find(|place| self.runs.iter().all(|run| run.place != *place))
    }

    /// Waits until a run has ended; `None` if none is under way.
    pub fn wait(&mut self) -> Option<Ended> {
        while !self.runs.is_empty() {
            if let Some(ended) = self.try_wait() {
                return Some(ended);
            }
            self.poll([], None);
        }
        None
    }

    /// A run that has ended, if one has. Kills those that are late.
    pub fn try_wait(&mut self) -> Option<Ended> {
        if getpid() != self.owner {
            return None;
        }
        let now = Instant::now();
        for run in &mut self.runs {
            run.kill_if_late(now);
        }
        let (at, end) = self
            .runs
            .iter()
            .enumerate()
            .find_map(|(at, run)| Some((at, run.try_reap()?)))?;
        let run = self.runs.swap_remove(at);
        self.end_orphans();
        let record = &self.records.runs[run.place];
        let killed = end == slots::ProcessEnd::Signaled(libc::SIGKILL);
        Some(Ended {
            run: run.number,
            end,
            by: match run.by {
                // It was quicker.
                EndedBy::Deadline if !killed => EndedBy::Itself,
                by => by,
            },
            duration: run.started.elapsed(),
            start: run.start(record),
            refusal: record.refusal(),
        })
    }

    /// Kills a run with all that it has started. It has ended once [`Self::wait`] gives it. Does nothing if it has
    /// been given.
    pub fn kill(&mut self, run: u64) {
        let run = self.runs.iter_mut().find(|one| one.number == run);
        if let Some(run) = run {
            run.kill(EndedBy::Template);
        }
    }

    /// As [`Self::kill`], all runs.
    pub fn kill_all(&mut self) {
        for run in &mut self.runs {
            run.kill(EndedBy::Template);
        }
    }

    /// Asks all runs to end, with SIGTERM.
    pub fn ask_all_to_end(&mut self) {
        for run in &mut self.runs {
            run.ask_to_end();
        }
    }

    /// Waits for the end or the deadline of a run, for one of the descriptors to be readable, or for the time to be
    /// over. Says which descriptors are readable.
    pub(crate) fn poll<const N: usize>(
        &self,
        others: [BorrowedFd<'_>; N],
        timeout: Option<Duration>,
    ) -> [bool; N] {
        let now = Instant::now();
        let deadlines = self.runs.iter().filter_map(|run| run.deadline);
        let deadlines = deadlines.map(|deadline| deadline.saturating_duration_since(now));
        let tick = self.runs.iter().any(|run| run.end.is_none());
        let tick = tick.then_some(TICK);
        let timeout = deadlines.chain(timeout).chain(tick).min();
        let ends = self.runs.iter().filter_map(Running::end_fd);
        let mut polled: Vec<PollFd<'_>> = others
            .iter()
            .map(AsFd::as_fd)
            .chain(ends)
            .map(|fd| PollFd::new(fd, PollFlags::POLLIN))
            .collect();
        let polled_ok = poll(&mut polled, sys::poll_timeout(timeout)).is_ok();
        std::array::from_fn(|at| polled_ok && polled[at].any().unwrap_or(false))
    }

    fn end_orphans(&self) {
        orphans::end(|child| {
            self.children.contains(&child) || self.runs.iter().any(|run| run.pid == child)
        });
    }
}

impl<H> Drop for Template<H> {
    fn drop(&mut self) {
        if getpid() != self.owner {
            // They are not its children.
            self.runs.clear();
            return;
        }
        self.kill_all();
        while self.wait().is_some() {}
        let _ = prctl::set_child_subreaper(self.was_subreaper);
    }
}
