//! Parents that are not what a child says of them, files of the future, and temporary files of those that live.

use std::path::Path;

use super::super::clean_leftovers;
use super::super::publish::Unpublished;
use super::super::storage::Disk;
use super::super::{
    Compression, FORMAT_VERSION, MAX_CHAIN, ParentLink, RestoreFileError, RestoreOptions, Snapshot,
};
use super::write;

const SECTION: &[u8] = &[7; 5000];

fn open(path: &Path) -> Result<Snapshot, RestoreFileError> {
    Snapshot::open(path, &RestoreOptions::default())
}

/// Why a child is refused whose parent has `own` sections, which takes its pages from a file of two, and which says
/// that it is the last of `depth + 1`.
fn refusal(own: usize, depth: u32) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let plain = Compression::None;
    let parent = write(&Disk, &path("parent"), &[SECTION; 2][..own], plain, None).unwrap();
    write(&Disk, &path("other"), &[SECTION; 2], plain, None).unwrap();
    let pages = open(&path("other")).unwrap().parent_pages().unwrap();
    let link = ParentLink {
        file: "parent".into(),
        total: parent.total,
        depth,
    };
    write(
        &Disk,
        &path("child"),
        &[SECTION; 2],
        plain,
        Some((link, pages)),
    )
    .unwrap();
    let error = open(&path("child")).unwrap().open_parents().err()?;
    let RestoreFileError::Parent { reason, parent, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(parent, path("parent"));
    Some(reason)
}

#[test]
fn parents_that_are_not_as_the_child_says_are_refused_each_with_its_own_text() {
    assert_eq!(refusal(2, 1), None);
    assert_eq!(
        refusal(2, MAX_CHAIN + 1).unwrap(),
        "the chain has 65 links, and at most 64 are followed"
    );
    assert_eq!(
        refusal(2, MAX_CHAIN).unwrap(),
        "expected 63 parents behind it, found 0"
    );
    assert_eq!(
        refusal(1, 1).unwrap(),
        "it has no section 1 `section 1` of at least 5000 bytes"
    );
}

#[test]
fn a_file_of_a_later_format_is_refused_with_its_version() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.lsss");
    write(&Disk, &path, &[SECTION], Compression::None, None).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[8..12].copy_from_slice(&(FORMAT_VERSION + 1).to_le_bytes());
    std::fs::write(&path, bytes).unwrap();
    let expected = format!(
        "`{}` has format version {}, and this version of lightsss reads 1 to {FORMAT_VERSION}; use a newer lightsss",
        path.display(),
        FORMAT_VERSION + 1
    );
    assert_eq!(open(&path).unwrap_err().to_string(), expected);
}

#[test]
fn what_a_living_writer_writes_is_no_leftover() {
    let folder = tempfile::tempdir().unwrap();
    let dead = folder.path().join(".a.lsss.1-0.lightsss-tmp");
    let young = folder.path().join(".a.lsss.1-1.lightsss-tmp");
    let old = folder.path().join(".a.lsss.1-2.lightsss-tmp");
    std::fs::write(&dead, b"half").unwrap();
    // Empty: its writer may be about to lock it, unless that was long ago.
    for path in [&young, &old] {
        std::fs::write(path, b"").unwrap();
    }
    let before = std::time::SystemTime::now() - std::time::Duration::from_mins(2);
    let file = std::fs::File::options().write(true).open(&old).unwrap();
    file.set_modified(before).unwrap();
    let living = Unpublished::create(&Disk, &folder.path().join("a.lsss")).unwrap();
    let part = std::io::IoSlice::new(b"half");
    living.file().write_at(&[part], 0).unwrap();
    assert_eq!(clean_leftovers(folder.path()).unwrap(), [dead, old]);
    living.publish().unwrap();
    assert!(young.exists());
    assert_eq!(
        std::fs::read(folder.path().join("a.lsss")).unwrap(),
        b"half"
    );
}
