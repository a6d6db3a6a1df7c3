//! A run whose simulation dies: in a process of its own, under the run driver and its supervisor.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use lightsss_runtime::{Failure, RunArgs, Savable, Simulation, Step};
use lightsss_tests_slots::death;
use nix::sys::resource::{Resource, setrlimit};
use picorv32_example::harness::Harness;

use crate::machine::fresh;

/// What the harness says when it panics.
pub const PANIC: &str = "the harness panics on purpose";

/// The core, which dies.
#[derive(Savable)]
pub struct Dying {
    core: Harness,
    /// `panic`, or what [`death`] knows.
    #[savable(skip)]
    how: String,
    /// In the step from this cycle on.
    #[savable(skip)]
    at: u64,
}

impl Dying {
    /// The core at its start.
    pub fn new(how: &str, at: u64) -> anyhow::Result<Self> {
        Ok(Self {
            core: fresh()?,
            how: how.to_owned(),
            at,
        })
    }
}

impl Simulation for Dying {
    fn step(&mut self) -> Result<Step, Failure> {
        if self.core.cycle() == self.at {
            assert!(self.how != "panic", "{PANIC}");
            death(&self.how);
            return Err(Failure::new(format!("nobody dies by `{}`", self.how)));
        }
        self.core.step()
    }

    fn cycle(&self) -> u64 {
        self.core.cycle()
    }

    fn open_trace(&mut self, wave: &Path) -> Result<(), Failure> {
        self.core.open_trace(wave)
    }

    fn close_trace(&mut self) -> Result<(), Failure> {
        self.core.close_trace()
    }
}

/// Runs it, as the arguments behind those of every run say: how it dies, and at which cycle.
pub fn run(args: RunArgs) -> ExitCode {
    // A core file would be something left behind.
    if let Err(errno) = setrlimit(Resource::RLIMIT_CORE, 0, 0) {
        eprintln!("warning: core files may be written: {errno}");
    }
    lightsss_runtime::run(args, |args| {
        let [how, at] = &args.args[..] else {
            let found = args.args.join(" ");
            return Err(format!("expected how to die and at which cycle, found `{found}`").into());
        };
        let at = at
            .parse()
            .map_err(|_| format!("expected the cycle at which to die, found `{at}`"))?;
        Dying::new(how, at).map_err(Box::<dyn Error>::from)
    })
}
