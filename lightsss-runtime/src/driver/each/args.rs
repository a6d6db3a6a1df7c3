//! The options of many runs from one harness.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use crate::driver::numbers::duration;

/// Many runs from one harness: `--each` and what belongs to it.
#[derive(Args, Clone, Debug, Default)]
pub struct EachArgs {
    /// Run once for each line of this file, from the harness as it is made or restored. A line holds the arguments of one
    /// run. `-` reads lines from standard input as they come, and writes results to standard output
    #[arg(long = "each", id = "each", value_name = "FILE")]
    pub file: Option<PathBuf>,

    /// With `--each`: runs at once; as many as there are processors, if not given
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,

    /// With `--each`: where results go, and a folder for each run; named after the file, if not given
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,

    /// With `--each`: the time that a run may take. After it the run is killed with all that it started. A line may
    /// have its own
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub deadline: Option<Duration>,

    /// With `--each`: go on with what an earlier command has left in the folder. Runs that have a result are not run
    /// again
    #[arg(long = "continue")]
    pub resume: bool,
}

/// An option that belongs to `--each` itself, and not to one of its runs.
pub struct Own {
    pub name: &'static str,
    pub has_value: bool,
}

/// Options that no run gets.
pub const OWN: [Own; 5] = [
    Own {
        name: "--each",
        has_value: true,
    },
    Own {
        name: "--jobs",
        has_value: true,
    },
    Own {
        name: "--out",
        has_value: true,
    },
    Own {
        name: "--continue",
        has_value: false,
    },
    Own {
        name: "--json",
        has_value: false,
    },
];

/// What a run may have, but not a run in a process of its own.
pub const DEADLINE: [Own; 1] = [Own {
    name: "--deadline",
    has_value: true,
}];

impl EachArgs {
    /// Whether lines come from standard input.
    pub(in crate::driver) fn reads_standard_input(&self) -> bool {
        self.file.as_deref() == Some(Path::new("-"))
    }

    /// The first option that says something about many runs, if there is one beside `--each`.
    pub(in crate::driver) fn first(&self) -> Option<&'static str> {
        let given = [
            (self.jobs.is_some(), "--jobs"),
            (self.out.is_some(), "--out"),
            (self.deadline.is_some(), "--deadline"),
            (self.resume, "--continue"),
        ];
        given
            .iter()
            .find(|(given, _)| *given)
            .map(|(_, name)| *name)
    }
}
