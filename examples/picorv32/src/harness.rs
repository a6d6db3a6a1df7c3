//! The harness: the core, its memory, and what its program should compute.

use std::path::Path;

use lightsss_runtime::model::{ContextOptions, Halt, ModelError};
use lightsss_runtime::ram::{OutOfRange, Pages, Ram, RamError};
use lightsss_runtime::{Failure, RunInfo, Savable, Simulation, Step};

use crate::picorv32;
use crate::program::{self, EXIT, REPORT, ROUNDS, Reference, TABLE};

/// Cycles for which reset is held.
const RESET_CYCLES: u64 = 4;
/// Bytes of memory, from address 0.
const MEMORY: u64 = 64 << 10;

/// The machine.
#[derive(Debug, Savable)]
pub struct Harness {
    dut: picorv32::Model,
    memory: Ram,
    reference: Reference,
    /// Cycles since the start, those in reset included.
    cycle: u64,
    /// The core asked for this in the last cycle and gets its answer now.
    answering: bool,
    /// What this run was asked for, rather than the one that was saved.
    #[savable(skip)]
    settings: Settings,
}

/// What the command line asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Rounds of the program.
    pub rounds: u32,
    /// The cycle in which a bit of memory flips.
    pub fault: Option<u64>,
}

impl Default for Settings {
    /// About two million cycles, and no fault.
    fn default() -> Self {
        Self {
            rounds: 200,
            fault: None,
        }
    }
}

/// An argument that is not known.
#[derive(Debug, thiserror::Error)]
#[error("expected `rounds=N` (1 or more) or `fault=CYCLE`, found `{0}`")]
pub struct SettingsError(String);

impl Settings {
    /// Reads `rounds=N` and `fault=CYCLE`.
    pub fn from_args<T: AsRef<str>>(args: &[T]) -> Result<Self, SettingsError> {
        let mut settings = Self::default();
        for arg in args.iter().map(AsRef::as_ref) {
            let error = || SettingsError(arg.to_owned());
            match arg.split_once('=').ok_or_else(error)? {
                ("rounds", n) => {
                    settings.rounds = n.parse().ok().filter(|n| *n > 0).ok_or_else(error)?;
                }
                ("fault", cycle) => settings.fault = Some(cycle.parse().map_err(|_| error())?),
                _ => return Err(error()),
            }
        }
        Ok(settings)
    }
}

/// Why the machine could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The model could not be made.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// There is no room for the memory.
    #[error(transparent)]
    Ram(#[from] RamError),
    /// The program does not fit.
    #[error(transparent)]
    Program(#[from] OutOfRange),
}

/// Why a run cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The core computed something else than the reference.
    #[error("round {round}: expected checksum {expected:#010x}, found {found:#010x}")]
    #[expect(missing_docs, reason = "the message names them")]
    Mismatch {
        round: u32,
        expected: u32,
        found: u32,
    },
    /// The core asked for memory that is not there.
    #[error("the core's access fails")]
    Access(#[from] OutOfRange),
    /// The core met an instruction that it does not have.
    #[error("the core trapped")]
    Trap,
    /// The model stopped itself.
    #[error(transparent)]
    Halt(#[from] Box<Halt>),
}

impl Harness {
    /// The machine in reset.
    pub fn new(settings: Settings) -> Result<Self, SetupError> {
        let mut memory = Ram::with_pages(0, MEMORY, Pages::Small)?;
        memory.write_bytes(0, &program::assemble())?;
        memory.write_u32(ROUNDS.into(), settings.rounds)?;
        Ok(Self {
            dut: picorv32::Model::new(&ContextOptions::new())?,
            memory,
            reference: Reference::default(),
            cycle: 0,
            answering: false,
            settings,
        })
    }

    /// Rounds that the core has computed.
    #[must_use]
    pub fn rounds(&self) -> u32 {
        self.reference.rounds
    }

    /// Chooses the cycle in which a bit of memory flips.
    pub fn set_fault(&mut self, cycle: Option<u64>) {
        self.settings.fault = cycle;
    }

    fn clock(&mut self) -> Result<Step, RunError> {
        if self.settings.fault == Some(self.cycle) {
            let address = u64::from(TABLE) + 17 * 4;
            let word = self.memory.read_u32(address)?;
            self.memory.write_u32(address, word ^ 1 << 5)?;
        }
        self.dut.set_resetn(u8::from(self.cycle >= RESET_CYCLES));
        self.dut.set_mem_ready(u8::from(self.answering));
        self.half_cycle(0)?;
        // The answer comes in the cycle after the request.
        self.answering = self.dut.mem_valid() == 1 && self.dut.mem_ready() == 0;
        let step = if self.answering {
            self.access()
        } else {
            Ok(Step::Continue)
        };
        self.half_cycle(1)?;
        self.cycle += 1;
        if self.dut.trap() == 1 {
            return Err(RunError::Trap);
        }
        step
    }

    fn half_cycle(&mut self, clk: u8) -> Result<(), RunError> {
        let time = 2 * self.cycle + u64::from(clk);
        self.dut.context().set_time(time);
        self.dut.set_clk(clk);
        self.dut.eval()?;
        self.dut.dump_trace(time);
        Ok(())
    }

    /// What the core asks of its memory and its devices.
    fn access(&mut self) -> Result<Step, RunError> {
        let (address, data) = (self.dut.mem_addr(), self.dut.mem_wdata());
        match (self.dut.mem_wstrb(), address) {
            (0, _) => {
                let word = self.memory.read_u32(address.into())?;
                self.dut.set_mem_rdata(word);
            }
            (_, REPORT) => self.check(data)?,
            (_, EXIT) => return Ok(Step::Done),
            (strobe, _) => {
                for (byte, value) in data.to_le_bytes().into_iter().enumerate() {
                    if strobe & 1 << byte != 0 {
                        let address = u64::from(address) + byte as u64;
                        self.memory.write_u8(address, value)?;
                    }
                }
            }
        }
        Ok(Step::Continue)
    }

    fn check(&mut self, found: u32) -> Result<(), RunError> {
        let expected = self.reference.round();
        if found == expected {
            return Ok(());
        }
        Err(RunError::Mismatch {
            round: self.reference.rounds,
            expected,
            found,
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

    fn start_run(&mut self, run: &RunInfo) -> Result<(), Failure> {
        if !run.args.is_empty() {
            self.settings = Settings::from_args(&run.args)?;
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
