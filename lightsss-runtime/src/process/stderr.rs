//! Standard error for what the runtime itself has to say.
//!
//! A text that cannot be written is lost in silence. Standard error may be closed, full, or a pipe that
//! nobody reads, and neither the status of a run nor its report may depend on that. (The macro `eprintln`
//! panics there.)

use std::os::fd::{AsFd, BorrowedFd};

use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, poll},
    sys::{
        signal::Signal,
        stat::{SFlag, fstat},
    },
};

/// The most that a pipe takes as a whole, and at once where it takes anything.
const PIECE: usize = libc::PIPE_BUF;
/// How often a text that nobody takes is given up for a signal, in milliseconds.
const LOOK: u16 = 50;

/// Writes to standard error, and waits while it is full: in a process that blocks the signals which
/// end a run, only until one of them is pending.
pub fn say(text: &str) {
    let standard_error = std::io::stderr();
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        match write_some(standard_error.as_fd(), rest) {
            Ok(written) => rest = &rest[written..],
            Err(Errno::EINTR) => {}
            Err(Errno::EAGAIN) if !is_to_end() => {
                let mut polled = [PollFd::new(standard_error.as_fd(), PollFlags::POLLOUT)];
                let _ = poll(&mut polled, LOOK);
            }
            Err(_) => return,
        }
    }
}

/// Writes what a descriptor takes without waiting; `EAGAIN` where that is nothing.
///
/// The descriptor is shared with other programs, so that it is not made non-blocking.
pub fn write_some(fd: BorrowedFd<'_>, bytes: &[u8]) -> Result<usize, Errno> {
    use std::os::fd::AsRawFd;
    let piece = &bytes[..bytes.len().min(PIECE)];
    let part = libc::iovec {
        iov_base: piece.as_ptr().cast_mut().cast(),
        iov_len: piece.len(),
    };
    // SAFETY: the part is that of a slice which is only read; an offset of -1 is the file's own.
    let written =
        unsafe { libc::pwritev2(fd.as_raw_fd(), &raw const part, 1, -1, libc::RWF_NOWAIT) };
    match Errno::result(written) {
        Ok(written) => Ok(written.cast_unsigned()),
        Err(Errno::EAGAIN) if waits_for_a_reader(fd) => Err(Errno::EAGAIN),
        Err(Errno::EAGAIN | Errno::EOPNOTSUPP | Errno::EINVAL | Errno::ENOSYS | Errno::ESPIPE) => {
            let mut polled = [PollFd::new(fd, PollFlags::POLLOUT)];
            if poll(&mut polled, 0_u8) == Ok(0) {
                return Err(Errno::EAGAIN);
            }
            nix::unistd::write(fd, piece)
        }
        Err(errno) => Err(errno),
    }
}

/// Whether a write may wait for another process: as long as that likes. A file waits for its disk.
fn waits_for_a_reader(fd: BorrowedFd<'_>) -> bool {
    fstat(fd).is_ok_and(|stat| {
        let kind = SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT;
        kind != SFlag::S_IFREG && kind != SFlag::S_IFBLK
    })
}

/// Whether a signal that ends a run is pending here: blocked, and not ignored.
fn is_to_end() -> bool {
    let mut pending = std::mem::MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: the set is valid for writing, and all zeros is one.
    let pending = unsafe {
        libc::sigpending(pending.as_mut_ptr());
        pending.assume_init()
    };
    [
        Signal::SIGINT,
        Signal::SIGTERM,
        Signal::SIGHUP,
        Signal::SIGQUIT,
    ]
    .into_iter()
    // SAFETY: the set is valid, and the number that of a signal.
    .any(|signal| unsafe { libc::sigismember(&raw const pending, signal as i32) == 1 } && !is_ignored(signal as i32))
}

/// Whether this process ignores a signal.
pub fn is_ignored(signal: i32) -> bool {
    let mut action = std::mem::MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a null new action only asks; the other one is valid for writing, and all zeros is one.
    let action = unsafe {
        libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr());
        action.assume_init()
    };
    action.sa_sigaction == libc::SIG_IGN
}

#[cfg(test)]
mod tests {
    use std::os::fd::OwnedFd;

    use super::*;

    #[test]
    fn a_pipe_that_nobody_reads_takes_no_more_than_it_holds() {
        let (reader, writer) = std::io::pipe().unwrap();
        let writer = OwnedFd::from(writer);
        let mut written = 0;
        let refused = loop {
            match write_some(writer.as_fd(), &[b'x'; 10_000]) {
                Ok(some) => written += some,
                Err(errno) => break errno,
            }
        };
        assert_eq!(refused, Errno::EAGAIN);
        assert!(written >= PIECE, "{written}");
        drop(reader);
        assert_eq!(write_some(writer.as_fd(), b"x"), Err(Errno::EPIPE));
    }

    #[test]
    fn a_socket_that_nobody_reads_takes_no_more_than_it_holds() {
        let (_reader, writer) = std::os::unix::net::UnixStream::pair().unwrap();
        while let Ok(some) = write_some(writer.as_fd(), &[b'x'; 10_000]) {
            assert!(some > 0);
        }
        assert_eq!(write_some(writer.as_fd(), b"x"), Err(Errno::EAGAIN));
    }

    #[test]
    fn a_file_takes_all() {
        let file = tempfile::tempfile().unwrap();
        assert_eq!(write_some(file.as_fd(), b"four"), Ok(4));
        assert_eq!(file.metadata().unwrap().len(), 4);
    }
}
