//! What differs between a replay and its original, by name: both save their state at the failure, and
//! the two files are compared.

use std::any::type_name;
use std::error::Error;
use std::path::{Path, PathBuf};

use super::report::remove_stale;
use super::simulation::Simulation;
use crate::durable::{RestoreOptions, SaveOptions, Snapshot, diff, save};
use crate::savable::describe::Present;
use crate::state::Filter;

/// The most differences that a report lists.
const MOST: usize = 20;

/// Where the states go: beside the waveform.
pub struct States {
    pub original: PathBuf,
    pub replay: PathBuf,
}

impl States {
    /// Of the run with this waveform.
    pub fn beside(wave: &Path) -> Self {
        Self {
            original: wave.with_extension("original.lsss"),
            replay: wave.with_extension("replay.lsss"),
        }
    }

    /// Removes those of an earlier run.
    pub fn remove(&self) -> Result<(), Box<dyn Error>> {
        remove_stale(&self.original)?;
        remove_stale(&self.replay)
    }

    /// In a replay that went another way: keeps its state, for the original to compare.
    ///
    /// Not where the harness holds files: saving one flushes its buffer, and a replay shares what is
    /// below it with the original.
    pub fn keep<S: Simulation>(&self, simulation: &S) {
        if Present::of(S::schema(), type_name::<S>()).files {
            tracing::warn!("the replay's state was not kept, as the harness holds open files");
            return;
        }
        let options = SaveOptions::new().cycle(simulation.cycle());
        if let Err(error) = save(&self.replay, simulation, &options) {
            tracing::warn!(%error, "the replay's state was not kept");
        }
    }

    /// In the original: names what differs in the replay's state, the original's values first.
    ///
    /// # Errors
    ///
    /// What keeps a state from being saved or read.
    pub fn compare<S: Simulation>(&self, simulation: &S) -> Result<Vec<String>, Box<dyn Error>> {
        let options = SaveOptions::new().cycle(simulation.cycle());
        save(&self.original, simulation, &options)?;
        let options = RestoreOptions::default();
        let mut original = Snapshot::open(&self.original, &options)?;
        let mut replay = Snapshot::open(&self.replay, &options)?;
        let found = diff(&mut original, &mut replay, &Filter::default(), &|_| ())?;
        let absent = || "(absent)".to_owned();
        let fields = found.fields.iter().map(|field| {
            let a = field.a.clone().unwrap_or_else(absent);
            let b = field.b.clone().unwrap_or_else(absent);
            format!("{}: {a} -> {b}", field.path)
        });
        let signals = found
            .models
            .iter()
            .flat_map(|model| model.signals.iter().map(ToString::to_string));
        let memories = found.sections.iter().filter_map(|section| {
            let named = found
                .models
                .iter()
                .any(|model| model.number == section.number);
            (!named).then(|| format!("{}: {} bytes differ", section.name, section.bytes))
        });
        Ok(fields.chain(signals).chain(memories).take(MOST).collect())
    }
}
