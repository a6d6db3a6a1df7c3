//! What durable snapshots cost, beside Verilator's own classes, a copy in memory, and a bare fork.
//!
//! Files are in memory (`/dev/shm` where there is one): a disk would make both sides equal.

mod memory;
mod model;

use std::path::{Path, PathBuf};
use std::time::Instant;

use lightsss_bench_rows::Options;
use lightsss_runtime::durable::{Compression, SaveOptions};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> Outcome {
    let options = Options::from_args();
    let shared = Path::new("/dev/shm");
    let folder = if shared.is_dir() {
        tempfile::tempdir_in(shared)?
    } else {
        tempfile::tempdir()?
    };
    model::rows(&options, folder.path())?;
    memory::rows(&options, folder.path())
}

/// Milliseconds that a call takes; a snapshot that fails ends the program.
fn milliseconds<T, E: std::fmt::Display>(call: impl FnOnce() -> Result<T, E>) -> f64 {
    let start = Instant::now();
    if let Err(error) = call() {
        eprintln!("error: {error}");
        std::process::exit(1);
    }
    start.elapsed().as_secs_f64() * 1e3
}

/// As the bytes are, as `VerilatedSave` writes them.
fn plain() -> SaveOptions {
    SaveOptions::new().compression(Compression::None)
}

fn length(path: &PathBuf) -> std::io::Result<f64> {
    Ok(std::fs::metadata(path)?.len() as f64)
}

/// Milliseconds for which the system keeps a process that does nothing but read a file into memory.
fn read(path: &Path, into: &mut [u8]) -> f64 {
    use std::io::Read as _;
    milliseconds(|| std::fs::File::open(path)?.read_exact(into))
}

/// Milliseconds for which the system keeps threads that do nothing but read a file into memory twice, as they must where
/// all of it is verified before anything changes: first piece by piece into memory that their caches hold, then in place.
fn read_twice(path: &Path, into: &mut [u8]) -> f64 {
    use std::os::unix::fs::FileExt as _;
    const PIECE: usize = 256 << 10;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = into.len().div_ceil(threads).next_multiple_of(PIECE);
    milliseconds(|| {
        let file = &std::fs::File::open(path)?;
        for in_place in [false, true] {
            std::thread::scope(|scope| {
                let shares = into
                    .chunks_mut(share)
                    .enumerate()
                    .map(|(number, share_of)| {
                        scope.spawn(move || {
                            let mut piece_of = vec![0; PIECE];
                            let mut at = (number * share) as u64;
                            share_of.chunks_mut(PIECE).try_for_each(|piece| {
                                let offset = at;
                                at += piece.len() as u64;
                                let to = if in_place {
                                    piece
                                } else {
                                    &mut piece_of[..piece.len()]
                                };
                                file.read_exact_at(to, offset)
                            })
                        })
                    });
                let shares: Vec<_> = shares.collect();
                let mut done = shares
                    .into_iter()
                    .map(|share| share.join().expect("no panic"));
                done.try_for_each(|share| share)
            })?;
        }
        std::io::Result::Ok(())
    })
}

/// Milliseconds for which the system keeps a process that does nothing but write the bytes to a new file and give it the
/// name of one that is there.
fn write(path: &Path, bytes: &[u8]) -> f64 {
    let new = path.with_extension("new");
    milliseconds(|| {
        std::fs::write(&new, bytes)?;
        std::fs::rename(&new, path)
    })
}
