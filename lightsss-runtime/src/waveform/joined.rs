//! What came of a join.

/// What was joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Joined {
    /// The size of the file.
    pub bytes: u64,
    /// The first time in it.
    pub first: u64,
    /// The last time in it.
    pub last: u64,
}
