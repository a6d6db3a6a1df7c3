//! The durable snapshots that a run writes: one at a cycle, or one every so many cycles.

use std::error::Error;
use std::path::PathBuf;

use super::args::RunArgs;
use super::simulation::Simulation;
use crate::durable::{BackgroundError, SaveOptions, Series, SeriesOptions};

/// What is still to be saved, and where to.
pub struct Saves {
    series: Option<Series>,
    at: Option<u64>,
    every: Option<u64>,
    next: Option<u64>,
    saved: Vec<PathBuf>,
}

impl Saves {
    /// As `args` say, for a run that starts at `cycle`. The folder is made if something is to be
    /// saved in it.
    pub fn new(args: &RunArgs, cycle: u64) -> Result<Self, Box<dyn Error>> {
        let series = if args.save_at.is_some() || args.save_every.is_some() {
            let folder = &args.save_dir;
            let series = Series::new(folder, SeriesOptions::default()).map_err(|error| {
                format!(
                    "could not make the folder for snapshots {}: {error}",
                    folder.display()
                )
            })?;
            Some(series)
        } else {
            None
        };
        let mut saves = Self {
            series,
            at: args.save_at.filter(|at| *at >= cycle),
            every: args.save_every,
            next: None,
            saved: Vec::new(),
        };
        saves.schedule(cycle);
        Ok(saves)
    }

    /// The cycle of the next save, if there is to be one.
    pub fn next(&self) -> Option<u64> {
        self.next
    }

    /// Saves `simulation` if its cycle is that of the next save. Periodic saves are written by a
    /// forked child while the run goes on.
    pub fn save_if_due<S: Simulation>(&mut self, simulation: &S) -> Result<(), Box<dyn Error>> {
        let cycle = simulation.cycle();
        let (Some(series), Some(next)) = (&mut self.series, self.next) else {
            return Ok(());
        };
        if cycle < next {
            return Ok(());
        }
        let options = SaveOptions::new().cycle(cycle);
        if self.at == Some(next) {
            self.at = None;
            self.saved.push(series.save(simulation, &options)?.0);
        } else {
            let path = match series.save_in_background(simulation, &options) {
                Err(BackgroundError::Busy { .. }) => {
                    wait(series)?;
                    series.save_in_background(simulation, &options)?.0
                }
                begun => begun?.0,
            };
            self.saved.push(path);
        }
        self.schedule(cycle + 1);
        Ok(())
    }

    /// Waits for the saves under way, and names the files.
    ///
    /// # Errors
    ///
    /// The first save in the background that failed.
    pub fn finish(mut self) -> Result<Vec<PathBuf>, Box<dyn Error>> {
        if let Some(series) = &mut self.series {
            wait(series)?;
        }
        Ok(self.saved)
    }

    /// Finds the next save at `from` or later; periodic ones fall on multiples of their interval.
    fn schedule(&mut self, from: u64) {
        let periodic = self
            .every
            .and_then(|every| from.max(1).div_ceil(every).checked_mul(every));
        self.next = [self.at.filter(|at| *at >= from), periodic]
            .into_iter()
            .flatten()
            .min();
    }
}

/// Waits for the saves in the background, and says which failed first.
fn wait(series: &mut Series) -> Result<(), Box<dyn Error>> {
    for report in series.wait() {
        report.result?;
    }
    Ok(())
}
