//! Whatever fails in a series, in the background or while flattening: a good snapshot stays, and the next save works.

use std::path::Path;
use std::sync::Arc;

use nix::errno::Errno;

use super::super::{
    Compression, RestoreOptions, Retention, SaveOptions, Series, SeriesOptions, Snapshot, flatten,
    list, restore,
};
use super::fault::{Fault, Faulty, Stuck};
use super::harness::{Harness, blank, harness};
use super::threads;
use crate::process::isolate::isolated;
use lightsss_tests_support::events::CapturedEvents;

fn options(storage: &Arc<Faulty>) -> SaveOptions {
    SaveOptions {
        storage: storage.clone(),
        threads: Some(threads(2)),
        compression: Compression::None,
        ..SaveOptions::default()
    }
}

fn full(nth: u64) -> Arc<Faulty> {
    Arc::new(Faulty::new(Fault::Error(Errno::ENOSPC), nth))
}

/// A folder in memory where there is one: what is tested is not the disk, and is synchronised a thousand times.
fn in_memory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

/// A memory of two chunks is enough here.
const MEMORY: usize = (1 << 20) + 4096;

fn live(cycle: u64) -> Harness {
    let mut live = harness(1);
    live.ram.0.truncate(MEMORY);
    live.cycle = cycle;
    live.ram.0[cycle as usize * 4096] ^= 1;
    live
}

fn restored(path: &Path) -> Harness {
    let mut restored = blank();
    restored.ram.0.truncate(MEMORY);
    restore(path, &mut restored).unwrap();
    restored
}

/// A rotating series with children; cycles 0 to 3 are saved.
fn begun(folder: &Path) -> Series {
    let options = SeriesOptions {
        max_chain: 2,
        retention: Retention {
            last: Some(threads(2)),
            every: None,
        },
        ..SeriesOptions::default()
    };
    let mut series = Series::new(folder, options).unwrap();
    for cycle in 0..4 {
        let options = SaveOptions::new().cycle(cycle);
        series.save(&live(cycle), &options).unwrap();
    }
    series
}

/// The cycles of the snapshots in a folder, which can all be restored.
fn restorable(folder: &Path) -> Vec<u64> {
    let cycles = list(folder).unwrap().into_iter().map(|listed| {
        let restored = restored(&listed.path);
        assert!(restored == live(restored.cycle));
        restored.cycle
    });
    cycles.collect()
}

/// Files that a writer left.
fn leftovers(folder: &Path) -> usize {
    let names = std::fs::read_dir(folder).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(".lightsss-tmp")).count()
}

/// Every operation of the fifth save, the removals of three old files among them, fails once, or it and all that
/// follow; be it a child or whole.
fn series_survives(save: impl Fn(&mut Series, &Harness, &SaveOptions) -> Result<(), String>) {
    for (fault, expected) in [
        (Fault::Error(Errno::ENOSPC), "No space left on device"),
        (Fault::Death, "Input/output error"),
    ] {
        let mut removals = Vec::new();
        for nth in 0.. {
            let folder = in_memory();
            let mut series = begun(folder.path());
            assert_eq!(restorable(folder.path()), [0, 1, 2, 3]);
            let storage = Arc::new(Faulty::new(fault, nth));
            let result = save(&mut series, &live(4), &options(&storage).cycle(4));
            let there = restorable(folder.path());
            let good = restored(&series.newest_good().unwrap());
            if let Err(error) = &result {
                assert!(error.contains(expected), "{error}");
                assert!(storage.failed());
                assert!(good.cycle >= 3, "operation {nth}: cycle {}", good.cycle);
                // What did not succeed removes nothing.
                assert_eq!(there[..4], [0, 1, 2, 3], "operation {nth}");
            } else {
                assert_eq!(good.cycle, 4);
                if storage.failed() {
                    removals.push(there);
                } else {
                    assert_eq!(there, [3, 4]);
                }
            }
            let (path, _) = series.save(&live(5), &SaveOptions::new().cycle(5)).unwrap();
            assert!(restored(&path) == live(5), "operation {nth}");
            assert_eq!(series.newest_good(), Some(path));
            // What could not be removed is gone now, and so is what the writer left.
            let there = restorable(folder.path());
            assert!(there.iter().all(|cycle| *cycle >= 3), "{nth}: {there:?}");
            assert_eq!(leftovers(folder.path()), 0, "operation {nth}");
            if !storage.failed() {
                assert!(result.is_ok() && nth > 8, "{nth} operations");
                break;
            }
        }
        // Of the chain 0, 1, 2, whose last goes first: it stays with its parents, and alone they go.
        let expected = [&[0, 1, 2, 3, 4][..], &[0, 1, 3, 4], &[0, 3, 4]];
        assert_eq!(removals, expected);
    }
}

#[test]
fn a_rotating_series_keeps_a_good_snapshot_whatever_fails() {
    series_survives(|series, live, options| {
        let saved = series.save(live, options);
        saved
            .map(drop)
            .map_err(|error| crate::process::causes::with_causes(&error))
    });
}

#[test]
fn a_series_in_the_background_keeps_a_good_snapshot_whatever_fails() {
    isolated(|| {
        series_survives(|series, live, options| {
            series.save_in_background(live, options).unwrap();
            let report = series.wait().pop().unwrap();
            report.result.map(drop).map_err(|error| error.to_string())
        });
    });
}

#[test]
fn flattening_keeps_what_was_there_whatever_fails() {
    for in_place in [true, false] {
        for nth in 0.. {
            let folder = in_memory();
            // Cycle 3 stands alone; 4 is its child.
            let mut series = begun(folder.path());
            let (child, _) = series.save(&live(4), &SaveOptions::new().cycle(4)).unwrap();
            let to = if in_place {
                child.clone()
            } else {
                folder.path().join("flat.lsss")
            };
            let mut snapshot = Snapshot::open(&child, &RestoreOptions::default()).unwrap();
            assert_eq!(snapshot.depth(), 1);
            let options = options(&full(nth));
            let result = flatten(&mut snapshot, &to, &options, &|_| ());
            assert!(restored(&child) == live(4), "operation {nth}");
            if result.is_ok() {
                assert!(restored(&to) == live(4));
                let flat = Snapshot::open(&to, &RestoreOptions::default()).unwrap();
                assert_eq!(flat.depth(), 0);
                assert!(nth > 5, "{nth} operations");
                break;
            }
        }
    }
}

/// A leftover and an old snapshot that cannot be removed are reported by each save, until they can be.
#[test]
fn what_cannot_be_removed_is_reported_and_tried_again() {
    let folder = in_memory();
    let mut series = begun(folder.path());
    let leftover = folder.path().join(".old.lsss.1-0.lightsss-tmp");
    std::fs::write(&leftover, b"half").unwrap();
    let mut warnings_at = |cycle, options: SaveOptions| {
        let events = CapturedEvents::default();
        tracing::subscriber::with_default(events.clone(), || {
            series.save(&live(cycle), &options.cycle(cycle)).unwrap();
        });
        events.lines()
    };
    let stuck = SaveOptions {
        storage: Arc::new(Stuck),
        ..SaveOptions::new()
    };
    for (cycle, old) in [(4, 2), (5, 2)] {
        let warnings = warnings_at(cycle, stuck.clone());
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        let old = format!("snapshot-{old:020}-00.lsss");
        for (line, name) in warnings.iter().zip([".old.lsss.1-0.lightsss-tmp", &old]) {
            let path = folder.path().join(name);
            let error = format!("could not remove `{}`", path.display());
            for part in ["WARN", &error, "Read-only file system", "tries again"] {
                assert!(line.contains(part), "{line}");
            }
        }
    }
    assert_eq!(restorable(folder.path()), [0, 1, 2, 3, 4, 5]);
    assert!(warnings_at(6, SaveOptions::new()).is_empty());
    assert!(!leftover.exists());
    assert_eq!(restorable(folder.path()), [3, 4, 5, 6]);
}
