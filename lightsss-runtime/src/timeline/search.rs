//! Searches: backwards from a cycle, and forwards.

use super::ask::memo::Remembered;
use super::ask::together::Job;
use super::condition::Condition;
use super::error::QueryError;
use super::protocol::{Answer, Hit, Request, What};
use super::sample::Change;
use super::timeline::Timeline;

/// The most cycles that a search remembers of each stretch between two slots.
const MOST_HITS: usize = 1024;

impl Timeline {
    /// The last change of a signal or field at a cycle before `before`; nothing where it has its value since the
    /// first cycle. Values come back, so that the stretches between slots are searched one by one, from the last one on.
    pub fn last_change(&mut self, name: &str, before: u64) -> Result<Option<Change>, QueryError> {
        let hit = self.search_back(&What::Change(name.to_owned()), before)?;
        Ok(hit.and_then(change))
    }

    /// The first change of a signal or field at a cycle behind `after`.
    pub fn next_change(&mut self, name: &str, after: u64) -> Result<Option<Change>, QueryError> {
        let hit = self.search_on(&What::Change(name.to_owned()), after, false)?;
        Ok(hit.and_then(change))
    }

    /// The last cycle before `before` at which a condition holds.
    pub fn last(&mut self, condition: &Condition, before: u64) -> Result<Option<u64>, QueryError> {
        let what = What::Condition(condition.text().to_owned());
        Ok(self.search_back(&what, before)?.map(|hit| hit.cycle))
    }

    /// The first cycle from `from` on at which a condition holds.
    pub fn first(&mut self, condition: &Condition, from: u64) -> Result<Option<u64>, QueryError> {
        let what = What::Condition(condition.text().to_owned());
        let first = self.first_cycle()?;
        let hit = if from <= first {
            self.search_on(&what, first, true)?
        } else {
            self.search_on(&what, from - 1, false)?
        };
        Ok(hit.map(|hit| hit.cycle))
    }

    fn search_back(&mut self, what: &What, before: u64) -> Result<Option<Hit>, QueryError> {
        self.pool.begin()?;
        let first = self.first_cycle()?;
        let end = before.min(self.pool.end.saturating_add(1));
        let Some(mut to) = end.checked_sub(1).filter(|to| *to >= first) else {
            return Ok(None);
        };
        let mut points = self.pool.points();
        points.retain(|point| point.cycle < to || point.cycle == first);
        loop {
            let mut jobs = Vec::new();
            let mut answered = None;
            while jobs.len() < self.pool.side_by_side
                && let Some(point) = points.pop()
            {
                match self.memo.last(what, point.cycle, to) {
                    Remembered::At(hit) => answered = Some(hit),
                    Remembered::Nowhere => {}
                    Remembered::Unknown => jobs.push(Job {
                        point,
                        from: point.cycle,
                        request: Request::Scan {
                            to,
                            what: what.clone(),
                            most: MOST_HITS,
                            first: false,
                            at_begin: point.cycle == first,
                        },
                    }),
                }
                to = point.cycle;
                if answered.is_some() {
                    break;
                }
            }
            if jobs.is_empty() && answered.is_none() {
                return Ok(None);
            }
            let begins: Vec<u64> = jobs.iter().map(|job| job.from).collect();
            let mut latest = None;
            for (begin, (answer, bytes)) in begins.into_iter().zip(self.pool.side_by_side(jobs)?) {
                let Answer::Hits(hits) = answer else {
                    return Err(self.pool.explain(answer, &bytes));
                };
                latest = latest.or_else(|| hits.found.last().cloned());
                self.memo.keep(what, begin, hits);
            }
            if let Some(hit) = latest.or(answered) {
                return Ok(Some(hit));
            }
        }
    }

    fn search_on(
        &mut self,
        what: &What,
        after: u64,
        at_begin: bool,
    ) -> Result<Option<Hit>, QueryError> {
        self.pool.begin()?;
        let end = self.pool.end;
        if after > end || after == end && !at_begin {
            return Ok(None);
        }
        let mut stretches = self.stretches(after, end)?.into_iter().peekable();
        while stretches.peek().is_some() {
            let mut jobs = Vec::new();
            let mut known = None;
            while jobs.len() < self.pool.side_by_side
                && let Some((job, to)) = stretches.next()
            {
                let begins = at_begin && job.from == after;
                let from = job.point.cycle;
                match self.memo.first(what, from, job.from, to) {
                    Remembered::At(hit) if !begins => {
                        known = Some(hit);
                        break;
                    }
                    Remembered::Nowhere if !begins => {}
                    _ => jobs.push(Job {
                        request: Request::Scan {
                            to,
                            what: what.clone(),
                            most: MOST_HITS,
                            first: true,
                            at_begin: begins,
                        },
                        ..job
                    }),
                }
            }
            for (answer, bytes) in self.pool.side_by_side(jobs)? {
                let Answer::Hits(hits) = answer else {
                    return Err(self.pool.explain(answer, &bytes));
                };
                if let Some(hit) = hits.found.into_iter().next() {
                    return Ok(Some(hit));
                }
            }
            if known.is_some() {
                return Ok(known);
            }
        }
        Ok(None)
    }
}

fn change(hit: Hit) -> Option<Change> {
    let (from, to) = hit.values?;
    Some(Change {
        cycle: hit.cycle,
        from,
        to,
    })
}
