//! Letting slots go: killed at once, reaped later; all of them, reaped at once.

use std::{
    sync::atomic::Ordering::Acquire,
    time::{Duration, Instant},
};

use nix::unistd::getpid;

use super::{Dying, Slots};
use crate::process::sys;
use crate::slots::{
    policy::{SlotInfo, keep::Keep},
    record::SlotState,
    stats::Eviction,
};

/// How long slots that were killed may take to go away.
const END_GRACE: Duration = Duration::from_secs(1);

impl Slots {
    /// Lets a pinned slot go. False when there is none of this name.
    pub fn unpin(&mut self, name: &str) -> bool {
        let at = self
            .held
            .iter()
            .position(|held| held.name.as_deref() == Some(name));
        let found = at.is_some_and(|at| self.drop_slot(at, Eviction::Unpinned));
        self.reap_dying();
        found
    }

    /// Drops all slots, pinned ones too, and reaps them. Waits a second at most, since freeing a
    /// slot's memory takes time. The next call reaps the rest.
    pub fn clear(&mut self) {
        if getpid() != self.owner || self.replaying.is_some() {
            return;
        }
        while !self.held.is_empty() {
            self.drop_slot(0, Eviction::Cleared);
        }
        let begun = Instant::now();
        self.reap_dying();
        while !self.dying.is_empty() && begun.elapsed() < END_GRACE {
            std::thread::sleep(Duration::from_micros(200));
            self.reap_dying();
        }
    }

    /// Drops the slot that is missed least. False when there is none to spare.
    pub(super) fn drop_spare(&mut self) -> bool {
        match self.spare() {
            Some(at) => self.drop_slot(at, Eviction::Memory),
            None => false,
        }
    }

    /// Index of the slot that is missed least. Never one that somebody replays from: that cannot be dropped.
    pub(super) fn spare(&self) -> Option<usize> {
        self.of_the_free(Keep::spare)
    }

    /// What a policy says of the slots that nobody replays from.
    fn of_the_free(&self, choose: impl Fn(&Keep, &[SlotInfo]) -> Option<usize>) -> Option<usize> {
        let places = &self.channel.record.places;
        let all = self.list().into_iter().enumerate();
        let (at, free): (Vec<usize>, Vec<SlotInfo>) = all
            .filter(|(at, _)| !places[self.held[*at].place].is_held())
            .unzip();
        choose(&self.keep, &free).map(|chosen| at[chosen])
    }

    pub(super) fn drop_namesake(&mut self, name: Option<&str>) {
        let at = self
            .held
            .iter()
            .position(|held| name.is_some() && held.name.as_deref() == name);
        if let Some(at) = at {
            self.drop_slot(at, Eviction::Unpinned);
        }
    }

    pub(super) fn drop_what_policy_drops(&mut self) {
        while let Some(at) = self.of_the_free(Keep::drop_next) {
            if !self.drop_slot(at, Eviction::Policy) {
                break;
            }
        }
    }

    /// Kills a slot now; it is reaped later, since its memory goes away in its own time. False
    /// while somebody replays from it.
    pub(super) fn drop_slot(&mut self, at: usize, why: Eviction) -> bool {
        let held = &self.held[at];
        let place = &self.channel.record.places[held.place];
        if why == Eviction::Cleared {
            place.evict_by_force();
        } else if !place.evict() {
            return false;
        }
        let held = self.held.remove(at);
        self.channel.record.places[held.place].set_state(SlotState::Dying);
        sys::yield_to_others(held.pid);
        let killed = match &held.pidfd {
            Some(pidfd) => sys::kill_by_pidfd(pidfd),
            None => sys::kill_now(held.pid),
        };
        if !killed {
            // This process has changed its user since: the slot sees for itself that it is to go.
            sys::signal(&self.channel.wake_events[held.place]);
        }
        self.dying.push(Dying {
            place: held.place,
            pid: held.pid,
        });
        self.tally.dropped(why);
        tracing::debug!(cycle = held.cycle, ?why, "slot dropped");
        true
    }

    pub(super) fn reap_dying(&mut self) {
        let record = &self.channel.record;
        self.dying.retain(|dying| {
            // An error means that somebody else reaped it.
            let gone = !matches!(sys::try_reap(dying.pid), Ok(None));
            if gone {
                record.places[dying.place].set_state(SlotState::Free);
            }
            !gone
        });
    }

    /// Takes slots off the list that were killed from outside.
    pub(super) fn forget_dead(&mut self) {
        let record = &self.channel.record;
        let tally = &mut self.tally;
        self.held.retain(|held| {
            let gone = !matches!(sys::try_reap(held.pid), Ok(None));
            if gone {
                tracing::warn!(
                    cycle = held.cycle,
                    pid = held.pid.as_raw(),
                    "a slot was killed from outside"
                );
                tally.dropped(Eviction::Lost);
                record.places[held.place].set_state(SlotState::Free);
            }
            !gone
        });
    }
}

impl Drop for Slots {
    fn drop(&mut self) {
        if getpid() != self.owner || self.replaying.is_some() {
            return;
        }
        // A panic that unwinds to here is a crash, and the slots are what explains it.
        let supervised = self.channel.root != self.owner;
        if supervised && self.channel.record.finished.load(Acquire) == 0 {
            return;
        }
        self.stats().trace();
        self.clear();
    }
}
