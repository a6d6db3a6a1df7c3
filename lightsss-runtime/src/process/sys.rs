//! The system calls that the slots stand on.

use std::{
    io::Write,
    os::fd::{FromRawFd, OwnedFd},
    time::Duration,
};

use nix::{
    errno::Errno,
    poll::PollTimeout,
    sched::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity},
    sys::{
        eventfd::{EfdFlags, EventFd},
        signal::{SigSet, SigmaskHow, Signal, kill, sigprocmask},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::{ForkResult, Pid, fork, getpid, getppid},
};

/// Retries a call that a signal interrupted.
pub(crate) fn retry<T>(mut call: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            other => return other,
        }
    }
}

/// Forks. All signals stay blocked in the child; the parent's mask is restored.
///
/// Returns the mask from before, for a child that goes on running user code.
pub(crate) fn fork_blocked() -> Result<(ForkResult, SigSet), Errno> {
    let before = block_all();
    let forked = fork_here();
    if !matches!(forked, Ok(ForkResult::Child)) {
        unblock(&before);
    }
    forked.map(|result| (result, before))
}

/// Forks, with the signal mask as it is.
pub(crate) fn fork_here() -> Result<ForkResult, Errno> {
    // SAFETY: `fork` is unsafe because a child of a threaded process may call only functions that
    // are async-signal-safe. Every caller has checked that this process has one thread
    // (`threads::others`), or is a slot, which never starts any.
    unsafe { fork() }
}

/// Blocks all signals, and returns the mask from before.
pub(crate) fn block_all() -> SigSet {
    let mut before = SigSet::empty();
    // It fails only for an unknown first argument.
    let _ = sigprocmask(
        SigmaskHow::SIG_SETMASK,
        Some(&SigSet::all()),
        Some(&mut before),
    );
    before
}

/// Ends this process at once: no destructors, no `atexit` functions, no buffers written.
pub(crate) fn exit_now(status: i32) -> ! {
    // SAFETY: `_exit` has no preconditions.
    unsafe { libc::_exit(status) }
}

/// Writes out what Rust's and C's stdio hold, so that a fork does not duplicate it.
pub(crate) fn flush_stdio() {
    let _ = std::io::stdout().flush();
    let _ = std::io::stderr().flush();
    // SAFETY: a null stream asks for all output streams and has no other preconditions.
    unsafe { libc::fflush(std::ptr::null_mut()) };
}

/// A descriptor that becomes readable when `pid` ends. `ENOSYS` before Linux 5.3.
pub(crate) fn pidfd_open(pid: Pid) -> Result<OwnedFd, Errno> {
    // SAFETY: the system call takes two integers and touches no memory of ours.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid.as_raw(), 0) };
    let fd = Errno::result(fd)?;
    // SAFETY: the kernel has just returned this descriptor, so nothing else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// Has the kernel kill this process when `parent` ends, and ends it now if that has happened.
pub(crate) fn die_with(parent: Pid) {
    let _ = nix::sys::prctl::set_pdeathsig(Some(Signal::SIGKILL));
    if getppid() != parent {
        exit_now(0);
    }
}

/// Has the kernel continue this process, should it be stopped, whenever its parent ends: it then
/// notices that end, where a stopped process would stay for ever.
pub(crate) fn continue_when_parent_ends() {
    let _ = nix::sys::prctl::set_pdeathsig(Some(Signal::SIGCONT));
}

/// Continues a process that somebody has stopped.
pub(crate) fn continue_now(pid: Pid) {
    if pid.as_raw() > 1 {
        let _ = kill(pid, Signal::SIGCONT);
    }
}

/// A descriptor that one process writes to wake another.
pub(crate) fn eventfd() -> Result<EventFd, Errno> {
    EventFd::from_value_and_flags(0, EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)
}

/// Sets an eventfd back to zero.
pub(crate) fn drain(event: &EventFd) {
    let _ = retry(|| event.read());
}

/// Wakes those that poll the eventfd.
pub(crate) fn signal(event: &EventFd) {
    let _ = retry(|| event.write(1));
}

/// Milliseconds as `poll` wants them, rounded up.
pub(crate) fn poll_timeout(timeout: Option<Duration>) -> PollTimeout {
    timeout.map_or(PollTimeout::NONE, |timeout| {
        let millis = timeout.as_nanos().div_ceil(1_000_000).min(1 << 30) as i32;
        PollTimeout::try_from(millis).unwrap_or(PollTimeout::MAX)
    })
}

/// Reaps a child if it has ended. `Err(ECHILD)` when it is not our child (any more).
pub(crate) fn try_reap(pid: Pid) -> Result<Option<i32>, Errno> {
    let mut status = 0;
    let reaped = retry(|| {
        // SAFETY: `status` is a valid place for an `int` for the duration of the call.
        Errno::result(unsafe { libc::waitpid(pid.as_raw(), &raw mut status, libc::WNOHANG) })
    })?;
    Ok((reaped == pid.as_raw()).then_some(status))
}

/// Kills a child with SIGKILL and does not wait for it. False where that is not allowed.
pub(crate) fn kill_now(pid: Pid) -> bool {
    pid.as_raw() > 1 && pid != getpid() && kill(pid, Signal::SIGKILL).is_ok()
}

/// Has a process interrupt nobody when it wakes: one that is killed wakes to give back its memory,
/// which takes a tenth of a second for a gigabyte, and need not do that first of all. (See
/// `SCHED_BATCH` in sched(7).) One that is not scheduled as most are is left alone.
pub(crate) fn yield_to_others(pid: Pid) {
    // SAFETY: zero is a value of each of its fields, and the priority of this class.
    let parameters: libc::sched_param = unsafe { std::mem::zeroed() };
    // SAFETY: the first call takes an integer; the other one reads `parameters`, which live.
    unsafe {
        if libc::sched_getscheduler(pid.as_raw()) == libc::SCHED_OTHER {
            libc::sched_setscheduler(pid.as_raw(), libc::SCHED_BATCH, &raw const parameters);
        }
    }
}

/// The processors on which this process may run; `None` where the system does not say.
pub(crate) fn processors() -> Option<CpuSet> {
    sched_getaffinity(Pid::from_raw(0)).ok()
}

/// Lets this process run on these processors again.
pub(crate) fn run_on(processors: &CpuSet) {
    let _ = sched_setaffinity(Pid::from_raw(0), processors);
}

/// Has a process that sleeps wake on the processor that this one runs on, which is awake: to wake another one takes
/// ten times as long in a virtual machine, and milliseconds where its host has given it away.
pub(crate) fn draw_here(pid: Pid) {
    let Ok(here) = sched_getcpu() else { return };
    let mut only = CpuSet::new();
    if only.set(here).is_ok() {
        let _ = sched_setaffinity(pid, &only);
    }
}

/// True once `pid`, a child of ours, has ended; it stays to be reaped.
pub(crate) fn has_ended(pid: Pid) -> bool {
    use nix::sys::wait::{Id, waitid};
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    !matches!(
        retry(|| waitid(Id::Pid(pid), flags)),
        Ok(WaitStatus::StillAlive)
    )
}

/// When a process was started, in the kernel's ticks, as long as it has not ended: with its id that tells
/// it from any other. Of whosever child it is; needed where the kernel has no pidfds.
pub(crate) fn start_of(pid: Pid) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Behind the name, which may hold anything: the state first, and the start as the 20th (proc(5)).
    let mut fields = stat.rsplit(')').next()?.split_whitespace();
    let ended = matches!(fields.next()?, "Z" | "X");
    (!ended).then(|| fields.nth(18)?.parse().ok())?
}

/// Reaps a child, waiting for it.
pub(crate) fn reap(pid: Pid) {
    let _ = retry(|| waitpid(pid, None));
}

/// Nanoseconds of the monotonic clock, which all processes share.
pub(crate) fn now() -> u64 {
    nix::time::clock_gettime(nix::time::ClockId::CLOCK_MONOTONIC).map_or(0, |time| {
        time.tv_sec() as u64 * 1_000_000_000 + time.tv_nsec() as u64
    })
}

/// Minor page faults of this process so far: an upper bound on the pages that it copied on write.
pub(crate) fn minor_faults() -> u64 {
    use nix::sys::resource::{UsageWho, getrusage};
    getrusage(UsageWho::RUSAGE_SELF).map_or(0, |usage| usage.minor_page_faults() as u64)
}

/// Names this process in listings.
pub(crate) fn set_name(name: &std::ffi::CStr) {
    let _ = nix::sys::prctl::set_name(name);
}

/// Kills the process behind a pidfd, which cannot be another that got the same id.
/// False where that is not allowed.
pub(crate) fn kill_by_pidfd(pidfd: &OwnedFd) -> bool {
    use std::os::fd::AsRawFd;
    let none = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: a null `siginfo` asks for the default one; the other arguments are integers.
    unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            pidfd.as_raw_fd(),
            libc::SIGKILL,
            none,
            0,
        ) == 0
    }
}

/// Sends any signal, real-time ones included.
pub(crate) fn send(pid: Pid, signal: i32) {
    // SAFETY: `kill` takes two integers.
    let _ = unsafe { libc::kill(pid.as_raw(), signal) };
}

/// Reaps one child that has ended, whichever; `None` when there is none now.
pub(crate) fn reap_any() -> Option<(Pid, i32)> {
    let mut status = 0;
    // SAFETY: `status` is a valid place for an `int` for the duration of the call.
    let pid = retry(|| Errno::result(unsafe { libc::waitpid(-1, &raw mut status, libc::WNOHANG) }));
    pid.ok()
        .filter(|pid| *pid > 0)
        .map(|pid| (Pid::from_raw(pid), status))
}

/// Waits for a child and returns its status.
pub(crate) fn wait_for(pid: Pid) -> i32 {
    let mut status = 0;
    // SAFETY: `status` is a valid place for an `int` for the duration of the call.
    let _ = retry(|| Errno::result(unsafe { libc::waitpid(pid.as_raw(), &raw mut status, 0) }));
    status
}

/// True while `pid` is a child of this process that has not ended.
pub(crate) fn is_live_child(pid: Pid) -> bool {
    use nix::sys::wait::{Id, waitid};
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    matches!(
        retry(|| waitid(Id::Pid(pid), flags)),
        Ok(WaitStatus::StillAlive)
    )
}

/// True while this process has children, ended or not.
pub(crate) fn has_children() -> bool {
    use nix::sys::wait::{Id, waitid};
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    retry(|| waitid(Id::All, flags)).is_ok()
}

/// Lets SIGINT pass by this process.
pub(crate) fn ignore_interrupt() {
    use nix::sys::signal::{SigHandler, signal};
    // SAFETY: ignoring a signal installs no function that would have to be async-signal-safe.
    let _ = unsafe { signal(Signal::SIGINT, SigHandler::SigIgn) };
}

/// Sets the signal mask back to what [`fork_blocked`] found.
pub(crate) fn unblock(mask: &SigSet) {
    let _ = sigprocmask(SigmaskHow::SIG_SETMASK, Some(mask), None);
}

/// Ends this process by a signal, real-time ones included, without a core file: the one who crashed has
/// left one if it was to. Returns if the signal does not end it.
pub(crate) fn die_by(number: i32) {
    use nix::sys::resource::{Resource, setrlimit};
    let _ = setrlimit(Resource::RLIMIT_CORE, 0, 0);
    // SAFETY: the default action is no function that would have to be async-signal-safe, and all zeros
    // is a set of signals.
    unsafe {
        libc::signal(number, libc::SIG_DFL);
        let mut only = std::mem::zeroed();
        libc::sigaddset(&raw mut only, number);
        libc::sigprocmask(libc::SIG_UNBLOCK, &raw const only, std::ptr::null_mut());
        libc::raise(number);
    }
}

/// Takes back an inherited wish that children vanish by themselves, statuses and all.
pub(crate) fn reap_by_hand() {
    use nix::sys::signal::{SigHandler, signal};
    // SAFETY: neither ignoring a signal nor its default action is a function of ours. SIGCHLD is
    // blocked in the callers' processes, so that nothing is delivered in between.
    unsafe {
        if let Ok(before @ (SigHandler::Handler(_) | SigHandler::SigAction(_))) =
            signal(Signal::SIGCHLD, SigHandler::SigDfl)
        {
            let _ = signal(Signal::SIGCHLD, before);
        }
    }
}
