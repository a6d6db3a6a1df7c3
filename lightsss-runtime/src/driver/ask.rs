//! Questions to a run's past, asked when it has failed, crashed, or was interrupted.

use std::cell::RefCell;
use std::rc::Rc;

use crate::process::stderr::say;
use crate::slots::{Reason, SlotWaker};
use crate::timeline::Timeline;

/// What has happened to a run that can be asked about its past.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Occasion {
    /// A failure, a crash, or an interruption, after which the run goes on.
    pub reason: Reason,
    /// The cycle that the run had reached: the end of the timeline.
    pub cycle: u64,
    /// The failure's message, or the end of the process that crashed.
    pub message: String,
}

type AskFn = dyn FnMut(&mut Timeline, &Occasion);

/// What asks. After a crash it does so in the supervisor, which has a copy of what it had captured before the run.
#[derive(Clone)]
pub struct Ask(Rc<RefCell<AskFn>>);

impl Ask {
    pub fn new(ask: impl FnMut(&mut Timeline, &Occasion) + 'static) -> Self {
        Self(Rc::new(RefCell::new(ask)))
    }

    pub fn ask(&self, waker: SlotWaker, occasion: &Occasion) {
        match Timeline::new(waker, occasion.cycle) {
            Ok(mut timeline) => (self.0.borrow_mut())(&mut timeline, occasion),
            Err(error) => say(&format!("lightsss: the run cannot be asked: {error}\n")),
        }
    }
}
