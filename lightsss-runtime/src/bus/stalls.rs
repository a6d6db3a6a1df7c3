//! Random back-pressure.

use crate::Savable;

/// When a memory makes the other side wait: at random, in a given share of the cycles, the same in each run of a seed.
///
/// ```
/// use lightsss_runtime::bus::Stalls;
///
/// let mut stalls = Stalls::new(7, 0.25);
/// let stalled = (0..1000).filter(|_| stalls.stalls()).count();
/// assert!((200..300).contains(&stalled));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Savable)]
#[savable(crate = crate)]
pub struct Stalls {
    state: u64,
    /// Of 65,536.
    share: u32,
}

impl Stalls {
    /// Stalls in `share` (0 to 1) of the cycles.
    #[must_use]
    pub fn new(seed: u64, share: f64) -> Self {
        Self {
            state: seed,
            share: (share.clamp(0.0, 1.0) * 65_536.0).round() as u32,
        }
    }

    /// Never stalls.
    #[must_use]
    pub fn none() -> Self {
        Self::new(0, 0.0)
    }

    /// Whether to stall this time.
    pub fn stalls(&mut self) -> bool {
        if self.share == 0 {
            return false;
        }
        let mut generator = fastrand::Rng::with_seed(self.state);
        let stalls = generator.u32(0..65_536) < self.share;
        self.state = generator.get_seed();
        stalls
    }
}
