//! One run of many: what the template prepares, and what the fork does.

use std::error::Error;

use super::task::Task;
use crate::driver::args::RunArgs;
use crate::driver::ask::Ask;
use crate::driver::ending::{self, Ran};
use crate::driver::{documents, original, outputs, supervision};
use crate::process::stderr::say;
use crate::simulation::{RunInfo, Simulation};
use crate::slots::Supervised;
use crate::template::{Run, RunOptions, RunOutput};

/// The status of a run that could not be made.
const NOT_MADE: u8 = 2;

/// A run that is about to be forked.
pub struct Prepared<'a> {
    options: RunOptions,
    part: Part<'a>,
}

/// What the fork does.
pub struct Part<'a> {
    args: RunArgs,
    info: RunInfo,
    ask: Option<&'a Ask>,
}

impl<'a> Prepared<'a> {
    /// # Errors
    ///
    /// An output of the run cannot be written.
    pub fn new(task: &Task, ask: Option<&'a Ask>) -> Result<Self, String> {
        let args = outputs::settled(&task.args).map_err(|error| error.to_string())?;
        let mut options = RunOptions::default();
        options.folder = Some(task.folder.clone());
        options.output = RunOutput::File(task.output.clone());
        options.deadline = task.deadline;
        options.supervisor = supervision::wanted(&args).then(|| supervision::options(&args, ask));
        Ok(Self {
            options,
            part: Part {
                args,
                info: task.info(),
                ask,
            },
        })
    }

    pub fn split(self) -> (RunOptions, Part<'a>) {
        (self.options, self.part)
    }
}

impl Part<'_> {
    /// In the fork: runs from the state of the template, and gives the exit status.
    pub fn carry_out<S: Simulation>(self, simulation: S, run: &Run<'_>) -> u8 {
        let ran = self.ran(simulation, run);
        if let Some(supervised) = run.supervised() {
            Supervised::finished(supervised);
        }
        match ran {
            Ok(ran) => ending::tell(&self.args, ran),
            Err(error) => {
                let error = error.to_string();
                run.refuse(&error);
                say(&format!("error: {error}\n"));
                NOT_MADE
            }
        }
    }

    fn ran<S: Simulation>(&self, mut simulation: S, run: &Run<'_>) -> Result<Ran, Box<dyn Error>> {
        documents::remove(&self.args)?;
        simulation
            .start_run(&self.info)
            .map_err(crate::simulation::Failure::into_message)?;
        let slots = supervision::slots(&self.args, run.supervised())?;
        let ran = original::run(&self.args, slots, simulation, self.ask, || run.begin())?;
        let unwritten = documents::write(&self.args, &ran.report).err();
        Ok(Ran {
            report: ran.report,
            unwritten,
            slots: ran.slots,
            server: ran.server,
        })
    }
}
