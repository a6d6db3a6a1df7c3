//! The processes of a timeline: woken from the slot that lies nearest, kept where they stand, and ended when there are
//! too many.

use std::collections::BTreeSet;
use std::io;
use std::os::fd::AsFd;
use std::rc::Rc;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, poll};

use super::super::address::Listener;
use super::super::cancel::CancelHandle;
use super::super::error::QueryError;
use super::super::protocol::{Answer, Request, receive};
use super::process::Process;
use crate::process::sys;
use crate::slots::{ReplayOrder, ReplayOutput, SlotWaker, Ticket};

/// How many processes stand where they have answered.
const MOST_STANDING: usize = 4;
/// How many processes may be ending by themselves.
const MOST_ENDING: usize = 8;
/// How often it is looked whether the question is cancelled.
pub(super) const TICK: Duration = Duration::from_millis(20);
/// How long a woken process may take to come.
const ARRIVAL: Duration = Duration::from_secs(30);
/// From where a process can be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::timeline) struct Point {
    pub(in crate::timeline) cycle: u64,
    from: PointOf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PointOf {
    /// The slot of the run at this place.
    Run(usize),
    /// A slot that the process of this number has left behind.
    Process(u64),
}

type Answered = Result<(Answer, Vec<u8>), QueryError>;

/// The processes of a timeline.
pub(in crate::timeline) struct Pool {
    /// What wakes the slots of the run; none for a branch, whose first process has left one.
    pub(super) waker: Option<SlotWaker>,
    listener: Rc<Listener>,
    pub(super) standing: Vec<Process>,
    next_id: u64,
    /// Of processes that are ending.
    ending: Vec<(Ticket, SlotWaker)>,
    pub(super) questions: u64,
    /// A replay that runs on to the next cycle that the run has hashed, beside the questions; and the cycle of the slot
    /// before it.
    pub(super) check: Option<(Process, u64)>,
    /// Slots behind which a replay went the way of the run, up to the next one.
    pub(super) checked: BTreeSet<u64>,
    pub(in crate::timeline) cancel: CancelHandle,
    pub(in crate::timeline) interrupted: Option<Box<dyn FnMut() -> bool>>,
    /// How many questions are answered side by side.
    pub(in crate::timeline) side_by_side: usize,
    pub(in crate::timeline) end: u64,
}

impl Pool {
    pub(in crate::timeline) fn new(waker: Option<SlotWaker>, end: u64) -> io::Result<Self> {
        Ok(Self {
            waker,
            listener: Rc::new(Listener::new()?),
            standing: Vec::new(),
            next_id: 0,
            ending: Vec::new(),
            questions: 0,
            check: None,
            checked: BTreeSet::new(),
            cancel: CancelHandle::default(),
            interrupted: None,
            side_by_side: std::thread::available_parallelism().map_or(1, usize::from),
            end,
        })
    }

    /// A pool over a process that has left a slot behind, and left the run.
    pub(in crate::timeline) fn over(&self, mut process: Process, end: u64) -> Self {
        process.pinned = true;
        process.parent = None;
        Self {
            waker: None,
            listener: Rc::clone(&self.listener),
            next_id: process.id + 1,
            standing: vec![process],
            ending: Vec::new(),
            questions: 0,
            check: None,
            checked: BTreeSet::new(),
            cancel: self.cancel.clone(),
            interrupted: None,
            side_by_side: self.side_by_side,
            end,
        }
    }

    /// The slots of the run, or of the branch's beginning.
    pub(in crate::timeline) fn slots(&self) -> Vec<Point> {
        match &self.waker {
            Some(waker) => {
                let places = waker.places().into_iter();
                // A run that goes on has later ones.
                let places = places.filter(|(_, slot)| slot.cycle <= self.end);
                let points = places.map(|(place, slot)| Point {
                    cycle: slot.cycle,
                    from: PointOf::Run(place),
                });
                points.collect()
            }
            None => self.left_by(|process| process.pinned).collect(),
        }
    }

    /// All from which a process can be woken, ascending; of several at one cycle the first.
    pub(in crate::timeline) fn points(&self) -> Vec<Point> {
        let mut points = self.slots();
        points.extend(self.left_by(|process| !process.pinned));
        points.sort_by_key(|point| point.cycle);
        points.dedup_by_key(|point| point.cycle);
        points
    }

    fn left_by<'p>(
        &'p self,
        wanted: impl Fn(&Process) -> bool + 'p,
    ) -> impl Iterator<Item = Point> + 'p {
        let processes = self.standing.iter().filter(move |process| wanted(process));
        processes.flat_map(|process| {
            process.left.iter().map(|cycle| Point {
                cycle: *cycle,
                from: PointOf::Process(process.id),
            })
        })
    }

    /// Lets a process end that is not asked any more, and looks after those that have ended.
    pub(super) fn retire(&mut self, process: Process) {
        self.ending.extend(process.retire());
        let ending = std::mem::take(&mut self.ending);
        let still = ending.into_iter().filter_map(|(mut ticket, waker)| {
            let ended = waker.look_after(&mut ticket).is_some();
            (!ended).then_some((ticket, waker))
        });
        self.ending = still.collect();
        while self.ending.len() > MOST_ENDING {
            end(self.ending.pop());
        }
    }

    /// The nearest point at or before a cycle.
    pub(in crate::timeline) fn nearest(&self, cycle: u64) -> Result<Point, QueryError> {
        self.nearest_of(self.points(), cycle)
    }

    /// The nearest slot of the run at or before a cycle.
    pub(in crate::timeline) fn nearest_slot(&self, cycle: u64) -> Result<Point, QueryError> {
        self.nearest_of(self.slots(), cycle)
    }

    fn nearest_of(&self, points: Vec<Point>, cycle: u64) -> Result<Point, QueryError> {
        let first = points.first().map(|point| point.cycle);
        let nearest = points.into_iter().rev().find(|point| point.cycle <= cycle);
        match (nearest, first) {
            (Some(point), _) if cycle <= self.end => Ok(point),
            (_, Some(first)) => Err(QueryError::OutOfRange {
                cycle,
                first,
                end: self.end,
            }),
            (_, None) => Err(QueryError::NoSlot("none is left".to_owned())),
        }
    }

    /// Wakes a process.
    pub(in crate::timeline) fn wake(&mut self, point: Point) -> Result<Process, QueryError> {
        let (address, token) = self.listener.invite().map_err(QueryError::failed)?;
        let (ticket, parent) = match point.from {
            PointOf::Run(place) => {
                let waker = self.waker.clone();
                let waker = waker.ok_or_else(|| QueryError::NoSlot("this is a branch".into()))?;
                let order = ReplayOrder::query(self.end, address, ReplayOutput::Discard);
                let ticket = waker.start(place, &order);
                let ticket = ticket.map_err(|error| QueryError::NoSlot(error.to_string()))?;
                (Some((ticket, waker)), None)
            }
            PointOf::Process(id) => {
                let request = Request::Wake {
                    cycle: point.cycle,
                    asker: address,
                };
                let at = self.standing.iter().position(|process| process.id == id);
                let at = at.ok_or_else(|| QueryError::NoSlot("its process has ended".into()))?;
                self.standing[at].used = self.questions;
                if let Err(error) = self.exchange_at(at, &request) {
                    if let QueryError::Died { .. } = error {
                        self.remove(id);
                    }
                    return Err(error);
                }
                (None, Some(id))
            }
        };
        self.await_arrival(&token, ticket, parent)
    }

    fn await_arrival(
        &mut self,
        token: &str,
        mut ticket: Option<(Ticket, SlotWaker)>,
        parent: Option<u64>,
    ) -> Result<Process, QueryError> {
        let begun = Instant::now();
        loop {
            match self.listener.accept() {
                Ok(Some((mut stream, pid))) => {
                    let woken = ticket
                        .as_ref()
                        .and_then(|(ticket, waker)| waker.process(ticket));
                    if woken.is_some_and(|woken| woken != pid) {
                        // It is not the one that was woken.
                        continue;
                    }
                    let _ = stream.set_read_timeout(Some(ARRIVAL));
                    let hello = receive::<Answer>(&mut stream);
                    let _ = stream.set_read_timeout(None);
                    if let Ok((
                        Answer::Hello {
                            token: theirs,
                            cycle,
                        },
                        _,
                    )) = hello
                        && theirs == token
                    {
                        self.next_id += 1;
                        let mut process =
                            Process::new(self.next_id, (stream, pid), ticket, parent, cycle);
                        process.used = self.questions;
                        return Ok(process);
                    }
                    // It is from a question that was given up, or a stranger.
                }
                Ok(None) => {}
                Err(error) => {
                    end(ticket);
                    return Err(QueryError::failed(error));
                }
            }
            if let Some((waiting, waker)) = &mut ticket
                && let Some(report) = waker.look_after(waiting)
            {
                let how = report.map_or_else(
                    |error| error.to_string(),
                    |report| report.outcome.to_string(),
                );
                return Err(QueryError::Died { how });
            }
            if begun.elapsed() > ARRIVAL {
                end(ticket);
                let how = "it did not come to answer".to_owned();
                return Err(QueryError::Died { how });
            }
            if let Err(cancelled) = self.heed() {
                end(ticket);
                return Err(cancelled);
            }
            let listener = self.listener.listener.as_fd();
            let mut polled = vec![PollFd::new(listener, PollFlags::POLLIN)];
            if let Some((_, waker)) = &ticket {
                polled.push(PollFd::new(waker.reports(), PollFlags::POLLIN));
            }
            let _ = poll(&mut polled, sys::poll_timeout(Some(TICK)));
        }
    }

    /// An error when the question was cancelled.
    pub(super) fn heed(&mut self) -> Result<(), QueryError> {
        let interrupted = self.interrupted.as_mut().is_some_and(|asked| asked());
        if interrupted || self.cancel.is_cancelled() {
            return Err(QueryError::Cancelled);
        }
        Ok(())
    }

    /// Asks a process, and waits for its answer. One that is cancelled meanwhile is to be ended.
    pub(in crate::timeline) fn exchange(
        &mut self,
        process: &mut Process,
        request: &Request,
    ) -> Answered {
        process.ask(request)?;
        loop {
            let mut polled = [PollFd::new(process.fd(), PollFlags::POLLIN)];
            let ready = poll(&mut polled, sys::poll_timeout(Some(TICK)));
            if ready.is_ok_and(|ready| ready > 0) {
                return process.answer();
            }
            self.heed()?;
        }
    }

    fn exchange_at(&mut self, at: usize, request: &Request) -> Answered {
        let mut process = self.standing.remove(at);
        let answered = self.exchange(&mut process, request);
        // What it is in the midst of answering, nobody waits for.
        if !matches!(answered, Err(QueryError::Cancelled)) {
            self.standing.insert(at, process);
        }
        answered
    }

    /// Has a process stand at a cycle, asks it, and lets it stand.
    pub(in crate::timeline) fn ask_at(&mut self, cycle: u64, request: &Request) -> Answered {
        let mut again = true;
        loop {
            let id = self.stand_at(cycle);
            let answered = id.and_then(|id| {
                let at = self.standing.iter().position(|process| process.id == id);
                let at = at.ok_or_else(|| QueryError::failed("the process has gone"))?;
                let answered = self.exchange_at(at, request);
                if let Err(QueryError::Died { .. }) = answered {
                    self.remove(id);
                }
                answered
            });
            // It may have been killed by somebody: the answer is the same from another one.
            match answered {
                Err(QueryError::Died { .. }) if std::mem::take(&mut again) => {}
                answered => {
                    if answered.is_ok() {
                        self.check_behind(cycle);
                    }
                    return answered;
                }
            }
        }
    }

    /// The number of a process that stands at a cycle.
    fn stand_at(&mut self, cycle: u64) -> Result<u64, QueryError> {
        let there = |process: &&mut Process| process.cycle == cycle && !process.pinned;
        if let Some(process) = self.standing.iter_mut().find(there) {
            process.used = self.questions;
            return Ok(process.id);
        }
        let point = self.nearest(cycle)?;
        let go_to = Request::GoTo {
            cycle,
            leave_slots: true,
        };
        // One that stands nearer goes on: the slot that it left behind is still there.
        let standing = self.standing.iter().enumerate();
        let nearer = standing
            .filter(|(_, process)| !process.pinned && (point.cycle..cycle).contains(&process.cycle))
            .max_by_key(|(_, process)| process.cycle);
        let mut process = match nearer {
            Some((at, _)) => self.standing.remove(at),
            None => self.wake(point)?,
        };
        let id = process.id;
        match self.exchange(&mut process, &go_to) {
            Ok((Answer::At { .. }, _)) => {
                process.used = self.questions;
                self.standing.push(process);
                self.end_spare(id);
                Ok(id)
            }
            Ok((answer, bytes)) => Err(self.explain(answer, &bytes)),
            Err(error) => {
                drop(process);
                self.remove(id);
                Err(error)
            }
        }
    }

    /// Ends the processes that were not used for the longest time.
    fn end_spare(&mut self, kept: u64) {
        let count = |pool: &Self| {
            let standing = pool.standing.iter();
            standing.filter(|process| !process.pinned).count()
        };
        while count(self) > MOST_STANDING {
            let mut line = vec![kept];
            while let Some(process) = self
                .standing
                .iter()
                .find(|process| Some(&process.id) == line.last())
                && let Some(parent) = process.parent
            {
                line.push(parent);
            }
            let spare = self
                .standing
                .iter()
                .filter(|process| !process.pinned && !line.contains(&process.id))
                .min_by_key(|process| process.used);
            let Some(id) = spare.map(|process| process.id) else {
                return;
            };
            self.remove(id);
        }
    }

    /// Ends a process, and those that were woken from its slots.
    pub(super) fn remove(&mut self, id: u64) {
        let mut gone = vec![id];
        while let Some(child) = self.standing.iter().find_map(|process| {
            let orphaned = process.parent.is_some_and(|parent| gone.contains(&parent));
            (orphaned && !gone.contains(&process.id)).then_some(process.id)
        }) {
            gone.push(child);
        }
        self.standing.retain(|process| !gone.contains(&process.id));
    }

    /// The error of an answer that is none.
    pub(in crate::timeline) fn explain(&mut self, answer: Answer, bytes: &[u8]) -> QueryError {
        let Answer::Diverged {
            equal_at,
            differs_at,
            state,
        } = answer
        else {
            return QueryError::failed("the process gave an answer to another question");
        };
        let names = state
            .and_then(|parts| {
                let other = super::super::named_state::NamedState::new(&parts, bytes)?;
                let slot = self.slots().into_iter();
                let slot = slot.into_iter().find(|point| point.cycle == differs_at)?;
                let mut process = self.wake(slot).ok()?;
                let (answer, bytes) = self.exchange(&mut process, &Request::State).ok()?;
                let Answer::State(parts) = answer else {
                    return None;
                };
                let run = super::super::named_state::NamedState::new(&parts, &bytes)?;
                Some(run.first_differences(&other))
            })
            .unwrap_or_default();
        QueryError::Diverged {
            equal_at,
            differs_at,
            names,
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        for ticket in self.ending.drain(..) {
            end(Some(ticket));
        }
    }
}

fn end(ticket: Option<(Ticket, SlotWaker)>) {
    if let Some((ticket, waker)) = ticket {
        waker.end(ticket);
    }
}
