//! The run under a supervisor: its options, and the report of a crash.

use std::error::Error;

use nix::sys::signal::{Signal, raise};

use super::args::{OnFailure, RunArgs};
use super::ask::{Ask, Occasion};
use super::prompt::{self, Then};
use super::report::Report;
use super::{announcement, documents, hint, output, serving, viewer};
use crate::process::stderr::say;
use crate::slots::{
    Incident, Interrupt, Reason, ReplayOrder, ReplayOutcome, SlotOptions, SlotWaker, Slots,
    Supervised, SupervisorOptions, supervise,
};

/// Whether the run is to have a supervisor.
pub fn wanted(args: &RunArgs) -> bool {
    args.takes_slots() && !args.no_supervisor
}

/// Forks the supervisor off. Returns in the process that is to be the simulation.
pub fn start(args: &RunArgs, ask: Option<&Ask>) -> Result<Supervised, Box<dyn Error>> {
    Ok(supervise(options(args, ask))?)
}

/// What the supervisor does.
pub fn options(args: &RunArgs, ask: Option<&Ask>) -> SupervisorOptions {
    let mut order = ReplayOrder::new(0);
    order.margin = args.margin;
    order.deadline = args.replay_deadline();
    order.output = output::order(args);
    let interrupt = if args.show_on_interrupt || args.prompt_on_interrupt {
        Interrupt::Show
    } else {
        Interrupt::End
    };
    let ask = ask.cloned();
    let (args_before, args_after, args_asked) = (args.clone(), args.clone(), args.clone());
    SupervisorOptions {
        choice: args.choice(),
        order,
        save: args.save_on_failure.clone(),
        interrupt,
        places: slot_options(args).places,
        before_replay: Box::new(move |incident| {
            let mut report = report_of(&args_before, incident);
            announcement::announce(&args_before, &mut report);
        }),
        report: Box::new(move |incident| tell(&args_after, incident)),
        ask: Box::new(move |incident, waker| {
            if let Some(ask) = &ask {
                ask.ask(waker.clone(), &occasion_of(incident));
            }
            prompt_after(&args_asked, incident, waker);
            serve_after(&args_asked, incident, waker);
        }),
    }
}

fn occasion_of(incident: &Incident) -> Occasion {
    Occasion {
        reason: incident.reason,
        cycle: incident.cycle,
        message: match &incident.site {
            Some(site) => format!("{} ({site})", incident.reason),
            None => incident.reason.to_string(),
        },
    }
}

/// In the supervisor: asks what happened before a crash or an interruption, if the user wants to.
fn prompt_after(args: &RunArgs, incident: &Incident, waker: &SlotWaker) {
    let crashed = match incident.reason {
        Reason::Crash(_) if args.on_failure == OnFailure::Prompt => true,
        Reason::Interrupt if args.prompt_on_interrupt => false,
        _ => return,
    };
    let failure = report_of(args, incident).failure.filter(|_| crashed);
    // The replay of an interruption took its time, and the run has gone on.
    let paused = (!crashed).then(|| waker.pause());
    let cycle = if crashed {
        incident.cycle
    } else {
        waker.cycle()
    };
    let then = prompt::run(args, waker.clone(), cycle, failure.as_deref());
    drop(paused);
    if then == Then::End && !crashed {
        // To this process, which ends the run as it does when somebody else asks for that.
        let _ = raise(Signal::SIGTERM);
    }
}

/// In the supervisor: serves a run that has crashed.
fn serve_after(args: &RunArgs, incident: &Incident, waker: &SlotWaker) {
    if !matches!(incident.reason, Reason::Crash(_)) {
        return;
    }
    let failure = report_of(args, incident).failure;
    match serving::server(args) {
        Ok(Some(mut server)) => {
            serving::after(
                &mut server,
                waker.clone(),
                incident.cycle,
                failure.as_deref(),
            );
        }
        Ok(None) => {}
        Err(error) => say(&format!("error: the run is not served any more: {error}\n")),
    }
}

/// The slots of the run, if it takes any.
pub fn slots(
    args: &RunArgs,
    supervised: Option<&Supervised>,
) -> Result<Option<Slots>, Box<dyn Error>> {
    if !args.takes_slots() {
        return Ok(None);
    }
    let options = slot_options(args);
    Ok(Some(match supervised {
        Some(supervised) => supervised.slots(options),
        None => Slots::new(options)?,
    }))
}

fn slot_options(args: &RunArgs) -> SlotOptions {
    let options = SlotOptions::default();
    SlotOptions {
        when: args.when(),
        keep: args.keep(),
        // Room for those that are on their way out.
        places: options.places.max(args.slots + 4),
        ..options
    }
}

/// In the supervisor: says what happened, and writes the report that the simulation cannot write.
fn tell(args: &RunArgs, incident: &Incident) {
    let mut text = format!("lightsss: {incident}\n");
    if incident.reason != Reason::Interrupt {
        let mut report = report_of(args, incident);
        viewer::hand_over(args, &mut report);
        text.push_str(&report.last_lines());
        // Before standard error is written to, which may take as long as its reader likes.
        if let Err(error) = documents::write(args, &report) {
            text = format!("{text}error: {error}\n");
        }
        viewer::show(args, &report);
    }
    say(&text);
}

fn report_of(args: &RunArgs, incident: &Incident) -> Report {
    let mut report = Report {
        failure: Some(match &incident.site {
            Some(site) => format!("{} ({site})", incident.reason),
            None => incident.reason.to_string(),
        }),
        failure_place: incident.site.as_ref().map(ToString::to_string),
        crashed: true,
        end_cycle: incident.cycle,
        ..Report::default()
    };
    report.add_slots(Some(incident.slots.clone()));
    if let Some(saved) = &incident.saved {
        report.add_saved_slot(saved.clone());
    }
    match &incident.replay {
        Ok(replay) => {
            report.add_replay(replay);
            report.reproduced = match (incident.reason, &replay.outcome) {
                (Reason::Crash(original), ReplayOutcome::Crashed(again)) => {
                    original == *again && replay.reached_cycle == incident.cycle
                }
                _ => false,
            };
            let noted = Some(replay.note.as_str()).filter(|note| !note.is_empty());
            report.add_wave(&args.wave, noted);
        }
        Err(error) => report.replay_outcome = Some(error.clone()),
    }
    report.hint = hint::of(args, &report);
    report
}
