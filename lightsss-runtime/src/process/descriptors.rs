//! Descriptors by their numbers: what stands behind one, and putting something else there.

use std::{
    io,
    os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd},
};

use nix::{
    errno::Errno,
    fcntl::{FcntlArg, FdFlag, fcntl},
    sys::stat::fstat,
};

use super::sys;

/// Other names of standard output and error are looked for below this number.
const LAST_TWIN: RawFd = 256;

/// A descriptor by its number.
pub(crate) fn borrowed<'a>(number: RawFd) -> BorrowedFd<'a> {
    // SAFETY: what is called with it fails for a number of no open descriptor, and the moments at which
    // this is called are those of one thread in the runtime: nobody closes or reuses it in between.
    unsafe { BorrowedFd::borrow_raw(number) }
}

/// Makes descriptor `number` another name of `target`.
pub(crate) fn replace(number: RawFd, target: &OwnedFd) {
    // SAFETY: `dup2` takes two integers. What `number` meant before is replaced for all who use
    // it, which is the purpose; no owner is left with a closed descriptor.
    let _ = sys::retry(|| Errno::result(unsafe { libc::dup2(target.as_raw_fd(), number) }));
}

/// Puts a file behind a number that another one has.
pub(crate) fn take_place(number: RawFd, anew: impl Into<OwnedFd>) -> io::Result<()> {
    // SAFETY: the number is that of a file which was open at the checkpoint, and its owner has
    // no reason to close it in between: the process is a slot that has just woken, or one that is
    // being saved.
    let fd = unsafe { BorrowedFd::borrow_raw(number) };
    let close_on_exec = FdFlag::from_bits_retain(fcntl(fd, FcntlArg::F_GETFD)?);
    replace(number, &anew.into());
    fcntl(fd, FcntlArg::F_SETFD(close_on_exec))?;
    Ok(())
}

/// Whether two descriptors share one open file. False where the kernel does not say.
pub(crate) fn same_open_file(a: RawFd, b: RawFd) -> bool {
    /// Of kcmp(2).
    const KCMP_FILE: libc::c_int = 0;
    let pid = nix::unistd::getpid().as_raw();
    // SAFETY: takes integers.
    unsafe { libc::syscall(libc::SYS_kcmp, pid, pid, KCMP_FILE, a, b) == 0 }
}

/// Descriptors of this process, of those below a few hundred, that share an open file with `number`.
pub(crate) fn twins_of(number: RawFd) -> Vec<RawFd> {
    let all = (libc::STDERR_FILENO + 1..LAST_TWIN).filter(|other| fstat(borrowed(*other)).is_ok());
    all.filter(|other| same_open_file(number, *other)).collect()
}
