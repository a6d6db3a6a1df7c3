//! The supervisor: a small process above the simulation that wakes a slot whatever ends it.
//!
//! It is forked off first thing, while there is one thread, and the simulation is its child; it
//! holds nothing of it. Slots watch the supervisor and outlive the simulation; whatever ends the
//! supervisor ends them all.

use std::{fmt, path::PathBuf, rc::Rc, sync::atomic::Ordering};

use nix::unistd::{ForkResult, getpid};

use super::{
    channel::Channel,
    crash,
    error::SetupError,
    incident::Incident,
    manager::{SlotOptions, Slots},
    order::ReplayOrder,
    policy::choose::Choice,
    record::{MAX_SLOTS, Record},
    watch,
};
use crate::process::stderr::say;
use crate::process::{files, parent_watch::ParentWatch, sys, threads, timers::Timers};

/// What Ctrl-C does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Interrupt {
    /// It ends the run, as it does without a supervisor.
    #[default]
    End,
    /// It wakes a slot, whose replay shows what the run was doing, while the run goes on. A second
    /// one before that replay has ended ends the run.
    Show,
}

/// How the supervisor deals with crashes.
#[non_exhaustive]
pub struct SupervisorOptions {
    /// Which slot to wake.
    pub choice: Choice,
    /// What to tell it. The end cycle, the reason and the message are filled in.
    pub order: ReplayOrder,
    /// Where the chosen slot is to write itself to after a crash, before it is woken. Nowhere by
    /// default. The harness answers with [`Replay::save`](super::Replay::save).
    pub save: Option<PathBuf>,
    /// What Ctrl-C does.
    pub interrupt: Interrupt,
    /// Places for slots, as in [`SlotOptions::places`].
    pub places: usize,
    /// Called in the supervisor after each incident; by default it is written to standard error. Signals
    /// are blocked meanwhile: a callback that waits for another process keeps the run from being ended.
    pub report: Box<dyn FnMut(&Incident)>,
}

impl Default for SupervisorOptions {
    fn default() -> Self {
        Self {
            choice: Choice::default(),
            order: ReplayOrder::new(0),
            save: None,
            interrupt: Interrupt::default(),
            places: SlotOptions::default().places,
            report: Box::new(|incident| say(&format!("lightsss: {incident}\n"))),
        }
    }
}

impl fmt::Debug for SupervisorOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SupervisorOptions")
            .field("choice", &self.choice)
            .field("order", &self.order)
            .field("save", &self.save)
            .field("interrupt", &self.interrupt)
            .field("places", &self.places)
            .finish_non_exhaustive()
    }
}

/// This process is a simulation under a supervisor.
#[derive(Debug)]
pub struct Supervised {
    channel: Rc<Channel>,
}

/// Starts a supervisor: forks, and returns in the child, which is to be the simulation. The caller
/// becomes the supervisor and ends with the simulation's exit status, or by its signal.
///
/// To be called first thing in `main`, before there are threads.
pub fn supervise(options: SupervisorOptions) -> Result<Supervised, SetupError> {
    let places = options.places;
    if !(1..=MAX_SLOTS).contains(&places) {
        return Err(SetupError::Places { asked: places });
    }
    let threads = threads::others();
    if !threads.is_empty() {
        return Err(SetupError::Threads { threads });
    }
    let system = |source| SetupError::System {
        descriptors: places + 4,
        source,
    };
    // Now: nothing of the harness is open yet.
    let inherited = files::open(|_| false).special;
    let mut channel = Channel::new(places).map_err(system)?;
    channel.inherited = Some(inherited.iter().map(|special| special.number).collect());
    let channel = Rc::new(channel);
    sys::flush_stdio();
    let supervisor = getpid();
    let parent_watch = ParentWatch::new().map_err(system)?;
    let prepared = watch::Prepared::new().map_err(system)?;
    let mask = sys::block_all();
    sys::reap_by_hand();
    // An exec keeps timers, and a fork does not: those of before are the simulation's.
    let timers = Timers::take();
    match sys::fork_here() {
        Err(errno) => {
            watch::Prepared::undo();
            timers.put();
            sys::unblock(&mask);
            Err(SetupError::Fork(errno))
        }
        Ok(ForkResult::Parent { child }) => {
            let _held = parent_watch.hold();
            watch::supervise(prepared, &channel, child, mask, options)
        }
        Ok(ForkResult::Child) => {
            channel
                .parent_watch
                .set(Some(parent_watch.heed(supervisor)));
            timers.put();
            let limit = timers.limit().unwrap_or(0);
            channel.record.time_limit.store(limit, Ordering::Release);
            channel.leave_keeper();
            channel
                .record
                .original
                .store(getpid().as_raw(), Ordering::Release);
            if options.interrupt == Interrupt::Show {
                sys::ignore_interrupt();
            }
            // Kept for ever, since a signal may come at any time.
            let kept: &'static Rc<Channel> = Box::leak(Box::new(Rc::clone(&channel)));
            let record: &'static Record = &kept.record;
            crash::install(record);
            sys::unblock(&mask);
            Ok(Supervised { channel })
        }
    }
}

impl Supervised {
    /// Slots that the supervisor knows of. The number of places is that of the supervisor.
    #[must_use]
    pub fn slots(&self, options: SlotOptions) -> Slots {
        Slots::over(Rc::clone(&self.channel), options)
    }

    /// Says that the simulation is done, well or not: from here on its end is no crash, and no
    /// slot is woken for it. Without it any end is one, `exit(0)` from foreign code included.
    pub fn finished(&self) {
        self.channel.record.finished.store(1, Ordering::Release);
    }
}
