//! What the program computes: each workload folds its results into the checksum in `s0`, draws its
//! data from the generator in `s4`, and goes to `->failed` when it finds a result to be wrong.

use dynasmrt::{DynasmApi, DynasmLabelApi, dynasm};

use super::{Assembler, CRC_TABLE, SCRATCH};

/// Words to sort; bytes to run the CRC over are four times as many.
const SORTED_WORDS: i32 = 512;
/// Rows and columns of the matrices.
const MATRIX: i32 = 12;
/// Where the three matrices lie.
const MATRICES: u32 = SCRATCH + 0x1000;
/// Bytes of one matrix.
const MATRIX_BYTES: i32 = MATRIX * MATRIX * 4;

pub(super) fn emit(asm: &mut Assembler) {
    emit_arithmetic(asm);
    emit_muldiv(asm);
    emit_bytes(asm);
    emit_sort(asm);
    emit_crc(asm);
    emit_matrix(asm);
    emit_count_primes(asm);
}

/// One step of xorshift32 on `s4`; `t6` is lost.
#[rustfmt::skip]
fn emit_random(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; slli t6, s4, 13
        ; xor s4, s4, t6
        ; srli t6, s4, 17
        ; xor s4, s4, t6
        ; slli t6, s4, 5
        ; xor s4, s4, t6
    );
}

/// Every operation of the ALU and every branch, each result needed by the next instructions.
#[rustfmt::skip]
fn emit_arithmetic(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; ->arithmetic:
        ; addi a0, zero, 1500
        ; again:
    );
    emit_random(asm);
    dynasm!(asm
        ; .arch riscv32
        ; add s0, s0, s4
        ; sub t1, s0, s4
        ; sra t2, s0, s4
        ; sll t3, t2, t1
        ; srl t4, s0, t3
        ; slt t5, t4, s4
        ; sltu t6, s4, t4
        ; add t5, t5, t6
        ; xor s0, s0, t2
        ; or t1, t3, s4
        ; and t1, t1, s0
        ; add s0, s0, t1
        ; slti t1, s0, -700
        ; sltiu t2, s0, 900
        ; xori t3, s0, -1366
        ; ori t4, t3, 0x155
        ; andi t4, t4, 0x7cf
        ; srai t3, t3, 3
        ; add t3, t3, t4
        ; slli t1, t1, 7
        ; sub s0, s0, t1
        ; add s0, s0, t2
        ; add s0, s0, t5
        ; blt s0, s4, >less
        ; xor s0, s0, t3
        ; less:
        ; bgeu t3, s0, >above
        ; addi s0, s0, 0x35
        ; above:
        ; bge s4, t3, >not_less
        ; sub s0, s0, t4
        ; not_less:
        ; bltu t4, t3, >below
        ; lui t1, 0x12345000
        ; xor s0, s0, t1
        ; below:
        ; beq t1, t2, >equal
        ; addi s0, s0, 1
        ; equal:
        ; addi a0, a0, -1
        ; bnez a0, <again
        ; ret
    );
}

/// Products of all signs, and a few quotients: divisions by zero and overflow are among them, and
/// quotient * divisor + remainder must give the dividend.
#[rustfmt::skip]
fn emit_muldiv(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; .feature im
        ; ->muldiv:
        ; addi a0, zero, 400
        ; again:
    );
    emit_random(asm);
    dynasm!(asm
        ; .arch riscv32
        ; .feature im
        ; mul t0, s4, s0
        ; mulh t1, s4, s0
        ; mulhu t2, s4, t0
        ; mulhsu t3, t1, s4
        ; xor s0, s0, t0
        ; add s0, s0, t1
        ; xor s0, s0, t2
        ; sub s0, s0, t3
        ; addi a0, a0, -1
        ; bnez a0, <again

        ; addi a0, zero, 16
        ; mv a1, s4
        ; quotients:
    );
    emit_random(asm);
    dynasm!(asm
        ; .arch riscv32
        ; .feature im
        ; srli a1, s4, 15
        ; div t0, s0, a1
        ; rem t1, s0, a1
        ; mul t2, t0, a1
        ; add t2, t2, t1
        ; bne t2, s0, ->failed
        ; xor s0, s0, t0
        ; divu t0, s4, s0
        ; remu t1, s4, s0
        ; mul t2, t0, s0
        ; add t2, t2, t1
        ; bne t2, s4, ->failed
        ; add s0, s0, t1
        ; addi a0, a0, -1
        ; bnez a0, <quotients

        ; div t0, s4, zero             // -1
        ; rem t1, s4, zero             // the dividend
        ; addi t0, t0, 1
        ; bnez t0, ->failed
        ; bne t1, s4, ->failed
        ; li t2, i32::MIN
        ; addi t3, zero, -1
        ; div t0, t2, t3               // overflow: the dividend
        ; rem t1, t2, t3               // 0
        ; bne t0, t2, ->failed
        ; bnez t1, ->failed
        ; ret
    );
}

/// Loads and stores of every width at every offset, each load used at once.
#[rustfmt::skip]
fn emit_bytes(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; ->bytes:
        ; li a1, SCRATCH as i32
        ; addi a0, zero, 500
        ; again:
    );
    emit_random(asm);
    dynasm!(asm
        ; .arch riscv32
        ; sw s4, [a1, 0]
        ; sw s0, [a1, 4]
        ; lb t0, [a1, 0]
        ; sb t0, [a1, 5]
        ; lbu t1, [a1, 1]
        ; sb t1, [a1, 6]
        ; lb t2, [a1, 2]
        ; sb t2, [a1, 7]
        ; lbu t3, [a1, 3]
        ; sb t3, [a1, 4]
        ; lh t0, [a1, 4]
        ; add s0, s0, t0
        ; lhu t1, [a1, 6]
        ; xor s0, s0, t1
        ; sh s0, [a1, 0]
        ; lh t2, [a1, 2]
        ; sub s0, s0, t2
        ; sh s0, [a1, 2]
        ; lw t3, [a1, 0]
        ; add s0, s0, t3
        ; addi a0, a0, -1
        ; bnez a0, <again
        ; ret
    );
}

/// Shell sort of random words, signed. Then they must be in order.
#[rustfmt::skip]
fn emit_sort(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; ->sort:
        ; li a0, SCRATCH as i32
        ; li a1, (SCRATCH + 4 * SORTED_WORDS as u32) as i32
        ; mv a2, a0
        ; fill:
    );
    emit_random(asm);
    dynasm!(asm
        ; .arch riscv32
        ; sw s4, [a2, 0]
        ; addi a2, a2, 4
        ; bltu a2, a1, <fill

        ; addi a3, zero, 4 * 121       // the gap, in bytes: 121, 40, 13, 4, 1 words
        ; ->sort_gap:
        ; add a2, a0, a3
        ; ->sort_insert:
        ; lw t0, [a2, 0]
        ; mv a4, a2
        ; shift:
        ; sub a5, a4, a3
        ; bltu a5, a0, >place
        ; lw t1, [a5, 0]
        ; bge t0, t1, >place
        ; sw t1, [a4, 0]
        ; mv a4, a5
        ; j <shift
        ; place:
        ; sw t0, [a4, 0]
        ; addi a2, a2, 4
        ; bltu a2, a1, ->sort_insert
        // gap = gap / 3, without the divider: gap * 171 / 512 is right for gaps below 256 words.
        ; srli a3, a3, 2
        ; slli t0, a3, 3
        ; sub t0, t0, a3
        ; slli t1, a3, 5
        ; slli t2, a3, 7
        ; add t0, t0, t1
        ; add t0, t0, t2
        ; slli t1, a3, 2
        ; add t0, t0, t1
        ; srli t0, t0, 9
        ; slli a3, t0, 2
        ; bnez a3, ->sort_gap

        ; lw t0, [a0, 0]
        ; addi a2, a0, 4
        ; check:
        ; lw t1, [a2, 0]
        ; blt t1, t0, ->failed
        ; slli t2, s0, 1
        ; srli s0, s0, 31
        ; or s0, s0, t2
        ; xor s0, s0, t1
        ; mv t0, t1
        ; addi a2, a2, 4
        ; bltu a2, a1, <check
        ; ret
    );
}

/// CRC-32 over what the sort left, and `->crc32`: `a0` the address, `a1` the length in bytes, the CRC
/// comes back in `a0`.
#[rustfmt::skip]
fn emit_crc(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; ->crc:
        ; addi sp, sp, -8
        ; sw ra, [sp, 4]
        ; li a0, SCRATCH as i32
        ; sw s0, [a0, 0]
        ; addi a1, zero, 2047
        ; jal ra, ->crc32
        ; add s0, s0, a0
        ; lw ra, [sp, 4]
        ; addi sp, sp, 8
        ; ret

        ; ->crc32:
        ; li t0, CRC_TABLE as i32
        ; addi t1, zero, -1
        ; add a1, a1, a0
        ; next:
        ; lbu t2, [a0, 0]
        ; xor t2, t2, t1
        ; andi t2, t2, 255
        ; slli t2, t2, 2
        ; add t2, t2, t0
        ; lw t2, [t2, 0]
        ; srli t1, t1, 8
        ; xor t1, t1, t2
        ; addi a0, a0, 1
        ; bltu a0, a1, <next
        ; xori a0, t1, -1
        ; ret
    );
}

/// Product of two square matrices of random words.
#[rustfmt::skip]
fn emit_matrix(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; .feature im
        ; ->matrix:
        ; li a0, MATRICES as i32
        ; li a1, MATRICES as i32 + 2 * MATRIX_BYTES
        ; fill:
    );
    emit_random(asm);
    dynasm!(asm
        ; .arch riscv32
        ; .feature im
        ; sw s4, [a0, 0]
        ; addi a0, a0, 4
        ; bltu a0, a1, <fill

        ; li a0, MATRICES as i32                  // a row of the left matrix
        ; mv a2, a1                               // the product, written on from here
        ; ->matrix_row:
        ; li a1, MATRICES as i32 + MATRIX_BYTES   // a column of the right matrix
        ; addi a3, zero, MATRIX
        ; ->matrix_column:
        ; mv t0, a0
        ; mv t1, a1
        ; addi t2, zero, MATRIX
        ; addi t3, zero, 0
        ; term:
        ; lw t4, [t0, 0]
        ; lw t5, [t1, 0]
        ; mul t4, t4, t5
        ; add t3, t3, t4
        ; addi t0, t0, 4
        ; addi t1, t1, 4 * MATRIX
        ; addi t2, t2, -1
        ; bnez t2, <term
        ; sw t3, [a2, 0]
        ; slli t4, s0, 3
        ; srli s0, s0, 29
        ; or s0, s0, t4
        ; add s0, s0, t3
        ; addi a2, a2, 4
        ; addi a1, a1, 4
        ; addi a3, a3, -1
        ; bnez a3, ->matrix_column
        ; mv a0, t0                               // the next row
        ; li t4, MATRICES as i32 + MATRIX_BYTES
        ; bltu a0, t4, ->matrix_row
        ; ret
    );
}

/// `->count_primes`: how many primes are below `a0`, in `a0`.
#[rustfmt::skip]
fn emit_count_primes(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; .feature im
        ; ->count_primes:
        ; li a1, SCRATCH as i32
        ; add a2, a1, a0
        ; mv t0, a1
        ; clear:
        ; sw zero, [t0, 0]
        ; addi t0, t0, 4
        ; bltu t0, a2, <clear
        ; addi a0, zero, 0
        ; addi t0, zero, 2
        ; ->sieve_next:
        ; add t1, a1, t0
        ; bgeu t1, a2, >done
        ; lbu t2, [t1, 0]
        ; bnez t2, >composite
        ; addi a0, a0, 1
        ; addi t2, zero, 1
        ; strike:
        ; add t1, t1, t0
        ; bgeu t1, a2, >composite
        ; sb t2, [t1, 0]
        ; j <strike
        ; composite:
        ; addi t0, t0, 1
        ; j ->sieve_next
        ; done:
        ; ret
    );
}
