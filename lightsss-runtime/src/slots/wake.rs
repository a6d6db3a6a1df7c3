//! Ordering a replay from a slot and waiting for its answer. The original and the supervisor both
//! do it, through the same record.

use std::{
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    sync::atomic::Ordering::{Acquire, Relaxed},
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, poll},
    unistd::Pid,
};

use super::{
    channel::{Channel, Waiter},
    error::WakeError,
    order::{Divergence, Equality, ProcessEnd, ReplayOrder, ReplayOutcome, ReplayReport},
    record::{Cancel, ReplayEntry, ReplayState},
};
use crate::process::sync::AtomicU64;
use crate::process::sys;

/// How long a replay that was asked to finish may take to close its files.
const GRACE: Duration = Duration::from_secs(2);
/// How long a slot may take to kill a replay and to say so.
const KILL_GRACE: Duration = Duration::from_secs(10);
/// Longest sleep between two looks at a slot where the kernel has no pidfds.
const TICK: Duration = Duration::from_millis(10);

/// A replay that has been ordered and not yet been waited for.
#[derive(Debug)]
#[must_use = "the replay's answer stays unread"]
pub struct Ticket {
    pub(crate) number: usize,
    pub(crate) place: usize,
    from_cycle: u64,
    end_cycle: u64,
    slot: Pid,
    ordered: Instant,
    deadline: Duration,
    /// Readable once the slot has ended.
    slot_end: Option<OwnedFd>,
    /// Which process the slot is, where the kernel has no pidfds.
    slot_start: Option<u64>,
}

/// Gives the order to the slot at `place`, and wakes it. With `save_path` the slot saves itself there.
pub(crate) fn order(
    channel: &Channel,
    place: usize,
    order: &ReplayOrder,
    save_path: Option<&str>,
    waiter: Waiter,
) -> Result<Ticket, WakeError> {
    let record = &channel.record;
    let shared = &record.places[place];
    let ordered = Instant::now();
    let (number, entry) = record
        .replays
        .iter()
        .enumerate()
        .find(|(_, entry)| entry.claim())
        .ok_or(WakeError::TooManyReplays)?;
    let (output, output_path) = order.output.encode();
    entry.address(place, shared.generation.load(Relaxed));
    entry.waiter.store(waiter as u32, Relaxed);
    entry.end_cycle.store(order.end_cycle, Relaxed);
    entry.margin.store(order.margin, Relaxed);
    entry.reason.store(order.reason.encode(), Relaxed);
    entry.message.set(&order.message);
    entry.label.set(&order.label);
    entry.save_path.set(save_path.unwrap_or_default());
    entry.asker.set(&order.asker);
    entry.output.store(output, Relaxed);
    entry.output_path.set(&output_path);
    entry.ordered_at.store(sys::now(), Relaxed);
    let slot = Pid::from_raw(shared.pid.load(Acquire));
    entry.set_state(ReplayState::Ordered);
    sys::draw_here(slot);
    sys::signal(&channel.wake_events[place]);
    // It may have been stopped by hand, or by a debugger that is gone. It is needed now.
    sys::continue_now(slot);
    let slot_end = sys::pidfd_open(slot).ok();
    Ok(Ticket {
        number,
        place,
        from_cycle: shared.cycle.load(Relaxed),
        end_cycle: order.end_cycle,
        slot,
        ordered,
        deadline: order.deadline,
        slot_start: slot_end.is_none().then(|| sys::start_of(slot)).flatten(),
        slot_end,
    })
}

/// Waits until the replay has ended and its slot has seen to it.
pub(crate) fn wait(
    channel: &Channel,
    mut ticket: Ticket,
    waiter: Waiter,
) -> Result<ReplayReport, WakeError> {
    loop {
        if let Some(result) = advance(channel, &mut ticket) {
            return result;
        }
        let mut polled = vec![PollFd::new(
            channel.reports[waiter as usize].as_fd(),
            PollFlags::POLLIN,
        )];
        polled.extend(
            ticket
                .slot_end()
                .map(|fd| PollFd::new(fd, PollFlags::POLLIN)),
        );
        let _ = poll(&mut polled, sys::poll_timeout(Some(ticket.patience())));
        sys::drain(&channel.reports[waiter as usize]);
    }
}

impl Ticket {
    /// Readable once the slot has ended; absent where the kernel has no pidfds.
    pub(crate) fn slot_end(&self) -> Option<BorrowedFd<'_>> {
        self.slot_end.as_ref().map(AsFd::as_fd)
    }

    /// How long there is nothing to do unless a descriptor says so.
    pub(crate) fn patience(&self) -> Duration {
        let left = self.deadline.saturating_sub(self.ordered.elapsed());
        if self.slot_end.is_some() {
            left
        } else {
            left.min(TICK)
        }
    }
}

/// Looks after a replay that was ordered, without blocking: reads its answer, sees the end of its
/// slot, and enforces the deadline. `None` while it goes on.
pub(crate) fn advance(
    channel: &Channel,
    ticket: &mut Ticket,
) -> Option<Result<ReplayReport, WakeError>> {
    let entry = &channel.record.replays[ticket.number];
    let mut answer = answered(ticket, entry);
    // The answer first, and again after: a slot may answer and then be killed.
    if answer.is_none() && slot_ended(ticket) {
        let pid = ticket.slot.as_raw();
        let died = WakeError::SlotDied {
            cycle: ticket.from_cycle,
            pid,
        };
        answer = answered(ticket, entry).or(Some(Err(died)));
    }
    if answer.is_none() && ticket.ordered.elapsed() >= ticket.deadline {
        answer = remind(channel, ticket, entry).map(Err);
    }
    let result = answer?;
    if result.is_err() {
        // A replay whose slot died ends with it, and is ours to reap if we are the next ancestor.
        let replay = Pid::from_raw(entry.pid.load(Acquire));
        if replay.as_raw() > 0 {
            let _ = sys::try_reap(replay);
        }
    }
    entry.set_state(ReplayState::Free);
    Some(result)
}

fn answered(ticket: &Ticket, entry: &ReplayEntry) -> Option<Result<ReplayReport, WakeError>> {
    match entry.state() {
        ReplayState::Reaped => Some(Ok(read(ticket, entry))),
        ReplayState::Refused => Some(Err(WakeError::Fork {
            cycle: ticket.from_cycle,
            source: Errno::from_raw(entry.status.load(Relaxed)),
        })),
        _ => None,
    }
}

/// The deadline has passed: asks, then has the slot kill the replay, then gives the slot up.
fn remind(channel: &Channel, ticket: &mut Ticket, entry: &ReplayEntry) -> Option<WakeError> {
    match entry.cancelled() {
        Cancel::No => {
            entry.cancel(Cancel::Ask);
            ticket.deadline += GRACE;
            None
        }
        Cancel::Ask => {
            entry.cancel(Cancel::Kill);
            sys::signal(&channel.wake_events[ticket.place]);
            ticket.deadline += KILL_GRACE;
            None
        }
        Cancel::Kill => {
            sys::kill_now(ticket.slot);
            let elapsed = ticket.ordered.elapsed();
            Some(WakeError::Unresponsive {
                cycle: ticket.from_cycle,
                waited: elapsed,
            })
        }
    }
}

/// Has the slot kill the replay; its answer comes as ever.
pub(crate) fn give_up(channel: &Channel, ticket: &Ticket) {
    channel.record.replays[ticket.number].cancel(Cancel::Kill);
    sys::signal(&channel.wake_events[ticket.place]);
}

fn slot_ended(ticket: &Ticket) -> bool {
    match &ticket.slot_end {
        Some(fd) => {
            let mut polled = [PollFd::new(fd.as_fd(), PollFlags::POLLIN)];
            poll(&mut polled, sys::poll_timeout(Some(Duration::ZERO))).is_ok()
                && polled[0].any().unwrap_or(false)
        }
        // Not by `wait`: the slots that a supervisor wakes are the simulation's while that lives.
        None => ticket.slot_start.is_none() || sys::start_of(ticket.slot) != ticket.slot_start,
    }
}

fn read(ticket: &Ticket, entry: &ReplayEntry) -> ReplayReport {
    let end = ProcessEnd::from_raw(entry.status.load(Relaxed));
    let outcome = match entry.outcome.load(Relaxed) {
        1 => ReplayOutcome::SameFailure,
        2 => ReplayOutcome::OtherFailure(entry.answer.get()),
        3 => ReplayOutcome::NoFailure,
        4 => ReplayOutcome::TimedOut,
        5 => ReplayOutcome::Done,
        _ if entry.cancelled() != Cancel::No => ReplayOutcome::TimedOut,
        _ => ReplayOutcome::Crashed(end),
    };
    let equality = &entry.equality;
    let parts = equality.parts.load(Relaxed);
    let divergence = (equality.differs.load(Acquire) != 0).then(|| Divergence {
        equal_at: equality.equal_at.load(Relaxed).max(ticket.from_cycle),
        differs_at: equality.differs_at.load(Relaxed),
        model: parts & 1 != 0,
        harness: parts & 2 != 0,
    });
    let unchecked = equality.unchecked.load(Relaxed);
    let ordered_at = entry.ordered_at.load(Relaxed);
    let since_order =
        |at: &AtomicU64| Duration::from_nanos(at.load(Relaxed).saturating_sub(ordered_at));
    ReplayReport {
        outcome,
        from_cycle: ticket.from_cycle,
        end_cycle: ticket.end_cycle,
        reached_cycle: entry.cycle.load(Relaxed),
        saved: entry.saved.get(),
        note: entry.note.get(),
        equality: Equality {
            compared: equality.compared.load(Relaxed),
            unchecked,
            why_unchecked: (unchecked > 0).then(|| equality.why_unchecked.get()),
            divergence,
        },
        wake_latency: since_order(&entry.woken_at),
        start_latency: since_order(&entry.started_at),
        duration: ticket.ordered.elapsed(),
    }
}
