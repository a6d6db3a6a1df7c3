//! The program that the core runs, and what it should report.

// What `dynasm!` expands to.
#![allow(clippy::used_underscore_binding, clippy::unnecessary_cast)]

use dynasmrt::{DynasmApi, DynasmLabelApi, VecAssembler, dynasm, riscv::RiscvRelocation};

/// Where the harness writes the number up to which to sieve.
pub const BELOW: u32 = 0x1000;
/// The first of the flags, a byte for each number: 1 if it is composite.
pub const FLAGS: u32 = 0x2000;
/// A prime written here is reported.
pub const REPORT: u32 = 0x1000_0000;
/// A word written here ends the run.
pub const EXIT: u32 = 0x1000_0004;

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
        ; li s0, FLAGS as i32
        ; li s1, REPORT as i32
        ; li s2, BELOW as i32
        ; lw s2, [s2, 0]
        ; addi s3, zero, 1
        ; addi t0, zero, 2

        ; number:
        ; add t1, s0, t0
        ; lbu t2, [t1, 0]
        ; bnez t2, >composite
        ; sw t0, [s1, 0]
        // Its multiples are composite.
        ; add t3, t0, t0
        ; bgeu t3, s2, >composite
        ; multiple:
        ; add t1, s0, t3
        ; sb s3, [t1, 0]
        ; add t3, t3, t0
        ; bltu t3, s2, <multiple
        ; composite:
        ; addi t0, t0, 1
        ; bltu t0, s2, <number

        ; sw zero, [s1, 4]
        ; end:
        ; j <end
    );
    asm.finalize().expect("every label is defined and in reach")
}

/// The prime that follows a number.
#[must_use]
pub fn prime_after(number: u32) -> u32 {
    let is_prime = |n: &u32| {
        !(2..*n)
            .take_while(|d| d * d <= *n)
            .any(|d| n.is_multiple_of(d))
    };
    (number + 1..u32::MAX).find(is_prime).unwrap_or(u32::MAX)
}
