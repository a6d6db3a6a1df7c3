//! What the state table gains and costs, in a model of 100,000 members.

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use lightsss_runtime::durable::{Compression, SaveOptions, restore, save};
use lightsss_runtime::model::ContextOptions;
use lightsss_runtime::savable::{Image, restore_from_image, save_into_image};
use lightsss_runtime::state::through_operators;
use lightsss_tests_bench::{Options, Row, calls_in_turns, pin, turns};

lightsss_runtime::model!(members);

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> Outcome {
    if std::env::args().nth(1).as_deref() == Some("start-up") {
        return start_up();
    }
    let options = Options::from_args();
    pin();
    let mut model = model()?;
    against_operators(&options, &mut model)?;
    against_verilator(&options, &model)?;
    start_up_row(&options)?;
    table_size(&options)
}

/// A model whose registers hold something.
fn model() -> Result<members::Model, Box<dyn std::error::Error>> {
    let mut model = members::Model::new(&ContextOptions::new())?;
    for cycle in 0..100 {
        model.set_data(cycle * 0x0101_0101);
        for clk in [0, 1] {
            model.set_clk(clk);
            model.eval()?;
        }
    }
    Ok(model)
}

/// The copies that the table allows, against Verilator's operators, which codegen compiles at -O2.
fn against_operators(options: &Options, model: &mut members::Model) -> Outcome {
    let rounds = options.samples(31, 11);
    let (mut bulk, mut stream) = (Image::new(), Image::new());
    let theirs = "Verilator's operators at -O2";
    let name = "state/members/save/operators";
    if options.wants(name) {
        let (ours, others) = calls_in_turns(
            rounds,
            || save_into_image(black_box(model), &mut bulk).unwrap(),
            || through_operators(|| save_into_image(black_box(model), &mut stream)).unwrap(),
        );
        let what = "save of 100,000 members into memory";
        Row::new(name, what, "us", in_microseconds(ours))
            .against(theirs, in_microseconds(others))
            .print();
    }
    let name = "state/members/restore/operators";
    if options.wants(name) {
        save_into_image(model, &mut bulk)?;
        let mut other = self::model()?;
        let (ours, others) = calls_in_turns(
            rounds,
            || restore_from_image(model, &bulk).unwrap(),
            || through_operators(|| restore_from_image(&mut other, &bulk)).unwrap(),
        );
        let what = "restore of 100,000 members from memory";
        Row::new(name, what, "us", in_microseconds(ours))
            .against(theirs, in_microseconds(others))
            .print();
    }
    Ok(())
}

fn in_microseconds(nanoseconds: Vec<f64>) -> Vec<f64> {
    nanoseconds.into_iter().map(|time| time / 1e3).collect()
}

/// Files, as Verilator's own classes write them.
fn against_verilator(options: &Options, model: &members::Model) -> Outcome {
    let shared = Path::new("/dev/shm");
    let folder = if shared.is_dir() {
        tempfile::tempdir_in(shared)?
    } else {
        tempfile::tempdir()?
    };
    let path = folder.path().join("members.lsss");
    let plain = SaveOptions::new().compression(Compression::None);
    let rounds = options.samples(21, 9);
    save(&path, model, &plain)?;
    let mut other = self::model()?;
    let native = |column| native(folder.path(), column);
    let save = || milliseconds(|| save(&path, model, &plain));
    let restore = || milliseconds(|| restore(&path, &mut other));
    let row = |what: &str, (ours, theirs), class: &str| {
        let name = format!("state/members/{what}/verilated");
        let text = format!("{what} of 100,000 members, a file in memory");
        Row::new(name, text, "ms", ours)
            .against(format!("{class}, all at -O2"), theirs)
            .print();
    };
    if options.wants("state/members/save/verilated") {
        row("save", turns(rounds, save, || native(0)), "VerilatedSave");
    }
    if options.wants("state/members/restore/verilated") {
        row(
            "restore",
            turns(rounds, restore, || native(1)),
            "VerilatedRestore",
        );
    }
    Ok(())
}

fn milliseconds<T, E: std::fmt::Display>(call: impl FnOnce() -> Result<T, E>) -> f64 {
    let start = Instant::now();
    call().unwrap_or_else(|error| panic!("{error}"));
    start.elapsed().as_secs_f64() * 1e3
}

/// Milliseconds that the C++ program says of its last round: the first ones fault pages in.
fn native(folder: &Path, column: usize) -> f64 {
    let output = Command::new(concat!(env!("OUT_DIR"), "/save_o2"))
        .arg(folder.join("verilated.save"))
        .arg("5")
        .output()
        .expect("the C++ program runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let last = text.lines().last().expect("the C++ program prints times");
    let nanoseconds = last.split_whitespace().nth(column).expect("two columns");
    nanoseconds.parse::<f64>().expect("a number") / 1e6
}

/// What a process pays once: in a process of its own, the first save less the second one.
fn start_up() -> Outcome {
    let model = model()?;
    let mut image = Image::new();
    let mut save = || milliseconds(|| save_into_image(&model, &mut image));
    let (first, second) = (save(), save());
    println!("{}", first - second);
    Ok(())
}

fn start_up_row(options: &Options) -> Outcome {
    let name = "state/members/start-up";
    if !options.wants(name) {
        return Ok(());
    }
    let this = std::env::current_exe()?;
    let mut samples = Vec::new();
    for _ in 0..options.samples(21, 9) {
        let output = Command::new(&this).arg("start-up").output()?;
        samples.push(String::from_utf8(output.stdout)?.trim().parse()?);
    }
    Row::new(
        name,
        "reading and verifying the table of 100,000 members, once per process",
        "ms",
        samples,
    )
    .target_ours(10.0)
    .print();
    Ok(())
}

fn table_size(options: &Options) -> Outcome {
    let name = "state/members/table-size";
    if !options.wants(name) {
        return Ok(());
    }
    let bytes = include_bytes!(concat!(env!("OUT_DIR"), "/members.state")).len() as f64;
    Row::new(name, "table of 100,000 members", "bytes", vec![bytes; 5]).print();
    Ok(())
}
