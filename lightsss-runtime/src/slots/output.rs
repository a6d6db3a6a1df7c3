//! Where a replay's standard output and error go.

use std::{
    fs::{File, OpenOptions},
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::Path,
    sync::atomic::Ordering::Relaxed,
};

use nix::{
    errno::Errno,
    fcntl::{FcntlArg, OFlag, fcntl},
    poll::{PollFd, PollFlags},
    unistd::{pipe2, read},
};

use super::{order::ReplayOutput, record::ReplayEntry};
use crate::process::{
    descriptors, output_path,
    stderr::{say, write_some},
    sys,
};

/// Carries what a replay prints to the original's standard error, with a prefix before each line.
/// (Its standard output may be a log, which has all of it once already.)
///
/// It runs in the slot, which has nothing else to do.
pub(crate) struct Pump {
    read: OwnedFd,
    /// The replay's end; the slot closes its copy once the replay has it.
    write: Option<OwnedFd>,
    prefix: Vec<u8>,
    /// What was read since the last end of line.
    line: Vec<u8>,
    /// Lines behind their prefixes that standard error has not taken yet.
    waiting: Vec<u8>,
    /// Nobody can write any more.
    ended: bool,
}

/// A longer line is cut into several.
const LONGEST_LINE: usize = 64 * 1024;

/// The pump that the order asks for, if it asks for one.
pub(crate) fn pump_for(entry: &ReplayEntry) -> Result<Option<Pump>, Errno> {
    let ReplayOutput::Prefix(prefix) = wanted(entry) else {
        return Ok(None);
    };
    let (read, write) = pipe2(OFlag::O_CLOEXEC)?;
    fcntl(&read, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    Ok(Some(Pump {
        read,
        write: Some(write),
        prefix: prefix.into_bytes(),
        line: Vec::new(),
        waiting: Vec::new(),
        ended: false,
    }))
}

fn wanted(entry: &ReplayEntry) -> ReplayOutput {
    ReplayOutput::decode(entry.output.load(Relaxed), entry.output_path.get())
}

/// In the replay: puts its standard output and error where the order says.
pub(crate) fn redirect(entry: &ReplayEntry, pump: Option<Pump>) {
    let target = match wanted(entry) {
        ReplayOutput::Inherit => return,
        ReplayOutput::Prefix(_) => pump.and_then(|pump| pump.write),
        ReplayOutput::File(path) => create(&path),
        ReplayOutput::Discard => nowhere(),
    };
    // Nowhere at all would be worse than twice: without a target all stays as it was.
    if let Some(target) = target {
        for standard in [libc::STDOUT_FILENO, libc::STDERR_FILENO] {
            // Other names of it go where it goes.
            for twin in descriptors::twins_of(standard) {
                let _ = target
                    .try_clone()
                    .map(|target| descriptors::take_place(twin, target));
            }
            descriptors::replace(standard, &target);
        }
    }
}

fn create(path: &Path) -> Option<OwnedFd> {
    let created = output_path::check(path)
        .map_err(|error| error.to_string())
        .and_then(|path| File::create(path).map_err(|error| error.to_string()));
    match created {
        Ok(file) => Some(file.into()),
        Err(error) => {
            let path = path.display();
            say(&format!(
                "lightsss: the replay cannot write to {path}: {error}\n"
            ));
            None
        }
    }
}

fn nowhere() -> Option<OwnedFd> {
    let null = OpenOptions::new().write(true).open("/dev/null");
    null.ok().map(OwnedFd::from)
}

impl Pump {
    /// What to wait for: something to pass on, or that standard error takes what was read.
    pub(crate) fn awaits<'a>(&'a self, standard_error: BorrowedFd<'a>) -> Option<PollFd<'a>> {
        if !self.waiting.is_empty() {
            return Some(PollFd::new(standard_error, PollFlags::POLLOUT));
        }
        (!self.ended).then(|| PollFd::new(self.read.as_fd(), PollFlags::POLLIN))
    }

    /// In the slot, once the replay has been forked.
    pub(crate) fn close_writer(&mut self) {
        self.write = None;
    }

    /// Passes on what there is, whole lines only. Reads no more than standard error takes: a replay whose
    /// output nobody reads waits, as the original would, and the slot does not wait with it.
    pub(crate) fn forward(&mut self) {
        let mut chunk = [0; 4096];
        while self.pass_on() && !self.ended {
            let Ok(length) = sys::retry(|| read(&self.read, &mut chunk)) else {
                return;
            };
            self.ended = length == 0;
            for byte in &chunk[..length] {
                self.line.push(*byte);
                if *byte == b'\n' || self.line.len() >= LONGEST_LINE {
                    self.end_line();
                }
            }
        }
    }

    /// After the replay's end: passes on what is left, whole or not. False while standard error does not
    /// take it.
    pub(crate) fn finish(&mut self) -> bool {
        self.forward();
        if self.waiting.is_empty() {
            self.end_line();
        }
        self.pass_on()
    }

    fn end_line(&mut self) {
        if self.line.is_empty() {
            return;
        }
        if self.line.last() != Some(&b'\n') {
            self.line.push(b'\n');
        }
        self.waiting.extend_from_slice(&self.prefix);
        self.waiting.append(&mut self.line);
    }

    /// Writes what is waiting. False if some of it still is.
    fn pass_on(&mut self) -> bool {
        let standard_error = io::stderr();
        let mut passed_on = 0;
        while passed_on < self.waiting.len() {
            match write_some(standard_error.as_fd(), &self.waiting[passed_on..]) {
                Ok(written) => passed_on += written,
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => break,
                // Nobody can read it any more.
                Err(_) => passed_on = self.waiting.len(),
            }
        }
        self.waiting.drain(..passed_on);
        self.waiting.is_empty()
    }
}
