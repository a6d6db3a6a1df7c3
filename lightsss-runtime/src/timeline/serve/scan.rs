//! Runs forward and looks at every cycle.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use super::super::condition::{Condition, Inputs, Number, holds};
use super::super::error::QueryError;
use super::super::protocol::{Hit, Hits, What};
use super::super::sample::{Sample, Values};
use super::course::{Course, Stopped};
use super::sampler::Sampler;
use crate::simulation::Simulation;

/// The values of names, now.
pub(super) fn read<S: Simulation>(
    course: &mut Course<'_, S>,
    names: &[String],
) -> Result<Vec<Sample>, Stopped> {
    let sampler = Sampler::compile(course.simulation, names)?;
    let values = (0..names.len()).map(|at| sampler.read(course.simulation, at));
    Ok(values.collect::<Result<_, _>>()?)
}

/// The cycles behind the present one, up to `to`, at which something is so.
pub(super) fn scan<S: Simulation>(
    course: &mut Course<'_, S>,
    to: u64,
    what: &What,
    mut found: Found,
) -> Result<Hits, Stopped> {
    match what {
        What::Change(name) => changes(course, to, name, &mut found)?,
        What::Condition(text) => {
            let condition: Condition = text.parse().map_err(QueryError::from)?;
            matches(course, to, &condition, &mut found)?;
        }
    }
    Ok(Hits {
        found: found.hits.into(),
        complete_after: found.complete_after,
        reached: course.cycle(),
    })
}

pub(super) struct Found {
    hits: VecDeque<Hit>,
    complete_after: u64,
    most: usize,
    first: bool,
    at_begin: bool,
}

impl Found {
    pub(super) fn new(from: u64, most: usize, first: bool, at_begin: bool) -> Self {
        Self {
            hits: VecDeque::new(),
            complete_after: from,
            most: most.max(1),
            first,
            at_begin,
        }
    }

    fn add(&mut self, hit: Hit) -> ControlFlow<()> {
        if self.hits.len() == self.most
            && let Some(dropped) = self.hits.pop_front()
        {
            self.complete_after = dropped.cycle;
        }
        self.hits.push_back(hit);
        if self.first {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

/// Keeps an error from within a run, and ends that.
fn kept<T>(result: Result<T, QueryError>, error: &mut Option<QueryError>) -> ControlFlow<(), T> {
    match result {
        Ok(value) => ControlFlow::Continue(value),
        Err(found) => {
            *error = Some(found);
            ControlFlow::Break(())
        }
    }
}

fn changes<S: Simulation>(
    course: &mut Course<'_, S>,
    to: u64,
    name: &str,
    found: &mut Found,
) -> Result<(), Stopped> {
    let mut sampler = Sampler::compile(course.simulation, &[name.to_owned()])?;
    let mut last = Last::of(&sampler, course.simulation)?;
    let mut error = None;
    course.run(to, |simulation| {
        kept(sampler.refresh(simulation), &mut error)?;
        let change = kept(last.change(&sampler, simulation), &mut error)?;
        match change {
            Some(values) => found.add(Hit {
                cycle: simulation.cycle(),
                values: Some(values),
            }),
            None => ControlFlow::Continue(()),
        }
    })?;
    error.map_or(Ok(()), |error| Err(error.into()))
}

/// The last value of the sampler's first name.
struct Last {
    at: usize,
    word: Option<u64>,
    bytes: Vec<u8>,
    now: Vec<u8>,
    sample: Sample,
}

impl Last {
    fn of<S: Simulation>(sampler: &Sampler, simulation: &S) -> Result<Self, QueryError> {
        Self::at(sampler, simulation, 0)
    }

    fn at<S: Simulation>(sampler: &Sampler, simulation: &S, at: usize) -> Result<Self, QueryError> {
        let mut bytes = Vec::new();
        let word = sampler.word(simulation, at);
        if word.is_none() {
            sampler.bytes_into(simulation, at, &mut bytes)?;
        }
        Ok(Self {
            at,
            word,
            bytes,
            now: Vec::new(),
            sample: sampler.read(simulation, at)?,
        })
    }

    /// The value before and the one now, if they differ.
    #[inline]
    fn change<S: Simulation>(
        &mut self,
        sampler: &Sampler,
        simulation: &S,
    ) -> Result<Option<(Sample, Sample)>, QueryError> {
        let word = sampler.word(simulation, self.at);
        if word.is_some() && word == self.word {
            return Ok(None);
        }
        self.change_of_bytes(sampler, simulation, word)
    }

    fn change_of_bytes<S: Simulation>(
        &mut self,
        sampler: &Sampler,
        simulation: &S,
        word: Option<u64>,
    ) -> Result<Option<(Sample, Sample)>, QueryError> {
        if word.is_none() {
            sampler.bytes_into(simulation, self.at, &mut self.now)?;
            if self.word.is_none() && self.now == self.bytes {
                return Ok(None);
            }
            std::mem::swap(&mut self.now, &mut self.bytes);
        }
        self.word = word;
        let now = sampler.read(simulation, self.at)?;
        let before = std::mem::replace(&mut self.sample, now.clone());
        Ok((before != now).then_some((before, now)))
    }
}

/// The values now and a cycle before.
struct Both<'v> {
    now: &'v [Number],
    before: Option<&'v [Number]>,
}

impl Inputs for Both<'_> {
    fn now(&self, name: usize) -> &Number {
        &self.now[name]
    }

    fn before(&self, name: usize) -> Option<&Number> {
        self.before.map(|before| &before[name])
    }
}

fn matches<S: Simulation>(
    course: &mut Course<'_, S>,
    to: u64,
    condition: &Condition,
    found: &mut Found,
) -> Result<(), Stopped> {
    let names = condition.names();
    let mut sampler = Sampler::compile(course.simulation, names)?;
    let mut now = Vec::with_capacity(names.len());
    let mut before: Vec<Number> = Vec::with_capacity(names.len());
    let mut error = None;
    // It belongs to what lies before it, mostly.
    let mut is_first = true;
    course.run(to, |simulation| {
        kept(sampler.refresh(simulation), &mut error)?;
        std::mem::swap(&mut now, &mut before);
        now.clear();
        for (at, name) in names.iter().enumerate() {
            now.push(kept(number(&sampler, simulation, at, name), &mut error)?);
        }
        let begins = std::mem::replace(&mut is_first, false);
        if begins && !found.at_begin {
            return ControlFlow::Continue(());
        }
        let both = Both {
            now: &now,
            before: (!begins).then_some(&before[..]),
        };
        if !holds(condition.expression(), &both) {
            return ControlFlow::Continue(());
        }
        found.add(Hit {
            cycle: simulation.cycle(),
            values: None,
        })
    })?;
    error.map_or(Ok(()), |error| Err(error.into()))
}

fn number<S: Simulation>(
    sampler: &Sampler,
    simulation: &S,
    at: usize,
    name: &str,
) -> Result<Number, QueryError> {
    if let (Some(word), Some(width)) = (sampler.word(simulation, at), sampler.width(at)) {
        return Ok(Number::of_word(word, width));
    }
    match sampler.read(simulation, at)? {
        Sample::One(value) => Ok(Number::of_value(&value)),
        Sample::Many(values) => Err(QueryError::Name(format!(
            "`{name}` has {} values; give an index",
            values.len()
        ))),
    }
}

/// The changes of several names up to `to`, with their values now.
pub(super) fn values<S: Simulation>(
    course: &mut Course<'_, S>,
    to: u64,
    names: &[String],
    most: usize,
) -> Result<Vec<Values>, Stopped> {
    let mut sampler = Sampler::compile(course.simulation, names)?;
    let from = course.cycle();
    let mut all = Vec::new();
    let mut lasts = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let last = Last::at(&sampler, course.simulation, at)?;
        all.push(Values {
            name: name.clone(),
            changes: vec![(from, last.sample.clone())],
        });
        lasts.push(last);
    }
    let mut error = None;
    let mut count = 0;
    course.run(to, |simulation| {
        kept(sampler.refresh(simulation), &mut error)?;
        for (values, last) in all.iter_mut().zip(&mut lasts) {
            let change = kept(last.change(&sampler, simulation), &mut error)?;
            let Some((_, now)) = change else {
                continue;
            };
            let cycle = simulation.cycle();
            count += 1;
            if count > most {
                return kept(Err(QueryError::TooMany { most, cycle }), &mut error);
            }
            values.changes.push((cycle, now));
        }
        ControlFlow::Continue(())
    })?;
    error.map_or(Ok(all), |error| Err(error.into()))
}
