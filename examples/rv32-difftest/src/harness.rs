//! The harness: the core, what surrounds it, and the reference model beside it.

use std::path::Path;

use lightsss_runtime::model::{ContextOptions, Halt, ModelError};
use lightsss_runtime::ram::RamError;
use lightsss_runtime::{Failure, RunInfo, Savable, Simulation, Step};

use crate::bus::Bus;
use crate::difftest::{self, Mismatch};
use crate::program::{self, Work};
use crate::reference::{Memory, Reference, Retired, Store, WORD, mask_bits};
use crate::soc;

/// Cycles for which reset is held.
const RESET_CYCLES: u64 = 2;

/// The machine under test.
#[derive(Debug, Savable)]
pub struct Harness {
    dut: soc::Model,
    bus: Bus,
    reference: Reference,
    /// Cycles since the start, those in reset included.
    cycle: u64,
    /// What this run is to do after boot, rather than the one that was saved.
    #[savable(skip)]
    work_after_restore: Option<Work>,
}

/// Why the machine could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The model could not be made.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// There is no room for a memory.
    #[error(transparent)]
    Ram(#[from] RamError),
}

/// Why a run cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The core did something else than the reference model.
    #[error("the core and the reference model disagree")]
    Mismatch(#[from] Mismatch),
    /// The model stopped itself.
    #[error(transparent)]
    Halt(#[from] Box<Halt>),
    /// The program found a fault, or could not go on.
    #[error("the program ended with exit code {0}")]
    Exit(u32),
}

impl Harness {
    /// The machine in reset, about to run the program of this example. `plusargs` go to the model;
    /// `+bug` turns the core's bug on.
    pub fn new<I>(plusargs: I, work: Work) -> Result<Self, SetupError>
    where
        I: IntoIterator<Item: Into<String>>,
    {
        let mut harness = Self::with_image(plusargs, &program::assemble())?;
        harness.set_work(work);
        Ok(harness)
    }

    /// The machine in reset, with any words at the start of RAM.
    pub fn with_image<I>(plusargs: I, image: &[u32]) -> Result<Self, SetupError>
    where
        I: IntoIterator<Item: Into<String>>,
    {
        Ok(Self {
            dut: soc::Model::new(&ContextOptions::new().args(plusargs))?,
            bus: Bus {
                memory: Memory::new(image)?,
                console: Vec::new(),
            },
            reference: Reference::new(image)?,
            cycle: 0,
            work_after_restore: None,
        })
    }

    /// Chooses what the program does after boot, in both memories.
    pub fn set_work(&mut self, work: Work) {
        for (address, word) in (program::MAILBOX..).step_by(4).zip(work.words()) {
            self.bus.memory.write(address, word, WORD);
            self.reference.memory.write(address, word, WORD);
        }
    }

    /// Chooses what the program does when it goes on from a durable snapshot of the booted machine.
    pub fn set_work_after_restore(&mut self, work: Option<Work>) {
        self.work_after_restore = work;
    }

    /// What the UART has sent.
    #[must_use]
    pub fn console(&self) -> String {
        String::from_utf8_lossy(&self.bus.console).into_owned()
    }

    /// One cycle, and the comparison of what retires in it.
    fn clock(&mut self) -> Result<Step, RunError> {
        self.dut.set_rst(u8::from(self.cycle < RESET_CYCLES));
        self.half_cycle(0)?;
        self.half_cycle(1)?;
        self.cycle += 1;
        if let Some(retired) = self.retired() {
            difftest::check(&mut self.reference, &retired)?;
        }
        match (self.dut.exit_valid(), self.dut.exit_code()) {
            (0, _) => Ok(Step::Continue),
            (_, 0) => Ok(Step::Done),
            (_, code) => Err(RunError::Exit(code)),
        }
    }

    fn half_cycle(&mut self, clk: u8) -> Result<(), RunError> {
        let time = 2 * self.cycle + u64::from(clk);
        self.dut.context().set_time(time);
        self.dut.set_clk(clk);
        self.dut.eval(&mut self.bus)?;
        self.dut.dump_trace(time);
        Ok(())
    }

    /// What the core retired in this cycle.
    fn retired(&self) -> Option<Retired> {
        let dut = &self.dut;
        if dut.retire_valid() == 0 {
            return None;
        }
        let mask = dut.retire_store_mask();
        Some(Retired {
            pc: dut.retire_pc(),
            insn: dut.retire_insn(),
            trap: (dut.retire_trap() == 1).then(|| dut.retire_cause()),
            rd: (dut.retire_rd() != 0).then(|| (dut.retire_rd(), dut.retire_rd_value())),
            store: (mask != 0).then(|| Store {
                address: dut.retire_address() & !3,
                data: dut.retire_store_data() & mask_bits(mask),
                mask,
            }),
        })
    }
}

impl Simulation for Harness {
    fn step(&mut self) -> Result<Step, Failure> {
        Ok(self.clock()?)
    }

    fn cycle(&self) -> u64 {
        self.cycle
    }

    fn restored(&mut self) -> Result<(), Failure> {
        if let Some(work) = self.work_after_restore {
            self.set_work(work);
        }
        Ok(())
    }

    fn start_run(&mut self, run: &RunInfo) -> Result<(), Failure> {
        for arg in &run.args {
            let work = arg.strip_prefix("work=").ok_or_else(|| {
                Failure::new(format!(
                    "`{arg}`: expected `work=...`; a run of a booted machine takes nothing else"
                ))
            })?;
            self.set_work(work.parse()?);
        }
        Ok(())
    }

    fn open_trace(&mut self, wave: &Path) -> Result<(), Failure> {
        Ok(self.dut.open_trace(wave, 0)?)
    }

    fn close_trace(&mut self) -> Result<(), Failure> {
        self.dut.close_trace()?;
        Ok(())
    }
}
