//! The original's run: stretches between looks at the clock, until the end or a failure.

use std::error::Error;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::args::RunArgs;
use super::ask::{Ask, Occasion};
use super::divergence::{States, holds_files};
use super::history::History;
use super::own_trace::OwnTrace;
use super::progress::{Pace, Progress};
use super::prompt::{self, Then};
use super::report::Report;
use super::saves::Saves;
use super::server::Server;
use super::{announcement, hint, output, replay, serving, side_by_side, viewer};
use crate::durable;
use crate::process::causes::with_causes;
use crate::process::printable::printable;
use crate::simulation::stretch::{Stretch, run_offered, run_to};
use crate::simulation::{Failure, Simulation};
use crate::simulation::{panics, state_hash};
use crate::slots::{Checkpoint, Reason, Replay, ReplayOrder, ReplayOutcome, SaveOrder, Slots};

/// Restores `simulation`, if `args` say so.
///
/// # Errors
///
/// The snapshot cannot be read, or is another harness's.
pub fn prepare<S: Simulation>(args: &RunArgs, simulation: &mut S) -> Result<(), Box<dyn Error>> {
    // Behind what the harness may have set when it was made.
    panics::note_places();
    if let Some(path) = &args.restore {
        durable::restore_with(path, simulation, &args.restore_options())
            // It names what is in the file.
            .map_err(|error| printable(&with_causes(&error)).to_string())?;
        simulation.restored().map_err(text)?;
    }
    Ok(())
}

/// What is left of a run.
pub struct Left {
    pub report: Report,
    pub slots: Option<Slots>,
    pub server: Option<Server>,
}

/// Runs `simulation` as `args` say, and replays its failure. `begin` is called before the first
/// step.
///
/// # Errors
///
/// What keeps the run from being made: a snapshot that cannot be written, a trace that cannot be opened.
pub fn run<S: Simulation>(
    args: &RunArgs,
    slots: Option<Slots>,
    simulation: S,
    ask: Option<&Ask>,
    begin: impl FnOnce(),
) -> Result<Left, Box<dyn Error>> {
    let mut original = Original::new(args, slots, simulation)?;
    original.pass_trace().map_err(text)?;
    begin();
    let ending = original.run_to_end();
    let not_traced = original.close_trace();
    let report = original.report(ending, not_traced, ask);
    Ok(Left {
        report,
        slots: original.slots,
        server: original.server,
    })
}

/// How a run ended.
enum Ending {
    /// It is done, or ran as many cycles as it was to.
    Well,
    /// A step failed.
    Failed(Failure),
}

struct Original<'a, S> {
    args: &'a RunArgs,
    simulation: S,
    slots: Option<Slots>,
    /// Where states are to be compared between checkpoints.
    history: Option<History>,
    saves: Saves,
    own_trace: Option<OwnTrace<'a>>,
    /// What keeps the waveform from being whole.
    not_traced: Option<String>,
    /// Where a slot is to be taken for the waveform, as long as it has not been.
    pin_at: Option<u64>,
    /// Where the run pauses for the prompt, as long as it has not.
    prompt_at: Option<u64>,
    server: Option<Server>,
    paused: Duration,
    remarks: Vec<String>,
    pace: Pace,
    progress: Progress,
    started: Instant,
    first_cycle: u64,
}

impl<'a, S: Simulation> Original<'a, S> {
    fn new(args: &'a RunArgs, slots: Option<Slots>, simulation: S) -> Result<Self, Box<dyn Error>> {
        let now = Instant::now();
        let first_cycle = simulation.cycle();
        Ok(Self {
            args,
            saves: Saves::new(args, first_cycle)?,
            own_trace: OwnTrace::new(args).map_err(text)?,
            not_traced: None,
            pin_at: args.wave_from.filter(|_| slots.is_some()),
            prompt_at: args.prompt_at,
            server: serving::server(args)?,
            paused: Duration::ZERO,
            remarks: Vec::new(),
            simulation,
            history: args
                .compare_every
                .filter(|_| slots.is_some() && !holds_files::<S>())
                .map(|_| History::new(args.compare_memory.saturating_mul(1 << 20))),
            slots,
            pace: Pace::new(now),
            progress: Progress::new(args.quiet, first_cycle, args.max_cycles),
            started: now,
            first_cycle,
        })
    }

    fn run_to_end(&mut self) -> Ending {
        loop {
            let cycle = self.simulation.cycle();
            self.saves.save_if_due(&self.simulation, &self.progress);
            if let Err(failure) = self.pass_trace() {
                self.not_traced.get_or_insert(failure.into_message());
            }
            self.pin_if_due(cycle);
            if self.prompt_if_due(cycle) == Then::End {
                self.remarks
                    .push(format!("the prompt ended the run at cycle {cycle}"));
                return Ending::Well;
            }
            self.serve();
            if self.args.max_cycles.is_some_and(|last| cycle >= last) {
                return Ending::Well;
            }
            let ended = self.stretch(self.next_stop(cycle));
            let now = Instant::now();
            self.pace
                .look(now, self.simulation.cycle().saturating_sub(cycle));
            let slots = self.slots.as_ref().map_or(0, |slots| slots.list().len());
            self.progress.show(now, self.simulation.cycle(), slots);
            match ended {
                Stretch::Reached | Stretch::Stopped => {}
                Stretch::Done => return Ending::Well,
                Stretch::Failed(failure) => return Ending::Failed(failure),
            }
        }
    }

    /// Steps up to `stop`, every cycle being offered to the slots. In a slot that wakes later this
    /// does not return: the process replays, reports and ends.
    fn stretch(&mut self, stop: u64) -> Stretch {
        let Some(slots) = &mut self.slots else {
            return run_to(&mut self.simulation, stop, |_, _| ControlFlow::Continue(()));
        };
        let args = self.args;
        let every = args.compare_every;
        let history = &mut self.history;
        // Where the original keeps nothing, a replay need not either.
        let kept = every.filter(|_| history.is_some());
        run_offered(
            &mut self.simulation,
            slots,
            stop,
            every,
            |simulation, slots, cycle| {
                let hash = || state_hash::of(simulation);
                if every.is_some_and(|every| cycle % every == 0) {
                    slots.state_at(cycle, hash());
                    if let Some(Err(error)) = history.as_mut().map(|to| to.note(cycle, simulation))
                    {
                        tracing::debug!(cycle, %error, "the state was not kept");
                    }
                }
                if let Checkpoint::Replay(order) = slots.offer_with(cycle, &hash) {
                    replay::run(simulation, slots, order, args, kept);
                }
            },
        )
    }

    /// Opens or closes the waveform that the run writes itself, where it is time to.
    fn pass_trace(&mut self) -> Result<(), Failure> {
        let cycle = self.simulation.cycle();
        let simulation = &mut self.simulation;
        let trace = self.own_trace.as_mut();
        trace.map_or(Ok(()), |trace| trace.pass(simulation, cycle))
    }

    /// Closes it, and gives what keeps it from being whole.
    fn close_trace(&mut self) -> Option<String> {
        let trace = self.own_trace.as_mut()?;
        let closed = trace.close(&mut self.simulation);
        let first = self.not_traced.take();
        first.or(closed.err().map(Failure::into_message))
    }

    /// Takes the slot from which the window of the waveform is traced. In that slot, once it wakes, this
    /// does not return.
    fn pin_if_due(&mut self, cycle: u64) {
        let Some(slots) = self
            .slots
            .as_mut()
            .filter(|_| self.pin_at.is_some_and(|at| at <= cycle))
        else {
            return;
        };
        self.pin_at = None;
        match slots.pin(cycle, "the waveform's window") {
            Ok(Checkpoint::Replay(order)) => self.replay_order(order),
            Ok(_) => {}
            Err(error) => self.remarks.push(format!(
                "no slot was taken at cycle {cycle} for the waveform: {error}"
            )),
        }
    }

    /// In a slot that was taken between two stretches, and is woken.
    fn replay_order(&mut self, order: Replay) {
        let kept = self.args.compare_every.filter(|_| self.history.is_some());
        if let Some(slots) = &mut self.slots {
            replay::run(&mut self.simulation, slots, order, self.args, kept);
        }
    }

    /// Looks after the server's client, and waits while that has the run paused.
    fn serve(&mut self) {
        let (Some(server), Some(slots)) = (&mut self.server, &mut self.slots) else {
            return;
        };
        let begun = Instant::now();
        if let Some(order) = serving::look(server, &self.simulation, slots) {
            self.replay_order(order);
        }
        self.paused += begun.elapsed();
    }

    /// Pauses for questions at the cycle that was asked for.
    fn prompt_if_due(&mut self, cycle: u64) -> Then {
        let due = self.prompt_at.is_some_and(|at| at <= cycle);
        let Some(slots) = self.slots.as_mut().filter(|_| due) else {
            return Then::GoOn;
        };
        self.prompt_at = None;
        slots.state_at(cycle, state_hash::of(&self.simulation));
        let (args, waker, begun) = (self.args, slots.waker(), Instant::now());
        let then = self
            .progress
            .aside(|| prompt::run(args, waker, cycle, None));
        self.paused += begun.elapsed();
        then
    }

    /// The cycle up to which nothing but stepping is to be done.
    fn next_stop(&self, cycle: u64) -> u64 {
        let mut stop = cycle.saturating_add(self.pace.cycles());
        if let Some(last) = self.args.max_cycles {
            stop = stop.min(last);
        }
        let traced = self.own_trace.as_ref().and_then(OwnTrace::next);
        let served = self.server.as_ref().and_then(|it| it.next_stop(cycle));
        let others = [
            self.saves.next(),
            self.pin_at,
            self.prompt_at,
            traced,
            served,
        ];
        others.into_iter().flatten().fold(stop, u64::min)
    }

    /// Replays the failure, if there was one, and puts the figures together.
    fn report(
        &mut self,
        ending: Ending,
        mut trace_error: Option<String>,
        ask: Option<&Ask>,
    ) -> Report {
        self.progress.finish();
        let run_seconds = self
            .started
            .elapsed()
            .saturating_sub(self.paused)
            .as_secs_f64();
        let end_cycle = self.simulation.cycle();
        let cycles_run = end_cycle - self.first_cycle;
        let mut report = Report {
            end_cycle,
            run_seconds,
            cycles_run,
            cycles_per_second: cycles_run as f64 / run_seconds,
            snapshots_taken: Some(0),
            ..Report::default()
        };
        match ending {
            Ending::Well => {
                report.passed = true;
                let noted = self.trace_window(&mut report);
                trace_error = trace_error.or(noted);
            }
            Ending::Failed(failure) => {
                report.failure = Some(failure.message().to_owned());
                let slots = self.slots.as_ref();
                report.add_slots(slots.map(Slots::stats));
                announcement::announce(self.args, &mut report);
                let noted = self.replay(&mut report, failure.message());
                trace_error = trace_error.or(noted);
                if let (Some(slots), Some(ask)) = (&self.slots, ask) {
                    let occasion = Occasion {
                        reason: Reason::Failure,
                        cycle: end_cycle,
                        message: failure.into_message(),
                    };
                    ask.ask(slots.waker(), &occasion);
                }
            }
        }
        if let Some(slots) = &self.slots {
            slots.measure();
            report.add_slots(Some(slots.stats()));
        }
        if self.args.trace_all || report.replay_from.is_some() || trace_error.is_some() {
            report.add_wave(&self.args.wave, trace_error.as_deref());
        }
        if let Some(restored) = self.args.restore.as_ref().filter(|_| cycles_run == 0) {
            report.remarks.push(format!(
                "nothing was run: `{}` is of cycle {end_cycle}, at which the run was to end",
                restored.display()
            ));
        }
        report.remarks.append(&mut self.remarks);
        report.hint = hint::of(self.args, &report);
        viewer::hand_over(self.args, &mut report);
        report.add_saves(self.saves.finish(end_cycle, &self.progress));
        report
    }

    /// After a run that ended well: traces the window, if one was asked for. Gives what the replay says of its
    /// waveform, if it could not write it.
    fn trace_window(&mut self, report: &mut Report) -> Option<String> {
        let (slots, from) = (self.slots.as_mut()?, self.args.wave_from?);
        if report.end_cycle <= from {
            self.remarks.push(format!(
                "no waveform: the run ended at cycle {}, and `--wave-from` is {from}",
                report.end_cycle
            ));
            return None;
        }
        let to = self.args.wave_to.unwrap_or(u64::MAX);
        let mut order = ReplayOrder::new(report.end_cycle.min(to));
        order.margin = 0;
        order.reason = Reason::Request;
        order.deadline = self.args.replay_deadline();
        order.output = output::order(self.args);
        match slots.wake(&self.args.choice(), &order) {
            Ok(replayed) => {
                report.add_replay(&replayed);
                Some(replayed.note).filter(|note| !note.is_empty())
            }
            Err(error) => {
                report.replay_outcome = Some(error.to_string());
                Some("no slot could be woken for it".to_owned())
            }
        }
    }

    /// Gives what the replay says of its waveform, if it could not write it.
    fn replay(&mut self, report: &mut Report, message: &str) -> Option<String> {
        let slots = self.slots.as_mut()?;
        let mut order = ReplayOrder::new(report.end_cycle);
        order.margin = self.args.margin;
        order.deadline = self.args.replay_deadline();
        order.output = output::order(self.args);
        message.clone_into(&mut order.message);
        let choice = self.args.choice_among(&slots.list(), report.end_cycle);
        let states = States::beside(&self.args.wave);
        if let Err(error) = states.remove() {
            tracing::warn!(%error, "states of an earlier run are in the way");
        }
        slots.state_at(report.end_cycle, state_hash::of(&self.simulation));
        if let Some(path) = &self.args.save_on_failure {
            let mut order = SaveOrder::new(path, report.end_cycle);
            order.deadline = self.args.replay_deadline();
            message.clone_into(&mut order.message);
            let saved = slots.save(&choice, &order);
            report.add_saved_slot(saved.map_err(|error| error.to_string()));
        }
        let woken = side_by_side::wake(self.args, slots, &choice, &order);
        self.remarks.extend(woken.remarks);
        match woken.report {
            Ok(replayed) => {
                report.add_replay(&replayed);
                report.reproduced = replayed.outcome == ReplayOutcome::SameFailure;
                let history = self.history.as_ref();
                let compared = replayed.equality.divergence.map(|divergence| {
                    states.compare(&self.simulation, divergence.differs_at, history)
                });
                match compared {
                    Some(Ok(Some(compared))) => report.add_differences(compared),
                    Some(Err(error)) => tracing::warn!(%error, "the states were not compared"),
                    None | Some(Ok(None)) => {}
                }
                Some(replayed.note).filter(|note| !note.is_empty())
            }
            Err(error) => {
                report.replay_outcome = Some(error.to_string());
                (report.replay_from, report.replay_to) = woken.shown.unzip();
                None
            }
        }
    }
}

fn text(failure: Failure) -> Box<dyn Error> {
    failure.into_message().into()
}
