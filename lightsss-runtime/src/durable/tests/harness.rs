//! A harness with bulk state, saved and restored.

use std::sync::Arc;

use nix::errno::Errno;

use super::super::{
    Compression, RestoreFileError, RestoreOptions, SaveFileError, SaveOptions, Series,
    SeriesOptions, Snapshot, flatten, restore, restore_with, save,
};
use super::fault::{Fault, Faulty};
use super::{Numbers, threads};
use crate::savable::{
    Link, Reader, RestoreError, Savable, SaveError, Schema, SectionKind, Shape, Writer,
};

/// Bulk state in a section of its own.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bulk(pub(super) Vec<u8>);

impl Savable for Bulk {
    const SCHEMA: Schema = Schema::new("Bulk", Shape::Section(SectionKind::Memory));

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        out.section(SectionKind::Memory, "bulk", |out| out.bulk(&self.0))
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        input.section(SectionKind::Memory)?.read_into(&mut self.0)
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        input.section(SectionKind::Memory)?;
        Ok(())
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Harness {
    pub(super) ram: Bulk,
    pub(super) uart: Vec<u8>,
    pub(super) cycle: u64,
}

impl Savable for Harness {
    const SCHEMA: Schema = Schema::new(
        "Harness",
        Shape::Tuple(&[Link::to::<Bulk>(), Link::to::<Vec<u8>>(), Link::to::<u64>()]),
    );

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        self.ram.save(out)?;
        self.uart.save(out)?;
        self.cycle.save(out)
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        self.ram.restore(input)?;
        self.uart.restore(input)?;
        self.cycle.restore(input)
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        Bulk::check(input)?;
        Vec::<u8>::check(input)?;
        u64::check(input)
    }
}

pub(super) fn harness(seed: u64) -> Harness {
    let mut numbers = Numbers(seed);
    Harness {
        ram: Bulk(numbers.memory(5 << 20)),
        uart: numbers.memory(70_000),
        cycle: seed * 1000,
    }
}

pub(super) fn blank() -> Harness {
    Harness {
        ram: Bulk(vec![0xee; 5 << 20]),
        uart: Vec::new(),
        cycle: 0,
    }
}

#[test]
fn a_harness_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.lsss");
    let saved = harness(1);
    let options = SaveOptions::new().cycle(1000).label("program", "linux");
    let report = save(&path, &saved, &options).unwrap();
    assert_eq!(report.file_len, path.metadata().unwrap().len());
    let mut restored = blank();
    let header = restore(&path, &mut restored).unwrap();
    assert!(restored == saved);
    assert_eq!(header.cycle, 1000);
    assert_eq!(header.labels["program"], "linux");
    assert_eq!(header.schema, Harness::SCHEMA.fingerprint());
}

#[test]
fn a_refused_file_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.lsss");
    save(&path, &harness(1), &SaveOptions::new()).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let mut live = harness(2);
    let error = restore(&path, &mut live).unwrap_err();
    assert!(matches!(error, RestoreFileError::Damaged { .. }), "{error}");
    assert!(live == harness(2));
    // In order, and of another type.
    save(&path, &7_u64, &SaveOptions::new()).unwrap();
    let error = restore(&path, &mut live).unwrap_err();
    assert!(matches!(error, RestoreFileError::Harness { .. }), "{error}");
    assert!(live == harness(2));
    // In order, of this type, and of a memory of another size: the stream is right, the section is not.
    let mut other = (7_u64, harness(3).ram);
    other.1.0.truncate(4 << 20);
    save(&path, &other, &SaveOptions::new()).unwrap();
    let mut live = (8_u64, harness(2).ram);
    let error = restore(&path, &mut live).unwrap_err();
    assert!(matches!(error, RestoreFileError::Harness { .. }), "{error}");
    assert!(live == (8, harness(2).ram));
}

#[test]
fn memory_is_limited() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.lsss");
    let saved = Harness {
        uart: vec![0; 3 << 20],
        ..harness(1)
    };
    save(&path, &saved, &SaveOptions::new()).unwrap();
    let options = RestoreOptions {
        memory_limit: 2 << 20,
        ..RestoreOptions::default()
    };
    let mut live = harness(2);
    let error = restore_with(&path, &mut live, &options).unwrap_err();
    assert!(
        matches!(error, RestoreFileError::TooLarge { .. }),
        "{error}"
    );
    assert!(live == harness(2));
}

/// Every write, sync and rename fails once; each time the previous snapshot stands, and nothing is left behind.
#[test]
fn the_previous_file_stands_whatever_fails() {
    // A full disk, a user's share that is used up, a disk that is broken.
    for (errno, compression) in [
        (Errno::ENOSPC, Compression::None),
        (Errno::EDQUOT, Compression::Zstd(1)),
        (Errno::EIO, Compression::None),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lsss");
        save(&path, &harness(1), &SaveOptions::new()).unwrap();
        let mut nth = 0;
        loop {
            let storage = Arc::new(Faulty::new(Fault::Error(errno), nth));
            let options = SaveOptions {
                storage: storage.clone(),
                threads: Some(threads(2)),
                compression,
                ..SaveOptions::default()
            };
            let result = save(&path, &harness(2), &options);
            let mut restored = blank();
            restore(&path, &mut restored).unwrap();
            let left = std::fs::read_dir(folder.path()).unwrap().count();
            if result.is_ok() {
                assert!(restored == harness(2));
                assert!(nth > 8, "{nth} operations");
                break;
            }
            let Err(SaveFileError::Io { source, .. }) = result else {
                panic!("{result:?}");
            };
            assert_eq!(source.raw_os_error(), Some(errno as i32), "{source}");
            // After the rename, only the durability of the name is at stake.
            let renamed = storage.renamed();
            assert!(
                restored == harness(if renamed { 2 } else { 1 }),
                "operation {nth}"
            );
            assert_eq!(left, 1, "operation {nth} left files behind");
            save(&path, &harness(1), &SaveOptions::new()).unwrap();
            nth += 1;
        }
    }
}

/// A writer that dies at any operation leaves the previous snapshot; the next save cleans up.
#[test]
fn leftovers_are_cleaned() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.lsss");
    save(&path, &harness(1), &SaveOptions::new()).unwrap();
    for nth in 0.. {
        let storage = Arc::new(Faulty::new(Fault::Death, nth));
        let options = SaveOptions {
            storage,
            threads: Some(threads(1)),
            ..SaveOptions::default()
        };
        let done = save(&path, &harness(2), &options).is_ok();
        let mut restored = blank();
        restore(&path, &mut restored).unwrap();
        save(&path, &harness(1), &SaveOptions::new()).unwrap();
        let left: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.metadata().unwrap().len() > 0)
            .collect();
        assert_eq!(left.len(), 1, "operation {nth}: {left:?}");
        if done {
            break;
        }
    }
}

#[test]
fn a_series_of_children_restores_and_flattens() {
    let folder = tempfile::tempdir().unwrap();
    let options = SeriesOptions {
        max_chain: 3,
        ..SeriesOptions::default()
    };
    let mut series = Series::new(folder.path(), options).unwrap();
    let mut live = harness(1);
    let mut numbers = Numbers(9);
    let mut saved = Vec::new();
    for cycle in 0..10 {
        live.cycle = cycle;
        let at = numbers.below(live.ram.0.len() as u64) as usize;
        live.ram.0[at] ^= 1;
        let (path, _) = series
            .save(&live, &SaveOptions::new().cycle(cycle))
            .unwrap();
        saved.push((path, live.clone()));
    }
    let depths: Vec<u32> = saved
        .iter()
        .map(|(path, _)| {
            Snapshot::open(path, &RestoreOptions::default())
                .unwrap()
                .depth()
        })
        .collect();
    assert_eq!(depths, [0, 1, 2, 3, 0, 1, 2, 3, 0, 1]);
    for (path, expected) in &saved {
        let mut restored = blank();
        restore(path, &mut restored).unwrap();
        assert!(restored == *expected);
    }
    let whole = saved[0].0.metadata().unwrap().len();
    let child = saved[3].0.metadata().unwrap().len();
    assert!(child * 10 < whole, "{child} of {whole} bytes");
    // Flattened, it needs no parents.
    let flat = folder.path().join("flat.bin");
    let mut snapshot = Snapshot::open(&saved[3].0, &RestoreOptions::default()).unwrap();
    flatten(&mut snapshot, &flat, &SaveOptions::new(), &|_| ()).unwrap();
    let alone = tempfile::tempdir().unwrap();
    std::fs::rename(&flat, alone.path().join("flat.lsss")).unwrap();
    let mut restored = blank();
    let header = restore(alone.path().join("flat.lsss"), &mut restored).unwrap();
    assert!(restored == saved[3].1);
    assert_eq!((header.cycle, header.parent), (3, None));
}
