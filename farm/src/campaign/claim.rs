//! A worker's right to run a task, until it ends or is seen no longer.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::keys;
use crate::store::{Created, Store, StoreError};
use crate::task::TaskId;

/// A worker's right to run a task.
#[derive(Clone, Debug)]
pub struct Claim {
    task: TaskId,
    generation: u32,
    held: Held,
}

/// What a claim's object holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    /// `SESSION/NUMBER` of the worker.
    worker: String,
    /// Tells this claim from one that the same worker made in an earlier life.
    nonce: u64,
    /// Counts how often the claim was renewed.
    beat: u64,
}

/// Who has a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// The worker that asked.
    Here,
    /// Another one.
    Elsewhere,
}

impl Claim {
    /// Claims a task as the `generation`-th one. `None` if another worker was faster.
    pub fn make(
        store: &Store,
        task: TaskId,
        generation: u32,
        worker: &str,
    ) -> Result<Option<Self>, StoreError> {
        let held = Held {
            worker: worker.to_owned(),
            nonce: fastrand::u64(..),
            beat: 0,
        };
        let claim = Self {
            task,
            generation,
            held,
        };
        let key = keys::claim(task, generation);
        let is_ours = match store.create_json(&key, &claim.held)? {
            Created::New => true,
            // A request that was repeated meets its own object.
            Created::There => store
                .get_json::<Held>(&key)?
                .is_some_and(|held| held.nonce == claim.held.nonce),
        };
        Ok(is_ours.then_some(claim))
    }

    /// The number of this claim among those of the task, from 1.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// Renews the claim; says whether it still stands.
    pub fn renew(&mut self, store: &Store) -> Result<Claimed, StoreError> {
        let expired = keys::claim_end(self.task, self.generation, "expired");
        if store.exists(&expired)? || store.exists(&keys::outcome(self.task))? {
            return Ok(Claimed::Elsewhere);
        }
        self.held.beat += 1;
        store.replace_json(&keys::claim(self.task, self.generation), &self.held)?;
        Ok(Claimed::Here)
    }

    /// Takes the claim away: the task has an outcome.
    pub fn remove(self, store: &Store) -> Result<(), StoreError> {
        remove(store, self.task, self.generation)
    }

    /// Gives the task back: it does not count as a try.
    pub fn release(self, store: &Store) -> Result<(), StoreError> {
        store
            .create(&keys::claim_end(self.task, self.generation, "released"), "")
            .map(drop)
    }

    /// The claims that an earlier life of this worker left, as after a requeue, are over.
    pub fn expire_those_of(store: &Store, worker: &str) -> Result<(), StoreError> {
        for listed in store.list("claims")? {
            let Some((task, generation, None)) = parse(&listed.key) else {
                continue;
            };
            let held: Option<Held> = store.get_json(&listed.key)?;
            if held.is_some_and(|held| held.worker == worker) {
                expire(store, task, generation)?;
            }
        }
        Ok(())
    }
}

/// Removes what is left of the claims of a task up to this one.
pub(super) fn remove(store: &Store, task: TaskId, generation: u32) -> Result<(), StoreError> {
    for earlier in 1..generation {
        for why in ["expired", "released"] {
            store.remove(&keys::claim_end(task, earlier, why))?;
        }
        store.remove(&keys::claim(task, earlier))?;
    }
    store.remove(&keys::claim(task, generation))
}

/// Removes what is left of the claims of these tasks.
pub(super) fn remove_all(store: &Store, tasks: &BTreeSet<TaskId>) -> Result<(), StoreError> {
    for listed in store.list("claims")? {
        if parse(&listed.key).is_some_and(|(task, _, _)| tasks.contains(&task)) {
            store.remove(&listed.key)?;
        }
    }
    Ok(())
}

/// Says that a claim is over: its worker was not seen for longer than the lease.
pub(super) fn expire(store: &Store, task: TaskId, generation: u32) -> Result<(), StoreError> {
    store
        .create(&keys::claim_end(task, generation, "expired"), "")
        .map(drop)
}

/// Task, generation and end of a key below `claims`.
pub(super) fn parse(key: &str) -> Option<(TaskId, u32, Option<&str>)> {
    let mut parts = key.strip_prefix("claims/")?.splitn(3, '.');
    let task = parts.next()?.parse().ok()?;
    let generation = parts.next()?.parse().ok()?;
    Some((task, generation, parts.next()))
}
