//! Interval timers of a process (`alarm`, `setitimer`): an exec keeps them, and a fork does not.

use libc::{ITIMER_PROF, ITIMER_REAL, ITIMER_VIRTUAL, itimerval};

use super::sys;

/// Of wall time, of the process's own time, and of that with the kernel's.
const ALL: [libc::c_int; 3] = [ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF];

/// How far off two looks at one moment may be, in microseconds.
const TOLERANCE: u64 = 20_000;

/// The timers that are set in a process, with what is left of them.
#[derive(Clone, Copy)]
pub(crate) struct Timers([itimerval; 3]);

impl std::fmt::Debug for Timers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(left)).finish()
    }
}

impl Timers {
    /// The timers of this process.
    pub(crate) fn get() -> Self {
        Self(ALL.map(|which| {
            let mut timer = none();
            // SAFETY: the place is valid for writing.
            unsafe { libc::getitimer(which, &raw mut timer) };
            timer
        }))
    }

    /// Takes all timers off this process.
    pub(crate) fn take() -> Self {
        let timers = Self::get();
        for (which, _) in timers.set() {
            // SAFETY: the new value is valid, and the old one is not asked for.
            unsafe { libc::setitimer(which, &NONE, std::ptr::null_mut()) };
        }
        timers
    }

    /// Sets this process's timers to what was left.
    pub(crate) fn put(&self) {
        for (which, timer) in self.set() {
            // SAFETY: the new value is valid, and the old one is not asked for.
            unsafe { libc::setitimer(which, timer, std::ptr::null_mut()) };
        }
    }

    /// When the timer of wall time goes off, in microseconds of the monotonic clock, if it goes off once.
    /// A program that sets it and then becomes the run means a limit of time.
    pub(crate) fn limit(&self) -> Option<u64> {
        let real = &self.0[0];
        let once = real.it_interval.tv_sec == 0 && real.it_interval.tv_usec == 0;
        (left(real) > 0 && once).then(|| sys::now() / 1000 + left(real))
    }

    /// As [`Self::put`], without a limit of time that goes off then: it is the run's and not a replay's.
    pub(crate) fn put_without(mut self, limit: Option<u64>) {
        let same = |at: u64| limit.is_some_and(|limit| at.abs_diff(limit) < TOLERANCE);
        if self.limit().is_some_and(same) {
            self.0[0] = NONE;
        }
        self.put();
    }

    fn set(&self) -> impl Iterator<Item = (libc::c_int, &itimerval)> {
        ALL.into_iter()
            .zip(&self.0)
            .filter(|(_, timer)| left(timer) > 0)
    }
}

const NONE: itimerval = none();

const fn none() -> itimerval {
    let zero = libc::timeval {
        tv_sec: 0,
        tv_usec: 0,
    };
    itimerval {
        it_interval: zero,
        it_value: zero,
    }
}

/// Microseconds until it goes off; 0 for one that is not set.
fn left(timer: &itimerval) -> u64 {
    timer.it_value.tv_sec.cast_unsigned() * 1_000_000 + timer.it_value.tv_usec.cast_unsigned()
}
