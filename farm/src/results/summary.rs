//! A campaign and its outcomes, counted.

use std::fmt;

use super::alike::{Alike, group};
use crate::campaign::{Outcome, Status, outcomes};
use crate::plan::{Campaign, Entry};
use crate::store::{Store, StoreError};
use crate::task::quoted;

/// A campaign and its outcomes.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The campaign.
    pub campaign: Campaign,
    /// The outcomes, in the order of the tasks; `None` for those that have not run.
    pub outcomes: Vec<Option<Outcome>>,
    /// The store's address.
    pub store: String,
}

impl Summary {
    /// Reads the outcomes of a campaign.
    pub fn read(store: &Store, campaign: Campaign) -> Result<Self, StoreError> {
        let outcomes = outcomes(store, &campaign)?;
        Ok(Self {
            campaign,
            outcomes,
            store: store.address().to_owned(),
        })
    }

    /// The tasks with their outcomes.
    pub fn rows(&self) -> impl Iterator<Item = (&Entry, Option<&Outcome>)> {
        self.campaign
            .tasks
            .iter()
            .zip(self.outcomes.iter().map(Option::as_ref))
    }

    /// How many tasks ended in this way.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.outcomes
            .iter()
            .flatten()
            .filter(|outcome| outcome.status == status)
            .count()
    }

    /// How many have not run.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.outcomes
            .iter()
            .filter(|outcome| outcome.is_none())
            .count()
    }

    /// Whether every task passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.count(Status::Passed) == self.campaign.tasks.len()
    }

    /// The failures, those that are alike together.
    #[must_use]
    pub fn failures(&self) -> Vec<Alike<'_>> {
        group(
            self.rows()
                .filter_map(|(entry, outcome)| Some((entry, outcome?))),
        )
    }

    /// The command that brings a task's files into a folder and runs it there.
    #[must_use]
    pub fn reproduce(&self, entry: &Entry) -> String {
        let (name, store) = (quoted(&self.campaign.name), quoted(&self.store));
        format!(
            "lightsss-farm reproduce {name} {} --store {store}",
            entry.task.id().short()
        )
    }

    /// Counts in words: `98 passed, 2 failed`.
    #[must_use]
    pub fn counts(&self) -> String {
        let all = [
            Status::Passed,
            Status::Failed,
            Status::Crashed,
            Status::Deadline,
            Status::NotRun,
            Status::Lost,
        ];
        let mut words: Vec<String> = all
            .into_iter()
            .map(|status| (self.count(status), status.word()))
            .chain([(self.waiting(), "waiting")])
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        if words.is_empty() {
            words.push("no tasks".to_owned());
        }
        words.join(", ")
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.campaign.name, self.counts())?;
        for alike in self.failures() {
            let (entry, outcome) = alike.first();
            let place = outcome
                .place
                .as_ref()
                .map_or_else(String::new, |place| format!(" ({place})"));
            writeln!(
                f,
                "\n{} of {}{place}: {}",
                alike.tasks.len(),
                outcome.status.word(),
                alike.message()
            )?;
            for (entry, _) in alike.tasks.iter().take(5) {
                writeln!(f, "  {} {}", entry.task.id().short(), entry.name)?;
            }
            if alike.tasks.len() > 5 {
                writeln!(f, "  and {} more", alike.tasks.len() - 5)?;
            }
            writeln!(f, "  run it here: {}", self.reproduce(entry))?;
            for output in outcome
                .output(&["fst", "vcd"])
                .into_iter()
                .chain(outcome.output(&["lsss"]))
            {
                writeln!(
                    f,
                    "  it left {} ({} KiB)",
                    output.name,
                    output.length.div_ceil(1024)
                )?;
            }
        }
        Ok(())
    }
}
