//! One attempt to restore from a file that may be damaged, and what it must not do.

use std::fs::File;
use std::num::NonZeroUsize;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lightsss_runtime::durable::{
    Compression, RestoreFileError, RestoreOptions, Series, SeriesOptions, restore_with, save,
};

use crate::layout::Layout;
use crate::memory::Counting;
use crate::mutate::mutate;
use crate::numbers::Numbers;
use crate::readers::READERS;
use crate::structure::{change, parts};
use crate::subject::Subject;

/// The memory limit that the attempts are given, in bytes.
pub const MEMORY_LIMIT: u64 = 1 << 20;

/// What an attempt may allocate beyond twice the file (its bytes, and what its directory becomes in memory), in bytes:
/// the schema, the stream and one more section at the limit, 2 MiB for a thread, and change.
pub const BOUND: usize = 3 * MEMORY_LIMIT as usize + (3 << 20);

/// What a reader that knows no types may allocate: what `docs/format.md` says, with the limit of memory for two sections
/// and the description's 48 times.
pub const READER_BOUND: usize = (48 + 8) * MEMORY_LIMIT as usize + (24 << 20);

/// How long an attempt may take, in time of the processor: others may be busy beside it.
pub const DEADLINE: Duration = Duration::from_secs(1);

/// What became of many attempts.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct Tally {
    pub attempts: u64,
    pub refused: u64,
    pub restored: u64,
    pub good: u64,
    pub slowest: Duration,
    pub most_allocated: usize,
    pub readers_most: usize,
}

/// A folder with good files, and the harness that attempts restore into.
pub struct Bench<S: Subject> {
    _folder: tempfile::TempDir,
    good: Vec<(Vec<u8>, Layout)>,
    victim: PathBuf,
    /// A good file, to compare with.
    other: PathBuf,
    file: File,
    live: S,
    before: S::Memo,
    options: RestoreOptions,
}

impl<S: Subject> Bench<S> {
    /// Writes the good files.
    ///
    /// # Panics
    /// If that fails.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::tempdir_in(shared_memory()).unwrap();
        let mut paths = Vec::new();
        for (number, compression) in [Compression::None, Compression::Lz4, Compression::Zstd(1)]
            .into_iter()
            .enumerate()
        {
            let path = folder.path().join(format!("good-{number}.lsss"));
            let options = S::save_options()
                .compression(compression)
                .cycle(number as u64)
                .label("program", "linux")
                .threads(NonZeroUsize::MIN);
            save(&path, &S::make(number as u64), &options).unwrap();
            paths.push(path);
        }
        // A chain with a damaged child and its parents as they were.
        let options = SeriesOptions {
            max_chain: 3,
            ..SeriesOptions::default()
        };
        let mut series = Series::new(folder.path(), options).unwrap();
        let mut harness = S::make(9);
        for cycle in 0..3 {
            harness.change(cycle);
            let options = S::save_options().cycle(cycle).threads(NonZeroUsize::MIN);
            let (path, _) = series.save(&harness, &options).unwrap();
            paths.push(path);
        }
        let good = paths.iter().map(|path| {
            let bytes = std::fs::read(path).unwrap();
            let layout = Layout::read(&bytes).unwrap();
            (bytes, layout)
        });
        let good = good.collect();
        let victim = folder.path().join("victim.lsss");
        let file = File::create(&victim).unwrap();
        let live = S::make(77);
        Self {
            good,
            file,
            victim,
            other: paths.swap_remove(1),
            before: live.memo(),
            live,
            _folder: folder,
            options: RestoreOptions {
                memory_limit: MEMORY_LIMIT,
                threads: Some(NonZeroUsize::MIN),
                ..S::restore_options()
            },
        }
    }

    /// The good files.
    #[must_use]
    pub fn good(&self) -> &[(Vec<u8>, Layout)] {
        &self.good
    }

    /// Damages a file as the numbers say, and tries it.
    pub fn damaged(&mut self, numbers: &mut Numbers, memory: &Counting, tally: &mut Tally) {
        let (good, layout) = &self.good[numbers.below(self.good.len())];
        let (other, _) = &self.good[numbers.below(self.good.len())];
        let bytes = mutate(good, layout, other, numbers);
        self.attempt(&bytes, memory, tally);
    }

    /// Changes what a file says, as the numbers say, and tries it in every way.
    ///
    /// # Panics
    /// If the files hold no file that can be taken to pieces, and as [`Bench::attempt`].
    pub fn restructured(&mut self, numbers: &mut Numbers, memory: &Counting, tally: &mut Tally) {
        let (good, layout) = &self.good[0];
        let mut craft = parts(good, layout).expect("a file without compression");
        change(&mut craft, numbers);
        let bytes = craft.build();
        self.attempt(&bytes, memory, tally);
        self.read(&bytes, memory, tally);
    }

    /// Reads the file that was just tried in every way that needs no types.
    fn read(&mut self, bytes: &[u8], memory: &Counting, tally: &mut Tally) {
        let keep = |why: &str| -> ! {
            let path = std::env::temp_dir().join("lightsss-bad.lsss");
            let _ = std::fs::write(&path, bytes);
            panic!("{why}; the file is kept as {}", path.display())
        };
        let mut good = false;
        for (name, read) in READERS {
            let living = memory.begin();
            let start = processor_time();
            let result = read(&self.victim, &self.other, &self.options);
            let took = processor_time().saturating_sub(start);
            let allocated = memory.most().saturating_sub(living);
            tally.slowest = tally.slowest.max(took);
            tally.readers_most = tally.readers_most.max(allocated);
            if took > DEADLINE {
                keep(&format!("{name} took {took:?}"));
            }
            if allocated > READER_BOUND + 8 * bytes.len() {
                keep(&format!("{name} allocated {allocated} bytes"));
            }
            match result {
                Ok(()) if name == "verify" => good = true,
                // `verify` reads memories piece by piece, and what compares them does not.
                Err(RestoreFileError::TooLarge { .. }) => {}
                Err(error) if good => keep(&format!("it is good, and {name} fails: {error}")),
                _ => {}
            }
        }
        tally.good += u64::from(good);
    }

    /// Tries to restore from `bytes`.
    ///
    /// # Panics
    /// If the attempt takes or allocates too much, or changes the harness and fails.
    pub fn attempt(&mut self, bytes: &[u8], memory: &Counting, tally: &mut Tally) {
        self.file.set_len(bytes.len() as u64).unwrap();
        self.file.write_all_at(bytes, 0).unwrap();
        let living = memory.begin();
        let start = processor_time();
        let result = restore_with(&self.victim, &mut self.live, &self.options);
        let took = processor_time().saturating_sub(start);
        let allocated = memory.most().saturating_sub(living);
        tally.attempts += 1;
        tally.slowest = tally.slowest.max(took);
        tally.most_allocated = tally.most_allocated.max(allocated);
        let bound = BOUND + 2 * bytes.len();
        let keep = |why: &str| -> ! {
            let path = std::env::temp_dir().join("lightsss-bad.lsss");
            let _ = std::fs::write(&path, bytes);
            panic!("{why}; the file is kept as {}", path.display())
        };
        if took > DEADLINE {
            keep(&format!("took {took:?}"));
        }
        if allocated > bound {
            keep(&format!("allocated {allocated} bytes, {bound} allowed"));
        }
        match result {
            Ok(_) => {
                tally.restored += 1;
                self.live.put_back(&self.before);
            }
            Err(error) => {
                tally.refused += 1;
                if !self.live.holds(&self.before) {
                    keep(&format!("the harness changed, and: {error}"));
                }
            }
        }
    }
}

impl<S: Subject> Default for Bench<S> {
    fn default() -> Self {
        Self::new()
    }
}

/// Tries `files` damaged files, with numbers that begin at `seed`; gives the figures as JSON. With `structure`, what the
/// files say is changed, else their bytes.
#[must_use]
pub fn campaign<S: Subject>(
    files: u64,
    seed: u64,
    structure: bool,
    memory: &Counting,
) -> serde_json::Value {
    let mut bench = Bench::<S>::new();
    let mut numbers = Numbers::new(seed);
    let mut tally = Tally::default();
    let start = Instant::now();
    while tally.attempts < files {
        if structure {
            bench.restructured(&mut numbers, memory, &mut tally);
        } else {
            bench.damaged(&mut numbers, memory, &mut tally);
        }
    }
    serde_json::json!({
        "good": tally.good,
        "readers_most_allocated": tally.readers_most,
        "readers_bound": READER_BOUND,
        "files": tally.attempts,
        "refused": tally.refused,
        "restored": tally.restored,
        "slowest_us": tally.slowest.as_micros() as u64,
        "most_allocated": tally.most_allocated,
        "bound": BOUND,
        "seconds": start.elapsed().as_secs_f64(),
    })
}

/// Time that this process has spent on processors. An attempt that waits for ever is found by the waiter for the
/// test.
fn processor_time() -> Duration {
    let time = nix::time::clock_gettime(nix::time::ClockId::CLOCK_PROCESS_CPUTIME_ID);
    time.map_or(Duration::ZERO, Duration::from)
}

/// A folder in memory where there is one.
fn shared_memory() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    }
}
