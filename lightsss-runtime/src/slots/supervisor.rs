//! The supervisor: a small process above the simulation that wakes a slot whatever ends it.
//!
//! It forks the simulation first of all, while there is one thread, and holds none of its
//! resources. Slots watch the supervisor and outlive the simulation. Whatever ends the supervisor
//! ends them all.

use std::{rc::Rc, sync::atomic::Ordering};

use nix::unistd::{ForkResult, getpid};

use super::{
    channel::Channel,
    crash,
    error::SetupError,
    manager::{SlotOptions, Slots},
    record::{MAX_SLOTS, Record},
    supervisor_options::{Interrupt, SupervisorOptions},
    watch,
};
use crate::process::{files, parent_watch::ParentWatch, sys, threads, timers::Timers};

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
            channel.close_root_end();
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

    /// Says that the simulation is done, whether it passed or failed: its end is no crash from here
    /// on, and wakes no slot. Without this call, any end is a crash, even `exit(0)` in foreign
    /// code.
    pub fn finished(&self) {
        self.channel.record.finished.store(1, Ordering::Release);
    }
}
