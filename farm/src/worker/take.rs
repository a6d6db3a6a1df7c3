//! Takes one task after the other, until none is free.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::beat::{self, Beat};
use super::error::WorkerError;
use super::folder::Folder;
use super::job::{Job, Ran};
use super::options::WorkerOptions;
use crate::campaign::{Claim, Watch, load, outcome, publish};
use crate::content::{Cache, Hash};
use crate::plan::{Campaign, Entry};
use crate::store::Store;
use crate::task::TaskId;

/// The list of free tasks is read anew after so long.
const FRESH: Duration = Duration::from_secs(1);

/// Takes tasks of the campaign with this content until none is free, and gives how many were run. Ends early when `stop`
/// is set, or when the run that started the worker asks for it in the store; the task at hand is then given back.
pub fn work(
    store: &Store,
    plan: Hash,
    options: &WorkerOptions,
    stop: &Arc<AtomicBool>,
) -> Result<u64, WorkerError> {
    let campaign = load(store, plan)?;
    let mut worker = Worker {
        store,
        campaign: &campaign,
        options,
        cache: Cache::open(&options.cache, options.cache_size)?,
        folder: Folder::make(options)?,
        beat: Beat::start(store, options, Arc::clone(stop)),
        done: 0,
    };
    if store.exists(&crate::campaign::stop_key(&options.session))? {
        return Ok(0);
    }
    let announced = crate::campaign::worker_key(&options.session, options.number);
    if store.exists(&announced)? {
        // This worker was started again: whatever it had is free.
        Claim::expire_those_of(store, &options.name())?;
    }
    store.replace(&announced, std::process::id().to_string())?;
    let ended = worker.all();
    beat::end(store, options);
    ended?;
    Ok(worker.done)
}

struct Worker<'w> {
    store: &'w Store,
    campaign: &'w Campaign,
    options: &'w WorkerOptions,
    cache: Cache,
    folder: Folder,
    beat: Beat,
    done: u64,
}

impl Worker<'_> {
    fn all(&mut self) -> Result<(), WorkerError> {
        let mut watch = Watch::new(self.campaign, self.options.lease);
        let entries: std::collections::HashMap<TaskId, &Entry> = self
            .campaign
            .tasks
            .iter()
            .map(|entry| (entry.task.id(), entry))
            .collect();
        loop {
            let mut free = watch.look(self.store)?.free;
            if free.is_empty() {
                return Ok(());
            }
            // Each worker begins at another place.
            let share = u64::from(self.options.number) * free.len() as u64
                / u64::from(self.options.of.max(1));
            let begin = share as usize % free.len();
            free.rotate_left(begin);
            let read = Instant::now();
            for (task, generation) in free {
                if self.beat.is_to_stop() {
                    return Ok(());
                }
                if let Some(entry) = entries.get(&task) {
                    self.one(entry, task, generation)?;
                }
                if read.elapsed() > FRESH {
                    break;
                }
            }
        }
    }

    fn one(&mut self, entry: &Entry, task: TaskId, generation: u32) -> Result<(), WorkerError> {
        let Some(claim) = Claim::make(self.store, task, generation, &self.options.name())? else {
            return Ok(());
        };
        // The list may be older than an outcome.
        if outcome(self.store, task)?.is_some() {
            return Ok(claim.remove(self.store)?);
        }
        self.beat.hold(claim);
        let job = Job {
            store: self.store,
            cache: &self.cache,
            folder: self.folder.path(),
            entry,
            deadline: self.campaign.limits.deadline,
            generation,
            options: self.options,
            beat: &self.beat,
        };
        let ran = job.run();
        match (ran, self.beat.take()) {
            (Ok(Ran::Whole(outcome)), _) => {
                publish(self.store, &outcome)?;
                self.done += 1;
                Ok(())
            }
            (Ok(Ran::Stopped), claim) => claim
                .map_or(Ok(()), |claim| claim.release(self.store))
                .map_err(WorkerError::from),
            (Err(error), claim) => {
                // The first error is the one to tell.
                let _ = claim.map(|claim| claim.release(self.store));
                Err(error)
            }
        }
    }
}
