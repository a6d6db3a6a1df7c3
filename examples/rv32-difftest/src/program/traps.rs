//! The trap handler, and a workload that takes every exception there is.

use dynasmrt::{DynasmApi, DynasmLabelApi, dynasm};

use super::{Assembler, COUNTERS, SCRATCH, TIMER_SEED};
use crate::memory_map::MTIMECMP;

/// Fewest cycles from one tick to the next.
const PERIOD_MIN: i32 = 1000;
/// The generator's upper bits are added: up to 4095 cycles more.
const PERIOD_SHIFT: u32 = 20;

const MRET: u32 = 0x3020_0073;

/// `->trap_handler`: counts ticks and sets the time of the next; counts exceptions and steps over
/// the instruction.
#[rustfmt::skip]
pub(super) fn emit_handler(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; .feature imzicsr
        ; .align 4
        ; ->trap_handler:
        ; csrrw sp, mscratch, sp       // a stack of its own
        ; sw t0, [sp, 0]
        ; sw t1, [sp, 4]
        ; sw t2, [sp, 8]
        ; sw t3, [sp, 12]
        ; li t3, COUNTERS as i32
        ; csrr t0, mcause
        ; bgez t0, ->exception

        // The next period comes from a linear congruential generator.
        ; lw t0, [t3, (TIMER_SEED - COUNTERS) as i32]
        ; li t1, 1_664_525
        ; mul t0, t0, t1
        ; li t1, 1_013_904_223
        ; add t0, t0, t1
        ; sw t0, [t3, (TIMER_SEED - COUNTERS) as i32]
        ; srli t0, t0, PERIOD_SHIFT
        ; addi t0, t0, PERIOD_MIN
        ; lw t1, [t3, 0]
        ; addi t1, t1, 1
        ; sw t1, [t3, 0]
        // mtimecmp += period; its high word is out of reach while the low word changes.
        ; li t3, MTIMECMP as i32
        ; lw t1, [t3, 0]
        ; lw t2, [t3, 4]
        ; add t0, t0, t1
        ; sltu t1, t0, t1
        ; add t2, t2, t1
        ; addi t1, zero, -1
        ; sw t1, [t3, 4]
        ; sw t0, [t3, 0]
        ; sw t2, [t3, 4]

        ; ->trap_return:
        ; lw t0, [sp, 0]
        ; lw t1, [sp, 4]
        ; lw t2, [sp, 8]
        ; lw t3, [sp, 12]
        ; csrrw sp, mscratch, sp
        ; .u32 MRET

        ; ->exception:
        ; lw t1, [t3, 4]
        ; addi t1, t1, 1
        ; sw t1, [t3, 4]
        // mix = (mix rotated left by 5) ^ mtval ^ (cause << 24)
        ; lw t1, [t3, 8]
        ; slli t2, t1, 5
        ; srli t1, t1, 27
        ; or t1, t1, t2
        ; csrr t2, mtval
        ; xor t1, t1, t2
        ; slli t2, t0, 24
        ; xor t1, t1, t2
        ; sw t1, [t3, 8]
        // A fetch that failed returns to the caller, everything else to the next instruction.
        ; addi t0, t0, -1
        ; beqz t0, >to_caller
        ; csrr t0, mepc
        ; addi t0, t0, 4
        ; csrw mepc, t0
        ; j ->trap_return
        ; to_caller:
        ; csrw mepc, ra
        ; j ->trap_return
    );
}

/// `->traps`: folds what the handler saw, and what CSR accesses return, into `s0`.
#[rustfmt::skip]
pub(super) fn emit_workload(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; .feature imzicsr_zifencei
        ; ->traps:
        ; addi sp, sp, -8
        ; sw ra, [sp, 4]
        ; li a1, (SCRATCH + 64) as i32
        ; addi a3, zero, 8
        ; again:
        ; sw s0, [a1, 0]
        ; sw a3, [a1, 4]

        ; ecall
        ; ebreak
        ; .u32 0                       // illegal: all zeros
        ; .u32 0xffff_ffff             // illegal: all ones
        ; .u32 0x0200_7057             // illegal: a vector instruction
        ; .u32 0x7c00_1073             // illegal: no such CSR
        ; .u32 0xf140_1073             // illegal: mhartid is read-only

        // Misaligned: a2 stays as it was, and so does memory.
        ; mv a2, s0
        ; lw a2, [a1, 1]
        ; lw a2, [a1, 2]
        ; lh a2, [a1, 3]
        ; lhu a2, [a1, 1]
        ; sw a3, [a1, 3]
        ; sh a3, [a1, 1]
        ; lw a4, [a1, 0]
        ; sub a4, a4, a2
        ; bnez a4, ->failed

        // Unmapped.
        ; lw a2, [zero, 0]
        ; lbu a2, [zero, 5]
        ; sw a2, [zero, 0x40]
        ; li a4, 0x4000_0000
        ; jalr ra, a4, 0               // returns by the handler
        ; la a4, >over
        ; addi a4, a4, 2
        ; jr a4                        // misaligned target: stepped over
        ; over:

        // CSRs: what is written can be read, as far as the bit exists. The handler uses mscratch.
        ; csrrci a6, mstatus, 8
        ; csrrw a4, mscratch, s0
        ; csrrs a5, mscratch, zero
        ; bne a5, s0, ->failed
        ; csrrsi a5, mscratch, 21
        ; csrrci a5, mscratch, 10
        ; add a6, a6, a5
        ; csrrc a5, mscratch, a3
        ; xor a6, a6, a5
        ; csrrw a5, mscratch, a4
        ; add a6, a6, a5
        ; csrrsi a5, mstatus, 8
        ; add a6, a6, a5
        ; csrr a5, misa
        ; add a6, a6, a5
        ; csrr a5, mhartid
        ; bnez a5, ->failed
        ; csrr a4, minstret
        ; nop
        ; csrr a5, minstret
        ; bgeu a4, a5, ->failed
        ; slli a4, s0, 7
        ; srli s0, s0, 25
        ; or s0, s0, a4
        ; add s0, s0, a6

        // Code that is written and then run: addi a4, zero, a3.
        ; li a4, 0x0000_0713
        ; slli a5, a3, 20
        ; or a4, a4, a5
        ; li a5, (SCRATCH + 128) as i32
        ; sw a4, [a5, 0]
        ; li a4, 0x0000_8067           // ret
        ; sw a4, [a5, 4]
        ; fence.i
        ; jalr ra, a5, 0
        ; bne a4, a3, ->failed

        ; li t0, COUNTERS as i32
        ; lw t1, [t0, 8]
        ; add s0, s0, t1
        ; addi a3, a3, -1
        ; bnez a3, <again
        ; lw ra, [sp, 4]
        ; addi sp, sp, 8
        ; ret
    );
}
