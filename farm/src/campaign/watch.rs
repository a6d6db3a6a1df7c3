//! Which tasks of a campaign are done, run, or wait.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use super::claim::{expire, parse};
use super::outcome::{Outcome, Status};
use super::publish;
use crate::plan::Campaign;
use crate::store::{Store, StoreError};
use crate::task::TaskId;

/// Watches the claims of a campaign. A claim that was not renewed for the length of the lease is over: the time is
/// measured here, so that clocks of other machines do not matter.
#[derive(Debug)]
pub struct Watch {
    tasks: Vec<TaskId>,
    retries: u32,
    lease: Duration,
    seen: HashMap<(TaskId, u32), (String, Instant)>,
}

/// How the tasks stand.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// Those with an outcome.
    pub done: HashSet<TaskId>,
    /// How many run now.
    pub running: usize,
    /// Those that can be claimed, in the campaign's order, each with the number of its next claim.
    pub free: Vec<(TaskId, u32)>,
}

impl Watch {
    /// Watches a campaign.
    #[must_use]
    pub fn new(campaign: &Campaign, lease: Duration) -> Self {
        let tasks = campaign.tasks.iter().map(|entry| entry.task.id()).collect();
        Self {
            tasks,
            retries: campaign.limits.retries,
            lease,
            seen: HashMap::new(),
        }
    }

    /// Looks at the store. Claims whose worker vanished are ended, and tasks that lost too many workers get an outcome
    /// that says so.
    pub fn look(&mut self, store: &Store) -> Result<View, StoreError> {
        let ours: HashSet<TaskId> = self.tasks.iter().copied().collect();
        // Claims first: a task whose outcome was published in between is done.
        let claims = self.claims(store, &ours)?;
        let mut view = View::default();
        for listed in store.list("outcomes")? {
            if let Some(task) = listed
                .key
                .strip_prefix("outcomes/")
                .and_then(|text| text.parse().ok())
                && ours.contains(&task)
            {
                view.done.insert(task);
            }
        }
        for task in &self.tasks {
            if view.done.contains(task) {
                continue;
            }
            let mut claim = claims.get(task).copied().unwrap_or_default();
            if claim.latest > 0 && !claim.over && self.is_stale(*task, claim.latest) {
                expire(store, *task, claim.latest)?;
                claim.over = true;
                claim.expired += 1;
            }
            if claim.latest > 0 && !claim.over {
                view.running += 1;
            } else if claim.expired > self.retries {
                publish::publish(store, &lost(*task, claim))?;
                view.done.insert(*task);
            } else {
                view.free.push((*task, claim.latest + 1));
            }
        }
        Ok(view)
    }

    fn claims(
        &mut self,
        store: &Store,
        ours: &HashSet<TaskId>,
    ) -> Result<HashMap<TaskId, State>, StoreError> {
        let mut claims: HashMap<TaskId, State> = HashMap::new();
        let mut live = HashMap::new();
        let listed = store.list("claims")?;
        let now = Instant::now();
        for (listed, (task, generation, end)) in
            listed.iter().filter_map(|l| Some((l, parse(&l.key)?)))
        {
            if !ours.contains(&task) {
                continue;
            }
            let state = claims.entry(task).or_default();
            if generation > state.latest {
                state.latest = generation;
                state.over = false;
            }
            match end {
                None => {
                    let key = (task, generation);
                    let before = self
                        .seen
                        .remove(&key)
                        .filter(|(version, _)| *version == listed.version);
                    live.insert(key, before.unwrap_or_else(|| (listed.version.clone(), now)));
                }
                Some(why) => {
                    state.over |= generation == state.latest;
                    state.expired += u32::from(why == "expired");
                }
            }
        }
        self.seen = live;
        Ok(claims)
    }

    fn is_stale(&self, task: TaskId, generation: u32) -> bool {
        self.seen
            .get(&(task, generation))
            .is_some_and(|(_, since)| since.elapsed() > self.lease)
    }
}

/// How the claims of a task stand.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    latest: u32,
    over: bool,
    expired: u32,
}

fn lost(task: TaskId, claim: State) -> Outcome {
    Outcome {
        task,
        status: Status::Lost,
        exit: None,
        signal: None,
        message: Some(format!(
            "its worker vanished {} times; look for what killed it (memory, a time limit of the cluster), then retry",
            claim.expired
        )),
        place: None,
        cycles: None,
        started: 0,
        ended: 0,
        worker: String::new(),
        host: String::new(),
        generation: claim.latest,
        tail: String::new(),
        outputs: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Watch;
    use crate::campaign::{Claim, Claimed, Status, outcome};
    use crate::content::Hash;
    use crate::plan::{Campaign, Entry, Limits};
    use crate::store::Store;
    use crate::task::{Input, Task};

    fn campaign(retries: u32) -> Campaign {
        let program = Input {
            name: "a".to_owned(),
            file: Hash::of(b"a"),
        };
        let task = Task {
            program,
            arguments: Vec::new(),
            environment: std::collections::BTreeMap::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            report: None,
        };
        let tasks = vec![Entry {
            name: "a".to_owned(),
            task,
        }];
        Campaign {
            name: "c".to_owned(),
            tasks,
            limits: Limits {
                deadline: None,
                retries,
            },
        }
    }

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().to_str().unwrap()).unwrap();
        (folder, store)
    }

    #[test]
    fn a_claim_that_is_not_renewed_is_over_and_its_worker_learns_of_it() {
        let (_folder, store) = store();
        let campaign = campaign(5);
        let task = campaign.tasks[0].task.id();
        let mut watch = Watch::new(&campaign, Duration::ZERO);
        assert_eq!(watch.look(&store).unwrap().free, [(task, 1)]);
        let mut claim = Claim::make(&store, task, 1, "one/1").unwrap().unwrap();
        assert!(Claim::make(&store, task, 1, "two/1").unwrap().is_none());
        assert_eq!(claim.renew(&store).unwrap(), Claimed::Here);
        let seen = watch.look(&store).unwrap();
        // Any time is longer than a lease of 0.
        let seen = if seen.free.is_empty() {
            watch.look(&store).unwrap()
        } else {
            seen
        };
        assert_eq!(seen.free, [(task, 2)]);
        assert_eq!(claim.renew(&store).unwrap(), Claimed::Elsewhere);
    }

    #[test]
    fn a_claim_that_is_renewed_stands() {
        let (_folder, store) = store();
        let campaign = campaign(5);
        let task = campaign.tasks[0].task.id();
        let mut watch = Watch::new(&campaign, Duration::from_hours(1));
        let claim = Claim::make(&store, task, 1, "one/1").unwrap().unwrap();
        assert_eq!(watch.look(&store).unwrap().running, 1);
        claim.release(&store).unwrap();
        assert_eq!(watch.look(&store).unwrap().free, [(task, 2)]);
    }

    #[test]
    fn a_task_that_loses_every_worker_gets_an_outcome() {
        let (_folder, store) = store();
        let campaign = campaign(0);
        let task = campaign.tasks[0].task.id();
        let mut watch = Watch::new(&campaign, Duration::ZERO);
        Claim::make(&store, task, 1, "one/1").unwrap().unwrap();
        let mut view = watch.look(&store).unwrap();
        while view.done.is_empty() {
            view = watch.look(&store).unwrap();
        }
        assert_eq!(outcome(&store, task).unwrap().unwrap().status, Status::Lost);
    }
}
