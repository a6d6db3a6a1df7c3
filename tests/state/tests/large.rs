//! A model of several frames in files: it comes back whole, or it is not touched.

use std::os::unix::fs::FileExt;
use std::path::Path;

use lightsss_runtime::durable::{
    Compression, RestoreOptions, SaveOptions, Series, SeriesOptions, restore, restore_with, save,
};
use lightsss_runtime::model::ContextOptions;
use lightsss_runtime::savable::{
    Reader, RestoreError, Savable, SaveError, Schema, SectionKind, Writer, save_to_image,
};
use lightsss_runtime::state::Parts;
use lightsss_tests_state::{section, stimulus, vast};

fn model(cycles: u64) -> vast::Model {
    let mut model = vast::Model::new(&ContextOptions::new()).expect("a model");
    run(&mut model, 0, cycles);
    model
}

fn run(model: &mut vast::Model, from: u64, to: u64) {
    for cycle in from..to {
        let x = stimulus(cycle);
        model.set_x(x);
        model.set_address(x % 400_002);
        for clock in [0, 1] {
            model.context().set_time(cycle * 2 + u64::from(clock));
            model.set_clk(clock);
            model.eval().expect("no halt");
        }
    }
}

fn state(model: &vast::Model) -> Vec<u8> {
    section(&save_to_image(model).expect("a savable model"))
}

fn options(compression: Compression) -> SaveOptions {
    SaveOptions::new().compression(compression)
}

const COMPRESSIONS: [Compression; 3] = [Compression::None, Compression::Lz4, Compression::Zstd(1)];

/// A model's section of any bytes, in a file whose checksums are right.
struct Forged(Vec<u8>);

impl Savable for Forged {
    const SCHEMA: Schema = <vast::Model as Savable>::SCHEMA;

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        out.section(SectionKind::Model, "vast", |out| out.bulk(&self.0))
    }

    fn restore(&mut self, _: &mut Reader<'_>) -> Result<(), RestoreError> {
        Err(RestoreError::custom("only written"))
    }

    fn check(_: &mut Reader<'_>) -> Result<(), RestoreError> {
        Err(RestoreError::custom("only written"))
    }
}

#[test]
fn a_large_model_comes_back_from_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("large.lsss");
    let mut original = model(300);
    let expected = state(&original);
    let mut later = Vec::new();
    for compression in COMPRESSIONS {
        save(&path, &original, &options(compression)).expect("a save");
        let mut other = model(20);
        restore(&path, &mut other).expect("a restore");
        assert!(state(&other) == expected, "{compression:?}");
        let mut by_operators = model(20);
        let through_operators = RestoreOptions {
            through_operators: true,
            ..RestoreOptions::default()
        };
        restore_with(&path, &mut by_operators, &through_operators).expect("a restore");
        assert!(state(&by_operators) == expected, "{compression:?}");
        run(&mut other, 300, 500);
        later.push(state(&other));
    }
    run(&mut original, 300, 500);
    let expected = state(&original);
    assert!(later.iter().all(|state| *state == expected));
}

#[test]
fn a_large_model_comes_back_from_a_chain_of_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let chained = SeriesOptions {
        max_chain: 8,
        ..SeriesOptions::default()
    };
    let mut series = Series::new(folder.path(), chained).expect("a series");
    let mut original = model(0);
    for round in 0..4 {
        run(&mut original, round * 50, round * 50 + 50);
        let (path, _) = series
            .save(&original, &options(Compression::None).cycle(round))
            .expect("a save");
        let mut other = model(3);
        restore(&path, &mut other).expect("a restore");
        assert!(state(&other) == state(&original), "round {round}");
    }
}

fn refused(path: &Path, model: &mut vast::Model, expected: &str, before: &[u8]) {
    let error = restore(path, model).expect_err("a refusal");
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    assert!(text.contains(expected), "{text}");
    assert!(state(model) == before, "{expected}: the model has changed");
}

#[test]
fn a_file_with_a_damaged_frame_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("large.lsss");
    let mut live = model(20);
    let before = state(&live);
    for compression in COMPRESSIONS {
        let report = save(&path, &model(300), &options(compression)).expect("a save");
        let good = std::fs::read(&path).expect("the file");
        let directory = u64::from_le_bytes(good[24..32].try_into().expect("8 bytes"));
        assert_eq!(report.file_len, good.len() as u64);
        let file = std::fs::File::options()
            .write(true)
            .open(&path)
            .expect("the file");
        // In the first frame, in the middle, and in the last frame.
        for at in [64, directory / 2, directory - 1] {
            let byte = good[at as usize];
            file.write_all_at(&[byte ^ 1], at).expect("a write");
            refused(&path, &mut live, "damaged", &before);
            file.write_all_at(&[byte], at).expect("a write");
        }
        file.set_len(directory - 1).expect("a cut");
        refused(&path, &mut live, "file length", &before);
    }
}

/// The check value of the class `corner`, as the state table begins that class: name, number of entries, kind 0.
fn check_of_corner(section: &[u8]) -> [u8; 8] {
    let name = b"Vvast_corner";
    let at = section.windows(name.len()).position(|bytes| bytes == name);
    let entry = at.expect("the class") + name.len() + 1;
    assert_eq!(section[entry], 0);
    let value = section[entry + 1..entry + 9].try_into();
    value.expect("8 bytes")
}

#[test]
fn a_well_formed_file_of_a_wrong_stream_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("forged.lsss");
    let good = state(&model(300));
    let stream = Parts::read(&good).expect("a section").stream.len();
    let stream_at = good.len() - stream;
    // `corner` is the last object: its check value stands behind all of the memories.
    let check = check_of_corner(&good);
    let at = (stream_at..good.len() - 8)
        .rfind(|at| good[*at..*at + 8] == check)
        .expect("a check value");
    assert!(at > 3 << 20, "byte {at}");
    let mut live = model(20);
    let before = state(&live);
    let mut forge = |bytes: Vec<u8>, expected: &str| {
        save(&path, &Forged(bytes), &options(Compression::None)).expect("a save");
        refused(&path, &mut live, expected, &before);
    };
    let mut bad = good.clone();
    bad[at] ^= 1;
    forge(bad, "check value");
    let mut short = good.clone();
    short.pop();
    let length = stream as u64 - 1;
    short[stream_at - 8..stream_at].copy_from_slice(&length.to_le_bytes());
    forge(short, "more bytes");
    let mut long = good.clone();
    long.push(0);
    let length = stream as u64 + 1;
    long[stream_at - 8..stream_at].copy_from_slice(&length.to_le_bytes());
    forge(long, "the end");
    save(&path, &Forged(good.clone()), &options(Compression::None)).expect("a save");
    restore(&path, &mut live).expect("a restore");
    assert!(state(&live) == good);
}
