//! A `Ram`: against a copy in memory, a bare fork, and a full save.

use std::path::Path;
use std::time::Instant;

use lightsss_bench_rows::{Options, Row, turns};
use lightsss_runtime::Savable;
use lightsss_runtime::durable::{Background, Series, SeriesOptions, restore, save};
use lightsss_runtime::ram::Ram;
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};

use crate::{Outcome, length, milliseconds, plain, read_twice, write};

const SIZE: u64 = 1 << 30;

#[derive(Savable)]
struct Harness {
    ram: Ram,
    cycle: u64,
}

/// Prints the rows that are wanted.
pub fn rows(options: &Options, folder: &Path) -> Outcome {
    let names = [
        "durable/ram/save",
        "durable/ram/restore",
        "durable/background/pause",
        "durable/incremental/time",
        "durable/incremental/size",
    ];
    if !names.iter().any(|name| options.wants(name)) {
        return Ok(());
    }
    let mut harness = Harness {
        ram: Ram::new(0, SIZE)?,
        cycle: 0,
    };
    let mut number = 1_u64;
    for word in harness
        .ram
        .bytes_mut(0, SIZE as usize)?
        .as_chunks_mut::<8>()
        .0
    {
        number ^= number << 13;
        number ^= number >> 7;
        number ^= number << 17;
        *word = number.to_le_bytes();
    }
    copies(options, folder, &harness)?;
    pause(options, folder, &harness)?;
    incremental(options, folder, &mut harness)
}

fn copies(options: &Options, folder: &Path, harness: &Harness) -> Outcome {
    let path = folder.join("ram.lsss");
    let rounds = options.samples(7, 5);
    let bytes = harness.ram.bytes(0, SIZE as usize)?;
    let mut copy = bytes.to_vec();
    let mut memcpy = || {
        milliseconds(|| {
            copy.copy_from_slice(std::hint::black_box(bytes));
            std::hint::black_box(&mut copy);
            Ok::<_, String>(())
        })
    };
    if options.wants("durable/ram/save") {
        let save = || milliseconds(|| save(&path, harness, &plain()));
        let (ours, theirs) = turns(rounds, save, &mut memcpy);
        let writes = (0..rounds).map(|_| write(&path, bytes));
        let least = writes.fold(f64::INFINITY, f64::min);
        Row::new(
            "durable/ram/save",
            "save of 1 GiB of Ram, uncompressed",
            "ms",
            ours,
        )
        .against("memcpy", theirs)
        .target_ratio(2.0)
        .limit(least, "write(2) of the same bytes to a new file, renamed over the old one")
        .note("A file's pages are new memory, and memcpy's target is not: write(2) alone takes twice as long or more.")
        .print();
    }
    if options.wants("durable/ram/restore") {
        save(&path, harness, &plain())?;
        let mut other = Harness {
            ram: Ram::new(0, SIZE)?,
            cycle: 1,
        };
        restore(&path, &mut other)?;
        let restore = || milliseconds(|| restore(&path, &mut other));
        let (ours, theirs) = turns(rounds, restore, &mut memcpy);
        let reads = (0..rounds).map(|_| read_twice(&path, &mut copy));
        let least = reads.fold(f64::INFINITY, f64::min);
        Row::new(
            "durable/ram/restore",
            "restore of 1 GiB of Ram, uncompressed",
            "ms",
            ours,
        )
        .against("memcpy", theirs)
        .target_ratio(2.0)
        .limit(least, "read(2) of the same bytes twice, on as many threads, the first time into what the caches hold")
        .note("The file is read twice: all of it is verified before the first byte changes, and again as it is copied in. To map the file would save a fifth of it (measured in C), and end the process where somebody shortens the file meanwhile.")
        .print();
    }
    let _ = std::fs::remove_file(&path);
    Ok(())
}

fn pause(options: &Options, folder: &Path, harness: &Harness) -> Outcome {
    if !options.wants("durable/background/pause") {
        return Ok(());
    }
    let path = folder.join("background.lsss");
    let mut background = Background::new(std::num::NonZeroUsize::MIN);
    let ours = || {
        let start = Instant::now();
        let begun = background.save(&path, harness, &plain());
        let pause = start.elapsed().as_secs_f64() * 1e3;
        let failed = background
            .wait()
            .iter()
            .any(|report| report.result.is_err());
        if failed || begun.is_err() {
            f64::NAN
        } else {
            pause
        }
    };
    let (ours, theirs) = turns(options.samples(120, 20), ours, bare_fork);
    Row::new(
        "durable/background/pause",
        "pause of a save in the background, 1 GiB of Ram",
        "ms",
        ours,
    )
    .against("bare fork", theirs)
    .target_ratio(1.1)
    .print();
    let _ = std::fs::remove_file(&path);
    Ok(())
}

/// Milliseconds for which `fork` keeps this process.
fn bare_fork() -> f64 {
    let start = Instant::now();
    // SAFETY: the child calls nothing but `_exit`.
    match unsafe { fork() } {
        // SAFETY: ends the child at once; nothing of this process's is touched.
        Ok(ForkResult::Child) => unsafe { nix::libc::_exit(0) },
        Ok(ForkResult::Parent { child }) => {
            let pause = start.elapsed().as_secs_f64() * 1e3;
            let _ = waitpid(child, None);
            pause
        }
        Err(_) => f64::NAN,
    }
}

fn incremental(options: &Options, folder: &Path, harness: &mut Harness) -> Outcome {
    if !options.wants("durable/incremental/time") && !options.wants("durable/incremental/size") {
        return Ok(());
    }
    let series = |chain, name: &str| {
        Series::new(
            folder.join(name),
            SeriesOptions {
                max_chain: chain,
                ..SeriesOptions::default()
            },
        )
    };
    let (mut part, mut whole) = (series(63, "part")?, series(0, "whole")?);
    part.save(harness, &plain())?;
    let (mut times, mut sizes) = ((vec![], vec![]), (vec![], vec![]));
    for round in 0..options.samples(9, 5) as u64 {
        // One page in a hundred, all over.
        for page in (0..SIZE / 4096).step_by(100) {
            harness.ram.write_u64((page + round) * 4096, round)?;
        }
        harness.cycle += 1;
        let start = Instant::now();
        let (path, _) = part.save(harness, &plain())?;
        times.0.push(start.elapsed().as_secs_f64() * 1e3);
        sizes.0.push(length(&path)?);
        let start = Instant::now();
        let (path, _) = whole.save(harness, &plain())?;
        times.1.push(start.elapsed().as_secs_f64() * 1e3);
        sizes.1.push(length(&path)?);
        std::fs::remove_file(&path)?;
    }
    for (name, what, unit, (ours, theirs)) in [
        (
            "durable/incremental/time",
            "incremental save, 1 % of 1 GiB written",
            "ms",
            times,
        ),
        (
            "durable/incremental/size",
            "incremental file, 1 % of 1 GiB written",
            "bytes",
            sizes,
        ),
    ] {
        Row::new(name, what, unit, ours)
            .against("full save", theirs)
            .target_ratio(0.05)
            .print();
    }
    Ok(())
}
