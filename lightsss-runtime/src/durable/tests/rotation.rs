//! What rotation drops, and what never.

use std::path::{Path, PathBuf};

use super::super::{Chain, Retention, SaveOptions, Series, SeriesOptions, list, prune, restore};
use super::harness::{blank, harness};
use super::threads;
use crate::process::isolate::isolated;

fn cycles(folder: &Path) -> Vec<u64> {
    let listed = list(folder).unwrap();
    listed
        .iter()
        .map(|listed| listed.header.as_ref().unwrap().cycle)
        .collect()
}

#[test]
fn rotation_keeps_the_newest_and_one_per_stretch() {
    let folder = tempfile::tempdir().unwrap();
    let options = SeriesOptions {
        retention: Retention {
            last: Some(threads(2)),
            every: std::num::NonZeroU64::new(100),
        },
        ..SeriesOptions::default()
    };
    let mut series = Series::new(folder.path(), options).unwrap();
    for cycle in (0..300).step_by(20) {
        series
            .save(&cycle, &SaveOptions::new().cycle(cycle))
            .unwrap();
    }
    assert_eq!(cycles(folder.path()), [0, 100, 200, 260, 280]);
}

#[test]
fn the_last_good_one_is_never_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let mut series = Series::new(folder.path(), SeriesOptions::default()).unwrap();
    let mut paths = Vec::new();
    for cycle in 0..4 {
        let (path, _) = series
            .save(&harness(1), &SaveOptions::new().cycle(cycle))
            .unwrap();
        paths.push(path);
    }
    // The two newest have a damaged frame each.
    for path in &paths[2..] {
        let mut bytes = std::fs::read(path).unwrap();
        bytes[70] ^= 1;
        std::fs::write(path, bytes).unwrap();
    }
    assert_eq!(series.newest_good().as_ref(), Some(&paths[1]));
    let retention = Retention {
        last: Some(threads(1)),
        every: None,
    };
    let would = prune(folder.path(), Some("snapshot"), &retention, true).unwrap();
    let done = prune(folder.path(), Some("snapshot"), &retention, false).unwrap();
    assert_eq!(would.dropped, done.dropped);
    assert_eq!(cycles(folder.path()), [1, 3]);
}

/// A bit of a frame.
fn damage(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[70] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

fn save(series: &mut Series, cycle: u64) -> PathBuf {
    saved(series, cycle).0
}

fn saved(series: &mut Series, cycle: u64) -> (PathBuf, Chain) {
    let mut live = harness(1);
    live.cycle = cycle;
    let options = SaveOptions::new().cycle(cycle);
    let (path, report) = series.save(&live, &options).unwrap();
    (path, report.chain)
}

fn last(count: usize) -> Retention {
    Retention {
        last: Some(threads(count)),
        every: None,
    }
}

/// Children are as good as their parents: before older snapshots go, these are read.
#[test]
fn the_last_good_one_stays_though_a_newer_ones_parent_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let options = SeriesOptions {
        max_chain: 2,
        retention: last(2),
        ..SeriesOptions::default()
    };
    let mut series = Series::new(folder.path(), options).unwrap();
    let paths: Vec<PathBuf> = (0..4).map(|cycle| save(&mut series, cycle)).collect();
    // 1 and 2 are children of 0; 3 stands alone, and will be the parent of 4.
    assert_eq!(cycles(folder.path()), [0, 1, 2, 3]);
    damage(&paths[3]);
    // Its digests are in order.
    let (_, chain) = saved(&mut series, 4);
    assert_eq!(chain, Chain::Continued { parents: 1 });
    assert_eq!(cycles(folder.path()), [0, 1, 2, 3, 4]);
    assert_eq!(series.newest_good().as_ref(), Some(&paths[2]));
    let mut restored = blank();
    restore(&paths[2], &mut restored).unwrap();
    assert_eq!(restored.cycle, 2);
    // What follows is no child of what is damaged.
    let (fifth, chain) = saved(&mut series, 5);
    let fourth = folder.path().join("snapshot-00000000000000000004-00.lsss");
    let why = format!("`{}` or a parent of it is damaged", fourth.display());
    assert_eq!(chain, Chain::Broken { why });
    assert_eq!(series.newest_good(), Some(fifth));
    assert_eq!(cycles(folder.path()), [3, 4, 5]);
}

#[test]
fn a_series_leaves_another_ones_files_alone() {
    let folder = tempfile::tempdir().unwrap();
    let of = |name: &str, retention| {
        let options = SeriesOptions {
            name: name.into(),
            retention,
            ..SeriesOptions::default()
        };
        Series::new(folder.path(), options).unwrap()
    };
    let others = ["run2", "run-b", "ru"].map(|name| {
        let mut series = of(name, Retention::default());
        save(&mut series, 1);
        save(&mut series, 9)
    });
    std::fs::copy(&others[0], folder.path().join("run.lsss")).unwrap();
    let mut series = of("run", last(1));
    for cycle in 2..5 {
        save(&mut series, cycle);
    }
    assert_eq!(cycles(folder.path()), [1, 1, 1, 4, 9, 9, 9, 9]);
    // The newest of this series is not the newest of the folder.
    let newest = series.newest_good().unwrap();
    assert!(newest.ends_with("run-00000000000000000004-00.lsss"));
    let done = prune(folder.path(), Some("run2"), &last(1), false).unwrap();
    assert_eq!(
        (done.dropped.len(), done.kept),
        (1, vec![others[0].clone()])
    );
    let done = prune(folder.path(), None, &last(1), false).unwrap();
    assert_eq!((done.dropped.len(), done.kept.len()), (6, 1));
}

/// What the next snapshot is to be compared with is the parent's last frame.
#[test]
fn damaged_digests_begin_a_new_chain() {
    let folder = tempfile::tempdir().unwrap();
    let options = SeriesOptions {
        max_chain: 5,
        ..SeriesOptions::default()
    };
    let mut series = Series::new(folder.path(), options).unwrap();
    let first = save(&mut series, 0);
    let mut bytes = std::fs::read(&first).unwrap();
    let directory = u64::from_le_bytes(bytes[24..32].try_into().unwrap()) as usize;
    bytes[directory - 1] ^= 1;
    std::fs::write(&first, bytes).unwrap();
    let (second, broken) = saved(&mut series, 1);
    let third = save(&mut series, 2);
    let why = format!(
        "`{}` is damaged: frame 0 of section `page digests`",
        first.display()
    );
    assert!(
        matches!(&broken, Chain::Broken { why: reason } if reason.starts_with(&why)),
        "{broken:?}"
    );
    let depths = list(folder.path()).unwrap().into_iter().map(|listed| {
        let parent = listed.header.unwrap().parent;
        parent.map_or(0, |parent| parent.depth)
    });
    assert_eq!(depths.collect::<Vec<_>>(), [0, 0, 1]);
    for (cycle, path) in [(1, &second), (2, &third)] {
        let mut restored = blank();
        restore(path, &mut restored).unwrap();
        assert_eq!(restored.cycle, cycle);
    }
    assert_eq!(series.newest_good(), Some(third));
}

/// Whether it is the last snapshot that is not there as it was, or a parent of it: a child could not be restored.
#[test]
fn a_chain_that_cannot_go_on_is_begun_anew_and_reported() {
    isolated(|| {
        for in_background in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let options = SeriesOptions {
                max_chain: 2,
                ..SeriesOptions::default()
            };
            let mut series = Series::new(folder.path(), options).unwrap();
            let mut save = |cycle: u64| {
                let options = SaveOptions::new().cycle(cycle);
                if !in_background {
                    let (path, report) = series.save(&cycle, &options).unwrap();
                    return (path, report.chain);
                }
                let (path, _) = series.save_in_background(&cycle, &options).unwrap();
                let report = series.wait().pop().unwrap();
                (path, report.result.unwrap().chain)
            };
            let continued = |parents| Chain::Continued { parents };
            let broken = |chain: Chain, parts: &[&str]| {
                let Chain::Broken { why } = &chain else {
                    panic!("{chain:?}");
                };
                assert!(parts.iter().all(|part| why.contains(part)), "{why}");
                let value = serde_json::to_value(&chain).unwrap();
                assert_eq!(value, serde_json::json!({ "kind": "broken", "why": why }));
            };
            let mut chains = Vec::new();
            let mut paths = Vec::new();
            for cycle in 0..5 {
                let (path, chain) = save(cycle);
                paths.push(path);
                chains.push(chain);
            }
            let expected = [
                Chain::Begun,
                continued(1),
                continued(2),
                Chain::Begun,
                continued(1),
            ];
            assert_eq!(chains, expected);
            // The parent's parent is gone.
            std::fs::remove_file(&paths[3]).unwrap();
            let name = |number: usize| paths[number].to_str().unwrap();
            let (fifth, chain) = save(5);
            broken(chain, &[name(4), name(3), "No such file or directory"]);
            // The parent is another file.
            std::fs::copy(&paths[0], &fifth).unwrap();
            let (sixth, chain) = save(6);
            broken(
                chain,
                &[fifth.to_str().unwrap(), "was replaced", "checksum"],
            );
            std::fs::remove_file(&sixth).unwrap();
            let (seventh, chain) = save(7);
            broken(
                chain,
                &[sixth.to_str().unwrap(), "No such file or directory"],
            );
            let (eighth, chain) = save(8);
            assert_eq!(chain, continued(1));
            for (path, cycle) in [(seventh, 7), (eighth, 8)] {
                let mut restored = 0_u64;
                restore(&path, &mut restored).unwrap();
                assert_eq!(restored, cycle);
            }
        }
    });
}
