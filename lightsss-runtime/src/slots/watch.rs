//! What the supervisor does all day: wait, forward signals, and deal with the end.

use std::{
    os::fd::AsFd,
    rc::Rc,
    sync::atomic::Ordering::{Acquire, Relaxed},
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, poll},
    sys::{
        signal::{SigSet, SigmaskHow, Signal, kill, raise, sigprocmask},
        signalfd::{SfdFlags, SignalFd, siginfo},
    },
    unistd::Pid,
};

use super::{
    channel::{Channel, Waiter},
    error::WakeError,
    incident::Incident,
    order::{ProcessEnd, Reason, ReplayOrder, ReplayReport},
    policy::{SlotInfo, choose::Choice},
    record::{Cancel, ReplayState, SlotState},
    save::{SaveOrder, SavedSlot},
    signals::{self, Deaf, ENDING, Treatment},
    site::Site,
    supervisor_options::{Interrupt, SupervisorOptions},
    wake::{self, Ticket},
    waker::{self, SlotWaker},
};
use crate::process::panics::quietly;
use crate::process::{sys, terminal::Terminal};

/// How long a slot may take to say which process it is, on a machine that is busy with others.
const ARRIVAL: Duration = Duration::from_secs(1);

/// How long a simulation that does not catch the signal may take to end.
const AT_ONCE: Duration = Duration::from_secs(1);

/// How long the last processes may take to go away.
const END_GRACE: Duration = Duration::from_secs(1);

struct Watch<'a> {
    channel: &'a Rc<Channel>,
    simulation: Pid,
    options: SupervisorOptions,
    /// Status of the simulation once it has ended.
    ended: Option<i32>,
    /// Somebody asked for the end: no slot is woken, and a replay is given up.
    asked: bool,
    /// The simulation caught a signal that asks for the end: if it exits now, that is no crash.
    caught: bool,
    /// When the simulation was last sent a signal that asks for the end.
    asked_to_end: Option<Instant>,
    deaf: Deaf,
    /// A replay under way, and why.
    replay: Option<(Ticket, Reason)>,
    /// What came of the slot that was to write itself to a file.
    saved: Option<Result<SavedSlot, String>>,
    terminal: Terminal,
}

/// What has to be so before the simulation is forked: it may take a slot and crash before this
/// process runs again, and the slot is to be handed up to us and not to the init process, and its
/// status and the terminal are to be what they were.
pub(crate) struct Prepared {
    terminal: Terminal,
}

impl Prepared {
    /// Makes this process one that can supervise.
    pub(crate) fn new() -> Result<Self, Errno> {
        let terminal = Terminal::remember();
        nix::sys::prctl::set_child_subreaper(true)?;
        Ok(Self { terminal })
    }

    /// Takes it back, when there is to be no simulation.
    pub(crate) fn undo() {
        let _ = nix::sys::prctl::set_child_subreaper(false);
    }
}

/// Supervises until the simulation has ended and been dealt with, and then ends likewise. All
/// signals are blocked in the caller, so that none is lost.
pub(crate) fn supervise(
    prepared: Prepared,
    channel: &Rc<Channel>,
    simulation: Pid,
    mask: SigSet,
    options: SupervisorOptions,
) -> ! {
    sys::set_name(c"lightsss-super");
    let signals = signals::heard();
    let _ = sigprocmask(SigmaskHow::SIG_SETMASK, Some(&signals), None);
    let signals = SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK);
    let mut watch = Watch {
        channel,
        simulation,
        options,
        ended: None,
        asked: false,
        caught: false,
        asked_to_end: None,
        deaf: Deaf::from_mask(mask),
        replay: None,
        saved: None,
        terminal: prepared.terminal,
    };
    let status = match signals {
        Ok(signals) => watch.run(&signals),
        // Without a way to hear of signals there is nothing to do but to wait.
        Err(_) => sys::wait_for(simulation),
    };
    watch.await_last_ends();
    watch.terminal.restore();
    let done = watch.caught || watch.channel.record.finished.load(Acquire) != 0;
    leave(status, done)
}

impl Watch<'_> {
    fn run(&mut self, signals: &SignalFd) -> i32 {
        loop {
            while let Ok(Some(signal)) = signals.read_signal() {
                self.hear(&signal);
            }
            self.reap();
            self.look_after_replay();
            match (self.ended, &self.replay) {
                (Some(status), None) => return status,
                (Some(_), Some((ticket, _))) if self.asked => wake::give_up(self.channel, ticket),
                _ => {}
            }
            let report = &self.channel.reports[Waiter::Supervisor as usize];
            let mut polled = vec![
                PollFd::new(signals.as_fd(), PollFlags::POLLIN),
                PollFd::new(report.as_fd(), PollFlags::POLLIN),
            ];
            let mut patience = None;
            if let Some((ticket, _)) = &self.replay {
                polled.extend(
                    ticket
                        .slot_end()
                        .map(|fd| PollFd::new(fd, PollFlags::POLLIN)),
                );
                patience = Some(ticket.patience());
            }
            let _ = poll(&mut polled, sys::poll_timeout(patience));
            drop(polled);
            sys::drain(report);
        }
    }

    fn hear(&mut self, info: &siginfo) {
        let Ok(signal) = Signal::try_from(info.ssi_signo.cast_signed()) else {
            // A real-time signal: pass it on as it is.
            sys::send(self.simulation, info.ssi_signo.cast_signed());
            return;
        };
        if signal == Signal::SIGCHLD {
            return;
        }
        let shown = signal == Signal::SIGINT
            && self.options.interrupt == Interrupt::Show
            && self.replay.is_none()
            && self.ended.is_none()
            && !self.asked;
        if shown {
            self.begin_replay(Reason::Interrupt);
            return;
        }
        let ending = ENDING.contains(&signal);
        if self.ended.is_some() {
            self.asked |= ending && !self.deaf.is_to(signal);
        } else if signal == Signal::SIGINT && self.options.interrupt == Interrupt::Show {
            if !self.deaf.is_to(signal) {
                // The simulation ignores SIGINT.
                self.end_simulation(Signal::SIGTERM);
            }
        } else if ending {
            if signals::is_to_pass_on(signal, info) {
                self.end_simulation(signal);
            } else {
                self.caught |= signals::treatment(self.simulation, signal) == Treatment::Caught;
            }
        } else if signals::is_to_pass_on(signal, info) {
            let _ = kill(self.simulation, signal);
        }
        if signals::stops(signal) && !self.deaf.is_to(signal) {
            signals::stop_by(signal);
        }
    }

    /// Whether the simulation ends, and whether at once, is its own say.
    fn end_simulation(&mut self, signal: Signal) {
        let treatment = signals::treatment(self.simulation, signal);
        self.caught |= treatment == Treatment::Caught;
        signals::end_by(self.simulation, signal);
        if treatment == Treatment::Default && !self.deaf.is_to(signal) {
            self.asked_to_end = Some(Instant::now());
        }
    }

    /// Reaps the simulation, and whatever was handed up.
    fn reap(&mut self) {
        while let Some((pid, status)) = sys::reap_any() {
            if pid == self.simulation {
                self.ended = Some(status);
                self.simulation_ended(status);
            }
        }
    }

    fn simulation_ended(&mut self, status: i32) {
        // Whom the simulation waited for, nobody waits for now.
        for (at, entry) in self.channel.record.replays.iter().enumerate() {
            let own = self
                .replay
                .as_ref()
                .is_some_and(|(ticket, _)| ticket.number == at);
            if entry.state() != ReplayState::Free && !own {
                entry.cancel(Cancel::Kill);
                let place = entry.place();
                self.channel
                    .wake_events
                    .get(place)
                    .into_iter()
                    .for_each(sys::signal);
            }
        }
        let finished = self.channel.record.finished.load(Acquire) != 0;
        let end = ProcessEnd::from_raw(status);
        self.asked |= match end {
            // It may have met another end in the moment in which it was asked to.
            _ if self
                .asked_to_end
                .is_some_and(|asked| asked.elapsed() < AT_ONCE) =>
            {
                true
            }
            ProcessEnd::Signaled(signal) => {
                ENDING.iter().any(|ending| signal == *ending as i32) || self.is_time_limit(signal)
            }
            ProcessEnd::Exited(_) => self.caught,
        };
        if finished || self.asked {
            return;
        }
        self.terminal.restore();
        // An interruption's replay gives way to the crash's.
        if let Some((ticket, _)) = self.replay.take() {
            wake::give_up(self.channel, &ticket);
            let _ = wake::wait(self.channel, ticket, Waiter::Supervisor);
        }
        let crashed = self.incident(
            Reason::Crash(end),
            Err("the replay has not ended yet".to_owned()),
        );
        quietly(|| (self.options.before_replay)(&crashed));
        let first = match self.options.save {
            Some(_) => Reason::Save,
            None => Reason::Crash(end),
        };
        self.begin_replay(first);
    }

    /// Whether the simulation was ended by the alarm that was set before the run began.
    fn is_time_limit(&self, signal: i32) -> bool {
        let limit = self.channel.record.time_limit.load(Acquire);
        signal == libc::SIGALRM && limit > 0 && sys::now() / 1000 >= limit
    }

    fn begin_replay(&mut self, reason: Reason) {
        let ordered = self.order_for(reason).and_then(|(order, save_path)| {
            let ordered = self.order(&order, save_path.as_deref());
            ordered.map_err(|error| error.to_string())
        });
        match ordered {
            Ok(ticket) => self.replay = Some((ticket, reason)),
            Err(error) => self.conclude(reason, Err(error)),
        }
    }

    /// The order, and where the slot saves itself instead of a replay.
    fn order_for(&self, reason: Reason) -> Result<(ReplayOrder, Option<String>), String> {
        let cycle = self.channel.record.cycle.load(Relaxed);
        if let (Reason::Save, Some(path)) = (reason, &self.options.save) {
            let mut order = SaveOrder::new(path, cycle);
            order.deadline = self.options.order.deadline;
            order.message = self.crash().map_or(String::new(), |crash| {
                let site = self.site(crash, true).map(|site| format!(" ({site})"));
                format!("{crash}{}", site.unwrap_or_default())
            });
            let (order, path) = order.encode().map_err(|error| error.to_string())?;
            return Ok((order, Some(path)));
        }
        let mut order = self.options.order.clone();
        order.end_cycle = cycle;
        order.reason = reason;
        order.message = self
            .site(reason, false)
            .map_or(reason.to_string(), |site| site.to_string());
        Ok((order, None))
    }

    /// How the simulation ended, once it has.
    fn crash(&self) -> Option<Reason> {
        self.ended
            .map(|status| Reason::Crash(ProcessEnd::from_raw(status)))
    }

    fn order(&mut self, order: &ReplayOrder, save_path: Option<&str>) -> Result<Ticket, WakeError> {
        let cycle = order.end_cycle;
        self.await_arrivals();
        loop {
            let slots = self.slots();
            let infos: Vec<SlotInfo> = slots.iter().map(|(_, info)| info.clone()).collect();
            let choice = &self.options.choice;
            let chosen = choice
                .choose(&infos, cycle)
                // Better another slot than none.
                .or_else(|| Choice::Oldest.choose(&infos, cycle))
                .ok_or_else(|| WakeError::NoSlot {
                    choice: choice.to_string(),
                    held: "none is held".to_owned(),
                })?;
            let place = slots[chosen].0;
            let shared = &self.channel.record.places[place];
            if self.ended.is_some() {
                // The simulation may have died while it was dropping this slot; now it is ours.
                shared.adopt();
            }
            if shared.hold() {
                return wake::order(self.channel, place, order, save_path, Waiter::Supervisor);
            }
            // It went away in this very moment; while the simulation lives there will be others.
            std::thread::sleep(Duration::from_micros(100));
        }
    }

    /// Waits for a slot that was forked a moment ago and has not run yet. The simulation would have
    /// told its process id, but may have been killed on its way out of the fork.
    fn await_arrivals(&self) {
        let arriving = || {
            self.channel
                .record
                .places
                .iter()
                .any(|place| place.state() == SlotState::Taking && place.pid.load(Acquire) == 0)
        };
        let begun = Instant::now();
        while self.ended.is_some() && arriving() && sys::has_children() && begun.elapsed() < ARRIVAL
        {
            std::thread::sleep(Duration::from_micros(100));
        }
    }

    /// The slots that can be woken, oldest first, with their places.
    fn slots(&self) -> Vec<(usize, SlotInfo)> {
        waker::slots(self.channel, self.ended.is_some())
    }

    fn look_after_replay(&mut self) {
        let Some((mut ticket, reason)) = self.replay.take() else {
            return;
        };
        let Some(result) = wake::advance(self.channel, &mut ticket) else {
            self.replay = Some((ticket, reason));
            return;
        };
        self.channel.record.places[ticket.place].release();
        match result {
            // Somebody killed the slot: there may be another one.
            Err(
                WakeError::SlotDied { .. }
                | WakeError::Unresponsive { .. }
                | WakeError::Fork { .. },
            ) if !self.asked => {
                self.channel.record.places[ticket.place].set_state(SlotState::Dying);
                self.begin_replay(reason);
            }
            result => self.conclude(reason, result.map_err(|error| error.to_string())),
        }
    }

    fn site(&self, reason: Reason, named: bool) -> Option<Site> {
        match reason {
            Reason::Crash(end) => Site::read(&self.channel.record, end, named),
            _ => None,
        }
    }

    /// A replay has ended, or could not begin: reports it, or wakes the slot that was saved first.
    fn conclude(&mut self, reason: Reason, result: Result<ReplayReport, String>) {
        if let (Reason::Save, Some(path), Some(crash)) = (reason, &self.options.save, self.crash())
        {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            self.saved = Some(result.and_then(|replay| {
                SavedSlot::from_replay(path, replay).map_err(|error| error.to_string())
            }));
            return self.begin_replay(crash);
        }
        let mut incident = self.incident(reason, result);
        incident.saved = self.saved.take();
        if self.asked {
            // Pending once more, so that nothing that is written waits for a reader.
            let _ = raise(Signal::SIGTERM);
        }
        // A panic there must not go on in the caller of `supervise`, which is the simulation's `main`.
        quietly(|| (self.options.report)(&incident));
        sys::flush_stdio();
        if !self.asked {
            let waker = SlotWaker::of_supervisor(Rc::clone(self.channel), self.ended.is_some());
            quietly(|| (self.options.ask)(&incident, &waker));
            sys::flush_stdio();
        }
    }

    fn incident(&self, reason: Reason, replay: Result<ReplayReport, String>) -> Incident {
        Incident {
            reason,
            cycle: self.channel.record.cycle.load(Relaxed),
            site: self.site(reason, true),
            saved: None,
            replay,
            slots: self.channel.record.figures.read(
                self.channel.record.extra_bytes.load(Relaxed),
                self.slots().into_iter().map(|(_, slot)| slot).collect(),
            ),
        }
    }

    /// Ends all slots and takes in what is left of them. They would end by themselves once the
    /// supervisor has; but then nobody could say that none is left.
    fn await_last_ends(&self) {
        let begun = Instant::now();
        loop {
            for place in &self.channel.record.places {
                let pid = Pid::from_raw(place.pid.load(Acquire));
                if pid.as_raw() > 0 && sys::is_live_child(pid) {
                    sys::kill_now(pid);
                }
            }
            for entry in &self.channel.record.replays {
                let pid = Pid::from_raw(entry.pid.load(Acquire));
                if pid.as_raw() > 0 && sys::is_live_child(pid) {
                    sys::kill_now(pid);
                }
            }
            while sys::reap_any().is_some() {}
            let none_left = !sys::has_children();
            if none_left || begun.elapsed() > END_GRACE {
                return;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }
}

/// Ends as the simulation did.
fn leave(status: i32, finished: bool) -> ! {
    match ProcessEnd::from_raw(status) {
        // Foreign code ended a run that was not done: this must not look like a pass.
        ProcessEnd::Exited(0) if !finished => sys::exit_now(1),
        ProcessEnd::Exited(status) => sys::exit_now(status),
        ProcessEnd::Signaled(signal) => {
            sys::die_by(signal);
            // The first process of a container is not killed by its own signals.
            sys::exit_now(128 + signal)
        }
    }
}
