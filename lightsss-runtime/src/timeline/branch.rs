//! What if: a run from a past state with something changed.

use super::ask::memo::Memo;
use super::ask::together::Job;
use super::error::QueryError;
use super::protocol::{Answer, Request};
use super::timeline::Timeline;
use crate::state::Value;

/// A run from a past state with something changed: a timeline of its own.
pub type Branch = Timeline;

impl Timeline {
    /// What if: sets signals and fields at a cycle, and runs on until the simulation fails, is done, or has reached
    /// `to`. [`Timeline::ended`] says which. This timeline stays as it is.
    pub fn branch(
        &mut self,
        cycle: u64,
        sets: &[(&str, Value)],
        to: u64,
    ) -> Result<Branch, QueryError> {
        self.pool.begin()?;
        // From a slot of the run: it outlives the processes of other questions.
        let point = self.pool.nearest_slot(cycle)?;
        let mut process = self.pool.wake(point)?;
        let mut requests = vec![Request::GoTo {
            cycle,
            leave_slots: false,
        }];
        requests.extend(sets.iter().map(|(name, value)| Request::Set {
            name: (*name).to_owned(),
            value: value.clone(),
        }));
        requests.push(Request::LeaveSlot);
        for request in &requests {
            match self.pool.exchange(&mut process, request)? {
                (Answer::At { .. } | Answer::Done, _) => {}
                (answer, bytes) => return Err(self.pool.explain(answer, &bytes)),
            }
        }
        let mut pool = self.pool.over(process, to.max(cycle));
        let run_on = Job {
            point: pool.nearest(cycle)?,
            from: cycle,
            request: Request::RunOn { to: to.max(cycle) },
        };
        match pool.side_by_side(vec![run_on])?.pop() {
            Some((Answer::At { cycle, ended, .. }, _)) => {
                pool.end = cycle;
                Ok(Self {
                    pool,
                    memo: Memo::default(),
                    ended: Some(ended),
                })
            }
            _ => Err(QueryError::failed("the branch gave no answer")),
        }
    }
}
