//! Where a replay's standard output and error go.

use std::{
    fs::OpenOptions,
    io,
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd},
    sync::atomic::Ordering::Relaxed,
};

use nix::{
    errno::Errno,
    fcntl::{FcntlArg, OFlag, fcntl},
    unistd::{pipe2, read},
};

use super::{order::ReplayOutput, record::ReplayEntry, sys};

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
        ReplayOutput::File(path) => create(&path.to_string_lossy()),
        ReplayOutput::Discard => create("/dev/null"),
    };
    // Nowhere at all would be worse than twice: without a target all stays as it was.
    if let Some(target) = target {
        for standard in [libc::STDOUT_FILENO, libc::STDERR_FILENO] {
            replace(standard, &target);
        }
    }
}

fn create(path: &str) -> Option<OwnedFd> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(path);
    match file {
        Ok(file) => Some(file.into()),
        Err(error) => {
            eprintln!("lightsss: the replay cannot write to {path}: {error}");
            None
        }
    }
}

/// Makes descriptor `number` another name of `target`.
pub(crate) fn replace(number: RawFd, target: &OwnedFd) {
    // SAFETY: `dup2` takes two integers. What `number` meant before is replaced for whoever uses
    // it, which is the purpose; no owner is left with a closed descriptor.
    let _ = sys::retry(|| Errno::result(unsafe { libc::dup2(target.as_raw_fd(), number) }));
}

impl Pump {
    /// Readable when there is something to pass on.
    pub(crate) fn as_fd(&self) -> Option<BorrowedFd<'_>> {
        (!self.ended).then(|| self.read.as_fd())
    }

    /// In the slot, once the replay has been forked.
    pub(crate) fn close_writer(&mut self) {
        self.write = None;
    }

    /// Passes on what there is, whole lines only.
    pub(crate) fn forward(&mut self) {
        let mut chunk = [0; 4096];
        while !self.ended {
            let Ok(length) = sys::retry(|| read(&self.read, &mut chunk)) else {
                return;
            };
            self.ended = length == 0;
            for byte in &chunk[..length] {
                self.line.push(*byte);
                if *byte == b'\n' || self.line.len() >= LONGEST_LINE {
                    self.finish();
                }
            }
        }
    }

    /// Passes on what is left, whole or not.
    pub(crate) fn finish(&mut self) {
        if self.line.is_empty() {
            return;
        }
        if self.line.last() != Some(&b'\n') {
            self.line.push(b'\n');
        }
        let mut whole = std::mem::take(&mut self.line);
        whole.splice(0..0, self.prefix.iter().copied());
        let _ = io::Write::write_all(&mut io::stderr(), &whole);
    }
}
