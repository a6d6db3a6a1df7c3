//! The keys of a campaign's objects.

use crate::content::Hash;
use crate::task::TaskId;

/// A campaign as a list of tasks, by its content.
pub(crate) fn plan(content: Hash) -> String {
    format!("plans/{content}")
}

/// The content that a campaign's name stands for.
pub(crate) fn campaign(name: &str) -> String {
    format!("campaigns/{name}")
}

/// The outcome of a task.
pub(crate) fn outcome(task: TaskId) -> String {
    format!("outcomes/{task}")
}

/// A claim: the `generation`-th one, from 1.
pub(crate) fn claim(task: TaskId, generation: u32) -> String {
    format!("claims/{task}.{generation:06}")
}

/// Says that the claim has ended without an outcome.
pub(crate) fn claim_end(task: TaskId, generation: u32, why: &str) -> String {
    format!("claims/{task}.{generation:06}.{why}")
}

/// A worker of a run, and when it was last seen.
pub(crate) fn worker(session: &str, number: u32) -> String {
    format!("workers/{session}/{number}")
}

/// Says that the worker has ended.
pub(crate) fn worker_end(session: &str, number: u32) -> String {
    format!("workers/{session}/{number}.end")
}

/// Says that the workers of a run are to end.
pub(crate) fn stop(session: &str) -> String {
    format!("workers/{session}/stop")
}
