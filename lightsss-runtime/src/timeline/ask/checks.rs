//! Checks behind the answers: whether the replays that gave them went the way of the run.

use nix::poll::{PollFd, PollFlags, poll};

use super::super::error::QueryError;
use super::super::protocol::{Answer, Request};
use super::pool::{Pool, TICK};
use crate::process::sys;

impl Pool {
    /// A new question begins. An error says that an earlier one was answered by a replay that went another way than the
    /// run, which only showed afterwards.
    pub(in crate::timeline) fn begin(&mut self) -> Result<(), QueryError> {
        self.questions += 1;
        self.cancel.clear();
        let ready = self.check.as_ref().is_some_and(|(process, _)| {
            let mut polled = [PollFd::new(process.fd(), PollFlags::POLLIN)];
            poll(&mut polled, 0_u8).is_ok_and(|ready| ready > 0)
        });
        if ready { self.end_check() } else { Ok(()) }
    }

    /// Waits until what was answered so far is known to be of the run.
    pub(in crate::timeline) fn verify(&mut self) -> Result<(), QueryError> {
        while let Some((process, _)) = &self.check {
            let mut polled = [PollFd::new(process.fd(), PollFlags::POLLIN)];
            let ready = poll(&mut polled, sys::poll_timeout(Some(TICK)));
            if ready.is_ok_and(|ready| ready > 0) {
                self.end_check()?;
            }
            self.heed()?;
        }
        Ok(())
    }

    fn end_check(&mut self) -> Result<(), QueryError> {
        let Some((mut process, slot)) = self.check.take() else {
            return Ok(());
        };
        match process.answer() {
            Ok((Answer::At { .. }, _)) => {
                self.checked.insert(slot);
                Ok(())
            }
            Ok((answer, bytes)) => {
                // What stands there has gone the other way, too.
                let standing = self.standing.iter();
                let there: Vec<u64> = standing.map(|process| process.id).collect();
                for id in there {
                    self.remove(id);
                }
                Err(self.explain(answer, &bytes))
            }
            // The process that it came from has ended: the next question there is checked.
            Err(QueryError::Died { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Has a replay run on from a cycle to the next one that the run has hashed, beside the next questions: an answer from
    /// within an interval is known to be the run's only then.
    pub(super) fn check_behind(&mut self, cycle: u64) {
        if self.waker.is_none() || self.check.is_some() || self.side_by_side < 2 {
            return;
        }
        let slots = self.slots();
        let behind = slots.partition_point(|slot| slot.cycle <= cycle);
        let Some(slot) = behind.checked_sub(1).map(|at| slots[at].cycle) else {
            return;
        };
        if slot == cycle || self.checked.contains(&slot) {
            return;
        }
        let next = slots.get(behind).map_or(self.end, |slot| slot.cycle);
        let go_to = Request::GoTo {
            cycle: next,
            leave_slots: false,
        };
        let started = self.nearest(cycle).and_then(|point| {
            let mut process = self.wake(point)?;
            process.ask(&go_to)?;
            Ok(process)
        });
        if let Ok(process) = started {
            self.check = Some((process, slot));
        }
    }
}
