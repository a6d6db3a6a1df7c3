//! Wakes slots for questions, in whichever process holds them: the original, the supervisor, a replay.

use std::{
    os::fd::BorrowedFd,
    rc::Rc,
    sync::atomic::Ordering::{Acquire, Relaxed},
};

#[cfg(feature = "driver")]
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{
    channel::{Channel, Waiter},
    error::WakeError,
    order::{ReplayOrder, ReplayReport},
    policy::SlotInfo,
    record::SlotState,
    wake::{self, Ticket},
};
use crate::process::sys;

/// Wakes the slots of a run, and can be kept beside what took them.
///
/// [`Slots::waker`](super::Slots::waker) gives it in the original, and
/// [`SupervisorOptions::ask`](super::SupervisorOptions::ask) in the supervisor.
#[derive(Clone, Debug)]
pub struct SlotWaker {
    channel: Rc<Channel>,
    waiter: Waiter,
    /// The original has ended, and its slots are children of this process.
    orphaned: bool,
}

impl SlotWaker {
    pub(crate) fn of_original(channel: Rc<Channel>) -> Self {
        Self {
            channel,
            waiter: Waiter::Original,
            orphaned: false,
        }
    }

    pub(crate) fn of_supervisor(channel: Rc<Channel>, orphaned: bool) -> Self {
        Self {
            channel,
            waiter: Waiter::Supervisor,
            orphaned,
        }
    }

    /// The slots that can be woken, oldest first.
    #[must_use]
    pub fn slots(&self) -> Vec<SlotInfo> {
        self.places().into_iter().map(|(_, slot)| slot).collect()
    }

    /// Stops the original until the guard is dropped, so that its slots stay as they are while it is asked
    /// about. For the supervisor.
    #[cfg(feature = "driver")]
    pub(crate) fn pause(&self) -> Paused {
        let original = Pid::from_raw(self.channel.record.original.load(Acquire));
        let is_ours = !self.orphaned && original.as_raw() > 0 && sys::is_live_child(original);
        let stopped = is_ours && kill(original, Signal::SIGSTOP).is_ok();
        Paused(stopped.then_some(original))
    }

    /// The last cycle that the original published.
    #[must_use]
    pub fn cycle(&self) -> u64 {
        self.channel.record.cycle.load(Relaxed)
    }

    /// The slots that can be woken, oldest first, with their places.
    pub(crate) fn places(&self) -> Vec<(usize, SlotInfo)> {
        let are_children = self.orphaned || self.waiter == Waiter::Original;
        slots(&self.channel, are_children)
    }
}

#[cfg_attr(
    not(feature = "driver"),
    expect(dead_code, reason = "timelines, which the driver has, call it")
)]
impl SlotWaker {
    /// Wakes the slot at `place`, and does not wait.
    pub(crate) fn start(&self, place: usize, order: &ReplayOrder) -> Result<Ticket, WakeError> {
        let shared = &self.channel.record.places[place];
        if self.orphaned && !shared.hold() {
            // The original died while it was dropping this slot.
            shared.adopt();
            shared.hold();
        } else if !self.orphaned && !shared.hold() {
            return Err(WakeError::NoSlot {
                choice: format!("the one of cycle {}", shared.cycle.load(Relaxed)),
                held: "it is being dropped".to_owned(),
            });
        }
        sys::flush_stdio();
        let ticket = wake::order(&self.channel, place, order, None, self.waiter);
        if ticket.is_err() {
            shared.release();
        }
        ticket
    }

    /// The process of a replay, once it runs.
    pub(crate) fn process(&self, ticket: &Ticket) -> Option<Pid> {
        let pid = self.channel.record.replays[ticket.number].pid.load(Acquire);
        (pid > 0).then(|| Pid::from_raw(pid))
    }

    /// The report of a replay, if it has ended.
    pub(crate) fn look_after(
        &self,
        ticket: &mut Ticket,
    ) -> Option<Result<ReplayReport, WakeError>> {
        let report = wake::advance(&self.channel, ticket)?;
        self.channel.record.places[ticket.place].release();
        Some(report)
    }

    /// Readable when a replay may have ended.
    pub(crate) fn reports(&self) -> BorrowedFd<'_> {
        use std::os::fd::AsFd;
        self.channel.reports[self.waiter as usize].as_fd()
    }

    /// Has a replay killed, and waits until it is gone.
    pub(crate) fn end(&self, ticket: Ticket) {
        let place = ticket.place;
        wake::give_up(&self.channel, &ticket);
        let _ = wake::wait(&self.channel, ticket, self.waiter);
        self.channel.record.places[place].release();
    }

    /// Waits for a replay that is ending by itself.
    pub(crate) fn wait(&self, ticket: Ticket) -> Result<ReplayReport, WakeError> {
        let place = ticket.place;
        let report = wake::wait(&self.channel, ticket, self.waiter);
        self.channel.record.places[place].release();
        report
    }
}

/// The slots that can be woken, oldest first, with their places.
pub(crate) fn slots(channel: &Channel, are_children: bool) -> Vec<(usize, SlotInfo)> {
    let places = channel.record.places.iter().enumerate();
    let mut slots: Vec<(usize, SlotInfo)> = places
        .filter(|(_, place)| matches!(place.state(), SlotState::Live | SlotState::Taking))
        .filter_map(|(at, place)| {
            let pid = place.pid.load(Acquire);
            let alive = pid > 0 && (!are_children || sys::is_live_child(Pid::from_raw(pid)));
            let name = Some(place.name.get()).filter(|name| !name.is_empty());
            let cycle = place.cycle.load(Relaxed);
            alive.then_some((
                at,
                SlotInfo {
                    cycle,
                    name,
                    pid,
                    // By the last measurement: of what it shared with a simulation that has ended
                    // nothing is left to be seen.
                    unshared: Some(place.unshared.load(Relaxed)).filter(|bytes| *bytes > 0),
                },
            ))
        })
        .collect();
    slots.sort_by_key(|(_, slot)| slot.cycle);
    slots
}

/// An original that has been stopped. It goes on when this is dropped.
#[cfg(feature = "driver")]
#[derive(Debug)]
#[must_use = "the original goes on at once"]
pub(crate) struct Paused(Option<Pid>);

#[cfg(feature = "driver")]
impl Drop for Paused {
    fn drop(&mut self) {
        if let Some(original) = self.0 {
            let _ = kill(original, Signal::SIGCONT);
        }
    }
}
