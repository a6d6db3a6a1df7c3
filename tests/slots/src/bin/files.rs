//! A harness with files: a card that a C++ model and the harness read as they go, a log that is
//! appended to, a journal that is written through a buffer, an image that is read and written in
//! place; and half a line that the model has printed at each checkpoint. Prints the report of a replay.

use std::{
    fs::{File, OpenOptions},
    io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use clap::Parser;
use lightsss_runtime::Savable;
use lightsss_runtime::slots::{
    Checkpoint, Choice, ReplayOrder, ReplayOutcome, ReplayOutput, SlotFile, SlotOptions, Slots,
    StateHash, When,
};
use lightsss_tests_slots::{card_open, card_read, end_muttering, mutter};

#[derive(Parser)]
struct Args {
    /// Where the files are made.
    folder: PathBuf,
    /// Where the replay's output goes; before each line of standard error by default.
    #[arg(long)]
    output: Option<PathBuf>,
}

const WORDS: u32 = 10_000;

fn word(from: &mut impl Read) -> u32 {
    let mut bytes = [0; 4];
    from.read_exact(&mut bytes).expect("a word");
    u32::from_le_bytes(bytes)
}

/// Files that the harness holds as its users do.
#[derive(Savable)]
struct Harness {
    #[savable(reopen)]
    buffered: BufReader<File>,
    #[savable(reopen)]
    bare: File,
    #[savable(reopen)]
    log: File,
    #[savable(reopen)]
    journal: Option<BufWriter<File>>,
}

impl Harness {
    fn over(folder: &Path) -> Self {
        let card = || File::open(folder.join("card")).expect("the card");
        let mut append = OpenOptions::new();
        append.create(true).append(true);
        let journal = File::create(folder.join("journal")).expect("the journal");
        Self {
            buffered: BufReader::with_capacity(64, card()),
            bare: card(),
            log: append.open(folder.join("log")).expect("the log"),
            journal: Some(BufWriter::new(journal)),
        }
    }
}

fn main() {
    let args = Args::parse();
    let card = args.folder.join("card");
    let words: Vec<u8> = (0..WORDS)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    std::fs::write(&card, words).expect("the card");
    card_open(card.to_str().expect("a path"));
    let mut harness = Harness::over(&args.folder);
    let mut own = SlotFile::open(&card).expect("the card");
    let mut image = OpenOptions::new()
        .create(true)
        .truncate(true)
        .read(true)
        .write(true)
        .open(args.folder.join("image"))
        .expect("the image");
    image.write_all(&[0; 64]).expect("the image is filled");

    let mut options = SlotOptions::default();
    options.when = When::Cycles(1000);
    let mut slots = Slots::new(options).expect("slots");
    let mut replay = None;
    let mut sum = 0_u64;
    let mut cycle = 0;
    while cycle < 5_500 {
        let hash = || StateHash {
            model: sum,
            harness: cycle,
        };
        if let Checkpoint::Replay(woken) = slots.offer_with(cycle, &hash) {
            replay = Some(woken);
        }
        if cycle > 0 && cycle.is_multiple_of(1000) {
            end_muttering();
        }
        let read = [
            card_read(),
            word(&mut harness.buffered),
            word(&mut harness.bare),
            word(&mut own),
        ];
        assert!(
            read.iter().all(|one| *one == read[0]),
            "all readers agree: {read:x?}"
        );
        sum = sum.wrapping_mul(31).wrapping_add(u64::from(read[0]));
        if cycle % 500 == 499 {
            writeln!(harness.log, "cycle {cycle}: {sum:016x}").expect("the log is written");
            let journal = harness.journal.as_mut().expect("the journal");
            writeln!(journal, "cycle {cycle}: {sum:016x}").expect("the journal takes it");
            println!("console {cycle}");
            image.seek(SeekFrom::Start(cycle / 500)).expect("a seek");
            image
                .write_all(&[if replay.is_some() { 2 } else { 1 }])
                .expect("the image is written");
        }
        if cycle % 1000 == 999 {
            mutter(cycle);
        }
        cycle += 1;
    }
    slots.state_at(
        cycle,
        StateHash {
            model: sum,
            harness: cycle,
        },
    );
    if let Some(replay) = replay {
        replay.note(&format!("{sum:016x}"));
        replay.finish(&ReplayOutcome::SameFailure);
    }
    let mut order = ReplayOrder::new(cycle);
    if let Some(output) = args.output {
        order.output = ReplayOutput::File(output);
    }
    for _ in 0..2 {
        let report = slots.wake(&Choice::Oldest, &order).expect("a replay");
        assert_eq!(report.note, format!("{sum:016x}"));
        println!("{}", serde_json::to_string(&report).expect("a report"));
    }
}
