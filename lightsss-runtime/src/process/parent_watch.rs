//! Ends a process with its parent, whatever the process has done to its credentials.
//!
//! The kernel's own wish (`PR_SET_PDEATHSIG`) is forgotten when a process changes its user, its
//! group or its capabilities. So there is a second one: a pipe whose write end the parent alone
//! holds, and whose read end kills its owner when that is closed (`F_SETSIG`).

use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use nix::{
    errno::Errno,
    fcntl::{FcntlArg, OFlag, fcntl},
    unistd::{Pid, getpid, pipe2},
};

use super::sys;

/// Made before a fork; one half for each side.
#[derive(Debug)]
pub(crate) struct ParentWatch {
    read: OwnedFd,
    write: OwnedFd,
}

/// The parent's half. The child ends when it is dropped, or when the parent ends.
#[derive(Debug)]
pub(crate) struct ParentHalf {
    _write: OwnedFd,
}

impl ParentWatch {
    pub(crate) fn new() -> Result<Self, Errno> {
        let (read, write) = pipe2(OFlag::O_CLOEXEC)?;
        Ok(Self { read, write })
    }

    /// Its descriptors.
    pub(crate) fn numbers(&self) -> [RawFd; 2] {
        [self.read.as_raw_fd(), self.write.as_raw_fd()]
    }

    /// In the parent.
    pub(crate) fn hold(self) -> ParentHalf {
        ParentHalf { _write: self.write }
    }

    /// In the child: from here on it ends with its parent. Ends it now if the parent has ended. Gives the
    /// descriptor by which it is told.
    pub(crate) fn heed(self, parent: Pid) -> RawFd {
        drop(self.write);
        let fd = self.read.as_raw_fd();
        // SAFETY: takes integers alone: whom to signal, and by what.
        let set = unsafe {
            libc::fcntl(fd, libc::F_SETOWN, getpid().as_raw()) == 0
                && libc::fcntl(fd, F_SETSIG, libc::SIGKILL) == 0
        };
        if set {
            let _ = fcntl(
                &self.read,
                FcntlArg::F_SETFL(OFlag::O_ASYNC | OFlag::O_NONBLOCK),
            );
        }
        // Open for as long as this process lives.
        std::mem::forget(self.read);
        sys::die_with(parent);
        fd
    }
}

/// Not in the crate `libc` for every target.
const F_SETSIG: libc::c_int = 10;
