//! Files that a design has open, in snapshots: a restore opens them again, or changes nothing; it neither makes a file
//! nor empties one.

use std::path::{Path, PathBuf};

use lightsss_runtime::Savable;
use lightsss_runtime::durable::{
    RestoreFileError, RestoreOptions, SaveOptions, restore, restore_with, save,
};
use lightsss_runtime::model::ContextOptions;
use lightsss_runtime::savable::{
    Image, SectionKind, Source as _, restore_from_image, save_to_image,
};
use lightsss_tests_bindings::{logger, vcd};

/// The tag of the open files in a model's section.
const FILES: u8 = 17;

/// A model between two fields, so that a restore that stops in its midst is seen.
#[derive(Savable)]
struct Harness<M> {
    before: u64,
    model: M,
    after: u64,
}

impl Harness<logger::Model> {
    fn new(file: &Path, mode: &str) -> Self {
        let args = [format!("+log={}", file.display()), format!("+mode={mode}")];
        let model = logger::Model::new(&ContextOptions::new().args(args)).expect("a model");
        let mut harness = Self {
            before: 0,
            model,
            after: 0,
        };
        harness.model.set_clk(0);
        harness.model.eval().expect("no halt");
        harness
    }

    fn add(&mut self, numbers: &[u8]) {
        for number in numbers {
            self.before += 1;
            self.after += 2;
            self.model.set_a(*number);
            for level in [1, 0] {
                self.model.set_clk(level);
                self.model.eval().expect("no halt");
            }
        }
    }
}

impl Harness<vcd::Model> {
    fn new_without_files(before: u64) -> Self {
        let mut model = vcd::Model::new(&ContextOptions::new()).expect("a model");
        for level in (0..before).map(|cycle| cycle % 2) {
            model.set_clk(level as u8);
            model.eval().expect("no halt");
        }
        Self {
            before,
            model,
            after: before + 1,
        }
    }
}

/// What a snapshot holds of a harness: fields and model.
fn state<M: Savable>(harness: &Harness<M>) -> (Vec<u8>, Vec<u8>) {
    parts(&save_to_image(harness).expect("it can be saved"))
}

/// The same without open files.
fn state_without_files<M: Savable>(harness: &Harness<M>) -> (Vec<u8>, Vec<u8>) {
    let image = save_to_image(harness).expect("it can be saved");
    parts(&with_files(&image, &[]).0)
}

fn parts(image: &Image) -> (Vec<u8>, Vec<u8>) {
    let section = image.section_bytes(0).expect("a section").into_owned();
    (image.stream().to_vec(), section)
}

/// The image with another block of open files, and the one that it had.
fn with_files(image: &Image, files: &[u8]) -> (Image, Vec<u8>) {
    let section = image.section_bytes(0).expect("a section").into_owned();
    let version = u32::from_le_bytes(section[4..8].try_into().expect("4 bytes"));
    let (head, mut rest) = section.split_at(16 + version as usize);
    let mut forged = head.to_vec();
    let mut old = None;
    while let Some((tag, more)) = rest.split_first() {
        let (len, more) = more.split_first_chunk().expect("a length");
        let (mut block, more) = more.split_at(u64::from_le_bytes(*len) as usize);
        if *tag == FILES {
            old = Some(block.to_vec());
            block = files;
        }
        forged.push(*tag);
        forged.extend_from_slice(&(block.len() as u64).to_le_bytes());
        forged.extend_from_slice(block);
        rest = more;
    }
    let name = image.section(0).expect("a section").name;
    let mut other = Image::from_parts(image.schema().to_vec(), image.stream().to_vec());
    other.push_section(SectionKind::Model, &name, forged);
    (other, old.expect("a block of open files"))
}

/// A descriptor that Verilator gives a design.
fn descriptor() -> u32 {
    let harness = Harness::new(Path::new("/dev/null"), "r");
    let image = save_to_image(&harness).expect("it can be saved");
    let (_, files) = with_files(&image, &[]);
    u32::from_le_bytes(*files.first_chunk().expect("a file"))
}

fn file(descriptor: u32, flags: i32, path: &str) -> Vec<u8> {
    let mut block = descriptor.to_le_bytes().to_vec();
    block.extend_from_slice(&flags.to_le_bytes());
    block.extend_from_slice(&0_u64.to_le_bytes());
    block.extend_from_slice(&(path.len() as u32).to_le_bytes());
    block.extend_from_slice(path.as_bytes());
    block
}

/// A snapshot that names `files` is refused, and neither the harness nor a file changes.
fn is_refused(files: &[u8]) -> String {
    let image = save_to_image(&Harness::new_without_files(8)).expect("it can be saved");
    let (image, _) = with_files(&image, files);
    let mut harness = Harness::new_without_files(3);
    let before = state(&harness);
    let error = restore_from_image(&mut harness, &image).expect_err("it names files");
    assert!(state(&harness) == before, "it changed: {error}");
    error.to_string()
}

fn open(path: &str) -> Vec<u8> {
    file(descriptor(), libc::O_RDWR, path)
}

#[test]
fn files_of_a_model_that_opens_none_are_refused_or_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing");
    let path = missing.to_str().expect("UTF-8");
    for flags in [
        libc::O_RDONLY,
        libc::O_WRONLY,
        libc::O_RDWR,
        libc::O_WRONLY | libc::O_APPEND,
        libc::O_RDWR | libc::O_APPEND,
        libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC,
    ] {
        let error = is_refused(&file(descriptor(), flags, path));
        assert!(error.contains("No such file or directory"), "{error}");
        assert!(error.contains(path), "{error}");
        assert!(!missing.exists(), "flags {flags:#o} made it");
    }
    // Who opens a pipe waits for its other end.
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    let error = is_refused(&open(pipe.to_str().expect("UTF-8")));
    assert!(error.contains("neither a file nor"), "{error}");
    let error = is_refused(&open(folder.path().to_str().expect("UTF-8")));
    assert!(error.contains("neither a file nor"), "{error}");

    let there = folder.path().join("there");
    std::fs::write(&there, "contents").expect("a file");
    let path = there.to_str().expect("UTF-8");
    let error = is_refused(&file(1, libc::O_RDONLY, path));
    assert!(
        error.contains("expected a channel or one from 0x80000003"),
        "{error}"
    );
    let error = is_refused(&[open(path), open(path)].concat());
    assert!(error.contains("two open files"), "{error}");
    is_refused(&open("/dev/null\0"));

    let image = save_to_image(&Harness::new_without_files(8)).expect("it can be saved");
    let mut harness = Harness::new_without_files(3);
    let (image, _) = with_files(&image, &open(path));
    restore_from_image(&mut harness, &image).expect("it is there");
    assert_eq!((harness.before, harness.after), (8, 9));
    drop(harness);
    assert_eq!(std::fs::read(&there).expect("a file"), b"contents");
}

/// The checks find nothing, and still it cannot be opened, or has no positions: a terminal that is not there.
#[test]
fn a_file_that_cannot_be_opened_after_all_is_undone() {
    let error = is_refused(&open("/dev/tty"));
    assert!(error.contains("/dev/tty"), "{error}");
}

fn chain(error: &RestoreFileError) -> String {
    let source = std::error::Error::source(error).map(ToString::to_string);
    format!("{error}: {source:?}")
}

/// A snapshot of a run with other files, or with other modes, does not choose what this run's design writes.
#[test]
fn a_snapshot_of_a_stranger_opens_no_file_and_changes_no_mode() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    for name in ["log", "victim"] {
        std::fs::write(path(name), "0123456789\n").expect("a file");
    }
    let snapshot = path("a.lsss");
    let mut stranger = Harness::new(&path("victim"), "r+");
    stranger.add(&[1, 2]);
    save(&snapshot, &stranger, &SaveOptions::new()).expect("it can be saved");
    drop(stranger);
    let victim = std::fs::read(path("victim")).expect("a file");
    let mut live = Harness::new(&path("log"), "r+");
    let before = state(&live);
    let error = restore(&snapshot, &mut live).expect_err("another file");
    assert!(
        chain(&error).contains(path("victim").to_str().expect("UTF-8")),
        "{error}"
    );
    assert!(state(&live) == before, "it changed");
    live.add(&[3, 4]);
    drop(live);
    assert!(std::fs::read(path("victim")).expect("a file") == victim);

    let mut stranger = Harness::new(&path("log"), "r+");
    stranger.add(&[1, 2]);
    save(&snapshot, &stranger, &SaveOptions::new()).expect("it can be saved");
    drop(stranger);
    let log = std::fs::read(path("log")).expect("a file");
    let mut live = Harness::new(&path("log"), "r");
    restore(&snapshot, &mut live).expect("the same file");
    live.add(&[3, 4]);
    drop(live);
    assert!(
        std::fs::read(path("log")).expect("a file") == log,
        "it was open for reading"
    );
}

fn refused_while_missing(mode: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let away = folder.path().join("away");
    let snapshot: PathBuf = folder.path().join("a.lsss");
    std::fs::write(&log, "0123456789\n").expect("a file");
    let mut first = Harness::new(&log, mode);
    first.add(&[1, 2, 3]);
    save(&snapshot, &first, &SaveOptions::new()).expect("it can be saved");
    let saved = state_without_files(&first);
    let contents = std::fs::read(&log).expect("a file");
    let first_files = save_to_image(&first).expect("it can be saved");
    drop(first);

    std::fs::rename(&log, &away).expect("it can be moved");
    let mut second = Harness::new(Path::new("/dev/null"), "r");
    second.add(&[9]);
    let before = state(&second);
    let opened = open_as(&first_files);
    let error = restore(&snapshot, &mut second).expect_err("the file is missing");
    let error = std::error::Error::source(&error)
        .expect("a cause")
        .to_string();
    assert!(error.contains(log.to_str().expect("UTF-8")), "{error}");
    assert!(state(&second) == before, "mode {mode}: it changed");
    assert!(!log.exists(), "mode {mode} made it");

    std::fs::rename(&away, &log).expect("it can be moved");
    let refused = restore(&snapshot, &mut second).expect_err("it is not open here");
    assert!(chain(&refused).contains("restore-files-below"), "{refused}");
    assert!(state(&second) == before, "mode {mode}: it changed");
    let options = RestoreOptions {
        files_below: vec![folder.path().to_owned()],
        ..RestoreOptions::default()
    };
    restore_with(&snapshot, &mut second, &options).expect("the file is there");
    assert!(state_without_files(&second) == saved, "mode {mode}");
    let again = save_to_image(&second).expect("it can be saved");
    assert_eq!(open_as(&again), opened, "mode {mode}");
    assert_eq!(
        std::fs::read(&log).expect("a file"),
        contents,
        "mode {mode}"
    );
    // It goes on where it was.
    second.add(&[4]);
    // A save writes out what is buffered.
    state(&second);
    let mut expected = contents;
    match mode {
        "r" => {}
        // The first three lines are over the digits' beginning.
        "r+" => expected[6..8].copy_from_slice(b"6\n"),
        _ => expected.extend_from_slice(b"6\n"),
    }
    let expected = String::from_utf8(expected).expect("text");
    let found = std::fs::read_to_string(&log).expect("a file");
    assert_eq!(found, expected, "mode {mode}");
}

/// The descriptor of the one open file, and how it is open.
fn open_as(image: &Image) -> (u32, i32) {
    let (_, files) = with_files(image, &[]);
    let number = |at: usize| u32::from_le_bytes(files[at..at + 4].try_into().expect("4 bytes"));
    let flags = number(4).cast_signed() & (libc::O_ACCMODE | libc::O_APPEND);
    (number(0), flags)
}

/// `$fopen` without a mode.
#[test]
fn channels_come_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let mut first = Harness::new(&log, "mcd");
    first.add(&[1, 2]);
    let image = save_to_image(&first).expect("it can be saved");
    let (descriptor, mode) = open_as(&image);
    assert!(descriptor.is_power_of_two(), "{descriptor:#x}");
    assert_eq!(mode, libc::O_WRONLY);
    drop(first);
    let mut second = Harness::new(Path::new("/dev/null"), "r");
    restore_from_image(&mut second, &image).expect("it is there");
    second.add(&[3]);
    state(&second);
    assert_eq!(std::fs::read_to_string(&log).expect("a file"), "0\n1\n3\n");
    let error = is_refused(&file(6, libc::O_WRONLY, log.to_str().expect("UTF-8")));
    assert!(error.contains("expected a channel"), "{error}");
}

#[test]
fn a_missing_file_is_refused_in_every_mode_and_a_present_one_goes_on() {
    for mode in ["r", "r+", "a", "a+", "w", "w+", "mcd"] {
        refused_while_missing(mode);
    }
}
