//! What a supervisor does at a crash or an interrupt.

use std::{fmt, path::PathBuf};

use super::{
    incident::Incident, manager::SlotOptions, order::ReplayOrder, policy::choose::Choice,
    waker::SlotWaker,
};
use crate::process::stderr::say;

/// What is called with an incident and what wakes the slots.
pub type AskFn = Box<dyn FnMut(&Incident, &SlotWaker)>;

/// What Ctrl-C does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Interrupt {
    /// It ends the run, as it does without a supervisor.
    #[default]
    End,
    /// It wakes a slot, whose replay shows what the run was doing, while the run goes on. A second
    /// Ctrl-C during that replay ends the run.
    Show,
}

/// How the supervisor deals with crashes.
#[non_exhaustive]
pub struct SupervisorOptions {
    /// Which slot to wake.
    pub choice: Choice,
    /// The order that it gets. The end cycle, the reason and the message are filled in.
    pub order: ReplayOrder,
    /// Where the chosen slot saves itself after a crash, before it is woken. Nowhere by
    /// default. The harness answers with [`Replay::save`](super::Replay::save).
    pub save: Option<PathBuf>,
    /// What Ctrl-C does.
    pub interrupt: Interrupt,
    /// Places for slots, as in [`SlotOptions::places`].
    pub places: usize,
    /// Called in the supervisor when the simulation has crashed, before a slot is woken: the replay may
    /// take minutes. The incident's replay is an error here. Does nothing by default; signals are
    /// blocked, as in [`Self::report`].
    pub before_replay: Box<dyn FnMut(&Incident)>,
    /// Called in the supervisor after each incident; by default the incident is written to standard
    /// error. Signals are blocked meanwhile, so a callback that waits for another process delays
    /// the end of the run.
    pub report: Box<dyn FnMut(&Incident)>,
    /// Called in the supervisor after [`Self::report`], with what wakes the slots: for questions to the
    /// run's past. Does nothing by default; signals are blocked, as in [`Self::report`].
    pub ask: AskFn,
}

impl Default for SupervisorOptions {
    fn default() -> Self {
        Self {
            choice: Choice::default(),
            order: ReplayOrder::new(0),
            save: None,
            interrupt: Interrupt::default(),
            places: SlotOptions::default().places,
            before_replay: Box::new(|_| ()),
            report: Box::new(|incident| say(&format!("lightsss: {incident}\n"))),
            ask: Box::new(|_, _| ()),
        }
    }
}

impl fmt::Debug for SupervisorOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SupervisorOptions")
            .field("choice", &self.choice)
            .field("order", &self.order)
            .field("save", &self.save)
            .field("interrupt", &self.interrupt)
            .field("places", &self.places)
            .finish_non_exhaustive()
    }
}
