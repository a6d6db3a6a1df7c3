//! The durable snapshots that a run writes: one at a cycle, or one every so many cycles.

use std::error::Error;
use std::path::{Path, PathBuf};

use super::args::RunArgs;
use super::progress::Progress;
use crate::durable::{BackgroundError, BackgroundReport, SaveOptions, Series, SeriesOptions};
use crate::simulation::{Failure, Simulation};

/// Failed saves that are reported one by one; a full disk stays full.
const REPORTED: u64 = 16;

/// What is still to be saved, and where to.
pub struct Saves {
    series: Option<Series>,
    at: Option<u64>,
    first: u64,
    every: Option<u64>,
    next: Option<u64>,
    done: Done,
}

/// What became of the saves.
#[derive(Default)]
pub struct Done {
    /// The files, whole.
    pub saved: Vec<PathBuf>,
    /// Which saves failed, and why; the first ones.
    pub errors: Vec<String>,
    /// How many failed.
    pub failed: u64,
}

impl Saves {
    /// As `args` say, for a run that starts at `cycle`. The folder is made if something is to be
    /// saved in it.
    pub fn new(args: &RunArgs, cycle: u64) -> Result<Self, Box<dyn Error>> {
        let series = if args.save_at.is_some() || args.save_every.is_some() {
            let folder = &args.save_dir;
            let series = Series::new(folder, SeriesOptions::default())
                .map_err(|error| Failure::from(error).into_message())?;
            Some(series)
        } else {
            None
        };
        let mut saves = Self {
            series,
            at: args.save_at,
            first: cycle,
            every: args.save_every,
            next: None,
            done: Done::default(),
        };
        saves.schedule(cycle);
        Ok(saves)
    }

    /// The cycle of the next save, if there is to be one.
    pub fn next(&self) -> Option<u64> {
        self.next
    }

    /// Saves `simulation` if its cycle is that of the next save, and looks after the saves under
    /// way. Periodic saves are written by a forked child while the run goes on.
    ///
    /// A save that fails is reported, and stops neither the run nor later saves.
    pub fn save_if_due<S: Simulation>(&mut self, simulation: &S, progress: &Progress) {
        let Some(series) = &mut self.series else {
            return;
        };
        self.done.learn(series.finished(), progress);
        let cycle = simulation.cycle();
        let Some(next) = self.next.filter(|next| *next <= cycle) else {
            return;
        };
        let options = SaveOptions::new().cycle(cycle);
        if self.at == Some(next) {
            self.at = None;
            match series.save(simulation, &options) {
                Ok((path, _)) => self.done.saved.push(path),
                Err(error) => self.done.failed(cycle, series.folder(), &error, progress),
            }
        } else {
            let mut begun = series.save_in_background(simulation, &options);
            if let Err(BackgroundError::Busy { .. }) = begun {
                self.done.learn(series.wait(), progress);
                begun = series.save_in_background(simulation, &options);
            }
            if let Err(error) = begun {
                self.done.failed(cycle, series.folder(), &error, progress);
            }
        }
        self.schedule(cycle + 1);
    }

    /// Waits for the saves under way, and says what became of all.
    pub fn finish(&mut self, end: u64, progress: &Progress) -> Done {
        if let Some(series) = &mut self.series {
            self.done.learn(series.wait(), progress);
        }
        if let Some(at) = self.at {
            let first = self.first;
            let text = format!(
                "nothing was saved at cycle {at}: the run went from cycle {first} to cycle {end}"
            );
            self.done.note(text, progress);
        }
        // Two saves may end in another order than they began in; names sort.
        self.done.saved.sort();
        std::mem::take(&mut self.done)
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

impl Done {
    fn learn(&mut self, reports: Vec<BackgroundReport>, progress: &Progress) {
        for report in reports {
            match report.result {
                Ok(_) => self.saved.push(report.path),
                // It names the file.
                Err(error) => self.note(Failure::from(error).into_message(), progress),
            }
        }
    }

    fn failed(&mut self, cycle: u64, folder: &Path, error: &dyn Error, progress: &Progress) {
        let folder = folder.display();
        let error = Failure::from(error);
        let text = format!("cycle {cycle} was not saved in `{folder}`: {error}");
        self.note(text, progress);
    }

    fn note(&mut self, text: String, progress: &Progress) {
        self.failed += 1;
        if self.failed <= REPORTED {
            progress.say(&format!("warning: {text}"));
            self.errors.push(text);
        } else if self.failed == REPORTED + 1 {
            progress.say("warning: more saves fail; the report tells how many");
        }
    }
}
