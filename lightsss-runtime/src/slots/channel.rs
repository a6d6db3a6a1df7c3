//! The descriptors and the record through which the processes of a run speak.

use std::{
    cell::{Cell, RefCell},
    os::fd::{AsFd, AsRawFd, OwnedFd, RawFd},
};

use nix::{
    errno::Errno,
    sys::eventfd::EventFd,
    unistd::{Pid, getpid},
};

use super::record::Record;
use crate::process::{shared::Shared, sys};

/// Who waits for a replay, and so which report descriptor its slot signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Waiter {
    Original = 0,
    Supervisor = 1,
}

/// What the processes of a run share. Made by the *root*: the supervisor where there is one, else the
/// original. Every slot ends when its root does.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) record: Shared<Record>,
    /// One for each place that a slot can have; what wakes the slot there.
    pub(crate) wake_events: Vec<EventFd>,
    /// One for each [`Waiter`].
    pub(crate) reports: [EventFd; 2],
    pub(crate) root: Pid,
    /// The descriptor by which the simulation is told of its supervisor's end.
    pub(crate) parent_watch: Cell<Option<RawFd>>,
    /// Descriptors that the program was born with, where it is known which.
    pub(crate) inherited: Option<Vec<RawFd>>,
    /// Whether the root is itself a replay: the slot that it woke from answers for the files of all below it.
    pub(crate) in_replay: bool,
    root_end: RootEnd,
}

/// By which a slot learns that the root has ended.
#[derive(Debug)]
enum RootEnd {
    /// Readable once the root has ended.
    Pidfd(OwnedFd),
    /// For kernels without pidfds: the root alone holds the write end, so that the read end
    /// hangs up with it.
    Pipe {
        read: OwnedFd,
        write: RefCell<Option<OwnedFd>>,
    },
}

impl Channel {
    /// Makes a channel whose root is this process.
    pub(crate) fn new(places: usize) -> Result<Self, Errno> {
        let root = getpid();
        let root_end = if let Ok(pidfd) = sys::pidfd_open(root) {
            RootEnd::Pidfd(pidfd)
        } else {
            let (read, write) = nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC)?;
            RootEnd::Pipe {
                read,
                write: RefCell::new(Some(write)),
            }
        };
        Ok(Self {
            record: Shared::zeroed()?,
            wake_events: (0..places)
                .map(|_| sys::eventfd())
                .collect::<Result<_, _>>()?,
            reports: [sys::eventfd()?, sys::eventfd()?],
            root,
            parent_watch: Cell::new(None),
            inherited: None,
            in_replay: false,
            root_end,
        })
    }

    /// Readable, or hung up, once the root has ended.
    pub(crate) fn root_end(&self) -> &OwnedFd {
        match &self.root_end {
            RootEnd::Pidfd(fd) | RootEnd::Pipe { read: fd, .. } => fd,
        }
    }

    /// Whether a descriptor is one of the channel's.
    pub(crate) fn has(&self, number: RawFd) -> bool {
        let events = self.wake_events.iter().chain(&self.reports);
        let mut events = events.map(|event| event.as_fd().as_raw_fd());
        events.any(|own| own == number)
            || self.root_end().as_raw_fd() == number
            || self.parent_watch.get() == Some(number)
    }

    /// To be called in every process that is not the root, before anything else.
    pub(crate) fn close_root_end(&self) {
        if let RootEnd::Pipe { write, .. } = &self.root_end {
            drop(write.take());
        }
    }
}
