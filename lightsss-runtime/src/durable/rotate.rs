//! Which snapshots of a folder stay.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};

use super::error::NotRemoved;
use super::format::SnapshotHeader;
use super::names::{EXTENSION, is_of};
use super::publish;
use super::reader::{RestoreOptions, Snapshot};
use super::storage::{Disk, Storage};

/// Which snapshots stay. Those that no rule keeps are dropped, except the last good one and the
/// parents of kept ones. Without any rule, all stay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// The newest so many stay.
    pub last: Option<NonZeroUsize>,
    /// Of each stretch of so many cycles, the first stays.
    pub every: Option<NonZeroU64>,
}

impl Retention {
    /// Whether there is any rule.
    pub(super) fn drops(&self) -> bool {
        self.last.is_some() || self.every.is_some()
    }
}

/// What was found in a folder, or done to it.
#[derive(Debug, Default)]
pub struct Pruned {
    /// Dropped, or what would be.
    pub dropped: Vec<PathBuf>,
    /// Kept.
    pub kept: Vec<PathBuf>,
    /// Named as snapshots and refused as such: left alone.
    pub damaged: Vec<PathBuf>,
    /// Left by writers that died: removed.
    pub leftovers: Vec<PathBuf>,
    /// Snapshots and leftovers that were to be removed and could not be.
    pub not_removed: Vec<NotRemoved>,
}

/// A snapshot in a folder.
#[derive(Debug)]
pub struct Listed {
    /// The file.
    pub path: PathBuf,
    /// Its length, in bytes; 0 if it could not be opened.
    pub file_len: u64,
    /// Its header, or why it has none.
    pub header: Result<SnapshotHeader, super::RestoreFileError>,
}

/// The snapshots of a folder, oldest first: by cycle, then by name. Frames are not verified.
pub fn list(folder: &Path) -> io::Result<Vec<Listed>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_none_or(|extension| extension != EXTENSION)
        {
            continue;
        }
        let opened = Snapshot::open(&path, &RestoreOptions::default());
        found.push(Listed {
            file_len: opened.as_ref().map_or(0, Snapshot::file_len),
            header: opened.map(|snapshot| snapshot.header().clone()),
            path,
        });
    }
    found.sort_by_cached_key(|listed| {
        let cycle = listed.header.as_ref().map_or(0, |header| header.cycle);
        (cycle, listed.path.clone())
    });
    Ok(found)
}

/// As [`list`], of the series with this name ([`SeriesOptions::name`](super::SeriesOptions)) only.
pub fn list_series(folder: &Path, series: &str) -> io::Result<Vec<Listed>> {
    let mut found = list(folder)?;
    found.retain(|listed| is_of(&listed.path, series));
    Ok(found)
}

/// Drops the snapshots of a folder that no rule keeps. With the name of a series
/// ([`SeriesOptions::name`](super::SeriesOptions)), it drops only those of that series.
///
/// Children go before their parents. A snapshot that cannot be removed is reported
/// ([`not_removed`](Pruned::not_removed)), and its parents stay with it.
///
/// If any is to be dropped, snapshots are verified from the newest on, with their parents, until one is found to be
/// good, and that one stays in any case. With `dry`, nothing is removed.
pub fn prune(
    folder: &Path,
    series: Option<&str>,
    retention: &Retention,
    dry: bool,
) -> io::Result<Pruned> {
    let (mut pruned, _) = prune_beside(&Disk, folder, series, retention, None, dry)?;
    if !dry {
        let cleaned = publish::clean(&Disk, folder)?;
        pruned.leftovers = cleaned.removed;
        pruned.not_removed.extend(cleaned.not_removed);
    }
    Ok(pruned)
}

/// As [`prune`], in another storage and without leftovers; the frames of `written`, though not its parents', need no
/// verifying. Gives the snapshot that was found to be good too, if one was looked for.
pub(super) fn prune_beside(
    storage: &dyn Storage,
    folder: &Path,
    series: Option<&str>,
    retention: &Retention,
    written: Option<&Path>,
    dry: bool,
) -> io::Result<(Pruned, Option<PathBuf>)> {
    let of_series = |path: &Path| series.is_none_or(|series| is_of(path, series));
    let mut pruned = Pruned::default();
    let mut snapshots = BTreeMap::new();
    let mut order = Vec::new();
    for listed in list(folder)? {
        let matches = of_series(&listed.path);
        // A link stays, and what it leads to is another folder's.
        let is_file = fs::symlink_metadata(&listed.path).is_ok_and(|found| found.is_file());
        if matches && !is_file && listed.header.is_ok() {
            pruned.kept.push(listed.path);
            continue;
        }
        match listed.header {
            Ok(header) => {
                if matches {
                    order.push((listed.path.clone(), header.cycle));
                }
                snapshots.insert(listed.path, header);
            }
            Err(_) if matches => pruned.damaged.push(listed.path),
            Err(_) => {}
        }
    }
    let mut kept = kept_by_rules(&order, retention);
    // What is kept of another series has parents too.
    let others = snapshots.keys().filter(|path| !of_series(path));
    kept.extend(others.cloned());
    keep_parents(&mut kept, &snapshots, folder);
    let mut good = None;
    if order.iter().any(|(path, _)| !kept.contains(path)) {
        let mut newest_first = order.iter().rev().map(|(path, _)| path);
        good = newest_first
            .find(|path| {
                let alone = snapshots[*path].parent.is_none();
                (written == Some(path) && alone) || is_good(path)
            })
            .cloned();
        kept.extend(good.clone());
        keep_parents(&mut kept, &snapshots, folder);
    }
    let mut dropped: Vec<&PathBuf> = order.iter().map(|(path, _)| path).collect();
    dropped.retain(|path| !kept.contains(*path));
    // Children first: what is still there, should one not go or this process end, has its parents.
    let depth = |path: &PathBuf| snapshots[path].parent.as_ref().map(|parent| parent.depth);
    dropped.sort_by_key(|path| Reverse(depth(path)));
    let mut staying = BTreeSet::new();
    for path in dropped.into_iter().filter(|_| !dry) {
        if kept.contains(path) {
            continue;
        }
        if let Err(error) = publish::remove(storage, path) {
            pruned.not_removed.push(error);
            staying.insert(path.clone());
            kept.insert(path.clone());
            keep_parents(&mut kept, &snapshots, folder);
        }
    }
    for (path, _) in order {
        if !kept.contains(&path) {
            pruned.dropped.push(path);
        } else if !staying.contains(&path) {
            pruned.kept.push(path);
        }
    }
    Ok((pruned, good))
}

fn kept_by_rules(order: &[(PathBuf, u64)], retention: &Retention) -> BTreeSet<PathBuf> {
    let mut kept = BTreeSet::new();
    if !retention.drops() {
        kept.extend(order.iter().map(|(path, _)| path.clone()));
    }
    if let Some(last) = retention.last {
        let newest = order.iter().rev().take(last.get());
        kept.extend(newest.map(|(path, _)| path.clone()));
    }
    if let Some(every) = retention.every {
        let mut last_stretch = None;
        for (path, cycle) in order {
            let stretch = cycle / every.get();
            if last_stretch.replace(stretch) != Some(stretch) {
                kept.insert(path.clone());
            }
        }
    }
    kept
}

/// Adds the parents, and theirs, of what is kept.
fn keep_parents(
    kept: &mut BTreeSet<PathBuf>,
    snapshots: &BTreeMap<PathBuf, SnapshotHeader>,
    folder: &Path,
) {
    let mut look_at: Vec<PathBuf> = kept.iter().cloned().collect();
    while let Some(path) = look_at.pop() {
        let parent = snapshots
            .get(&path)
            .and_then(|header| header.parent.as_ref());
        if let Some(parent) = parent {
            let parent = folder.join(&parent.file);
            if kept.insert(parent.clone()) {
                look_at.push(parent);
            }
        }
    }
}

/// The newest snapshot of a series whose checksums and parents are all right.
pub(super) fn newest_good(folder: &Path, series: &str) -> Option<PathBuf> {
    let listed = list(folder).ok()?;
    let newest_first = listed.into_iter().rev().map(|listed| listed.path);
    newest_first
        .filter(|path| is_of(path, series))
        .find(|path| is_good(path))
}

fn is_good(path: &Path) -> bool {
    let verified = Snapshot::open(path, &RestoreOptions::default()).and_then(|mut snapshot| {
        snapshot.open_parents()?;
        snapshot.verify(&|_| ())
    });
    verified.is_ok()
}
