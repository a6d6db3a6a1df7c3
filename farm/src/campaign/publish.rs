//! Campaigns and outcomes in a store.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::outcome::Outcome;
use super::{claim, keys};
use crate::content::Hash;
use crate::plan::Campaign;
use crate::store::{Created, Store, StoreError};
use crate::task::TaskId;

/// Puts a campaign into the store; gives its content, by which workers find it.
pub fn save(store: &Store, campaign: &Campaign) -> Result<Hash, StoreError> {
    let bytes = serde_json::to_vec(campaign)
        .map_err(|error| store.damaged(&campaign.name, error.to_string()))?;
    let content = Hash::of(&bytes);
    store.create(&keys::plan(content), bytes)?;
    store.replace(&keys::campaign(&campaign.name), content.to_string())?;
    Ok(content)
}

/// The campaign with this content.
pub fn load(store: &Store, content: Hash) -> Result<Campaign, StoreError> {
    let key = keys::plan(content);
    let bytes = store
        .get(&key)?
        .ok_or_else(|| store.missing(&key, "run the campaign first"))?;
    if Hash::of(&bytes) != content {
        return Err(store.damaged(&key, format!("its content is {}", Hash::of(&bytes))));
    }
    serde_json::from_slice(&bytes).map_err(|error| store.damaged(&key, error.to_string()))
}

/// The campaign that the name stands for, as it was run last.
pub fn latest(store: &Store, name: &str) -> Result<(Hash, Campaign), StoreError> {
    let key = keys::campaign(name);
    let hint = "give a plan, or the name of a campaign that was run with this store";
    let text = store.get(&key)?.ok_or_else(|| store.missing(&key, hint))?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let content = text
        .parse()
        .map_err(|reason: String| store.damaged(&key, reason))?;
    Ok((content, load(store, content)?))
}

/// Publishes an outcome, unless there is one; then that one stays. Claims of the task are over.
pub fn publish(store: &Store, outcome: &Outcome) -> Result<Created, StoreError> {
    let created = store.create_json(&keys::outcome(outcome.task), outcome)?;
    claim::remove(store, outcome.task, outcome.generation)?;
    Ok(created)
}

/// The outcome of a task, if there is one.
pub fn outcome(store: &Store, task: TaskId) -> Result<Option<Outcome>, StoreError> {
    store.get_json(&keys::outcome(task))
}

/// The outcomes of a campaign's tasks, in their order.
pub fn outcomes(store: &Store, campaign: &Campaign) -> Result<Vec<Option<Outcome>>, StoreError> {
    let there: HashSet<String> = store
        .list("outcomes")?
        .into_iter()
        .map(|listed| listed.key)
        .collect();
    let keys = campaign
        .tasks
        .iter()
        .map(|entry| keys::outcome(entry.task.id()));
    let keys: Vec<String> = keys.filter(|key| there.contains(key)).collect();
    let mut found = HashMap::new();
    for (key, bytes) in keys.iter().zip(store.get_all(&keys)?) {
        let outcome: Outcome = serde_json::from_slice(&bytes)
            .map_err(|error| store.damaged(key, error.to_string()))?;
        found.insert(outcome.task, outcome);
    }
    Ok(campaign
        .tasks
        .iter()
        .map(|entry| found.remove(&entry.task.id()))
        .collect())
}

/// Removes a campaign's name; its outcomes stay until they are forgotten.
pub fn remove(store: &Store, name: &str) -> Result<(), StoreError> {
    store.remove(&keys::campaign(name))
}

/// Removes the outcomes of tasks, so that they run again.
pub fn forget(store: &Store, tasks: &BTreeSet<TaskId>) -> Result<(), StoreError> {
    claim::remove_all(store, tasks)?;
    tasks
        .iter()
        .try_for_each(|task| store.remove(&keys::outcome(*task)))
}

/// Removes what the claims of tasks that are done have left.
pub fn tidy(store: &Store, campaign: &Campaign) -> Result<(), StoreError> {
    claim::remove_all(
        store,
        &campaign.tasks.iter().map(|entry| entry.task.id()).collect(),
    )
}
