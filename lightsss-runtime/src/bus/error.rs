//! What a manager does that its bus forbids.

/// A manager broke the rules of its bus. As an error of a step it is the failure of the run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BusError {
    /// A channel's `valid` fell, or what it carries changed, before the other side was ready.
    #[error("{channel}: expected `valid` and what it carries to stay until `ready`, found {found}")]
    Dropped {
        /// The channel, such as `AW`.
        channel: &'static str,
        /// What happened instead.
        found: &'static str,
    },
    /// A burst that the protocol does not have.
    #[error("{channel} at {address:#x}: {reason}")]
    Burst {
        /// The channel, `AW` or `AR`.
        channel: &'static str,
        /// The first address.
        address: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// `WLAST` stands at another beat than the last of its burst.
    #[error("W: expected WLAST at beat {expected} of the burst, found it at beat {found}")]
    Last {
        /// The last beat, from 1.
        expected: u64,
        /// The beat that has it, from 1, or that lacks it.
        found: u64,
    },
}
