//! What a run says at its end, and the exit status that follows.

use std::error::Error;

use super::args::{OnFailure, RunArgs};
use super::report::Report;
use super::server::Server;
use super::{prompt, serving, viewer};
use crate::process::stderr::say;
use crate::slots::Slots;

/// What is left of a run.
pub struct Ran {
    pub report: Report,
    /// What kept a report or a page from being written to its file.
    pub unwritten: Option<Box<dyn Error>>,
    /// What the prompt asks.
    pub slots: Option<Slots>,
    /// What viewers are connected to.
    pub server: Option<Server>,
}

/// Tells what came of the run, shows it and asks, if that is wanted; gives the exit status.
pub fn tell(args: &RunArgs, ran: Ran) -> u8 {
    let Ran {
        report,
        unwritten,
        slots,
        server,
    } = ran;
    say(&report.last_lines());
    if let Some(error) = &unwritten {
        say(&format!("error: {error}\n"));
    }
    viewer::show(args, &report);
    if args.on_failure == OnFailure::Prompt
        && let (Some(failure), Some(slots)) = (&report.failure, &slots)
    {
        prompt::run(args, slots.waker(), report.end_cycle, Some(failure));
    }
    if let (Some(mut server), Some(slots)) = (server, &slots) {
        let failure = report.failure.as_deref();
        serving::after(&mut server, slots.waker(), report.end_cycle, failure);
    }
    status(&report, unwritten.is_some())
}

fn status(report: &Report, unwritten: bool) -> u8 {
    let incomplete = unwritten || report.is_incomplete();
    match (&report.failure, report.replay_from) {
        (None, _) if report.saves_failed > 0 || incomplete => 2,
        (None, _) => 0,
        (Some(_), Some(_)) if !report.reproduced => 3,
        (Some(_), _) if incomplete => 4,
        (Some(_), _) => 1,
    }
}
