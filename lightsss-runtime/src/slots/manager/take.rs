//! Taking a slot: everything around the fork.

use std::{
    rc::Rc,
    sync::atomic::Ordering::{Acquire, Release},
    time::Instant,
};

use nix::{
    errno::Errno,
    sys::signal::SigSet,
    unistd::{ForkResult, getpid},
};

use super::{Checkpoint, Held, Slots};
use crate::process::{
    files,
    fork::Released,
    hooks::{self, Moment},
    mappings, special, sys,
    timers::Timers,
};
use crate::slots::{
    equality::{self, Comparison, Hashed, Reserved},
    error::CheckpointError,
    notice, opens,
    order::Reason,
    record::{PlaceState, Record},
    replay::Replay,
    slot::{self, Seat},
    stats::Eviction,
};

impl Slots {
    pub(super) fn take(
        &mut self,
        cycle: u64,
        name: Option<&str>,
        hash: Option<&dyn Fn() -> Hashed>,
    ) -> Result<Checkpoint, CheckpointError> {
        let caller = getpid();
        if caller != self.owner {
            let (owner, caller) = (self.owner.as_raw(), caller.as_raw());
            return Err(CheckpointError::ForeignProcess { owner, caller });
        }
        let begun = Instant::now();
        self.forget_dead();
        self.reap_dying();
        // Mostly it was looked at a moment ago, outside of any pause.
        if self.memory.is_in_doubt() {
            self.heed_reserve()?;
        }
        let place = self.free_place()?;
        let released = Released::new()?;
        let open = files::open(|number| self.channel.has(number));
        let record = &self.channel.record;
        let own = std::ptr::from_ref(&**record) as usize;
        let mappings = mappings::shared(own..own + size_of::<Record>());
        if !std::mem::replace(&mut self.noticed, true) {
            notice::say_what_is_shared(&open, &mappings, &self.channel);
        }
        let generation =
            record.places[place].prepare(cycle, name.unwrap_or_default(), hooks::copied());
        sys::drain(&self.channel.doors[place]);
        let first = equality::next(&record.hashes);
        let reserved = hash.map(|hash| (equality::reserve(&record.hashes, cycle), hash));
        let processors = sys::processors();
        let timers = Timers::get();
        let since = opens::Moment::now();
        let forked = self.fork_or_make_room();
        match forked {
            Err(errno) => {
                self.channel.record.places[place].set_state(PlaceState::Free);
                Err(CheckpointError::Fork(errno))
            }
            Ok((ForkResult::Child, mask)) => {
                let channel = Rc::clone(&self.channel);
                let seat = Seat {
                    channel: &channel,
                    place,
                    generation,
                    since,
                    processors,
                };
                let number = released.in_child(|| {
                    slot::settle(&seat, self.owner);
                    hooks::run(Moment::InSlot);
                    if let Some((reserved, hash)) = reserved {
                        equality::fill(&channel.record.hashes, reserved, &hash());
                    }
                    slot::block(&seat)
                });
                let mut replay = Replay::new(channel, number, cycle);
                if replay.reason == Reason::Save {
                    replay.kept = files::keep(&open.files);
                }
                files::put_right(&open.files);
                special::put_right(&open.special);
                mappings::put_right(&mappings);
                self.become_replay(number, first, cycle);
                hooks::run(Moment::InReplay);
                let limit = self.channel.record.time_limit.load(Acquire);
                timers.put_without(Some(limit).filter(|limit| *limit > 0));
                sys::unblock(&mask);
                Ok(Checkpoint::Replay(replay))
            }
            Ok((ForkResult::Parent { child }, _)) => {
                let seat = &self.channel.record.places[place];
                seat.pid.store(child.as_raw(), Release);
                seat.set_state(PlaceState::Live);
                let pidfd = sys::pidfd_open(child).ok();
                let name = name.map(str::to_owned);
                self.drop_namesake(name.as_deref());
                self.held.push(Held {
                    place,
                    pid: child,
                    cycle,
                    name,
                    pidfd,
                });
                self.drop_what_policy_drops();
                drop(released);
                self.tally.taken(begun.elapsed());
                self.tally.publish(&self.channel.record.figures);
                tracing::debug!(cycle, pid = child.as_raw(), pause = ?begun.elapsed(), "slot taken");
                Ok(Checkpoint::Original)
            }
        }
    }

    fn free_place(&mut self) -> Result<usize, CheckpointError> {
        let places = self.channel.doors.len();
        let free = |slots: &Self| {
            (0..places).find(|at| slots.channel.record.places[*at].state() == PlaceState::Free)
        };
        if let Some(place) = free(self) {
            return Ok(place);
        }
        // Full: wait for one on its way out, else let go of one that the policy spares.
        if self.dying.is_empty() {
            let at = self.spare().ok_or(CheckpointError::Full { places })?;
            self.drop_slot(at, Eviction::NoPlace);
        }
        if let Some(dying) = self.dying.pop() {
            sys::reap(dying.pid);
            self.channel.record.places[dying.place].set_state(PlaceState::Free);
        }
        free(self).ok_or(CheckpointError::Full { places })
    }

    /// Forks; short of memory, drops a slot and tries once more.
    fn fork_or_make_room(&mut self) -> Result<(ForkResult, SigSet), Errno> {
        match sys::fork_blocked() {
            Err(Errno::ENOMEM) => {
                self.drop_spare();
                sys::fork_blocked()
            }
            other => other,
        }
    }

    /// In a woken slot: the other slots belong to the original.
    fn become_replay(&mut self, number: usize, first: Reserved, cycle: u64) {
        self.held.clear();
        self.dying.clear();
        self.owner = getpid();
        self.schedule.look_always();
        self.replaying = Some((
            number,
            Comparison::from(&self.channel.record.hashes, first, cycle),
        ));
    }
}
