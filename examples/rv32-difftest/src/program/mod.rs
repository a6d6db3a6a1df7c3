//! The program that the core runs, assembled at start-up.
//!
//! It boots (console, trap handler, memory test, tables), reads the [mailbox](MAILBOX) to learn
//! which workloads to run and how often, runs them under timer interrupts, and writes its exit code.

// What `dynasm!` expands to.
#![allow(clippy::used_underscore_binding, clippy::unnecessary_cast)]

mod console;
mod main_loop;
mod traps;
mod workloads;

use std::str::FromStr;

use dynasmrt::{VecAssembler, riscv::RiscvRelocation};

use crate::memory_map::RAM_BASE;

type Assembler = VecAssembler<RiscvRelocation>;

/// Two words that the harness writes: a mask of workloads (bit 0 is the first of [`WORKLOADS`]) and
/// a number of rounds. The program reads them after boot, so that one snapshot of the booted
/// machine serves many runs.
pub const MAILBOX: u32 = RAM_BASE + 0x1_0000;

/// What a bit of the mailbox's first word selects, lowest bit first.
pub const WORKLOADS: [&str; 7] = [
    "arithmetic",
    "muldiv",
    "bytes",
    "sort",
    "crc",
    "matrix",
    "traps",
];

/// Counters kept by the trap handler: timer ticks, then exceptions, then a mix of their `mtval`.
const COUNTERS: u32 = RAM_BASE + 0x1_1000;
/// The state of the generator that sets the period of the timer.
const TIMER_SEED: u32 = COUNTERS + 12;
/// Where the handler saves registers.
const TRAP_STACK: u32 = COUNTERS + 16;
/// 256 words.
const CRC_TABLE: u32 = RAM_BASE + 0x1_2000;
/// Room for the workloads' data.
const SCRATCH: u32 = RAM_BASE + 0x2_0000;
/// The stack grows down from here.
const STACK_TOP: u32 = RAM_BASE + 0x10_0000;

/// What the program is to do after boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// Mask of the workloads to run, see [`WORKLOADS`].
    pub workloads: u32,
    /// How often to run them.
    pub rounds: u32,
}

impl Work {
    /// All workloads, for about ten million cycles.
    pub const FULL: Self = Self {
        workloads: (1 << WORKLOADS.len()) - 1,
        rounds: 36,
    };

    /// The words that belong at [`MAILBOX`].
    #[must_use]
    pub fn words(self) -> [u32; 2] {
        [self.workloads, self.rounds]
    }
}

/// The text is not of the form `sort,crc:12`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected workloads and rounds such as `sort,crc:12`, found `{found}`; the workloads are {}", WORKLOADS.join(", "))]
pub struct WorkError {
    found: String,
}

impl FromStr for Work {
    type Err = WorkError;

    /// Reads `sort,crc:12`: names of [`WORKLOADS`], and how often to run them.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (names, rounds) = text.split_once(':')?;
            let workloads = names.split(',').try_fold(0, |mask, name| {
                let bit = WORKLOADS.iter().position(|workload| *workload == name)?;
                Some(mask | 1 << bit)
            })?;
            Some(Self {
                workloads,
                rounds: rounds.parse().ok()?,
            })
        };
        read().ok_or_else(|| WorkError {
            found: text.to_owned(),
        })
    }
}

/// Assembles the program. The words belong at [`RAM_BASE`].
///
/// # Panics
///
/// If a label is missing or out of reach, which the tests rule out.
#[must_use]
pub fn assemble() -> Vec<u32> {
    let mut asm = Assembler::new(RAM_BASE as usize);
    main_loop::emit(&mut asm);
    traps::emit_handler(&mut asm);
    workloads::emit(&mut asm);
    traps::emit_workload(&mut asm);
    console::emit(&mut asm);
    let bytes = asm.finalize().expect("every label is defined and in reach");
    bytes
        .chunks_exact(4)
        .map(|word| u32::from_le_bytes(word.try_into().unwrap()))
        .collect()
}
