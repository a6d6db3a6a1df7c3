//! A model with 64 MiB of memories, against `VerilatedSave` and `VerilatedRestore`.

use std::path::Path;
use std::process::Command;

use lightsss_runtime::durable::{SaveOptions, restore, save};
use lightsss_runtime::model::ContextOptions;
use lightsss_tests_bench::{Options, Row, turns};

use crate::{Outcome, length, milliseconds, plain, read, write};

lightsss_runtime::model!(memories);

/// Prints the rows that are wanted.
pub fn rows(options: &Options, folder: &Path) -> Outcome {
    let mut model = memories::Model::new(&ContextOptions::new())?;
    model.eval()?;
    let path = folder.join("model.lsss");
    let rounds = options.samples(9, 5);
    for (flags, program, target) in [
        ("default", concat!(env!("OUT_DIR"), "/save_default"), None),
        ("o2", concat!(env!("OUT_DIR"), "/save_o2"), Some(0.2)),
    ] {
        let name = |what| format!("durable/model/{what}/{flags}");
        let at = if flags == "o2" {
            "all at -O2"
        } else {
            "compiled as Verilator does"
        };
        let native = |column: usize| native(program, folder, column);
        let row = |what, text: &str, (ours, theirs): (Vec<f64>, Vec<f64>), theirs_is: &str| {
            let row = Row::new(name(what), text, "ms", ours).against(theirs_is, theirs);
            match target {
                Some(ratio) => row.target_ratio(ratio),
                None => row,
            }
        };
        if options.wants(&name("save")) {
            let save = || milliseconds(|| save(&path, &model, &plain()));
            let samples = turns(rounds, save, || native(0));
            let theirs = format!("VerilatedSave, {at}");
            let bytes = std::fs::read(&path)?;
            let writes = (0..rounds).map(|_| write(&path, &bytes));
            let least = writes.fold(f64::INFINITY, f64::min);
            row(
                "save",
                "save of a model of 64 MiB, uncompressed",
                samples,
                &theirs,
            )
            .limit(
                least,
                "write(2) of the same bytes to a new file, renamed over the old one",
            )
            .note("At -O2, the system alone takes nearly all that the target allows, or more.")
            .print();
        }
        if options.wants(&name("restore")) {
            save(&path, &model, &plain())?;
            let mut other = memories::Model::new(&ContextOptions::new())?;
            let restore = || milliseconds(|| restore(&path, &mut other));
            let samples = turns(rounds, restore, || native(1));
            let theirs = format!("VerilatedRestore, {at}");
            let mut place = std::fs::read(&path)?;
            let reads = (0..rounds).map(|_| read(&path, &mut place));
            let least = reads.fold(f64::INFINITY, f64::min);
            row(
                "restore",
                "restore of a model of 64 MiB, uncompressed",
                samples,
                &theirs,
            )
            .limit(least, "read(2) of the same bytes to used memory, once")
            .note(
                "The file is read and verified whole before the first bit of the model changes, then \
                 read again, verified again, and copied in: nobody else can have changed it in between, \
                 and no memory of its size is needed. To read it once takes all that the target allows, nearly or more.",
            )
            .print();
        }
    }
    sizes(options, folder, &model)
}

/// What a C++ program says of its last of three rounds: the first ones fault pages in.
fn native(program: &str, folder: &Path, column: usize) -> f64 {
    let output = Command::new(program)
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
    native(concat!(env!("OUT_DIR"), "/save_o2"), folder, 0);
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
