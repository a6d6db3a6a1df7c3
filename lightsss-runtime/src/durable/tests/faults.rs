//! Whatever fails in a series, in the background or while flattening: a good snapshot stays, and the next save works.

use std::path::Path;
use std::sync::Arc;

use nix::errno::Errno;

use super::super::{
    Compression, RestoreOptions, Retention, SaveOptions, Series, SeriesOptions, Snapshot, flatten,
    restore,
};
use super::fault::{Fault, Faulty};
use super::harness::{Harness, blank, harness};
use super::threads;
use crate::slots::isolated;

fn failing(nth: usize) -> SaveOptions {
    SaveOptions {
        storage: Arc::new(Faulty::new(Fault::Error(Errno::ENOSPC), nth)),
        threads: threads(2),
        compression: Compression::None,
        ..SaveOptions::default()
    }
}

fn live(cycle: u64) -> Harness {
    let mut live = harness(1);
    live.cycle = cycle;
    live.ram.0[cycle as usize * 4096] ^= 1;
    live
}

fn restored(path: &Path) -> Harness {
    let mut restored = blank();
    restore(path, &mut restored).unwrap();
    restored
}

/// A rotating series with children, of which cycles 0 to 3 are saved.
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

/// Every operation of the fifth save fails once, be it a child or whole.
fn series_survives(save: impl Fn(&mut Series, &Harness, &SaveOptions) -> Result<(), String>) {
    for nth in 0.. {
        let folder = tempfile::tempdir().unwrap();
        let mut series = begun(folder.path());
        let result = save(&mut series, &live(4), &failing(nth).cycle(4));
        let good = restored(&series.newest_good().unwrap());
        assert!(good == live(good.cycle), "operation {nth}");
        if let Err(error) = &result {
            assert!(error.contains("No space left on device"), "{error}");
            assert!(good.cycle >= 3, "operation {nth}: cycle {}", good.cycle);
        } else {
            assert_eq!(good.cycle, 4);
        }
        let (path, _) = series.save(&live(5), &SaveOptions::new().cycle(5)).unwrap();
        assert!(restored(&path) == live(5), "operation {nth}");
        assert_eq!(series.newest_good(), Some(path));
        if result.is_ok() {
            assert!(nth > 5, "{nth} operations");
            break;
        }
    }
}

#[test]
fn a_rotating_series_keeps_a_good_snapshot_whatever_fails() {
    series_survives(|series, live, options| {
        let saved = series.save(live, options);
        saved
            .map(drop)
            .map_err(|error| crate::durable::report::with_causes(&error))
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
            let folder = tempfile::tempdir().unwrap();
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
            let result = flatten(&mut snapshot, &to, &failing(nth), &|_| ());
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
