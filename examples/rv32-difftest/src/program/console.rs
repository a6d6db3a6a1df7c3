//! Output on the UART: characters, strings, numbers.

use dynasmrt::{DynasmApi, DynasmLabelApi, dynasm};

use super::Assembler;
use crate::memory_map::{UART_DATA, UART_STATUS};

/// `->put_char`, `->put_string`, `->put_hex`, `->put_decimal`: argument in `a0`; `t0` to `t6` and
/// `a0` to `a2` are lost.
#[rustfmt::skip]
pub(super) fn emit(asm: &mut Assembler) {
    dynasm!(asm
        ; .arch riscv32
        ; .feature imzicsr

        // The UART takes one byte at a time.
        ; ->put_char:
        ; li t0, UART_DATA as i32
        ; busy:
        ; lw t1, [t0, (UART_STATUS - UART_DATA) as i32]
        ; andi t1, t1, 1
        ; beqz t1, <busy
        ; sb a0, [t0, 0]
        ; ret

        // Bytes up to a zero.
        ; ->put_string:
        ; addi sp, sp, -8
        ; sw ra, [sp, 4]
        ; mv a1, a0
        ; next:
        ; lbu a0, [a1, 0]
        ; beqz a0, >done
        ; jal ra, ->put_char
        ; addi a1, a1, 1
        ; j <next
        ; done:
        ; lw ra, [sp, 4]
        ; addi sp, sp, 8
        ; ret

        // Eight digits.
        ; ->put_hex:
        ; addi sp, sp, -8
        ; sw ra, [sp, 4]
        ; mv a1, a0
        ; addi a2, zero, 28
        ; digit:
        ; srl t2, a1, a2
        ; andi t2, t2, 15
        ; addi a0, t2, 0x30
        ; sltiu t3, t2, 10
        ; bnez t3, >decimal
        ; addi a0, t2, 0x61 - 10
        ; decimal:
        ; jal ra, ->put_char
        ; addi a2, a2, -4
        ; bgez a2, <digit
        ; lw ra, [sp, 4]
        ; addi sp, sp, 8
        ; ret

        // As many digits as needed, collected on the stack from the last to the first.
        ; ->put_decimal:
        ; addi sp, sp, -24
        ; sw ra, [sp, 20]
        ; addi a1, sp, 16
        ; sb zero, [a1, 0]
        ; addi t1, zero, 10
        ; divide:
        ; remu t2, a0, t1
        ; divu a0, a0, t1
        ; addi t2, t2, 0x30
        ; addi a1, a1, -1
        ; sb t2, [a1, 0]
        ; bnez a0, <divide
        ; mv a0, a1
        ; jal ra, ->put_string
        ; lw ra, [sp, 20]
        ; addi sp, sp, 24
        ; ret
    );
}
