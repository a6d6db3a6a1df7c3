//! Ends a query from a signal handler or another thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Ends the query that is under way, and none that begins later: for Ctrl-C. May be used in a signal handler.
#[derive(Clone, Debug, Default)]
pub struct CancelHandle(Arc<AtomicBool>);

impl CancelHandle {
    /// Ends the query.
    pub fn cancel(&self) {
        self.0.store(true, Relaxed);
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.0.load(Relaxed)
    }

    pub(super) fn clear(&self) {
        self.0.store(false, Relaxed);
    }
}
