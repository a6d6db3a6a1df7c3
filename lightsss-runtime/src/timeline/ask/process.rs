//! A process that was woken and answers.

use std::io::{self, Read as _};
use std::net::Shutdown;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use nix::unistd::Pid;

use super::super::error::QueryError;
use super::super::protocol::{Answer, Request, receive, send};
use crate::process::sys;
use crate::slots::{SlotWaker, Ticket};

/// Ends the process when it is dropped, and with it the slots that it left behind.
pub(in crate::timeline) struct Process {
    pub(super) id: u64,
    stream: UnixStream,
    pid: Pid,
    pidfd: Option<OwnedFd>,
    /// Of one that was woken from a slot of the run.
    ticket: Option<(Ticket, SlotWaker)>,
    /// Whose slot it was woken from.
    pub(super) parent: Option<u64>,
    pub(in crate::timeline) cycle: u64,
    /// Cycles of the slots that it has left behind, ascending.
    pub(super) left: Vec<u64>,
    /// When it was last used: the count of questions.
    pub(super) used: u64,
    /// It is ending by itself.
    retired: bool,
    /// It stays as long as its timeline does.
    pub(super) pinned: bool,
}

impl Process {
    pub(super) fn new(
        id: u64,
        (stream, pid): (UnixStream, Pid),
        ticket: Option<(Ticket, SlotWaker)>,
        parent: Option<u64>,
        cycle: u64,
    ) -> Self {
        Self {
            id,
            stream,
            pid,
            pidfd: sys::pidfd_open(pid).ok(),
            ticket,
            parent,
            cycle,
            left: Vec::new(),
            used: 0,
            retired: false,
            pinned: false,
        }
    }

    /// Lets it end by itself, as it does when nobody asks any more. What is given is to be looked after.
    pub(super) fn retire(mut self) -> Option<(Ticket, SlotWaker)> {
        let _ = self.stream.shutdown(Shutdown::Both);
        let ticket = self.ticket.take();
        self.retired = true;
        ticket
    }

    pub(in crate::timeline) fn ask(&mut self, request: &Request) -> Result<(), QueryError> {
        let sent = send(&mut self.stream, request, &[]);
        sent.map_err(|error| self.gone(&error))
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }

    /// Reads the answer, which may be on its way.
    pub(super) fn answer(&mut self) -> Result<(Answer, Vec<u8>), QueryError> {
        let received = receive(&mut self.stream);
        let (answer, bytes) = received.map_err(|error| self.gone(&error))?;
        if let Answer::At { cycle, slots, .. } = &answer {
            self.cycle = *cycle;
            self.left.clone_from(slots);
        }
        match answer {
            Answer::Error(error) => Err(error),
            answer => Ok((answer, bytes)),
        }
    }

    fn gone(&mut self, error: &io::Error) -> QueryError {
        let how = match self.ticket.take() {
            Some((ticket, waker)) => match waker.wait(ticket) {
                Ok(report) => report.outcome.to_string(),
                Err(error) => error.to_string(),
            },
            None => match error.kind() {
                io::ErrorKind::UnexpectedEof
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::ConnectionReset => "it was killed, or crashed".to_owned(),
                _ => error.to_string(),
            },
        };
        QueryError::Died { how }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some((ticket, waker)) = self.ticket.take() {
            waker.end(ticket);
            return;
        }
        if self.retired {
            return;
        }
        // Its slot reaps it. The descriptor cannot mean another process that got the same id.
        if let Some(pidfd) = &self.pidfd {
            sys::kill_by_pidfd(pidfd);
        } else {
            sys::kill_now(self.pid);
        }
        // Until it is gone.
        let _ = self.stream.read(&mut [0]);
    }
}
