//! Processes that a descendant has left behind, and that the system has handed to this one.

use std::{
    fs,
    time::{Duration, Instant},
};

use nix::unistd::{Pid, getsid, gettid};

use super::sys;

/// How long killed processes may take to end.
const PATIENCE: Duration = Duration::from_secs(1);

/// The children of this process, those that have ended and were not waited for included. Empty where the system
/// does not tell.
pub(crate) fn children() -> Vec<Pid> {
    let path = format!("/proc/self/task/{}/children", gettid());
    let numbers = fs::read_to_string(path).unwrap_or_default();
    let numbers = numbers.split_ascii_whitespace();
    numbers
        .filter_map(|number| number.parse().ok().map(Pid::from_raw))
        .collect()
}

/// Kills and reaps the children that are not `known` and belong to another session, until there are none.
///
/// A child that this process has started itself is of its session, unless it has made one of its own.
pub(crate) fn end(known: impl Fn(Pid) -> bool) {
    let own = getsid(None).ok();
    let begun = Instant::now();
    loop {
        let left: Vec<Pid> = children()
            .into_iter()
            .filter(|child| !known(*child) && getsid(Some(*child)).ok() != own)
            .collect();
        if left.is_empty() || begun.elapsed() > PATIENCE {
            return;
        }
        for orphan in &left {
            sys::kill_now(*orphan);
        }
        // Those that have not ended yet are found again.
        let reaped = left
            .iter()
            .filter(|orphan| !matches!(sys::try_reap(**orphan), Ok(None)))
            .count();
        if reaped == 0 {
            std::thread::sleep(Duration::from_micros(100));
        }
    }
}
