//! Round trips: each savable design is saved at some cycle, restored in a new process, and run on
//! with the same inputs. Outputs, what it prints, time and state are those of the run that was
//! never interrupted.

use std::path::{Path, PathBuf};
use std::process::Command;

use lightsss_runtime::Savable;
use lightsss_runtime::durable::{self, SaveOptions};
use lightsss_runtime::savable::{
    Image, ModelOptions, SectionKind, Source as _, restore_from_image, restore_from_image_with,
    save_to_image, save_to_image_through_operators,
};
use lightsss_runtime::slots::isolated;
use lightsss_runtime::state::Parts;
use lightsss_tests_models::drive::{Driven, Inputs, Lines, Run, compare, cycle, make};
use lightsss_tests_models::{for_each_savable_model, models};

/// How far both run on.
const CYCLES: u64 = 10_000;

/// Tells the test, in the new process, where the snapshot is.
const FOLDER: &str = "LIGHTSSS_TEST_TRIP";

/// A harness as a user has one.
#[derive(Savable)]
struct Harness<M> {
    model: M,
    inputs: Inputs,
    cycle: u64,
}

impl<M: Driven> Harness<M> {
    fn new(seed: i32) -> (Self, Lines) {
        let (model, lines) = make::<M>(seed);
        let harness = Self {
            model,
            inputs: Inputs::default(),
            cycle: 0,
        };
        (harness, lines)
    }

    fn run_to(&mut self, end: u64) -> Vec<u8> {
        let mut records = Vec::new();
        while self.cycle < end {
            cycle(&mut self.model, &mut self.inputs, &mut records);
            self.cycle += 1;
        }
        records
    }
}

/// The files of a trip.
struct Files(PathBuf);

impl Files {
    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.join(name), bytes).expect("a file can be written");
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.join(name)).expect("the file is there")
    }

    fn durable(&self) -> PathBuf {
        self.0.join("half.lsss")
    }

    fn write_image(&self, name: &str, image: &Image) {
        assert_eq!(image.section_count(), 1, "one model is one section");
        let section = image.section(0).expect("it is there");
        self.write(&format!("{name}.schema"), image.schema());
        self.write(&format!("{name}.stream"), image.stream());
        self.write(&format!("{name}.name"), section.name.as_bytes());
        let bytes = image.section_bytes(0).expect("it can be read");
        self.write(&format!("{name}.model"), &bytes);
    }

    fn read_image(&self, name: &str) -> Image {
        let part = |part: &str| self.read(&format!("{name}.{part}"));
        let mut image = Image::from_parts(part("schema"), part("stream"));
        let section = String::from_utf8(part("name")).expect("it is text");
        image.push_section(SectionKind::Model, &section, part("model"));
        image
    }
}

fn trip<M: Driven + Savable>(test: &str) {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return run_on::<M>(&Files(folder.into()));
    }
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let files = Files(folder.path().to_owned());
    let (mut harness, lines) = Harness::<M>::new(11);
    let half = some_cycle(M::NAME);
    harness.run_to(half);
    let image = save_to_image(&harness).expect("it can be saved");
    files.write_image("half", &image);
    both_ways_agree(&harness, &image);
    durable::save(files.durable(), &harness, &SaveOptions::default()).expect("it can be saved");

    lines.borrow_mut().clear();
    let records = harness.run_to(half + CYCLES);
    files.write("records", &records);
    files.write("lines", lines.borrow().join("\n").as_bytes());
    let image = save_to_image(&harness).expect("it can be saved");
    files.write_image("end", &image);
    files.write("time", &harness.model.context().time().to_le_bytes());
    continue_in_new_process(test, folder.path());
}

/// The table of the state is complete, and copies by it save and restore what Verilator's operators do.
fn both_ways_agree<M: Driven + Savable>(harness: &Harness<M>, named: &Image) {
    let operators = save_to_image_through_operators(harness).expect("it can be saved");
    let section = |image: &Image| image.section_bytes(0).expect("it is there").into_owned();
    let (by_name, by_operators) = (section(named), section(&operators));
    let by_name = Parts::read(&by_name).expect("a model's section");
    let by_operators = Parts::read(&by_operators).expect("a model's section");
    // A model is saved by name only if its table accounts for every byte that the operators write.
    assert!(by_name.is_named() && !by_operators.is_named());
    assert_eq!(by_name.stream, by_operators.stream);
    for image in [named, &operators] {
        for through_operators in [false, true] {
            let (mut other, _lines) = Harness::<M>::new(14);
            other.run_to(33);
            let models = ModelOptions {
                through_operators,
                ..ModelOptions::default()
            };
            restore_from_image_with(&mut other, image, models).expect("the image can be restored");
            assert_same_state(&save_to_image(&other).expect("it can be saved"), named);
        }
    }
}

/// Before it, the design has done something; which cycle it is, differs from design to design.
fn some_cycle(name: &str) -> u64 {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    100 + (hash >> 20) % 3000
}

fn continue_in_new_process(test: &str, folder: &Path) {
    let program = std::env::current_exe().expect("this program has a path");
    let output = Command::new(program)
        .args(["--exact", test, "--nocapture"])
        .env(FOLDER, folder)
        .output()
        .expect("it starts");
    assert!(
        output.status.success(),
        "the new process ended with {}:\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        folder.join("agreed").is_file(),
        "the new process ran no test: `{test}` is not its name"
    );
}

/// In the new process: from the image, and from the file.
fn run_on<M: Driven + Savable>(files: &Files) {
    let half = files.read_image("half");
    // Another seed: what is random must come from the snapshot.
    let (mut harness, lines) = Harness::<M>::new(12);
    restore_from_image(&mut harness, &half).expect("the image can be restored");
    assert_same_state(&save_to_image(&harness).expect("it can be saved"), &half);
    agree(harness, &lines, files);

    let (mut harness, lines) = Harness::<M>::new(13);
    // It has run before, and keeps nothing of that.
    harness.run_to(77);
    lines.borrow_mut().clear();
    durable::restore(files.durable(), &mut harness).expect("the file can be restored");
    assert_same_state(&save_to_image(&harness).expect("it can be saved"), &half);
    agree(harness, &lines, files);
    files.write("agreed", b"");
}

/// Runs on, and compares with the run that was never interrupted.
fn agree<M: Driven + Savable>(mut harness: Harness<M>, lines: &Lines, files: &Files) {
    let end = harness.cycle + CYCLES;
    let records = harness.run_to(end);
    let run = |records, lines| Run {
        records,
        lines,
        trace: PathBuf::new(),
    };
    let text = String::from_utf8(files.read("lines")).expect("it is text");
    let never_interrupted = text.lines().map(str::to_owned).collect();
    let restored = lines.borrow().join("\n");
    let restored = restored.lines().map(str::to_owned).collect();
    compare::<M>(
        &run(records, restored),
        &run(files.read("records"), never_interrupted),
    );
    assert_eq!(
        harness.model.context().time().to_le_bytes()[..],
        files.read("time")[..]
    );
    let image = save_to_image(&harness).expect("it can be saved");
    assert_same_state(&image, &files.read_image("end"));
}

fn assert_same_state(ours: &Image, theirs: &Image) {
    assert_eq!(ours.schema(), theirs.schema());
    assert_eq!(ours.stream(), theirs.stream(), "the harness differs");
    let bytes = |image: &Image| image.section_bytes(0).expect("it is there").into_owned();
    let (ours, theirs) = (bytes(ours), bytes(theirs));
    assert_eq!(ours.len(), theirs.len(), "bytes of the model's state");
    let differing: Vec<usize> = (0..ours.len())
        .filter(|at| ours[*at] != theirs[*at])
        .collect();
    assert!(
        differing.is_empty(),
        "the model's state differs in {} of {} bytes, at {:?}",
        differing.len(),
        ours.len(),
        &differing[..differing.len().min(20)]
    );
}

macro_rules! test_of {
    ($name:ident) => {
        #[test]
        fn $name() {
            // In a process of its own: a design that seeds (`$random(seed)`) has Verilator start the random
            // numbers of all threads anew.
            isolated(|| trip::<models::$name::Model>(stringify!($name)));
        }
    };
}

for_each_savable_model!(test_of);
