//! Runs commands side by side, and ends them all when one of them or somebody says so.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::sys::prctl;
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::{Pid, getppid};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::error::TraceError;
use super::folder::Files;
use crate::file_error::FileError;

/// Between two looks at the processes.
const TICK: Duration = Duration::from_millis(10);

/// Whether somebody asked this process to end.
#[derive(Debug, Clone)]
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From here on, SIGINT, SIGTERM and SIGHUP set it and do nothing else.
    pub(super) fn new() -> Result<Self, TraceError> {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            let registered = signal_hook::flag::register(signal, Arc::clone(&flag));
            registered.map_err(|error| {
                TraceError::Request(format!("signals cannot be caught: {error}"))
            })?;
        }
        Ok(Self(flag))
    }

    pub(super) fn check(&self) -> Result<(), TraceError> {
        if self.0.load(Ordering::Relaxed) {
            Err(TraceError::Interrupted)
        } else {
            Ok(())
        }
    }
}

/// A process, and all that it starts. They end when this is dropped, and when this process ends.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    status: Option<ExitStatus>,
    pub begun: Instant,
}

impl Running {
    /// Starts a command whose output goes into files.
    pub(super) fn start(mut command: Command, files: &Files) -> Result<Self, TraceError> {
        let create = |path| File::create(path).map_err(FileError::of("write", path));
        command
            .stdout(create(&files.output)?)
            .stderr(create(&files.said)?);
        // A group of its own, so that what it starts can be ended with it.
        command.process_group(0);
        let parent = nix::unistd::getpid();
        // SAFETY: between fork and exec the closure makes two system calls, which are safe in a signal handler;
        // it allocates nothing and takes no lock.
        unsafe {
            command.pre_exec(move || end_with(parent));
        }
        let program = command.get_program().to_owned();
        let child = command.spawn().map_err(FileError::of("run", program))?;
        Ok(Self {
            child,
            status: None,
            begun: Instant::now(),
        })
    }

    /// How it ended, if it has. What it had started is ended then, too.
    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>, TraceError> {
        if self.status.is_none() {
            let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
            let found = waitid(Id::Pid(self.group()), flags);
            if found.is_ok_and(|found| found == WaitStatus::StillAlive) {
                return Ok(None);
            }
            self.status = Some(self.end().map_err(FileError::of("wait for", "a piece"))?);
        }
        Ok(self.status)
    }

    fn group(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    /// Ends the group while its number is still taken by the process, and reaps that.
    fn end(&mut self) -> io::Result<ExitStatus> {
        let _ = killpg(self.group(), Signal::SIGKILL);
        self.child.wait()
    }

    /// Waits until it has ended.
    pub(super) fn wait(&mut self, interrupt: &Interrupt) -> Result<ExitStatus, TraceError> {
        loop {
            interrupt.check()?;
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            pause();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.status.is_none() {
            let _ = self.end();
        }
    }
}

/// In a child: has the kernel end it when `parent` ends.
fn end_with(parent: Pid) -> io::Result<()> {
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    // It may have ended before.
    if getppid() == parent {
        Ok(())
    } else {
        Err(io::ErrorKind::BrokenPipe.into())
    }
}

pub(super) fn pause() {
    std::thread::sleep(TICK);
}
