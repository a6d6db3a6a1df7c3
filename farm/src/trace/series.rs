//! The snapshots that a run left.

use std::path::{Path, PathBuf};

use lightsss_runtime::durable::{self, RestoreOptions, Snapshot, SnapshotHeader};

use super::error::TraceError;
use crate::file_error::FileError;

/// A snapshot of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Saved {
    pub path: PathBuf,
    pub cycle: u64,
}

/// The snapshots of a series, oldest first. They are of one harness and one model, no two of one cycle, and each has
/// the parents that it needs.
pub(super) fn read(folder: &Path, name: &str) -> Result<Vec<Saved>, TraceError> {
    let wrong = |what: String| TraceError::Series {
        folder: folder.to_owned(),
        what,
    };
    let listed = durable::list_series(folder, name)
        .map_err(FileError::of("list the snapshots of", folder))?;
    let mut headers: Vec<(PathBuf, SnapshotHeader)> = Vec::new();
    for listed in listed {
        let opened = Snapshot::open(&listed.path, &RestoreOptions::default());
        let complete = opened.and_then(|mut snapshot| snapshot.open_parents().map(|()| snapshot));
        let snapshot = complete.map_err(|error| {
            wrong(format!(
                "{error}; remove this snapshot, and the piece before it becomes longer"
            ))
        })?;
        headers.push((listed.path, snapshot.header().clone()));
    }
    let Some((first_path, first)) = headers.first() else {
        return Err(wrong(format!(
            "there is no file named `{name}-CYCLE-NUMBER.lsss` in it; save some with `--save-every`"
        )));
    };
    for pair in headers.windows(2) {
        let [(before, earlier), (path, later)] = pair else {
            continue;
        };
        if earlier.cycle == later.cycle {
            return Err(wrong(format!(
                "`{}` and `{}` are both of cycle {}, so two runs have saved here; give each run a folder of its own",
                before.display(),
                path.display(),
                later.cycle
            )));
        }
    }
    for (path, header) in &headers {
        if let Some(what) = difference(first, header) {
            return Err(wrong(format!(
                "`{}` is of another {what} than `{}`",
                path.display(),
                first_path.display()
            )));
        }
    }
    let saved = headers.into_iter().map(|(path, header)| Saved {
        path,
        cycle: header.cycle,
    });
    Ok(saved.collect())
}

fn difference(first: &SnapshotHeader, other: &SnapshotHeader) -> Option<&'static str> {
    if first.harness != other.harness || first.schema != other.schema {
        Some("harness")
    } else if first.models != other.models {
        Some("model")
    } else {
        None
    }
}
