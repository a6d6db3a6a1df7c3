//! The life of a slot: block, fork a replay of itself for each order, see to its end.

use std::{
    os::fd::{AsFd, OwnedFd},
    rc::Rc,
    sync::atomic::Ordering::{AcqRel, Relaxed, Release},
    time::Duration,
};

use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, poll},
    sched::CpuSet,
    unistd::{ForkResult, Pid, getpid},
};

use super::{
    channel::Channel,
    memory,
    opens::{self, Broker, Mail, Moment},
    order::Reason,
    output::{self, Pump},
    record::{Cancel, ReplayEntry, ReplayState, SlotState},
};
use crate::process::{
    parent_watch::{self, ParentWatch},
    sys,
};

/// How often a slot looks after its replays where the kernel has no pidfds.
const TICK: Duration = Duration::from_millis(10);
/// How long a slot goes on trying to fork its replay.
const FORK_ATTEMPTS: u32 = 20;

/// What a slot knows of itself.
pub(crate) struct SlotContext {
    pub(crate) channel: Rc<Channel>,
    pub(crate) place: usize,
    pub(crate) generation: u32,
    /// When the checkpoint was, by the clock of files.
    pub(crate) since: Moment,
    /// Where the original might run when it was taken. The waker draws it to its own.
    pub(crate) processors: Option<CpuSet>,
}

/// A replay that this slot has started.
struct Running {
    entry: usize,
    pid: Pid,
    /// Readable once it has ended; absent before Linux 5.3.
    end: Option<OwnedFd>,
    pump: Option<Pump>,
    /// Answers for the files that it opens.
    broker: Option<Broker>,
    /// What it ended with, once it has: its output may yet have to be passed on.
    status: Option<i32>,
    _watched: parent_watch::ParentHalf,
}

/// Blocks as a slot. Returns only in a replay, with the number of its entry.
///
/// All signals are blocked here, so that what the terminal sends to the whole process group ends
/// the original and not what it can be explained with.
pub(crate) fn block(slot: &SlotContext) -> usize {
    let mut running: Vec<Running> = Vec::new();
    loop {
        let (is_woken, root_ended) = wait(slot, &mut running);
        if root_ended {
            for replay in running.iter().filter(|replay| replay.status.is_none()) {
                sys::kill_now(replay.pid);
            }
            sys::exit_now(0);
        }
        if is_woken {
            sys::drain(&slot.channel.wake_events[slot.place]);
            let record = &slot.channel.record;
            if record.places[slot.place].state() == SlotState::Dying {
                // The original may not kill a slot of another user.
                sys::exit_now(0);
            }
            if record.places[slot.place].measure.swap(0, AcqRel) != 0 {
                memory::measure(record);
            }
        }
        reap(slot, &mut running);
        for (number, entry) in slot.channel.record.replays.iter().enumerate() {
            match entry.state_for(slot.place, slot.generation) {
                Some(ReplayState::Ordered) => {
                    let started = start(slot, number, entry);
                    // The waker has drawn the slot to its own processor, and so its replay.
                    if let Some(processors) = &slot.processors {
                        sys::run_on(processors);
                    }
                    match started {
                        Started::InSlot(replay) => running.push(*replay),
                        Started::InReplay => return number,
                        Started::Refused(errno) => {
                            entry.status.store(errno as i32, Relaxed);
                            answer(slot, entry, ReplayState::Refused);
                        }
                    }
                }
                Some(ReplayState::Running | ReplayState::Starting)
                    if entry.cancelled() == Cancel::Kill =>
                {
                    running
                        .iter()
                        .filter(|replay| replay.entry == number && replay.status.is_none())
                        .for_each(|replay| {
                            sys::kill_now(replay.pid);
                        });
                }
                _ => {}
            }
        }
    }
}

/// Polls the slot's event, the end of the root and the replays. Says whether the slot was woken and
/// whether the root has ended.
fn wait(slot: &SlotContext, running: &mut [Running]) -> (bool, bool) {
    let mut polled = vec![
        PollFd::new(
            slot.channel.wake_events[slot.place].as_fd(),
            PollFlags::POLLIN,
        ),
        PollFd::new(slot.channel.root_end().as_fd(), PollFlags::POLLIN),
    ];
    let standard_error = std::io::stderr();
    for replay in &*running {
        let end = replay.end.as_ref().filter(|_| replay.status.is_none());
        polled.extend(end.map(|fd| PollFd::new(fd.as_fd(), PollFlags::POLLIN)));
        let pump = replay.pump.as_ref();
        polled.extend(pump.and_then(|pump| pump.awaits(standard_error.as_fd())));
        let broker = replay.broker.as_ref().and_then(Broker::as_fd);
        polled.extend(broker.map(|fd| PollFd::new(fd, PollFlags::POLLIN)));
    }
    let unseen = |replay: &Running| replay.end.is_none() && replay.status.is_none();
    let ticking = running.iter().any(unseen);
    let polled_ok = poll(&mut polled, sys::poll_timeout(ticking.then_some(TICK))).is_ok();
    let ready = |at: usize| polled_ok && polled[at].any().unwrap_or(false);
    let result = (ready(0), ready(1));
    drop(polled);
    for replay in running {
        if let Some(pump) = &mut replay.pump {
            pump.forward();
        }
        let record = &slot.channel.record;
        if let Some(broker) = &mut replay.broker {
            broker.serve(&record.replays[replay.entry], record);
        }
    }
    result
}

enum Started {
    InSlot(Box<Running>),
    InReplay,
    Refused(Errno),
}

fn start(slot: &SlotContext, number: usize, entry: &ReplayEntry) -> Started {
    entry.woken_at.store(sys::now(), Relaxed);
    let own_pid = getpid();
    entry.set_state(ReplayState::Starting);
    let mut pump = match output::pump_for(entry) {
        Ok(pump) => pump,
        Err(errno) => return Started::Refused(errno),
    };
    let parent_watch = match ParentWatch::new() {
        Ok(watch) => watch,
        Err(errno) => return Started::Refused(errno),
    };
    // One that is to be saved writes a file on purpose, and runs nothing again.
    let saves = Reason::decode(entry.reason.load(Relaxed)) == Reason::Save;
    let mail = match Mail::new() {
        // The kernel has one to ask in a line of forks: in a replay's replay it is that of the first.
        Ok(mail) => (!saves && !slot.channel.in_replay).then_some(mail),
        Err(errno) => return Started::Refused(errno),
    };
    let mut attempt = 0;
    let forked = loop {
        attempt += 1;
        match sys::fork_blocked() {
            Err(Errno::EAGAIN | Errno::ENOMEM) if attempt < FORK_ATTEMPTS => {
                std::thread::sleep(TICK);
            }
            other => break other,
        }
    };
    match forked {
        Err(errno) => Started::Refused(errno),
        Ok((ForkResult::Child, _)) => {
            parent_watch.heed(own_pid);
            sys::set_name(c"lightsss-replay");
            entry.pid.store(getpid().as_raw(), Relaxed);
            entry.started_at.store(sys::now(), Relaxed);
            entry.set_state(ReplayState::Running);
            output::redirect(entry, pump.take());
            if let Some(Err(errno)) = mail.as_ref().map(opens::ask_the_slot) {
                opens::complain(errno);
            }
            Started::InReplay
        }
        Ok((ForkResult::Parent { child }, _)) => {
            let end = sys::pidfd_open(child).ok();
            if let Some(pump) = &mut pump {
                pump.close_writer();
            }
            Started::InSlot(Box::new(Running {
                entry: number,
                pid: child,
                end,
                pump,
                broker: mail.map(|mail| {
                    let original = Pid::from_raw(slot.channel.record.original.load(Relaxed));
                    Broker::new(mail, slot.since, original)
                }),
                status: None,
                _watched: parent_watch.hold(),
            }))
        }
    }
}

/// Takes in the replays that have ended, and tells their waiters.
fn reap(slot: &SlotContext, running: &mut Vec<Running>) {
    running.retain_mut(|replay| {
        let status = replay
            .status
            .map_or_else(|| sys::try_reap(replay.pid), |status| Ok(Some(status)));
        let status = match status {
            Ok(None) => return true,
            Ok(Some(status)) => status,
            // Somebody else reaped it; its own word, if any, is in the entry.
            Err(_) => 0,
        };
        replay.status = Some(status);
        if let Some(broker) = replay.broker.take() {
            broker.finish(&slot.channel.record);
        }
        let entry = &slot.channel.record.replays[replay.entry];
        // What it printed comes before what its waiter prints: as long as the waiter likes.
        let passed_on = replay.pump.as_mut().is_none_or(Pump::finish);
        if !passed_on && entry.cancelled() != Cancel::Kill {
            return true;
        }
        entry.status.store(status, Relaxed);
        answer(slot, entry, ReplayState::Reaped);
        false
    });
}

fn answer(slot: &SlotContext, entry: &ReplayEntry, state: ReplayState) {
    let waiter = entry.waiter.load(Relaxed) as usize & 1;
    entry.set_state(state);
    sys::signal(&slot.channel.reports[waiter]);
}

/// What a process becomes right after the fork that makes it a slot.
pub(crate) fn settle(slot: &SlotContext, original: Pid) {
    if slot.channel.root == original {
        sys::die_with(original);
    } else {
        // Under a supervisor the slot outlives the original, and the supervisor decides about it.
        sys::continue_when_parent_ends();
    }
    slot.channel.close_root_end();
    sys::reap_by_hand();
    sys::set_name(c"lightsss-slot");
    slot.channel.record.places[slot.place]
        .pid
        .store(getpid().as_raw(), Release);
}
