//! Renews a worker's claim while its task runs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::campaign::{Claim, Claimed, stop_key, worker_end_key, worker_key};
use crate::store::Store;

use super::options::WorkerOptions;

/// A thread that renews the worker's claim, and looks whether the run is to stop.
pub(super) struct Beat {
    shared: Arc<Shared>,
    quit: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    claim: Mutex<Option<Claim>>,
    /// The claim has gone to another worker.
    lost: AtomicBool,
    /// The run, or a signal, asks the worker to end.
    stop: Arc<AtomicBool>,
}

impl Beat {
    pub(super) fn start(store: &Store, options: &WorkerOptions, stop: Arc<AtomicBool>) -> Self {
        let shared = Arc::new(Shared {
            claim: Mutex::new(None),
            lost: AtomicBool::new(false),
            stop,
        });
        let (quit, until) = mpsc::channel();
        let every = (options.lease / 4).max(Duration::from_millis(20));
        let (store, options, seen) = (store.clone(), options.clone(), Arc::clone(&shared));
        let thread = thread::spawn(move || {
            while until.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                seen.once(&store, &options);
            }
        });
        Self {
            shared,
            quit: Some(quit),
            thread: Some(thread),
        }
    }

    /// From now on, this claim is renewed.
    pub(super) fn hold(&self, claim: Claim) {
        self.shared.lost.store(false, Ordering::Release);
        *self.shared.lock() = Some(claim);
    }

    /// Gives the claim back to the caller: it is not renewed any more.
    pub(super) fn take(&self) -> Option<Claim> {
        self.shared.lock().take()
    }

    /// Whether the task is another worker's by now.
    pub(super) fn is_lost(&self) -> bool {
        self.shared.lost.load(Ordering::Acquire)
    }

    /// Whether the worker is to end.
    pub(super) fn is_to_stop(&self) -> bool {
        self.shared.stop.load(Ordering::Acquire)
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        drop(self.quit.take());
        if let Some(thread) = self.thread.take() {
            // A panic in it has been printed.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Option<Claim>> {
        self.claim.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A store that fails for a while is asked again at the next beat; for longer, the lease ends.
    fn once(&self, store: &Store, options: &WorkerOptions) {
        let key = worker_key(&options.session, options.number);
        let _ = store.replace(&key, std::process::id().to_string());
        if store.exists(&stop_key(&options.session)).unwrap_or(false) {
            self.stop.store(true, Ordering::Release);
        }
        let mut held = self.lock();
        if let Some(claim) = held.as_mut()
            && matches!(claim.renew(store), Ok(Claimed::Elsewhere))
        {
            *held = None;
            self.lost.store(true, Ordering::Release);
        }
    }
}

/// Says in the store that the worker has ended.
pub(super) fn end(store: &Store, options: &WorkerOptions) {
    // A worker that cannot say so is seen to be silent.
    let _ = store.replace(&worker_end_key(&options.session, options.number), "");
}
