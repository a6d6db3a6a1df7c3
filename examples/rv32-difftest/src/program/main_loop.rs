//! Boot, the rounds of workloads, and the end.

use dynasmrt::{DynasmApi, DynasmLabelApi, dynasm};

use super::{Assembler, COUNTERS, CRC_TABLE, MAILBOX, SCRATCH, STACK_TOP, TIMER_SEED, TRAP_STACK};
use crate::memory_map::{EXIT, MTIME, MTIMECMP};

/// Words written and read back by the memory test.
const TESTED_WORDS: i32 = 16 * 1024;
/// The sieve of boot counts the primes below.
const SIEVE_END: i32 = 32 * 1024;
/// Where the generator of the timer's periods starts.
const FIRST_TIMER_SEED: i32 = 0x0002_2000;
/// Rounds between two lines of progress, less one; a power of two, less one.
const PROGRESS_MASK: i32 = 3;

/// All of it, in the order in which it runs.
///
/// Registers kept throughout: `s0` the checksum, `s1` the rounds done, `s2` the rounds to do, `s3`
/// the mask of workloads, `s4` the state of the random generator.
pub(super) fn emit(asm: &mut Assembler) {
    emit_start(asm);
    emit_memory_test(asm);
    emit_crc_check(asm);
    emit_sieve(asm);
    emit_timer_start(asm);
    emit_rounds(asm);
    emit_end(asm);
    emit_strings(asm);
}

/// Entry of the program, which is also where the core starts.
#[rustfmt::skip]
fn emit_start(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; .feature imzicsr

        ; la t0, ->trap_handler
        ; csrw mtvec, t0
        ; li t0, TRAP_STACK as i32
        ; csrw mscratch, t0
        ; li sp, STACK_TOP as i32
        ; li t0, COUNTERS as i32
        ; sw zero, [t0, 0]
        ; sw zero, [t0, 4]
        ; sw zero, [t0, 8]
        ; li t1, FIRST_TIMER_SEED
        ; sw t1, [t0, (TIMER_SEED - COUNTERS) as i32]
        ; la a0, ->banner
        ; jal ra, ->put_string
    );
}

/// Each word holds a mix of its address; all are written before the first is read back.
#[rustfmt::skip]
fn emit_memory_test(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; .feature imzicsr
        ; li t0, SCRATCH as i32
        ; li t1, TESTED_WORDS
        ; li t2, 0x9e37_79b9_u32 as i32
        ; fill:
        ; xor t3, t0, t2
        ; add t2, t2, t3
        ; sw t2, [t0, 0]
        ; addi t0, t0, 4
        ; addi t1, t1, -1
        ; bnez t1, <fill
        ; li t0, SCRATCH as i32
        ; li t1, TESTED_WORDS
        ; li t2, 0x9e37_79b9_u32 as i32
        ; check:
        ; xor t3, t0, t2
        ; add t2, t2, t3
        ; lw t4, [t0, 0]
        ; bne t4, t2, ->failed
        ; addi t0, t0, 4
        ; addi t1, t1, -1
        ; bnez t1, <check
        ; la a0, ->memory_good
        ; jal ra, ->put_string
    );
}

/// Builds the table of CRC-32 and prints the check value that its catalogues give.
#[rustfmt::skip]
fn emit_crc_check(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; .feature imzicsr
        ; li t0, CRC_TABLE as i32
        ; li t1, 0xedb8_8320_u32 as i32
        ; addi t2, zero, 0
        ; entry:
        ; mv t3, t2
        ; addi t4, zero, 8
        ; bit:
        ; andi t5, t3, 1
        ; srli t3, t3, 1
        ; beqz t5, >even
        ; xor t3, t3, t1
        ; even:
        ; addi t4, t4, -1
        ; bnez t4, <bit
        ; sw t3, [t0, 0]
        ; addi t0, t0, 4
        ; addi t2, t2, 1
        ; sltiu t5, t2, 256
        ; bnez t5, <entry
        ; la a0, ->crc_is
        ; jal ra, ->put_string
        ; la a0, ->crc_input
        ; addi a1, zero, 9
        ; jal ra, ->crc32
        ; jal ra, ->put_hex
        ; addi a0, zero, 10
        ; jal ra, ->put_char
    );
}

/// Prints how many primes the sieve of Eratosthenes finds, a byte per number.
#[rustfmt::skip]
fn emit_sieve(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; .feature imzicsr
        ; la a0, ->primes_are
        ; jal ra, ->put_string
        ; li a0, SIEVE_END
        ; jal ra, ->count_primes
        ; jal ra, ->put_decimal
        ; addi a0, zero, 10
        ; jal ra, ->put_char
    );
}

/// The first tick comes in a thousand cycles.
#[rustfmt::skip]
fn emit_timer_start(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; .feature imzicsr
        ; li t0, MTIME as i32
        ; lw t1, [t0, 0]
        ; addi t1, t1, 1000
        ; li t0, MTIMECMP as i32
        ; sw t1, [t0, 0]
        ; sw zero, [t0, 4]
        ; addi t0, zero, 0x80
        ; csrw mie, t0
        ; csrsi mstatus, 8
        ; la a0, ->boot_done
        ; jal ra, ->put_string
    );
}

/// Reads the mailbox and runs the workloads it asks for.
#[rustfmt::skip]
fn emit_rounds(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; .feature imzicsr
        ; li t0, MAILBOX as i32
        ; lw s3, [t0, 0]
        ; lw s2, [t0, 4]
        ; addi s0, zero, 0
        ; addi s1, zero, 0
        ; li s4, 0x2545_f491
        ; beqz s2, ->end

        ; ->round:
        ; andi t0, s3, 1 << 0
        ; beqz t0, >skip
        ; jal ra, ->arithmetic
        ; skip:
        ; andi t0, s3, 1 << 1
        ; beqz t0, >skip
        ; jal ra, ->muldiv
        ; skip:
        ; andi t0, s3, 1 << 2
        ; beqz t0, >skip
        ; jal ra, ->bytes
        ; skip:
        ; andi t0, s3, 1 << 3
        ; beqz t0, >skip
        ; jal ra, ->sort
        ; skip:
        ; andi t0, s3, 1 << 4
        ; beqz t0, >skip
        ; jal ra, ->crc
        ; skip:
        ; andi t0, s3, 1 << 5
        ; beqz t0, >skip
        ; jal ra, ->matrix
        ; skip:
        ; andi t0, s3, 1 << 6
        ; beqz t0, >skip
        ; jal ra, ->traps
        ; skip:
        ; addi s1, s1, 1
        ; andi t0, s1, PROGRESS_MASK
        ; bnez t0, >quiet
        ; la a0, ->round_is
        ; jal ra, ->put_string
        ; mv a0, s1
        ; jal ra, ->put_decimal
        ; la a0, ->checksum_is
        ; jal ra, ->put_string
        ; mv a0, s0
        ; jal ra, ->put_hex
        ; addi a0, zero, 10
        ; jal ra, ->put_char
        ; quiet:
        ; bne s1, s2, ->round
    );
}

/// Prints what was reached, and ends the run. `->failed` is where workloads go with a wrong result.
#[rustfmt::skip]
fn emit_end(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; .feature imzicsr
        ; ->end:
        ; la a0, ->done
        ; jal ra, ->put_string
        ; mv a0, s0
        ; jal ra, ->put_hex
        ; la a0, ->after
        ; jal ra, ->put_string
        ; li t0, COUNTERS as i32
        ; lw a0, [t0, 0]
        ; jal ra, ->put_decimal
        ; la a0, ->ticks_and
        ; jal ra, ->put_string
        ; li t0, COUNTERS as i32
        ; lw a0, [t0, 4]
        ; jal ra, ->put_decimal
        ; la a0, ->exceptions
        ; jal ra, ->put_string
        ; addi a0, zero, 0
        ; ->exit:
        ; li t0, EXIT as i32
        ; sw a0, [t0, 0]
        ; stay:
        ; j <stay

        // A workload found a wrong result.
        ; ->failed:
        ; la a0, ->failure
        ; jal ra, ->put_string
        ; addi a0, zero, 1
        ; j ->exit
    );
}

/// What is printed.
#[rustfmt::skip]
fn emit_strings(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; .feature imzicsr
        ; ->banner: ; .bytes b"rv32-difftest\n\0"
        ; ->memory_good: ; .bytes b"boot: 64 KiB of memory tested\n\0"
        ; ->crc_is: ; .bytes b"boot: crc32 of 123456789 is \0"
        ; ->crc_input: ; .bytes b"123456789"
        ; ->primes_are: ; .bytes b"boot: primes below 32768: \0"
        ; ->boot_done: ; .bytes b"boot: done\n\0"
        ; ->round_is: ; .bytes b"round \0"
        ; ->checksum_is: ; .bytes b": checksum \0"
        ; ->done: ; .bytes b"done: checksum \0"
        ; ->after: ; .bytes b", \0"
        ; ->ticks_and: ; .bytes b" ticks, \0"
        ; ->exceptions: ; .bytes b" exceptions\n\0"
        ; ->failure: ; .bytes b"FAILED\n\0"
        ; .align 4
    );
}
