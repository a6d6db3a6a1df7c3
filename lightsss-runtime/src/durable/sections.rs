//! The numbers of a file's sections: two of the format's own, then the harness's.

/// The description of the harness's type.
pub(super) const SCHEMA: usize = 0;
/// The harness's stream.
pub(super) const STREAM: usize = 1;
/// The harness's section 0.
pub(super) const FIRST: usize = 2;
