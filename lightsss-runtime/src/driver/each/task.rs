//! One run of many, before it is started.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::lines::{Line, LineError};
use super::merge::{self, Merged};
use crate::driver::args::RunArgs;
use crate::driver::shell;
use crate::simulation::RunInfo;

/// What a run prints.
const OUTPUT: &str = "output.txt";

/// A run that is to be made.
#[derive(Clone, Debug)]
pub struct Task {
    pub name: String,
    pub line: Line,
    /// With outputs in the run's folder.
    pub args: RunArgs,
    /// The harness's own arguments, of the line alone.
    harness: Vec<String>,
    pub deadline: Option<Duration>,
    pub folder: PathBuf,
    pub output: PathBuf,
    pub report: PathBuf,
}

impl Task {
    /// The run of a line, the `ordinal`-th of all, counted from 1. `out` is an absolute path.
    ///
    /// # Errors
    ///
    /// A word of the line is no argument, or the options do not go together.
    pub fn new(
        base: &RunArgs,
        file: &str,
        line: Line,
        ordinal: usize,
        out: &Path,
    ) -> Result<Self, LineError> {
        let Merged {
            mut args,
            harness,
            deadline,
        } = merge::merge(base, file, &line)?;
        let name = line.name.clone().unwrap_or_else(|| format!("{ordinal:04}"));
        let folder = out.join(&name);
        let report = merge::put_into(&mut args, &folder);
        Ok(Self {
            output: folder.join(OUTPUT),
            report,
            name,
            line,
            args,
            harness,
            deadline,
            folder,
        })
    }

    /// What the harness is told.
    pub fn info(&self) -> RunInfo {
        RunInfo {
            name: self.name.clone(),
            args: self.harness.clone(),
            folder: self.folder.clone(),
        }
    }

    /// The command that runs it in a process of its own, in its folder.
    pub fn command(&self) -> String {
        shell::line(&self.args.line)
    }
}
