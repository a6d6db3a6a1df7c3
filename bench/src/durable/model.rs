//! A model with 64 MiB of memories, against `VerilatedSave` and `VerilatedRestore`.

use std::path::Path;
use std::process::Command;

use lightsss_bench_rows::{Options, Row, turns};
use lightsss_runtime::durable::{SaveOptions, restore, save};
use lightsss_runtime::model::ContextOptions;

use crate::{Outcome, length, milliseconds, plain, read, write};

lightsss_runtime::model!(memories);

/// The C++ program that does the same.
const NATIVE: &str = concat!(env!("OUT_DIR"), "/memories_main");

/// Prints the rows that are wanted.
pub fn rows(options: &Options, folder: &Path) -> Outcome {
    let mut model = memories::Model::new(&ContextOptions::new())?;
    model.eval()?;
    let path = folder.join("model.lsss");
    let rounds = options.samples(9, 5);
    let name = "durable/model/save/default";
    if options.wants(name) {
        let save = || milliseconds(|| save(&path, &model, &plain()));
        let (ours, theirs) = turns(rounds, save, || native(folder, 0));
        let bytes = std::fs::read(&path)?;
        let writes = (0..rounds).map(|_| write(&path, &bytes));
        let least = writes.fold(f64::INFINITY, f64::min);
        Row::new(name, "save of a model of 64 MiB, uncompressed", "ms", ours)
            .against("VerilatedSave, compiled as Verilator does", theirs)
            .limit(
                least,
                "write(2) of the same bytes to a new file, renamed over the old one",
            )
            .print();
    }
    let name = "durable/model/restore/default";
    if options.wants(name) {
        save(&path, &model, &plain())?;
        let mut other = memories::Model::new(&ContextOptions::new())?;
        let restore = || milliseconds(|| restore(&path, &mut other));
        let (ours, theirs) = turns(rounds, restore, || native(folder, 1));
        let mut place = std::fs::read(&path)?;
        let reads = (0..rounds).map(|_| read(&path, &mut place));
        let least = reads.fold(f64::INFINITY, f64::min);
        Row::new(
            name,
            "restore of a model of 64 MiB, uncompressed",
            "ms",
            ours,
        )
        .against("VerilatedRestore, compiled as Verilator does", theirs)
        .limit(least, "read(2) of the same bytes to used memory, once")
        .note(
            "The file is read and verified whole before the first bit of the model changes, then \
             read again, verified again, and copied in: nobody else can have changed it in between, \
             and no memory of its size is needed.",
        )
        .print();
    }
    sizes(options, folder, &model)
}

/// What a C++ program says of its last of three rounds: the first ones fault pages in.
fn native(folder: &Path, column: usize) -> f64 {
    let output = Command::new(NATIVE)
        .arg(folder.join("verilated.save"))
        .arg("3")
        .output();
    let text = output.map_or(String::new(), |output| {
        String::from_utf8_lossy(&output.stdout).into_owned()
    });
    let nanoseconds = text
        .lines()
        .last()
        .and_then(|line| line.split_whitespace().nth(column)?.parse::<f64>().ok());
    nanoseconds.map_or(f64::NAN, |nanoseconds| nanoseconds / 1e6)
}

fn sizes(options: &Options, folder: &Path, model: &memories::Model) -> Outcome {
    let name = "durable/model/size";
    if !options.wants(name) {
        return Ok(());
    }
    let path = folder.join("compressed.lsss");
    save(&path, model, &SaveOptions::new())?;
    native(folder, 0);
    let theirs = folder.join("verilated.save");
    let status = Command::new("gzip").arg("-kf").arg(&theirs).status()?;
    if !status.success() {
        return Err("gzip failed".into());
    }
    let zipped = folder.join("verilated.save.gz");
    Row::new(
        name,
        "file of a model of 64 MiB, zstd",
        "bytes",
        vec![length(&path)?; 5],
    )
    .against("VerilatedSave, then gzip", vec![length(&zipped)?; 5])
    .target_ratio(1.0)
    .print();
    Ok(())
}
