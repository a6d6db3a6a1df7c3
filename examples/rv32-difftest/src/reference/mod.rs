//! The instruction-set reference model: RV32IM, Zicsr, Zifencei, machine mode, one instruction per
//! step, no pipeline and no time.
//!
//! It has its own memory. What it cannot know, it takes from the core, as difftest does: when an
//! interrupt comes, and what a device or a counter of cycles returns.

mod csr;
mod execute;
mod memory;

pub use csr::Csrs;
pub use memory::{Memory, WORD, mask_bits};

use lightsss_runtime::Savable;
use lightsss_runtime::ram::RamError;

use crate::memory_map::RAM_BASE;

/// Why an instruction did not complete: `mcause`, and what goes into `mtval`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trap {
    /// As in `mcause`; bit 31 marks an interrupt.
    pub cause: u32,
    /// As in `mtval`.
    pub value: u32,
}

impl Trap {
    /// The jump's target is not a multiple of four.
    pub const FETCH_MISALIGNED: u32 = 0;
    /// No memory at the program counter.
    pub const FETCH_ACCESS: u32 = 1;
    /// No such instruction, or no such CSR.
    pub const ILLEGAL: u32 = 2;
    /// `ebreak`.
    pub const BREAKPOINT: u32 = 3;
    /// A load across its natural boundary.
    pub const LOAD_MISALIGNED: u32 = 4;
    /// A load from where nothing answers.
    pub const LOAD_ACCESS: u32 = 5;
    /// A store across its natural boundary.
    pub const STORE_MISALIGNED: u32 = 6;
    /// A store to where nothing answers.
    pub const STORE_ACCESS: u32 = 7;
    /// `ecall` from machine mode.
    pub const ECALL: u32 = 11;
    /// The machine timer's interrupt.
    pub const TIMER_INTERRUPT: u32 = 1 << 31 | 7;
}

/// A store, as it appears on a bus of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Store {
    /// Of the word, in bytes.
    pub address: u32,
    /// Bytes outside of the mask are zero.
    pub data: u32,
    /// Bit n: byte n of the word is written.
    pub mask: u8,
}

/// What one step did that can be seen from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retired {
    /// Address of the instruction.
    pub pc: u32,
    /// The instruction; 0 if it could not be fetched.
    pub insn: u32,
    /// `mcause`, if it trapped.
    pub trap: Option<u32>,
    /// The register written and its new value; never `x0`.
    pub rd: Option<(u8, u32)>,
    /// The store made.
    pub store: Option<Store>,
}

/// The reference found an interrupt to be impossible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("interrupt at pc {pc:#010x} though mstatus.MIE is {mie} and mie.MTIE is {mtie}")]
pub struct InterruptDisabled {
    /// Address of the instruction that was interrupted.
    pub pc: u32,
    /// Interrupts are enabled globally.
    pub mie: bool,
    /// The timer's interrupt is enabled.
    pub mtie: bool,
}

/// State of the hart and its memory.
#[derive(Debug, Savable)]
pub struct Reference {
    /// Address of the next instruction.
    pub pc: u32,
    /// Integer registers; `x[0]` stays 0.
    pub x: [u32; 32],
    /// Control and status registers.
    pub csrs: Csrs,
    /// RAM.
    pub memory: Memory,
}

impl Reference {
    /// A hart in reset, with `words` at the start of RAM.
    pub fn new(words: &[u32]) -> Result<Self, RamError> {
        Ok(Self {
            pc: RAM_BASE,
            x: [0; 32],
            csrs: Csrs::default(),
            memory: Memory::new(words)?,
        })
    }

    /// Executes one instruction.
    ///
    /// `observed` is what the core wrote to the destination register. It becomes the result where
    /// only the core can know: a load from a device, `mip`, `mcycle`.
    pub fn step(&mut self, observed: u32) -> Retired {
        let pc = self.pc;
        let fetched = self.memory.fetch(pc);
        let insn = *fetched.as_ref().unwrap_or(&0);
        match fetched.and_then(|insn| self.execute(insn, observed)) {
            Ok(done) => {
                if let Some((rd, value)) = done.rd {
                    self.x[usize::from(rd)] = value;
                }
                self.pc = done.next_pc;
                self.csrs.count_retired(done.writes_minstret);
                Retired {
                    pc,
                    insn,
                    trap: None,
                    rd: done.rd,
                    store: done.store,
                }
            }
            Err(trap) => {
                self.pc = self.csrs.enter_trap(pc, trap);
                Retired {
                    pc,
                    insn,
                    trap: Some(trap.cause),
                    rd: None,
                    store: None,
                }
            }
        }
    }

    /// Takes the timer's interrupt in front of the next instruction.
    pub fn interrupt(&mut self) -> Result<Retired, InterruptDisabled> {
        let pc = self.pc;
        if !(self.csrs.mie && self.csrs.mtie) {
            return Err(InterruptDisabled {
                pc,
                mie: self.csrs.mie,
                mtie: self.csrs.mtie,
            });
        }
        let trap = Trap {
            cause: Trap::TIMER_INTERRUPT,
            value: 0,
        };
        self.pc = self.csrs.enter_trap(pc, trap);
        Ok(Retired {
            pc,
            insn: 0,
            trap: Some(trap.cause),
            rd: None,
            store: None,
        })
    }
}
