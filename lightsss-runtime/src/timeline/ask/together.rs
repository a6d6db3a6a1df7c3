//! Questions that are answered side by side.

use nix::poll::{PollFd, PollFlags, poll};

use super::super::error::QueryError;
use super::super::protocol::{Answer, Request};
use super::pool::{Point, Pool, TICK};
use super::process::Process;
use crate::process::sys;

/// So many processes of a question may be killed by somebody, and are woken again.
const MOST_DEATHS: usize = 2;

/// A question to be asked of a process that is woken for it.
#[derive(Clone)]
pub(in crate::timeline) struct Job {
    pub(in crate::timeline) point: Point,
    /// Runs there first.
    pub(in crate::timeline) from: u64,
    pub(in crate::timeline) request: Request,
}

/// A question that is being answered.
struct Running {
    number: usize,
    process: Process,
    job: Job,
    /// It has run to where the question begins.
    is_there: bool,
}

impl Pool {
    /// Answers questions side by side, each in a process that is woken for it and ended; the answers come in
    /// the order of the questions. After an error no more are asked.
    pub(in crate::timeline) fn side_by_side(
        &mut self,
        jobs: Vec<Job>,
    ) -> Result<Vec<(Answer, Vec<u8>)>, QueryError> {
        let count = jobs.len();
        let mut waiting: Vec<(usize, Job)> = jobs.into_iter().enumerate().rev().collect();
        let mut running: Vec<Running> = Vec::new();
        let mut answers: Vec<Option<(Answer, Vec<u8>)>> = (0..count).map(|_| None).collect();
        let mut died = 0;
        loop {
            while running.len() < self.side_by_side
                && let Some((number, job)) = waiting.pop()
            {
                let mut process = self.wake(job.point)?;
                let is_there = job.from <= process.cycle;
                process.ask(&if is_there {
                    job.request.clone()
                } else {
                    Request::GoTo {
                        cycle: job.from,
                        leave_slots: false,
                    }
                })?;
                running.push(Running {
                    number,
                    process,
                    job,
                    is_there,
                });
            }
            if running.is_empty() {
                break;
            }
            let Some(at) = self.ready(&running)? else {
                continue;
            };
            let mut one = running.remove(at);
            match one.process.answer() {
                Ok((answer @ Answer::Diverged { .. }, bytes)) => {
                    return Err(self.explain(answer, &bytes));
                }
                Ok(answer) if one.is_there => {
                    answers[one.number] = Some(answer);
                    self.retire(one.process);
                }
                Ok(_) => {
                    one.is_there = true;
                    one.process.ask(&one.job.request)?;
                    running.push(one);
                }
                // Somebody may have killed it.
                Err(QueryError::Died { .. }) if died < MOST_DEATHS => {
                    died += 1;
                    waiting.push((one.number, one.job));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(answers.into_iter().flatten().collect())
    }

    fn ready(&mut self, running: &[Running]) -> Result<Option<usize>, QueryError> {
        let mut polled: Vec<PollFd<'_>> = running
            .iter()
            .map(|one| PollFd::new(one.process.fd(), PollFlags::POLLIN))
            .collect();
        let _ = poll(&mut polled, sys::poll_timeout(Some(TICK)));
        let ready = polled
            .iter()
            .position(|polled| polled.any().unwrap_or(false));
        if ready.is_none() {
            self.heed()?;
        }
        Ok(ready)
    }
}
