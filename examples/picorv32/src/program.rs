//! The program that the core runs, and what it should find.

// What `dynasm!` expands to.
#![allow(clippy::used_underscore_binding, clippy::unnecessary_cast)]

use dynasmrt::{DynasmApi, DynasmLabelApi, VecAssembler, dynasm, riscv::RiscvRelocation};
use lightsss_runtime::Savable;

/// Where the harness writes the number of rounds.
pub const ROUNDS: u32 = 0x1000;
/// The first byte of the table.
pub const TABLE: u32 = 0x2000;
/// Words of the table.
pub const WORDS: u32 = 64;
/// A checksum written here is reported.
pub const REPORT: u32 = 0x1000_0000;
/// A word written here ends the run.
pub const EXIT: u32 = 0x1000_0004;

/// A multiplier from Knuth's generator.
const FACTOR: u32 = 1_664_525;
const INCREMENT: u32 = 1_013_904_223;

/// Assembles the program, which belongs at address 0.
///
/// # Panics
/// If a label is missing or out of reach, which the tests rule out.
#[must_use]
#[rustfmt::skip]
pub fn assemble() -> Vec<u8> {
    let mut asm = VecAssembler::<RiscvRelocation>::new(0);
    dynasm!(asm
        ; .arch riscv32
        ; .feature im
        ; li s0, TABLE as i32
        ; li s1, REPORT as i32
        ; li s2, ROUNDS as i32
        ; lw s2, [s2, 0]
        ; li s3, FACTOR as i32
        ; li s4, INCREMENT as i32
        ; li s5, WORDS as i32
        ; addi a0, zero, 0

        ; round:
        ; mv t0, s0
        ; mv t1, s5
        ; word:
        ; lw t2, [t0, 0]
        ; mul t2, t2, s3
        ; add t2, t2, s4
        ; sw t2, [t0, 0]
        // The checksum turns left by five bits and takes the word's remainder.
        ; slli t3, a0, 5
        ; srli t4, a0, 27
        ; or a0, t3, t4
        ; xor a0, a0, t2
        ; addi t3, t1, 100
        ; remu t4, t2, t3
        ; add a0, a0, t4
        ; addi t0, t0, 4
        ; addi t1, t1, -1
        ; bnez t1, <word
        ; sw a0, [s1, 0]
        ; addi s2, s2, -1
        ; bnez s2, <round

        ; sw zero, [s1, 4]
        ; end:
        ; j <end
    );
    asm.finalize().expect("every label is defined and in reach")
}

/// What the program should report, round by round.
#[derive(Debug, Clone, Savable)]
pub struct Reference {
    table: [u32; WORDS as usize],
    checksum: u32,
    /// Rounds reported so far.
    pub rounds: u32,
}

impl Default for Reference {
    fn default() -> Self {
        Self {
            table: [0; WORDS as usize],
            checksum: 0,
            rounds: 0,
        }
    }
}

impl Reference {
    /// The checksum of the next round.
    pub fn round(&mut self) -> u32 {
        for (word, left) in self.table.iter_mut().zip((1..=WORDS).rev()) {
            *word = word.wrapping_mul(FACTOR).wrapping_add(INCREMENT);
            let mixed = self.checksum.rotate_left(5) ^ *word;
            self.checksum = mixed.wrapping_add(*word % (left + 100));
        }
        self.rounds += 1;
        self.checksum
    }
}
