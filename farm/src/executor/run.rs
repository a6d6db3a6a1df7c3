//! A run: keeps as many workers as there is work for, until every task has an outcome.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::error::ExecutorError;
use super::workers::{Executor, Workers};
use crate::campaign::{Watch, tidy};
use crate::plan::Campaign;

/// How a run waits.
#[derive(Clone, Copy, Debug)]
pub struct RunOptions {
    /// How often the store is looked at.
    pub every: Duration,
}

/// How a run stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Tasks with an outcome.
    pub done: usize,
    /// Tasks that a worker has.
    pub running: usize,
    /// All tasks.
    pub all: usize,
    /// Workers that wait or run.
    pub workers: usize,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every task has an outcome.
    Done,
    /// It was stopped; what has an outcome keeps it.
    Stopped,
}

/// How long a scheduler may give errors.
const PATIENCE: Duration = Duration::from_mins(2);

/// So many times as many workers as there are at once may end without any outcome.
const IDLE_ROUNDS: usize = 3;

/// Runs the campaign until every task has an outcome, or `stop` is set. Several runs of one campaign, on several
/// machines, work together.
pub fn run(
    campaign: &Campaign,
    workers: &Workers,
    executor: &mut dyn Executor,
    options: RunOptions,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(Progress),
) -> Result<Ended, ExecutorError> {
    let ran = watch(campaign, workers, executor, options, stop, progress);
    // Whatever came of it, nothing is left running.
    let stopped = executor.stop(workers);
    let ended = ran?;
    stopped?;
    if ended == Ended::Done {
        tidy(&workers.store, campaign)?;
    }
    Ok(ended)
}

fn watch(
    campaign: &Campaign,
    workers: &Workers,
    executor: &mut dyn Executor,
    options: RunOptions,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(Progress),
) -> Result<Ended, ExecutorError> {
    let mut watch = Watch::new(campaign, workers.lease);
    let mut next = 0;
    let mut answered = Instant::now();
    let mut idle = Idle {
        since_done: 0,
        started: 0,
    };
    loop {
        if stop.load(Ordering::Acquire) {
            return Ok(Ended::Stopped);
        }
        let view = watch.look(&workers.store)?;
        let alive = match executor.alive(workers) {
            Ok(alive) => {
                answered = Instant::now();
                alive
            }
            // A scheduler that is being restarted: workers that run do not need it.
            Err(ExecutorError::Scheduler { .. }) if answered.elapsed() < PATIENCE => {
                wait(options.every, stop);
                continue;
            }
            Err(error) => return Err(error),
        };
        progress(Progress {
            done: view.done.len(),
            running: view.running,
            all: campaign.tasks.len(),
            workers: alive,
        });
        if view.done.len() == campaign.tasks.len() {
            return Ok(Ended::Done);
        }
        idle.see(view.done.len());
        // Workers that have no task yet are about to take one.
        let wanted = view.free.len().min(workers.jobs as usize);
        if alive < wanted {
            let ended = idle.started - alive.min(idle.started);
            if ended > IDLE_ROUNDS * workers.jobs as usize {
                return Err(ExecutorError::NoProgress {
                    ended,
                    said: executor.last_words(),
                });
            }
            let count = (wanted - alive) as u32;
            match executor.start(workers, next..next + count) {
                Err(ExecutorError::Scheduler { .. }) if answered.elapsed() < PATIENCE => {
                    wait(options.every, stop);
                    continue;
                }
                started => started?,
            }
            next += count;
            idle.started += count as usize;
        }
        wait(options.every, stop);
    }
}

/// Counts the workers that were started since the last outcome.
struct Idle {
    since_done: usize,
    started: usize,
}

impl Idle {
    fn see(&mut self, done: usize) {
        if done > self.since_done {
            self.since_done = done;
            self.started = 0;
        }
    }
}

fn wait(time: Duration, stop: &AtomicBool) {
    let until = Instant::now() + time;
    while Instant::now() < until && !stop.load(Ordering::Acquire) {
        std::thread::sleep(Duration::from_millis(5).min(time));
    }
}
