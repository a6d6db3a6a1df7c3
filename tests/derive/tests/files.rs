//! Files marked `reopen`: after a restore, and where a child of the user's own fork shares them.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use lightsss_runtime::Savable;
use lightsss_runtime::savable::{
    SectionKind, Sink, note_files, reopen_files, restore_from_image, save_to, save_to_image,
};
use lightsss_test_derive::saved;

#[derive(Savable)]
struct SdCard {
    cycle: u64,
    #[savable(reopen)]
    image: File,
    #[savable(reopen)]
    input: BufReader<File>,
    #[savable(reopen)]
    log: Option<BufWriter<File>>,
    children: Vec<Child>,
}

#[derive(Savable)]
struct Child {
    #[savable(reopen)]
    file: Box<File>,
}

fn open(path: &Path) -> File {
    File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .unwrap()
}

fn card(folder: &Path) -> SdCard {
    std::fs::write(folder.join("input"), "first\nsecond\nthird\n").unwrap();
    SdCard {
        cycle: 1,
        image: open(&folder.join("image")),
        input: BufReader::new(File::open(folder.join("input")).unwrap()),
        log: Some(BufWriter::new(open(&folder.join("log")))),
        children: vec![Child {
            file: Box::new(open(&folder.join("child"))),
        }],
    }
}

fn line(input: &mut BufReader<File>) -> String {
    let mut line = String::new();
    input.read_line(&mut line).unwrap();
    line
}

#[test]
fn a_restore_opens_them_where_they_stood() {
    let folder = tempfile::tempdir().unwrap();
    let mut live = card(folder.path());
    live.image.write_all(b"0123456789").unwrap();
    live.image.seek(SeekFrom::Start(4)).unwrap();
    assert_eq!(line(&mut live.input), "first\n");
    live.log.as_mut().unwrap().write_all(b"kept ").unwrap();
    let image = saved(&live);
    // What is buffered belongs to the state, so it is on disk once saved.
    assert_eq!(
        std::fs::read_to_string(folder.path().join("log")).unwrap(),
        "kept "
    );

    live.image.seek(SeekFrom::Start(9)).unwrap();
    line(&mut live.input);
    live.log.as_mut().unwrap().write_all(b"dropped").unwrap();
    live.log = None;
    live.cycle = 2;
    restore_from_image(&mut live, &image).unwrap();
    assert_eq!(live.cycle, 1);
    assert_eq!(live.image.stream_position().unwrap(), 4);
    assert_eq!(line(&mut live.input), "second\n");
    let log = live.log.as_mut().unwrap();
    log.write_all(b"again").unwrap();
    log.flush().unwrap();
    let mut text = String::new();
    File::open(folder.path().join("log"))
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert!(text.starts_with("kept again"), "{text}");
}

#[test]
fn a_missing_file_is_found_out_before_anything_changes() {
    let folder = tempfile::tempdir().unwrap();
    let mut live = card(folder.path());
    let image = saved(&live);
    std::fs::remove_file(folder.path().join("child")).unwrap();
    live.cycle = 5;
    live.image.write_all(b"x").unwrap();
    let error = restore_from_image(&mut live, &image).unwrap_err();
    assert_eq!(error.path(), "sd_card.children[0].file");
    assert_eq!((live.cycle, live.image.stream_position().unwrap()), (5, 1));
    // Nor can a file be saved that no path leads to.
    let error = save_to_image(&live).unwrap_err().to_string();
    assert!(
        error.starts_with("sd_card.children[0].file: file cannot be re-opened"),
        "{error}"
    );
}

#[test]
fn a_replay_has_offsets_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut replay = card(folder.path());
    replay.image.write_all(b"0123456789").unwrap();
    replay.image.seek(SeekFrom::Start(4)).unwrap();
    replay.log.as_mut().unwrap().write_all(b"before ").unwrap();
    let notes = note_files(&mut replay).unwrap();
    assert_eq!(notes.len(), 4);
    // As after a fork: the original shares the descriptors' offsets, and goes on.
    let mut original = replay.image.try_clone().unwrap();
    original.seek(SeekFrom::Start(9)).unwrap();
    assert_eq!(replay.image.stream_position().unwrap(), 9);

    reopen_files(&mut replay, &notes).unwrap();
    assert_eq!(replay.image.stream_position().unwrap(), 4);
    let mut two = [0; 2];
    replay.image.read_exact(&mut two).unwrap();
    assert_eq!((&two, original.stream_position().unwrap()), (b"45", 9));
    drop(replay);
    assert_eq!(
        std::fs::read_to_string(folder.path().join("log")).unwrap(),
        "before "
    );
}

#[test]
fn appending_files_are_not_written_twice_by_a_replay() {
    #[derive(Savable)]
    struct Log {
        #[savable(reopen)]
        file: File,
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut log = Log {
        file: File::options()
            .create(true)
            .append(true)
            .open(&path)
            .unwrap(),
    };
    log.file.write_all(b"one ").unwrap();
    let notes = note_files(&mut log).unwrap();
    let mut original = log.file.try_clone().unwrap();
    original.write_all(b"two ").unwrap();
    reopen_files(&mut log, &notes).unwrap();
    log.file.write_all(b"two ").unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "one two ");
}

/// A slot hashes its state while the original goes on: it must not write for it, nor see its offset.
#[test]
fn hashing_leaves_files_alone() {
    #[derive(Default)]
    struct Hash(Vec<u8>);
    impl Sink for Hash {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
            self.0.extend_from_slice(bytes);
            Ok(())
        }
        fn begin_section(&mut self, _: SectionKind, _: &str) -> std::io::Result<u32> {
            Ok(0)
        }
        fn end_section(&mut self) -> std::io::Result<()> {
            Ok(())
        }
        fn keeps(&self) -> bool {
            false
        }
    }
    let hash = |card: &SdCard| {
        let mut hash = Hash::default();
        save_to(card, &mut hash).unwrap();
        hash.0
    };
    let folder = tempfile::tempdir().unwrap();
    let mut live = card(folder.path());
    live.log.as_mut().unwrap().write_all(b"buffered").unwrap();
    let before = hash(&live);
    live.image.write_all(b"moved").unwrap();
    assert_eq!(hash(&live), before);
    assert_eq!(
        std::fs::read_to_string(folder.path().join("log")).unwrap(),
        ""
    );
    live.cycle += 1;
    assert_ne!(hash(&live), before);
}
