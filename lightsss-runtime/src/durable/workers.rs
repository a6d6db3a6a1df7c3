//! Spreads independent pieces of work over threads that end before the call does.
//!
//! Scoped threads, so that a process is single-threaded again when a save or a restore returns, and can fork.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};

use crate::process::panics::unpoisoned;

/// More do not pay: the disk, or the memory, is the limit then.
const MOST: NonZeroUsize = NonZeroUsize::new(16).unwrap();

/// The most threads that work at a time.
///
/// Where nobody has said how many, they are counted when there is work for more than one: that reads the limits of
/// control groups, which takes 0.1 ms, and a save in the background leaves it to its child.
#[derive(Debug, Clone)]
pub(super) struct Threads(OnceLock<NonZeroUsize>);

impl Threads {
    /// So many as were asked for, or as there are processors, at most 16 of these.
    pub(super) fn new(asked: Option<NonZeroUsize>) -> Self {
        Self(asked.map_or_else(OnceLock::new, OnceLock::from))
    }

    pub(super) fn get(&self) -> usize {
        let count = || {
            let processors = std::thread::available_parallelism();
            processors.map_or(NonZeroUsize::MIN, |count| count.min(MOST))
        };
        self.0.get_or_init(count).get()
    }
}

/// Runs `work` on every item, with a state per thread; stops at the first error and returns it.
///
/// A thread costs about 30 us, a chunk of work 100 us.
pub(super) fn for_each<T, S, E>(
    threads: &Threads,
    items: impl ExactSizeIterator<Item = T> + Send,
    state: impl Fn() -> Result<S, E> + Sync,
    work: impl Fn(&mut S, T) -> Result<(), E> + Sync,
) -> Result<(), E>
where
    T: Send,
    E: Send,
{
    let threads = match items.len() {
        0 | 1 => 1,
        several => threads.get().min(several),
    };
    if threads == 1 {
        let mut state = state()?;
        for item in items {
            work(&mut state, item)?;
        }
        return Ok(());
    }
    let items = Mutex::new(items);
    let failure = Mutex::new(None);
    let stop = AtomicBool::new(false);
    let worker = || {
        let run = || {
            let mut state = state()?;
            while !stop.load(Ordering::Relaxed) {
                let item = unpoisoned(&items).next();
                let Some(item) = item else { break };
                work(&mut state, item)?;
            }
            Ok(())
        };
        if let Err(error) = run() {
            stop.store(true, Ordering::Relaxed);
            unpoisoned(&failure).get_or_insert(error);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            // Where no thread can be had, those that there are do the work.
            let _ = std::thread::Builder::new().spawn_scoped(scope, worker);
        }
        worker();
    });
    match failure.into_inner() {
        Ok(Some(error)) => Err(error),
        _ => Ok(()),
    }
}
