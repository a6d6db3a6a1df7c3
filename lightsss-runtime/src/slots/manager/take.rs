//! Taking a slot: everything around the fork.

use std::{
    rc::Rc,
    sync::atomic::Ordering::{Acquire, Release},
    time::Instant,
};

use nix::unistd::getpid;

use super::{Checkpoint, HeldSlot, Slots};
use crate::process::{
    files::{self, Descriptors},
    fork::{self, Forked},
    hooks::{self, ForkMoment},
    mappings::{self, Mapping},
    special, sys,
    timers::Timers,
};
use crate::slots::{
    channel::Channel,
    equality::Comparison,
    error::CheckpointError,
    hash_log::{EntryNumber, Hashed},
    notice, opens,
    order::Reason,
    record::{Record, SlotState},
    replay::Replay,
    slot::{self, SlotContext},
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
        let mut noticed = self.noticed;
        let (channel, owner) = (Rc::clone(&self.channel), self.owner);
        let forked = fork::fork(
            || {
                let noted = Noted::new(channel, place, cycle, name, hash.is_some());
                if !std::mem::replace(&mut noticed, true) {
                    noted.say_what_is_shared();
                }
                noted
            },
            || {
                self.drop_spare();
            },
            |noted| slot::settle(&noted.slot, owner),
            |noted| {
                if let Some((reserved, hash)) = noted.reserved.zip(hash) {
                    files::separate(&noted.open.files);
                    noted.slot.channel.record.hashes.fill(reserved, &hash());
                }
                let number = slot::block(&noted.slot);
                (noted, number)
            },
        );
        self.noticed = noticed;
        match forked {
            Err(error) => {
                self.channel.record.places[place].set_state(SlotState::Free);
                Err(error.into())
            }
            Ok(Forked::Child { value, mask }) => {
                let (noted, number) = value;
                let replay = self.become_replay(noted, number, cycle);
                sys::unblock(&mask);
                Ok(Checkpoint::Replay(replay))
            }
            Ok(Forked::Original {
                child, released, ..
            }) => {
                let shared = &self.channel.record.places[place];
                shared.pid.store(child.as_raw(), Release);
                shared.set_state(SlotState::Live);
                let pidfd = sys::pidfd_open(child).ok();
                let name = name.map(str::to_owned);
                self.drop_namesake(name.as_deref());
                self.held.push(HeldSlot {
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
        let places = self.channel.wake_events.len();
        let free = |slots: &Self| {
            (0..places).find(|at| slots.channel.record.places[*at].state() == SlotState::Free)
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
            self.channel.record.places[dying.place].set_state(SlotState::Free);
        }
        free(self).ok_or(CheckpointError::Full { places })
    }

    /// In a woken slot: puts right what it shares with the original, to which the other slots belong.
    fn become_replay(&mut self, noted: Noted, number: usize, cycle: u64) -> Replay {
        let mut replay = Replay::new(noted.slot.channel, number, cycle);
        if replay.reason == Reason::Save {
            replay.kept = files::keep(&noted.open.files);
        }
        files::put_right(&noted.open.files);
        special::put_right(&noted.open.special);
        mappings::put_right(&noted.mappings);
        self.held.clear();
        self.dying.clear();
        self.owner = getpid();
        self.schedule.look_always();
        let record = &self.channel.record;
        let comparison = Comparison::from(&record.hashes, noted.first_hash, cycle);
        self.replaying = Some((number, comparison));
        hooks::run(ForkMoment::InReplay);
        let limit = self.channel.record.time_limit.load(Acquire);
        noted
            .timers
            .put_without(Some(limit).filter(|limit| *limit > 0));
        replay
    }
}

/// What is noted right before the fork, for the slot and its replays.
struct Noted {
    slot: SlotContext,
    open: Descriptors,
    mappings: Vec<Mapping>,
    timers: Timers,
    /// The hash that will be announced next: replays compare from there on.
    first_hash: EntryNumber,
    /// Of the state at the checkpoint, if it is to be hashed.
    reserved: Option<EntryNumber>,
}

impl Noted {
    fn new(
        channel: Rc<Channel>,
        place: usize,
        cycle: u64,
        name: Option<&str>,
        hashed: bool,
    ) -> Self {
        let open = files::open(|number| channel.has(number));
        let record = &channel.record;
        let own = std::ptr::from_ref(&**record) as usize;
        let mappings = mappings::shared(own..own + size_of::<Record>());
        let generation =
            record.places[place].prepare(cycle, name.unwrap_or_default(), hooks::copied());
        sys::drain(&channel.wake_events[place]);
        let first_hash = record.hashes.next();
        let reserved = hashed.then(|| record.hashes.reserve(cycle));
        let processors = sys::processors();
        let timers = Timers::get();
        let slot = SlotContext {
            place,
            generation,
            since: opens::Moment::now(),
            processors,
            channel,
        };
        Self {
            slot,
            open,
            mappings,
            timers,
            first_hash,
            reserved,
        }
    }

    fn say_what_is_shared(&self) {
        notice::say_what_is_shared(&self.open, &self.mappings, &self.slot.channel);
    }
}
