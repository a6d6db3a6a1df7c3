//! What is written is what is read.

use std::collections::BTreeMap;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Mutex;

use super::super::storage::Disk;
use super::super::{Compression, ParentLink, RestoreFileError, RestoreOptions, Snapshot};
use super::{Numbers, header, threads, write};
use crate::process::causes::with_causes;

const COMPRESSIONS: [Compression; 3] = [Compression::None, Compression::Lz4, Compression::Zstd(3)];

fn lengths() -> Vec<usize> {
    vec![
        0,
        1,
        4095,
        4096,
        4097,
        (1 << 20) - 1,
        1 << 20,
        (1 << 20) + 1,
        9_876_543,
    ]
}

fn options(count: usize) -> RestoreOptions {
    RestoreOptions {
        threads: Some(threads(count)),
        ..RestoreOptions::default()
    }
}

#[test]
fn sections_of_every_length_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.lsss");
    let mut numbers = Numbers(1);
    let sections: Vec<Vec<u8>> = lengths()
        .into_iter()
        .map(|len| numbers.memory(len))
        .collect();
    let slices: Vec<&[u8]> = sections.iter().map(Vec::as_slice).collect();
    for compression in COMPRESSIONS {
        let totals = write(&Disk, &path, &slices, compression, None).unwrap();
        for count in [1, 3] {
            let mut snapshot = Snapshot::open(&path, &options(count)).unwrap();
            snapshot.verify(&|_| ()).unwrap();
            assert_eq!(snapshot.total_checksum(), totals.total);
            assert_eq!(*snapshot.header(), header());
            for (number, section) in sections.iter().enumerate() {
                assert!(snapshot.section_bytes(number).unwrap() == *section);
                let mut place = vec![0xa5; section.len()];
                snapshot.read_section(number, &mut place, false).unwrap();
                assert!(place == *section);
            }
        }
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "temporary files are gone");
}

/// What [`Snapshot::section_pieces`] hands out of a range, put together; each byte once.
fn pieced(snapshot: &Snapshot, number: usize, range: Range<u64>) -> Vec<u8> {
    let pieces = Mutex::new(BTreeMap::new());
    let take = |at, bytes: &[u8]| {
        let before = pieces.lock().unwrap().insert(at, bytes.to_vec());
        assert!(before.is_none(), "byte {at} came twice");
    };
    snapshot
        .section_pieces(number, range.clone(), &take)
        .unwrap();
    let mut all = Vec::new();
    for (at, bytes) in pieces.into_inner().unwrap() {
        assert_eq!(at, range.start + all.len() as u64);
        all.extend(bytes);
    }
    all
}

#[test]
fn pieces_of_every_range_make_up_the_section() {
    let folder = tempfile::tempdir().unwrap();
    let (parent, child) = (folder.path().join("0.lsss"), folder.path().join("1.lsss"));
    let mut numbers = Numbers(4);
    let mut memory = numbers.memory(5_432_101);
    // A chunk without zeros, which a file that is held need not copy.
    memory[1 << 20..2 << 20].fill_with(|| numbers.next() as u8 | 1);
    let before = memory.clone();
    for at in [0, 1_500_000, 3_000_000, 5_432_100] {
        memory[at] ^= 0xff;
    }
    for compression in COMPRESSIONS {
        let totals = write(&Disk, &parent, &[&before], compression, None).unwrap();
        let snapshot = Snapshot::open(&parent, &options(1)).unwrap();
        let link = ParentLink {
            file: "0.lsss".into(),
            total: totals.total,
            depth: 1,
        };
        let pages = snapshot.parent_pages().unwrap();
        write(&Disk, &child, &[&memory], compression, Some((link, pages))).unwrap();
        for (path, expected) in [(&parent, &before), (&child, &memory)] {
            // Verified, the file is held in memory; else every frame comes from the file.
            for verified in [false, true] {
                let mut snapshot = Snapshot::open(path, &options(3)).unwrap();
                snapshot.open_parents().unwrap();
                if verified {
                    snapshot.verify(&|_| ()).unwrap();
                }
                let len = expected.len() as u64;
                let mut ranges = vec![0..len, 0..0, len..len, 1 << 20..2 << 20];
                for _ in 0..20 {
                    let start = numbers.below(len);
                    ranges.push(start..start + numbers.below(len - start) + 1);
                }
                for range in ranges {
                    let found = pieced(&snapshot, 0, range.clone());
                    let expected = &expected[range.start as usize..range.end as usize];
                    assert!(found == expected, "{range:?}");
                }
            }
        }
    }
}

#[test]
fn a_frame_that_changes_after_the_verification_is_not_handed_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.lsss");
    let mut numbers = Numbers(5);
    // More than is held in memory.
    let mut memory = vec![0; 65 << 20];
    for word in memory.as_chunks_mut::<8>().0 {
        *word = (numbers.next() | 0x0101_0101_0101_0101).to_le_bytes();
    }
    write(&Disk, &path, &[&memory], Compression::None, None).unwrap();
    let mut snapshot = Snapshot::open(&path, &options(2)).unwrap();
    snapshot.verify(&|_| ()).unwrap();
    let len = memory.len() as u64;
    assert!(pieced(&snapshot, 0, 0..len) == memory);
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.write_all_at(&[0], 64 + 1000).unwrap();
    let take = |at, bytes: &[u8]| {
        assert!(*bytes == memory[at as usize..][..bytes.len()], "byte {at}");
    };
    let error = snapshot.section_pieces(0, 0..len, &take).unwrap_err();
    assert!(
        matches!(error, RestoreFileError::ChangedMeanwhile { .. }),
        "{error}"
    );
    // So it is with a file that was cut off.
    file.set_len(len / 2).unwrap();
    let error = snapshot.section_pieces(0, 0..len, &take).unwrap_err();
    assert!(
        matches!(error, RestoreFileError::ChangedMeanwhile { .. }),
        "{error}"
    );
}

#[test]
fn zeros_cost_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zeros.lsss");
    let zeros = vec![0; 256 << 20];
    write(&Disk, &path, &[&zeros], Compression::None, None).unwrap();
    let snapshot = Snapshot::open(&path, &options(1)).unwrap();
    // The digests of the pages are zeros too.
    assert!(snapshot.file_len() < 8192, "{} bytes", snapshot.file_len());
    let summary = snapshot.sections().next().unwrap();
    assert_eq!((summary.zero, summary.stored), (256 << 20, 0));
}

#[test]
fn a_child_holds_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let mut numbers = Numbers(2);
    let mut memory = numbers.memory(20_000_000);
    let path = |generation: u32| folder.path().join(format!("{generation}.lsss"));
    let mut totals = write(&Disk, &path(0), &[&memory], Compression::None, None).unwrap();
    for generation in 1..5 {
        for _ in 0..20 {
            let at = numbers.below(memory.len() as u64) as usize;
            memory[at] ^= 0xff;
        }
        // Some become zeros.
        memory[4096 * 10 * generation as usize..][..4096].fill(0);
        let before = Snapshot::open(path(generation - 1), &options(1)).unwrap();
        let link = ParentLink {
            file: format!("{}.lsss", generation - 1),
            total: totals.total,
            depth: generation,
        };
        let pages = before.parent_pages().unwrap();
        totals = write(
            &Disk,
            &path(generation),
            &[&memory],
            Compression::None,
            Some((link, pages)),
        )
        .unwrap();
        let mut child = Snapshot::open(path(generation), &options(2)).unwrap();
        child.open_parents().unwrap();
        child.verify(&|_| ()).unwrap();
        assert!(child.section_bytes(0).unwrap() == memory);
        let summary = child.sections().next().unwrap();
        assert!(summary.data <= 21 * 4096, "{summary:?}");
    }
    // Another file under the parent's name is noticed.
    write(&Disk, &path(2), &[&memory], Compression::None, None).unwrap();
    let mut child = Snapshot::open(path(4), &options(1)).unwrap();
    let error = child.open_parents().unwrap_err();
    assert!(matches!(error, RestoreFileError::Parent { .. }), "{error}");
}

#[test]
fn every_changed_byte_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.lsss");
    let mut numbers = Numbers(3);
    let section: Vec<u8> = (0..3000).map(|_| numbers.next() as u8).collect();
    write(
        &Disk,
        &path,
        &[&section, b"short"],
        Compression::Zstd(1),
        None,
    )
    .unwrap();
    let good = std::fs::read(&path).unwrap();
    let refused = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        Snapshot::open(&path, &options(1))
            .and_then(|mut snapshot| snapshot.verify(&|_| ()))
            .is_err()
    };
    assert!(!refused(&good));
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        assert!(refused(&bad), "byte {at}");
    }
    for len in 0..good.len() {
        assert!(refused(&good[..len]), "length {len}");
    }
    let mut longer = good;
    longer.push(0);
    assert!(refused(&longer));
}

/// What is no file, and what cannot be reached, is refused by its name, with what to do; nothing waits for a pipe.
#[test]
fn what_is_no_file_is_refused_with_advice() {
    use nix::sys::stat::Mode;
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir(path("folder")).unwrap();
    std::fs::write(path("file"), "").unwrap();
    nix::unistd::mkfifo(&path("pipe"), Mode::S_IRWXU).unwrap();
    symlink("/dev/zero", path("device")).unwrap();
    symlink("circle", path("circle")).unwrap();
    let regular = "give the path of a snapshot file): not a regular file";
    for (name, expected) in [
        ("folder", regular),
        ("pipe", regular),
        ("device", regular),
        ("circle", "symbolic links lead in a circle"),
        ("missing", "there is nothing of that name: correct the path"),
        ("file/inner", "a part of the path is a file and no folder"),
        (&"n".repeat(300), "choose a shorter name"),
    ] {
        let error = Snapshot::open(path(name), &options(1)).unwrap_err();
        let text = with_causes(&error);
        let action = format!("could not open `{}` (", path(name).display());
        assert!(text.starts_with(&action), "{text}");
        assert!(text.contains(expected), "{text}");
    }
}
