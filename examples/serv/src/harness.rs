//! The harness: the core, its memory, and the primes.

use std::path::Path;

use lightsss_runtime::model::{ContextOptions, Halt, ModelError};
use lightsss_runtime::ram::{OutOfRange, Pages, Ram, RamError};
use lightsss_runtime::{Failure, RunInfo, Savable, Simulation, Step};

use crate::program::{self, BELOW, EXIT, FLAGS, REPORT, prime_after};
use crate::serv;

/// Cycles for which reset is held.
const RESET_CYCLES: u64 = 4;
/// Bytes of memory, from address 0.
const MEMORY: u64 = 64 << 10;
/// Numbers for which there are flags.
const MOST: u32 = MEMORY as u32 - FLAGS;

/// The machine.
#[derive(Debug, Savable)]
pub struct Harness {
    dut: serv::Model,
    memory: Ram,
    /// The last prime that was reported, or 1.
    last_prime: u32,
    /// Cycles since the start, those in reset included.
    cycle: u64,
    /// The instruction bus gets its answer now.
    fetching: bool,
    /// The data bus gets its answer now.
    accessing: bool,
    /// The fault has struck.
    struck: bool,
    /// What this run was asked for, rather than the one that was saved.
    #[savable(skip)]
    settings: Settings,
}

/// What the command line asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Sieve the numbers below this one.
    pub below: u32,
    /// The cycle from which on a read of data memory gets a wrong bit.
    pub fault: Option<u64>,
}

impl Default for Settings {
    /// About two million cycles, and no fault.
    fn default() -> Self {
        Self {
            below: 2000,
            fault: None,
        }
    }
}

/// An argument that is not known.
#[derive(Debug, thiserror::Error)]
#[error("expected `below=N` (3 to {MOST}) or `fault=CYCLE`, found `{0}`")]
pub struct SettingsError(String);

impl Settings {
    /// Reads `below=N` and `fault=CYCLE`.
    pub fn from_args<T: AsRef<str>>(args: &[T]) -> Result<Self, SettingsError> {
        let mut settings = Self::default();
        for arg in args.iter().map(AsRef::as_ref) {
            let error = || SettingsError(arg.to_owned());
            match arg.split_once('=').ok_or_else(error)? {
                ("below", n) => {
                    let below = n.parse().ok().filter(|n| (3..=MOST).contains(n));
                    settings.below = below.ok_or_else(error)?;
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
    /// The core reported a number that is not the next prime.
    #[error("expected the prime {expected}, found {found}")]
    #[expect(missing_docs, reason = "the message names them")]
    Mismatch { expected: u32, found: u32 },
    /// The core asked for memory that is not there.
    #[error("the core's access fails")]
    Access(#[from] OutOfRange),
    /// The model stopped itself.
    #[error(transparent)]
    Halt(#[from] Box<Halt>),
}

impl Harness {
    /// The machine in reset.
    pub fn new(settings: Settings) -> Result<Self, SetupError> {
        let mut memory = Ram::with_pages(0, MEMORY, Pages::Small)?;
        memory.write_bytes(0, &program::assemble())?;
        memory.write_u32(BELOW.into(), settings.below)?;
        Ok(Self {
            dut: serv::Model::new(&ContextOptions::new())?,
            memory,
            last_prime: 1,
            cycle: 0,
            fetching: false,
            accessing: false,
            struck: false,
            settings,
        })
    }

    fn clock(&mut self) -> Result<Step, RunError> {
        self.dut.set_i_rst(u8::from(self.cycle < RESET_CYCLES));
        self.dut.set_i_ibus_ack(u8::from(self.fetching));
        self.dut.set_i_dbus_ack(u8::from(self.accessing));
        self.half_cycle(0)?;
        // Answers come in the cycle after the request.
        self.fetching = self.dut.o_ibus_cyc() == 1 && !self.fetching;
        if self.fetching {
            let word = self.memory.read_u32(self.dut.o_ibus_adr().into())?;
            self.dut.set_i_ibus_rdt(word);
        }
        self.accessing = self.dut.o_dbus_cyc() == 1 && !self.accessing;
        let step = if self.accessing {
            self.access()
        } else {
            Ok(Step::Continue)
        };
        self.half_cycle(1)?;
        self.cycle += 1;
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

    /// What the core asks of its data memory and its devices.
    fn access(&mut self) -> Result<Step, RunError> {
        let (address, data) = (self.dut.o_dbus_adr(), self.dut.o_dbus_dat());
        match (self.dut.o_dbus_we(), address) {
            (0, _) => {
                let mut word = self.memory.read_u32((address & !3).into())?;
                if !self.struck && self.settings.fault.is_some_and(|from| self.cycle >= from) {
                    self.struck = true;
                    // The lowest bit of each byte, whichever the core picks.
                    word ^= 0x0101_0101;
                }
                self.dut.set_i_dbus_rdt(word);
            }
            (_, REPORT) => self.check(data)?,
            (_, EXIT) => return Ok(Step::Done),
            _ => {
                let select = self.dut.o_dbus_sel();
                for (byte, value) in data.to_le_bytes().into_iter().enumerate() {
                    if select & 1 << byte != 0 {
                        let address = u64::from(address & !3) + byte as u64;
                        self.memory.write_u8(address, value)?;
                    }
                }
            }
        }
        Ok(Step::Continue)
    }

    fn check(&mut self, found: u32) -> Result<(), RunError> {
        let expected = prime_after(self.last_prime);
        self.last_prime = found;
        if found == expected {
            Ok(())
        } else {
            Err(RunError::Mismatch { expected, found })
        }
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
