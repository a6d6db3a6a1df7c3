//! The timeline: questions to a run's past.

use std::ops::Range;
use std::path::Path;

use super::ask::memo::Memo;
use super::ask::pool::Pool;
use super::ask::together::Job;
use super::cancel::CancelHandle;
use super::error::QueryError;
use super::named_state::NamedState;
use super::protocol::{Answer, Request};
use super::sample::{Ended, Sample, SignalInfo, Values};
use crate::slots::SlotWaker;

/// The most changes that one question gives.
const MOST_CHANGES: usize = 1 << 20;

/// What can be asked of a run's past. [The module](super) has an overview.
///
/// A cycle stands for the state after so many steps. The timeline reaches from the cycle of the oldest slot to the cycle
/// at which the run failed, crashed, or was interrupted; there it shows what the failed step left.
///
/// Dropping it ends every process that it has woken.
pub struct Timeline {
    pub(super) pool: Pool,
    pub(super) memo: Memo,
    pub(super) ended: Option<Ended>,
}

impl std::fmt::Debug for Timeline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Timeline")
            .field("end", &self.pool.end)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

impl Timeline {
    /// The timeline of a run that has reached `end_cycle`, over its slots.
    ///
    /// The run may go on meanwhile; it is asked about its past only.
    pub fn new(waker: SlotWaker, end_cycle: u64) -> Result<Self, QueryError> {
        Ok(Self {
            pool: Pool::new(Some(waker), end_cycle).map_err(QueryError::failed)?,
            memo: Memo::default(),
            ended: None,
        })
    }

    /// The first cycle that can be asked for: that of the oldest slot.
    pub fn first_cycle(&self) -> Result<u64, QueryError> {
        let slots = self.pool.slots();
        let first = slots.first().map(|point| point.cycle);
        first.ok_or_else(|| QueryError::NoSlot("none is left".to_owned()))
    }

    /// The last cycle that can be asked for.
    #[must_use]
    pub fn end_cycle(&self) -> u64 {
        self.pool.end
    }

    /// The cycles of the run's slots, ascending.
    #[must_use]
    pub fn slots(&self) -> Vec<u64> {
        self.pool.slots().iter().map(|point| point.cycle).collect()
    }

    /// How a branch ended; nothing for a run.
    #[must_use]
    pub fn ended(&self) -> Option<&Ended> {
        self.ended.as_ref()
    }

    /// How many processes answer side by side: as many as there are processors, by default.
    pub fn set_side_by_side(&mut self, processes: usize) {
        self.pool.side_by_side = processes.max(1);
    }

    /// Waits until all that was answered so far is known to be of the run.
    ///
    /// A search runs from one hash of the run's state to the next, and so does, behind an answer from within such an
    /// interval, a replay of its own on a free processor: once for each interval. An error is that of a replay that went
    /// another way; otherwise the next question gives it.
    pub fn verify(&mut self) -> Result<(), QueryError> {
        self.pool.begin()?;
        self.pool.verify()
    }

    /// What ends a query that is under way.
    #[must_use]
    pub fn cancel_handle(&self) -> CancelHandle {
        self.pool.cancel.clone()
    }

    /// Asked every few milliseconds during a query, which ends where it says true: for a process in which signals
    /// are blocked, as in the supervisor.
    pub fn set_interrupted(&mut self, interrupted: impl FnMut() -> bool + 'static) {
        self.pool.interrupted = Some(Box::new(interrupted));
    }

    /// The names that a pattern means (`soc.*.state`; what is called so and all below it), and no more than `most`; all
    /// names for an empty one. The flag says that there are more.
    ///
    /// Names are those of `lightsss show`. Where the harness has several models, the field that holds its model stands in
    /// front: `cores[1].soc.pc`.
    pub fn signals(
        &mut self,
        pattern: &str,
        most: usize,
    ) -> Result<(Vec<SignalInfo>, bool), QueryError> {
        self.pool.begin()?;
        let patterns = match pattern.trim() {
            "" => Vec::new(),
            pattern => vec![pattern.to_owned()],
        };
        let cycle = self.somewhere()?;
        match self
            .pool
            .ask_at(cycle, &Request::Names { patterns, most })?
        {
            (Answer::Names { names, more }, _) => Ok((names, more)),
            (answer, bytes) => Err(self.pool.explain(answer, &bytes)),
        }
    }

    /// The names that a waveform shows and a pattern means; some may be in no state, and can be asked for all the same. Takes
    /// a replay of one step.
    pub fn wires(
        &mut self,
        pattern: &str,
        most: usize,
    ) -> Result<(Vec<SignalInfo>, bool), QueryError> {
        self.pool.begin()?;
        let patterns = vec![pattern.trim().to_owned()];
        let cycle = self.somewhere()?;
        match self.ask_once(cycle, Request::WireNames { patterns, most })? {
            (Answer::Names { names, more }, _) => Ok((names, more)),
            (answer, bytes) => Err(self.pool.explain(answer, &bytes)),
        }
    }

    /// A cycle at which any process may answer.
    fn somewhere(&self) -> Result<u64, QueryError> {
        let slots = self.pool.slots();
        let last = slots.last().map(|point| point.cycle);
        last.ok_or_else(|| QueryError::NoSlot("none is left".to_owned()))
    }

    /// The value of a signal or field at a cycle. An index, a range of indices, or bits may stand behind the name.
    /// `$time` is the first model's time, `$cycle` the cycle.
    pub fn value(&mut self, name: &str, cycle: u64) -> Result<Sample, QueryError> {
        let mut samples = self.values_at(&[name], cycle)?;
        samples
            .pop()
            .ok_or_else(|| QueryError::failed("the process gave no value"))
    }

    /// The values of several signals and fields at a cycle, in the order of the names.
    pub fn values_at(&mut self, names: &[&str], cycle: u64) -> Result<Vec<Sample>, QueryError> {
        self.pool.begin()?;
        let request = Request::Read {
            names: owned(names),
        };
        match self.pool.ask_at(cycle, &request) {
            Ok((Answer::Samples(samples), _)) => Ok(samples),
            Ok((answer, bytes)) => Err(self.pool.explain(answer, &bytes)),
            Err(error) => {
                let values = self.wire_values(error, names, cycle..cycle)?;
                let samples = values.into_iter().map(|values| {
                    let mut changes = values.changes;
                    changes.pop().map(|(_, sample)| sample)
                });
                let samples: Option<Vec<Sample>> = samples.collect();
                samples.ok_or_else(|| QueryError::failed("the waveform has no value there"))
            }
        }
    }

    /// The values of signals and fields from a cycle up to another one, included: those at the first cycle, and each
    /// change.
    pub fn values(
        &mut self,
        names: &[&str],
        cycles: Range<u64>,
    ) -> Result<Vec<Values>, QueryError> {
        self.pool.begin()?;
        let (from, to) = (cycles.start, cycles.end.max(cycles.start));
        match self.state_values(names, from, to) {
            Ok(values) => Ok(values),
            Err(error) => self.wire_values(error, names, from..to),
        }
    }

    fn state_values(
        &mut self,
        names: &[&str],
        from: u64,
        to: u64,
    ) -> Result<Vec<Values>, QueryError> {
        self.check(to)?;
        let names = owned(names);
        let jobs = self.stretches(from, to)?.into_iter().map(|(job, to)| Job {
            request: Request::Values {
                to,
                names: names.clone(),
                most: MOST_CHANGES,
            },
            ..job
        });
        let jobs = jobs.collect();
        let mut all: Vec<Values> = Vec::new();
        for (answer, bytes) in self.pool.side_by_side(jobs)? {
            let Answer::Values(values) = answer else {
                return Err(self.pool.explain(answer, &bytes));
            };
            if all.is_empty() {
                all = values;
                continue;
            }
            for (whole, part) in all.iter_mut().zip(values) {
                // The first value is the last one of the stretch before.
                whole.changes.extend(part.changes.into_iter().skip(1));
            }
        }
        Ok(all)
    }

    /// The stretches between slots from one cycle to another: where each is to be asked, and where it ends.
    pub(super) fn stretches(&mut self, from: u64, to: u64) -> Result<Vec<(Job, u64)>, QueryError> {
        let first = self.pool.nearest(from)?;
        let between = self.pool.slots().into_iter();
        let between = between.filter(|point| (from + 1..to).contains(&point.cycle));
        let mut begins = vec![(first, from)];
        begins.extend(between.map(|point| (point, point.cycle)));
        begins.dedup_by_key(|(_, from)| *from);
        let ends: Vec<u64> = begins[1..]
            .iter()
            .map(|(_, from)| *from)
            .chain([to])
            .collect();
        let jobs = begins.into_iter().zip(ends);
        Ok(jobs
            .map(|((point, from), to)| {
                let request = Request::State;
                (
                    Job {
                        point,
                        from,
                        request,
                    },
                    to,
                )
            })
            .collect())
    }

    fn check(&self, cycle: u64) -> Result<(), QueryError> {
        if cycle <= self.pool.end {
            return Ok(());
        }
        Err(QueryError::OutOfRange {
            cycle,
            first: self.first_cycle()?,
            end: self.pool.end,
        })
    }

    /// The state at a cycle, by name.
    pub fn state(&mut self, cycle: u64) -> Result<NamedState, QueryError> {
        self.pool.begin()?;
        match self.pool.ask_at(cycle, &Request::State)? {
            (Answer::State(parts), bytes) => NamedState::new(&parts, &bytes)
                .ok_or_else(|| QueryError::failed("the process gave half a state")),
            (answer, bytes) => Err(self.pool.explain(answer, &bytes)),
        }
    }

    /// What the harness and its models printed from a cycle up to another one.
    pub fn output(&mut self, cycles: Range<u64>) -> Result<String, QueryError> {
        self.pool.begin()?;
        self.check(cycles.end)?;
        let request = Request::Output { to: cycles.end };
        let (answer, bytes) = self.ask_once(cycles.start, request)?;
        match answer {
            Answer::Output => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            answer => Err(self.pool.explain(answer, &bytes)),
        }
    }

    /// As [`output`](Self::output), by the steps in which it was printed: each with the cycle behind it.
    pub fn printed(&mut self, cycles: Range<u64>) -> Result<Vec<(u64, String)>, QueryError> {
        self.pool.begin()?;
        self.check(cycles.end)?;
        let request = Request::Printed { to: cycles.end };
        let (answer, bytes) = self.ask_once(cycles.start, request)?;
        match answer {
            Answer::Printed(printed) => Ok(printed),
            answer => Err(self.pool.explain(answer, &bytes)),
        }
    }

    /// Writes a waveform of the steps from a cycle up to another one.
    pub fn wave(&mut self, cycles: Range<u64>, path: &Path) -> Result<(), QueryError> {
        self.pool.begin()?;
        self.check(cycles.end)?;
        let to = cycles.end;
        let path = in_words(path)?;
        let (answer, bytes) = self.ask_once(cycles.start, Request::Wave { to, path })?;
        match answer {
            Answer::At { .. } => Ok(()),
            answer => Err(self.pool.explain(answer, &bytes)),
        }
    }

    fn ask_once(&mut self, from: u64, request: Request) -> Result<(Answer, Vec<u8>), QueryError> {
        let point = self.pool.nearest(from)?;
        let job = Job {
            point,
            from,
            request,
        };
        let mut answers = self.pool.side_by_side(vec![job])?;
        answers
            .pop()
            .ok_or_else(|| QueryError::failed("the process gave no answer"))
    }

    /// Saves the state at a cycle as a durable snapshot: a run that restores it goes the same way.
    pub fn save(&mut self, cycle: u64, path: &Path) -> Result<(), QueryError> {
        self.pool.begin()?;
        let path = in_words(path)?;
        match self.pool.ask_at(cycle, &Request::Save { path })? {
            (Answer::Done, _) => Ok(()),
            (answer, bytes) => Err(self.pool.explain(answer, &bytes)),
        }
    }

    /// As [`values`](Self::values), of names that may be in no state: wires that only a waveform shows.
    fn wire_values(
        &mut self,
        error: QueryError,
        names: &[&str],
        cycles: Range<u64>,
    ) -> Result<Vec<Values>, QueryError> {
        let QueryError::UnknownName { .. } = error else {
            return Err(error);
        };
        self.check(cycles.end)?;
        let (from, to) = (cycles.start, cycles.end);
        // The step before shows the wires at its end.
        let begin = from.saturating_sub(1).max(self.first_cycle()?);
        let names = owned(names);
        match self.ask_once(begin, Request::Wires { from, to, names }) {
            Ok((Answer::Values(values), _)) => Ok(values),
            Ok((answer, bytes)) => Err(self.pool.explain(answer, &bytes)),
            // The harness writes no waveform that can be read, or it has no such wire either.
            Err(QueryError::Failed(_) | QueryError::UnknownName { .. }) => Err(error),
            Err(other) => Err(other),
        }
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn in_words(path: &Path) -> Result<String, QueryError> {
    let absolute = std::path::absolute(path).map_err(QueryError::failed)?;
    let text = absolute.to_str().map(str::to_owned);
    text.ok_or_else(|| {
        QueryError::Failed(format!(
            "the path `{}` is not valid UTF-8",
            absolute.display()
        ))
    })
}
