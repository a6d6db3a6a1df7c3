//! Names the differences between a replay and its original.
//!
//! Both save their state at the first compared cycle that differs, and the two files are compared. If the
//! original has not kept that state, they do so at the failure.

use std::any::type_name;
use std::error::Error;
use std::path::{Path, PathBuf};

use super::history::History;
use crate::durable::{RestoreOptions, SaveOptions, Snapshot, diff, save, save_image};
use crate::process::output_path;
use crate::savable::describe::Present;
use crate::simulation::Simulation;
use crate::state::Filter;

/// The most differences that a report lists.
const MOST: usize = 20;

/// Where the states go: beside the waveform.
pub struct States {
    pub original: PathBuf,
    /// The replay's at the failure.
    pub replay: PathBuf,
    /// The replay's at the first compared cycle at which it differs.
    pub first: PathBuf,
}

impl States {
    /// Of the run with this waveform.
    pub fn beside(wave: &Path) -> Self {
        Self {
            original: wave.with_extension("original.lsss"),
            replay: wave.with_extension("replay.lsss"),
            first: wave.with_extension("first.lsss"),
        }
    }

    /// Removes those of an earlier run.
    pub fn remove(&self) -> Result<(), Box<dyn Error>> {
        output_path::remove(&self.original)?;
        output_path::remove(&self.replay)?;
        Ok(output_path::remove(&self.first)?)
    }

    /// In the original: names what differs in the replay's state, with the original's values first. Compares
    /// the first compared cycle that differs, if both have kept it, or else the failure. `None` where the
    /// replay has kept nothing.
    ///
    /// # Errors
    ///
    /// What keeps a state from being saved or read.
    pub fn compare<S: Simulation>(
        self,
        simulation: &S,
        differs_at: u64,
        history: Option<&History>,
    ) -> Result<Option<Compared>, Box<dyn Error>> {
        let kept = history.filter(|_| self.first.exists());
        let (cycle, replay, other) = match kept.and_then(|history| history.at(differs_at)) {
            Some(image) => {
                let options = SaveOptions::new().cycle(differs_at);
                save_image::<S>(&self.original, &image, &options)?;
                (differs_at, self.first, self.replay)
            }
            None if self.replay.exists() => {
                let cycle = simulation.cycle();
                save(&self.original, simulation, &SaveOptions::new().cycle(cycle))?;
                (cycle, self.replay, self.first)
            }
            None => return Ok(None),
        };
        output_path::remove(&other)?;
        Ok(Some(Compared {
            differences: differences(&self.original, &replay)?,
            cycle,
            states: vec![self.original, replay],
        }))
    }
}

/// What came of a comparison.
pub struct Compared {
    /// As far as they are listed.
    pub differences: Vec<String>,
    /// Where the states were compared.
    pub cycle: u64,
    /// Their files, the original's first.
    pub states: Vec<PathBuf>,
}

/// In a replay that went another way: keeps its state in `path`, for the original to compare.
///
/// Not where the harness holds files: saving one flushes its buffer, and a replay shares what is
/// below it with the original.
pub fn keep<S: Simulation>(path: &Path, simulation: &S) {
    if holds_files::<S>() {
        tracing::warn!("the replay's state was not kept, as the harness holds open files");
        return;
    }
    let options = SaveOptions::new().cycle(simulation.cycle());
    if let Err(error) = save(path, simulation, &options) {
        tracing::warn!(%error, "the replay's state was not kept");
    }
}

/// Whether a harness holds files.
pub fn holds_files<S: Simulation>() -> bool {
    Present::of(S::schema(), type_name::<S>()).files
}

fn differences(original: &Path, replay: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let options = RestoreOptions::default();
    let mut original = Snapshot::open(original, &options)?;
    let mut replay = Snapshot::open(replay, &options)?;
    let found = diff(&mut original, &mut replay, &Filter::default(), &|_| ())?;
    Ok(found.lines(MOST))
}
