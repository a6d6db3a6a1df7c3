//! What durable snapshots cost, beside Verilator's own classes, a copy in memory, and a bare fork.
//!
//! Files are in memory (`/dev/shm` where there is one): a disk would make both sides equal.

mod memory;
mod model;

use std::path::{Path, PathBuf};
use std::time::Instant;

use lightsss_runtime::durable::{Compression, SaveOptions};
use lightsss_tests_bench::Options;

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

/// Milliseconds for which the system keeps a process that does nothing but write the bytes.
fn write(path: &Path, bytes: &[u8]) -> f64 {
    let _ = std::fs::remove_file(path);
    milliseconds(|| std::fs::write(path, bytes))
}
