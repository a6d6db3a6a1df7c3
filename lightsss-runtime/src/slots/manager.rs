//! The manager: forks, blocks, wakes and reaps. What to take, keep and wake is the policies' say.

use std::{
    os::fd::OwnedFd,
    rc::Rc,
    sync::atomic::Ordering::{Acquire, Relaxed, Release},
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    unistd::{ForkResult, Pid, getpid},
};

use super::{
    channel::{Channel, Waiter},
    equality::{self, Comparison, StateHash},
    error::{CheckpointError, SetupError, WakeError},
    files,
    hooks::{self, Moment},
    memory::{self, MemoryLimits},
    order::{ReplayOrder, ReplayReport},
    policy::{
        SlotInfo,
        choose::Choice,
        keep::Keep,
        when::{Cost, Schedule, When},
    },
    record::{MAX_SLOTS, PlaceState},
    replay::Replay,
    slot::{self, Seat},
    stats::{Eviction, SlotStats, Tally},
    sys, threads,
    wake::{self, Ticket},
};

/// How often memory is looked after.
const MEASURE: Duration = Duration::from_millis(500);

/// How slots are taken and kept.
#[derive(Debug)]
#[non_exhaustive]
pub struct SlotOptions {
    /// When [`Slots::offer`] takes one.
    pub when: When,
    /// Which to keep.
    pub keep: Keep,
    /// Places that there are for slots, pinned ones and such as are on their way out included.
    /// Each costs a descriptor. 16 by default, [`MAX_SLOTS`] at most.
    pub places: usize,
    /// How much memory they may hold.
    pub memory: MemoryLimits,
}

impl Default for SlotOptions {
    fn default() -> Self {
        Self {
            memory: MemoryLimits::default(),
            when: When::default(),
            keep: Keep::default(),
            places: 16,
        }
    }
}

/// What a checkpoint turned out to be, in the process in which it returns.
#[derive(Debug)]
pub enum Checkpoint {
    /// A slot was taken; this is the original, which goes on.
    Original,
    /// No slot was taken: none was due, or this is a replay already.
    Passed,
    /// This process is a woken slot, at the cycle of its checkpoint.
    Replay(Replay),
}

/// The fork slots of a run. See the [module](super) for the whole story.
///
/// Dropping it in the original drops the slots; under a supervisor, only once the simulation has
/// [finished](super::Supervised::finished). It belongs to the thread that drives the model.
#[derive(Debug)]
pub struct Slots {
    channel: Rc<Channel>,
    keep: Keep,
    schedule: Schedule,
    owner: Pid,
    /// Oldest first.
    held: Vec<Held>,
    dying: Vec<Dying>,
    tally: Tally,
    limits: MemoryLimits,
    /// When the slots were last asked to measure themselves.
    asked: Instant,
    looked_at_reserve: Instant,
    /// Memory was short then.
    short: bool,
    /// Count of the last measurement that was acted upon.
    acted_on: u64,
    /// Set in a replay: the number of its entry, and the comparison with the original.
    replaying: Option<(usize, Comparison)>,
}

#[derive(Debug)]
struct Held {
    place: usize,
    pid: Pid,
    cycle: u64,
    name: Option<String>,
    /// Kept open so that a kill can never meet another process that got the same id.
    pidfd: Option<OwnedFd>,
}

#[derive(Debug)]
struct Dying {
    place: usize,
    pid: Pid,
}

impl Slots {
    /// Sets up slots for this process, which becomes the original.
    pub fn new(options: SlotOptions) -> Result<Self, SetupError> {
        let places = options.places;
        if !(1..=MAX_SLOTS).contains(&places) {
            return Err(SetupError::Places { asked: places });
        }
        let channel = Channel::new(places).map_err(|source| SetupError::System {
            descriptors: places + 4,
            source,
        })?;
        Ok(Self::over(Rc::new(channel), options))
    }

    /// Slots over a channel that there is already.
    pub(crate) fn over(channel: Rc<Channel>, options: SlotOptions) -> Self {
        let owner = getpid();
        channel.record.original.store(owner.as_raw(), Release);
        Self {
            channel,
            keep: options.keep,
            schedule: Schedule::new(options.when),
            owner,
            held: Vec::new(),
            dying: Vec::new(),
            tally: Tally::new(),
            limits: options.memory,
            asked: Instant::now(),
            looked_at_reserve: Instant::now(),
            short: true,
            acted_on: 0,
            replaying: None,
        }
    }

    /// Offers this point of the run: publishes the cycle, and takes a slot if the policy wants one.
    ///
    /// Cheap enough to be called every cycle. A slot that can't be taken never fails the run: it is
    /// a warning and a figure.
    #[inline]
    pub fn offer(&mut self, cycle: u64) -> Checkpoint {
        self.offer_hashed(cycle, &StateHash::default, false)
    }

    /// As [`offer`](Self::offer), and has the state hashed where a slot is taken, to be compared
    /// in a replay. The hash is computed in the slot, not in the original; in a replay, at the
    /// cycles for which the original announced one.
    #[inline]
    pub fn offer_with(&mut self, cycle: u64, hash: &dyn Fn() -> StateHash) -> Checkpoint {
        self.offer_hashed(cycle, hash, true)
    }

    #[inline]
    fn offer_hashed(
        &mut self,
        cycle: u64,
        hash: &dyn Fn() -> StateHash,
        hashed: bool,
    ) -> Checkpoint {
        if let Some((number, comparison)) = &self.replaying {
            self.channel.record.replays[*number]
                .cycle
                .store(cycle, Relaxed);
            if cycle >= comparison.next_cycle() {
                self.compare(cycle, hash());
            }
            return Checkpoint::Passed;
        }
        self.channel.record.cycle.store(cycle, Relaxed);
        if !self.schedule.tick(cycle) {
            return Checkpoint::Passed;
        }
        self.look(cycle, hashed.then_some(hash))
    }

    #[cold]
    fn look(&mut self, cycle: u64, hash: Option<&dyn Fn() -> StateHash>) -> Checkpoint {
        self.reap_dying();
        self.heed_memory();
        if !self.schedule.due(cycle) {
            return Checkpoint::Passed;
        }
        let faults = self.tally.faults_since_fork();
        let copying = self.tally.copy_cost(faults);
        match self.take(cycle, None, hash) {
            Ok(checkpoint) => {
                self.schedule.passed(
                    cycle,
                    Cost {
                        pause: self.tally.last_pause(),
                        copying,
                    },
                );
                checkpoint
            }
            Err(error) => {
                tracing::warn!(cycle, %error, "no slot was taken");
                self.tally.missed(&error);
                self.schedule.passed(
                    cycle,
                    Cost {
                        pause: self.tally.last_pause(),
                        copying,
                    },
                );
                Checkpoint::Passed
            }
        }
    }

    /// Takes a slot now, whatever the policy says about when.
    ///
    /// In a replay nothing is taken, and [`Checkpoint::Passed`] is returned.
    pub fn checkpoint(&mut self, cycle: u64) -> Result<Checkpoint, CheckpointError> {
        self.take_now(cycle, None, None)
    }

    /// Takes a slot now, under a name. It stays, beside those that the policy keeps, until it is
    /// [unpinned](Self::unpin); one of the same name is replaced.
    pub fn pin(&mut self, cycle: u64, name: &str) -> Result<Checkpoint, CheckpointError> {
        self.take_now(cycle, Some(name), None)
    }

    /// As [`checkpoint`](Self::checkpoint), with the state's hash.
    pub fn checkpoint_with(
        &mut self,
        cycle: u64,
        hash: &dyn Fn() -> StateHash,
    ) -> Result<Checkpoint, CheckpointError> {
        self.take_now(cycle, None, Some(hash))
    }

    fn take_now(
        &mut self,
        cycle: u64,
        name: Option<&str>,
        hash: Option<&dyn Fn() -> StateHash>,
    ) -> Result<Checkpoint, CheckpointError> {
        self.progress(cycle);
        if let Some((_, comparison)) = &self.replaying {
            if let (Some(hash), true) = (hash, cycle >= comparison.next_cycle()) {
                self.compare(cycle, hash());
            }
            return Ok(Checkpoint::Passed);
        }
        let taken = self.take(cycle, name, hash);
        if let Err(error) = &taken {
            self.tally.missed(error);
        }
        taken
    }

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

    /// Publishes the cycle that the run has reached: where a crash is said to have happened, and
    /// where its replay ends. One store to memory. [`offer`](Self::offer) does it too.
    #[inline]
    pub fn progress(&self, cycle: u64) {
        match &self.replaying {
            Some((number, _)) => {
                self.channel.record.replays[*number]
                    .cycle
                    .store(cycle, Relaxed);
            }
            None => self.channel.record.cycle.store(cycle, Relaxed),
        }
    }

    /// The state at `cycle`, outside a checkpoint: at the failure, above all. The original records
    /// it; a replay compares it, if the original recorded that cycle.
    pub fn state_at(&mut self, cycle: u64, hash: StateHash) {
        if self.replaying.is_some() {
            self.compare(cycle, hash);
        } else {
            let log = &self.channel.record.hashes;
            equality::fill(log, equality::reserve(log, cycle), hash);
        }
    }

    fn compare(&mut self, cycle: u64, hash: StateHash) {
        if let Some((number, comparison)) = &mut self.replaying {
            let record = &self.channel.record;
            comparison.compare(
                &record.hashes,
                &record.replays[*number].equality,
                cycle,
                hash,
            );
        }
    }

    /// Compares what could not be compared before, since a slot was still hashing; to be called
    /// before [`Replay::finish`]. Waits for such slots a moment: half a second at most, as one that
    /// was dropped never answers.
    pub fn settle(&mut self) {
        let begun = Instant::now();
        while let Some((number, comparison)) = &mut self.replaying {
            let record = &self.channel.record;
            comparison.settle(&record.hashes, &record.replays[*number].equality);
            if comparison.is_settled() || begun.elapsed() > Duration::from_millis(500) {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// True in a woken slot.
    #[must_use]
    pub fn is_replay(&self) -> bool {
        self.replaying.is_some()
    }

    /// The slots that there are, oldest first.
    #[must_use]
    pub fn list(&self) -> Vec<SlotInfo> {
        self.held
            .iter()
            .map(|held| SlotInfo {
                cycle: held.cycle,
                name: held.name.clone(),
                pid: held.pid.as_raw(),
                unshared: match self.channel.record.places[held.place]
                    .unshared
                    .load(Relaxed)
                {
                    0 => None,
                    bytes => Some(bytes),
                },
            })
            .collect()
    }

    /// Wakes a slot and waits for its replay to end. The slot stays, and can be woken again.
    pub fn wake(
        &mut self,
        choice: &Choice,
        order: &ReplayOrder,
    ) -> Result<ReplayReport, WakeError> {
        let ticket = self.start(choice, order)?;
        self.wait(ticket)
    }

    /// Wakes a slot and does not wait: for replays side by side.
    pub fn start(&mut self, choice: &Choice, order: &ReplayOrder) -> Result<Ticket, WakeError> {
        if self.replaying.is_some() {
            return Err(WakeError::InReplay);
        }
        self.forget_dead();
        let slots = self.list();
        let Some(at) = choice.choose(&slots, order.end_cycle) else {
            let held = match slots.len() {
                0 => "none is held".to_owned(),
                count => {
                    let cycles: Vec<String> =
                        slots.iter().map(|slot| slot.cycle.to_string()).collect();
                    format!("{count} are held, of cycles {}", cycles.join(", "))
                }
            };
            return Err(WakeError::NoSlot {
                choice: choice.to_string(),
                held,
            });
        };
        sys::flush_stdio();
        let place = self.held[at].place;
        self.channel.record.places[place].hold();
        let ticket = wake::order(&self.channel, place, order, Waiter::Original);
        if ticket.is_err() {
            self.channel.record.places[place].release();
        }
        ticket
    }

    /// Waits for a replay that [`start`](Self::start) began.
    pub fn wait(&mut self, ticket: Ticket) -> Result<ReplayReport, WakeError> {
        let place = ticket.place;
        let report = wake::wait(&self.channel, ticket, Waiter::Original);
        self.channel.record.places[place].release();
        if let Err(WakeError::SlotDied { .. } | WakeError::Unresponsive { .. }) = report {
            self.forget_dead();
        }
        report
    }

    /// Drops all slots, pinned ones too.
    pub fn clear(&mut self) {
        if getpid() != self.owner || self.replaying.is_some() {
            return;
        }
        while !self.held.is_empty() {
            self.drop_slot(0, Eviction::Cleared);
        }
        self.reap_dying();
    }

    /// Measures now what the slots hold, for [`stats`](Self::stats). Takes some 15 ms per GiB and
    /// process: for the end of a run.
    pub fn measure(&self) {
        memory::measure(&self.channel.record);
    }

    /// What the slots have cost so far.
    #[must_use]
    pub fn stats(&self) -> SlotStats {
        self.tally
            .stats(&self.list(), self.channel.record.extra_bytes.load(Relaxed))
    }

    fn take(
        &mut self,
        cycle: u64,
        name: Option<&str>,
        hash: Option<&dyn Fn() -> StateHash>,
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
        if self.short || self.looked_at_reserve.elapsed() >= 2 * MEASURE {
            self.heed_reserve()?;
        }
        let place = self.free_place()?;
        hooks::run(Moment::Before);
        let others = threads::others();
        if !others.is_empty() {
            hooks::run(Moment::InOriginal);
            return Err(CheckpointError::Threads { threads: others });
        }
        sys::flush_stdio();
        let files = files::offsets();
        let record = &self.channel.record;
        let generation = record.places[place].prepare(cycle, name.unwrap_or_default());
        sys::drain(&self.channel.doors[place]);
        let reserved = hash.map(|hash| (equality::reserve(&record.hashes, cycle), hash));
        let forked = self.fork_or_make_room();
        match forked {
            Err(errno) => {
                self.channel.record.places[place].set_state(PlaceState::Free);
                hooks::run(Moment::InOriginal);
                Err(CheckpointError::Fork(errno))
            }
            Ok((ForkResult::Child, mask)) => {
                let channel = Rc::clone(&self.channel);
                let seat = Seat {
                    channel: &channel,
                    place,
                    generation,
                };
                slot::settle(&seat, self.owner);
                hooks::run(Moment::InSlot);
                if let Some((reserved, hash)) = reserved {
                    equality::fill(&channel.record.hashes, reserved, hash());
                }
                let number = slot::block(&seat);
                files::put_right(&files);
                self.become_replay(number, cycle);
                hooks::run(Moment::InReplay);
                sys::unblock(&mask);
                Ok(Checkpoint::Replay(Replay::new(channel, number, cycle)))
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
                hooks::run(Moment::InOriginal);
                self.tally.taken(begun.elapsed());
                tracing::debug!(cycle, pid = child.as_raw(), pause = ?begun.elapsed(), "slot taken");
                Ok(Checkpoint::Original)
            }
        }
    }

    /// Looks after memory, at most every [`MEASURE`]: the budget, by what the slots last measured,
    /// and the reserve.
    fn heed_memory(&mut self) {
        if self.asked.elapsed() < MEASURE {
            return;
        }
        self.asked = Instant::now();
        let _ = self.heed_reserve();
        let Some(budget) = self.limits.budget else {
            return;
        };
        let measured = self.channel.record.measured.load(Acquire);
        if measured != self.acted_on {
            self.acted_on = measured;
            if self.channel.record.extra_bytes.load(Relaxed) > budget {
                self.drop_spare();
            }
        }
        if let Some(youngest) = self.held.last() {
            self.channel.record.places[youngest.place]
                .measure
                .store(1, Release);
            sys::signal(&self.channel.doors[youngest.place]);
        }
    }

    /// Drops slots while memory is short; an error when that does not help.
    fn heed_reserve(&mut self) -> Result<(), CheckpointError> {
        let reserve = self.limits.reserve;
        loop {
            self.looked_at_reserve = Instant::now();
            match memory::available() {
                Some((what, available)) if available < reserve => {
                    self.short = true;
                    if !self.drop_spare() {
                        return Err(CheckpointError::Memory {
                            what,
                            available,
                            reserve,
                        });
                    }
                    // Its memory counts only once it is gone.
                    while let Some(dying) = self.dying.pop() {
                        sys::reap(dying.pid);
                        self.channel.record.places[dying.place].set_state(PlaceState::Free);
                    }
                }
                _ => {
                    self.short = false;
                    return Ok(());
                }
            }
        }
    }

    /// Drops the slot that is missed least. False when there is none to spare.
    fn drop_spare(&mut self) -> bool {
        match self.keep.spare(&self.list()) {
            Some(at) => self.drop_slot(at, Eviction::Memory),
            None => false,
        }
    }

    /// Forks; short of memory, drops a slot and tries once more.
    fn fork_or_make_room(&mut self) -> Result<(ForkResult, nix::sys::signal::SigSet), Errno> {
        match sys::fork_blocked() {
            Err(Errno::ENOMEM) => {
                self.drop_spare();
                sys::fork_blocked()
            }
            other => other,
        }
    }

    /// In a woken slot: the other slots belong to the original.
    fn become_replay(&mut self, number: usize, cycle: u64) {
        self.held.clear();
        self.dying.clear();
        self.owner = getpid();
        self.replaying = Some((number, Comparison::from(&self.channel.record.hashes, cycle)));
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
            let at = self
                .keep
                .spare(&self.list())
                .ok_or(CheckpointError::Full { places })?;
            self.drop_slot(at, Eviction::NoPlace);
        }
        if let Some(dying) = self.dying.pop() {
            sys::reap(dying.pid);
            self.channel.record.places[dying.place].set_state(PlaceState::Free);
        }
        free(self).ok_or(CheckpointError::Full { places })
    }

    fn drop_namesake(&mut self, name: Option<&str>) {
        let at = self
            .held
            .iter()
            .position(|held| name.is_some() && held.name.as_deref() == name);
        if let Some(at) = at {
            self.drop_slot(at, Eviction::Unpinned);
        }
    }

    fn drop_what_policy_drops(&mut self) {
        while let Some(at) = self.keep.drop_next(&self.list()) {
            if !self.drop_slot(at, Eviction::Policy) {
                break;
            }
        }
    }

    /// Kills a slot now; it is reaped later, since its memory goes away in its own time. False
    /// while somebody replays from it.
    fn drop_slot(&mut self, at: usize, why: Eviction) -> bool {
        let held = &self.held[at];
        let place = &self.channel.record.places[held.place];
        if why == Eviction::Cleared {
            place.evict_by_force();
        } else if !place.evict() {
            return false;
        }
        let held = self.held.remove(at);
        self.channel.record.places[held.place].set_state(PlaceState::Dying);
        match &held.pidfd {
            Some(pidfd) => sys::kill_by_pidfd(pidfd),
            None => sys::kill_now(held.pid),
        }
        self.dying.push(Dying {
            place: held.place,
            pid: held.pid,
        });
        self.tally.dropped(why);
        tracing::debug!(cycle = held.cycle, ?why, "slot dropped");
        true
    }

    fn reap_dying(&mut self) {
        let record = &self.channel.record;
        self.dying.retain(|dying| {
            // An error means that somebody else reaped it.
            let gone = !matches!(sys::try_reap(dying.pid), Ok(None));
            if gone {
                record.places[dying.place].set_state(PlaceState::Free);
            }
            !gone
        });
    }

    /// Takes slots off the list that were killed from outside.
    fn forget_dead(&mut self) {
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
                record.places[held.place].set_state(PlaceState::Free);
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
        let supervised = self.channel.keeper != self.owner;
        if supervised && self.channel.record.finished.load(Acquire) == 0 {
            return;
        }
        self.clear();
        // They have been killed; what is left of them goes away within moments.
        let begun = Instant::now();
        while !self.dying.is_empty() && begun.elapsed() < Duration::from_secs(1) {
            self.reap_dying();
            std::thread::sleep(Duration::from_micros(200));
        }
    }
}
