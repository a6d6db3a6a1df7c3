//! What the supervisor tells of a crash, or of an interruption.

use std::{fmt, sync::atomic::Ordering::Acquire};

use serde::Serialize;

use super::{
    order::{ProcessEnd, Reason, ReplayReport},
    record::Record,
    save::SavedSlot,
    stats::SlotStats,
};

/// Something made the supervisor wake a slot.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Incident {
    /// A crash, or an interruption.
    pub reason: Reason,
    /// Last cycle that the original published.
    pub cycle: u64,
    /// Where it crashed, as far as a handler or a panic could say.
    pub site: Option<Site>,
    /// What came of the slot that was to write itself to a file
    /// ([`SupervisorOptions::save`](super::SupervisorOptions::save)), if one was.
    pub saved: Option<Result<SavedSlot, String>>,
    /// What came of the replay.
    pub replay: Result<ReplayReport, String>,
    /// What the slots had cost until then. Counts are up to date; times and shares are up to a tenth
    /// of a second older, and texts are lost with a process that crashed.
    pub slots: SlotStats,
}

/// Where a process crashed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Site {
    /// Address that could not be accessed, for the signals that have one.
    pub address: Option<u64>,
    /// Program counter.
    pub pc: Option<u64>,
    /// Function there, if symbols tell.
    pub function: Option<String>,
    /// File and line there, if debug information tells.
    pub location: Option<String>,
    /// A Rust panic's message and place.
    pub panic: Option<String>,
}

impl Site {
    /// What the original's handlers wrote, if it ended that way.
    ///
    /// Functions are looked up only where `named` asks for it: that reads the program's debug
    /// information, which takes a quarter of a second and more, and a slot waits to be woken.
    pub(crate) fn read(record: &Record, end: ProcessEnd, named: bool) -> Option<Self> {
        let crash = &record.crash;
        let mut site = Self::default();
        let signal = crash.signal.load(Acquire);
        // The signal need not be the one that ended it: Rust's own handler turns a stack overflow
        // into SIGABRT. One that was sent, by `abort` above all, says nothing about where.
        let fault = signal != 0 && crash.code.load(Acquire) > 0;
        if matches!(end, ProcessEnd::Signaled(_)) && fault {
            let pc = crash.pc.load(Acquire);
            if [libc::SIGSEGV, libc::SIGBUS].contains(&signal) {
                site.address = Some(crash.address.load(Acquire));
            }
            site.pc = Some(pc);
            if named {
                site.look_up(pc);
            }
        }
        let panic = crash.panic.get();
        if matches!(end, ProcessEnd::Exited(101)) && !panic.is_empty() {
            site.panic = Some(panic);
        }
        (site != Self::default()).then_some(site)
    }

    /// The function and line at `pc`. The supervisor is a fork of the same program, at the same
    /// addresses.
    fn look_up(&mut self, pc: u64) {
        backtrace::resolve(pc as *mut _, |symbol| {
            self.function = symbol.name().map(|name| name.to_string());
            let line = symbol
                .lineno()
                .map_or(String::new(), |line| format!(":{line}"));
            self.location = symbol
                .filename()
                .map(|file| format!("{}{line}", file.display()));
        });
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(panic) = &self.panic {
            parts.push(panic.replace('\n', " "));
        }
        if let Some(address) = self.address {
            parts.push(format!("address {address:#x}"));
        }
        match (&self.function, &self.location) {
            (Some(function), Some(location)) => parts.push(format!("in {function} at {location}")),
            (Some(function), None) => parts.push(format!("in {function}")),
            _ => parts.extend(self.pc.map(|pc| format!("program counter {pc:#x}"))),
        }
        f.write_str(&parts.join(", "))
    }
}

impl fmt::Display for Incident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at cycle {}", self.reason, self.cycle)?;
        if let Some(site) = &self.site {
            write!(f, " ({site})")?;
        }
        match &self.saved {
            Some(Ok(saved)) => write!(
                f,
                "; saved the slot of cycle {} to {}",
                saved.cycle,
                saved.path.display()
            )?,
            Some(Err(error)) => write!(f, "; no slot was saved: {error}")?,
            None => {}
        }
        match &self.replay {
            Ok(report) => {
                write!(
                    f,
                    "; replayed from cycle {}: {}",
                    report.from_cycle, report.outcome
                )
            }
            Err(error) => write!(f, "; no replay: {error}"),
        }
    }
}
