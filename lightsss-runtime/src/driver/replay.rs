//! What a woken slot does: the last stretch again, with the trace open; or it saves itself.

use super::args::RunArgs;
use super::divergence::{self, States};
use super::side_by_side;
use super::window::{Trace, Window};
use crate::durable::SaveOptions;
use crate::simulation::state_hash;
use crate::simulation::stretch::{Stretch, run_to};
use crate::simulation::{Failure, ReplayInfo, Simulation};
use crate::slots::{Reason, Replay, ReplayOutcome, Slots};
use crate::timeline;
use std::ops::ControlFlow;

/// Replays from the checkpoint to the end cycle and a margin beyond, or saves the checkpoint's state
/// if that was ordered, reports to the waiter, and ends the process.
///
/// `every` says at which cycles, beside checkpoints, the original has kept its state.
pub fn run<S: Simulation>(
    simulation: &mut S,
    slots: &mut Slots,
    order: Replay,
    args: &RunArgs,
    every: Option<u64>,
) -> ! {
    if order.reason == Reason::Save {
        let options = SaveOptions::new()
            .cycle(order.from_cycle)
            .label("failure", &order.message)
            .label("failure-cycle", order.end_cycle.to_string());
        order.save(simulation, &options);
    }
    if order.reason == Reason::Query {
        timeline::serve(simulation, slots, order);
    }
    let info = ReplayInfo {
        from_cycle: order.from_cycle,
        end_cycle: order.end_cycle,
        margin: order.margin,
        reason: if order.reason == Reason::Failure {
            order.message.clone()
        } else {
            order.reason.to_string()
        },
        wave: side_by_side::wave_of(args, &order),
    };
    let replayed = Trace::start(simulation, &order, &info, Window::of(args)).and_then(|trace| {
        match order.reason {
            Reason::Crash(_) => up_to_the_crash(simulation, slots, &order, &info, trace),
            Reason::Request => to_the_end_of_the_window(simulation, slots, &order, &info, trace),
            _ => {
                let states = States::beside(&args.wave);
                through_the_failure(simulation, slots, &order, &info, trace, (&states, every))
            }
        }
    });
    let outcome = replayed.unwrap_or_else(|failure| {
        ReplayOutcome::OtherFailure(format!("the replay could not be made: {failure}"))
    });
    slots.settle();
    slots.progress(simulation.cycle());
    order.finish(&outcome)
}

/// Runs to the failure and the margin beyond, and says whether it was the same failure. At its
/// deadline it stops where it is, with a waveform that can be opened.
fn through_the_failure<S: Simulation>(
    simulation: &mut S,
    slots: &mut Slots,
    order: &Replay,
    info: &ReplayInfo,
    mut trace: Trace<'_>,
    (states, every): (&States, Option<u64>),
) -> Result<ReplayOutcome, Failure> {
    // One cycle at least: a step that fails may leave the cycle where it was.
    let last = info.end_cycle.saturating_add(info.margin.max(1));
    let mut begun = false;
    let mut untraced = None;
    let ended = run_to(simulation, last, |simulation, cycle| {
        slots.offer_with(cycle, &|| state_hash::of(simulation));
        if every.is_some_and(|every| cycle % every == 0) && !begun && slots.has_diverged() {
            begun = true;
            order.own_files(|| divergence::keep(&states.first, simulation));
        }
        if cycle == info.end_cycle {
            keep_if_diverged(simulation, slots, order, states);
        }
        traced(&mut trace, simulation, cycle, &mut untraced)?;
        go_on(order)
    });
    untraced.map_or(Ok(()), Err)?;
    let outcome = match ended {
        Stretch::Reached | Stretch::Done => ReplayOutcome::NoFailure,
        Stretch::Stopped => ReplayOutcome::TimedOut,
        Stretch::Failed(failure) => {
            let cycle = simulation.cycle();
            slots.state_at(cycle, state_hash::of(simulation));
            if cycle == info.end_cycle {
                keep_if_diverged(simulation, slots, order, states);
            }
            run_on(simulation, order, last);
            if cycle == info.end_cycle && order.is_for(failure.message()) {
                ReplayOutcome::SameFailure
            } else {
                ReplayOutcome::OtherFailure(format!("at cycle {cycle}: {failure}"))
            }
        }
    };
    trace.close(simulation);
    Ok(outcome)
}

/// Runs to the end cycle of a window that somebody asked for, without a failure.
fn to_the_end_of_the_window<S: Simulation>(
    simulation: &mut S,
    slots: &mut Slots,
    order: &Replay,
    info: &ReplayInfo,
    mut trace: Trace<'_>,
) -> Result<ReplayOutcome, Failure> {
    let ended = compared(simulation, slots, order, info.end_cycle, &mut trace)?;
    // Where another slot was taken, its state is known.
    slots.state_at(simulation.cycle(), state_hash::of(simulation));
    trace.close(simulation);
    Ok(match ended {
        Stretch::Reached | Stretch::Done => ReplayOutcome::Done,
        Stretch::Stopped => ReplayOutcome::TimedOut,
        Stretch::Failed(failure) => other(simulation, &failure),
    })
}

fn other<S: Simulation>(simulation: &S, failure: &Failure) -> ReplayOutcome {
    ReplayOutcome::OtherFailure(format!("at cycle {}: {failure}", simulation.cycle()))
}

/// Runs to the cycle whose step crashed, closes the waveform while there is somebody to close it,
/// and then steps into the crash.
fn up_to_the_crash<S: Simulation>(
    simulation: &mut S,
    slots: &mut Slots,
    order: &Replay,
    info: &ReplayInfo,
    mut trace: Trace<'_>,
) -> Result<ReplayOutcome, Failure> {
    let mut ended = compared(simulation, slots, order, info.end_cycle, &mut trace)?;
    trace.close(simulation);
    if matches!(ended, Stretch::Reached | Stretch::Done) {
        let last = info.end_cycle.saturating_add(info.margin.max(1));
        ended = compared(simulation, slots, order, last, &mut trace)?;
    }
    Ok(match ended {
        Stretch::Reached | Stretch::Done => ReplayOutcome::NoFailure,
        Stretch::Stopped => ReplayOutcome::TimedOut,
        Stretch::Failed(failure) => other(simulation, &failure),
    })
}

/// Lets the waveform see a step; what keeps it from being opened ends the stretch.
fn traced<S: Simulation>(
    trace: &mut Trace<'_>,
    simulation: &mut S,
    cycle: u64,
    failed: &mut Option<Failure>,
) -> ControlFlow<()> {
    match trace.pass(simulation, cycle) {
        Ok(()) => ControlFlow::Continue(()),
        Err(failure) => {
            *failed = Some(failure);
            ControlFlow::Break(())
        }
    }
}

/// At the cycle of the failure: keeps the state of a replay that went another way than its original.
fn keep_if_diverged<S: Simulation>(
    simulation: &S,
    slots: &mut Slots,
    order: &Replay,
    states: &States,
) {
    slots.settle();
    if slots.has_diverged() {
        order.own_files(|| divergence::keep(&states.replay, simulation));
    }
}

/// Runs to `last`; at the cycles at which the original's state was hashed, the states are compared.
fn compared<S: Simulation>(
    simulation: &mut S,
    slots: &mut Slots,
    order: &Replay,
    last: u64,
    trace: &mut Trace<'_>,
) -> Result<Stretch, Failure> {
    let mut untraced = None;
    let ended = run_to(simulation, last, |simulation, cycle| {
        slots.offer_with(cycle, &|| state_hash::of(simulation));
        traced(trace, simulation, cycle, &mut untraced)?;
        go_on(order)
    });
    untraced.map_or(Ok(ended), Err)
}

/// Ends a stretch once the waiter's deadline has passed: the replay is killed if it has not closed its
/// waveform a moment later.
fn go_on(order: &Replay) -> ControlFlow<()> {
    if order.should_stop() {
        ControlFlow::Break(())
    } else {
        ControlFlow::Continue(())
    }
}

/// Steps on after the failure, so that the waveform shows what followed; a simulation that no
/// longer moves is left alone.
fn run_on<S: Simulation>(simulation: &mut S, order: &Replay, last: u64) {
    loop {
        let cycle = simulation.cycle();
        let ended = run_to(simulation, last, |_, _| go_on(order));
        let stuck = simulation.cycle() == cycle;
        if stuck || !matches!(ended, Stretch::Failed(_)) {
            return;
        }
    }
}
