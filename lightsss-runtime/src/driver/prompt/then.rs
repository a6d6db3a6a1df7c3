//! How a run goes on behind its prompt.

/// What the user wants once the prompt has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// A run that is paused goes on.
    GoOn,
    /// It ends.
    End,
}
