//! A snapshot with its parents, which is what all commands but `inspect` need.

use std::path::Path;

use lightsss_runtime::durable::{RestoreOptions, Snapshot};

use crate::output::Failure;

/// Opens a snapshot and its parents.
pub(crate) fn open(path: &Path, options: &RestoreOptions) -> Result<Snapshot, Failure> {
    let mut snapshot = Snapshot::open(path, options)?;
    snapshot.open_parents()?;
    Ok(snapshot)
}

/// Bytes of a snapshot and its opened parents.
pub(crate) fn len(snapshot: &Snapshot) -> u64 {
    let parents = std::iter::successors(Some(snapshot), |snapshot| snapshot.parent());
    parents.map(Snapshot::file_len).sum()
}
