//! Random programs for the core, the same for the same seed.

// What `dynasm!` expands to.
#![allow(
    clippy::used_underscore_binding,
    clippy::useless_conversion,
    clippy::cast_lossless
)]

use dynasmrt::{DynasmApi, DynasmLabelApi, VecAssembler, dynasm, riscv::RiscvRelocation};
use fastrand::Rng;
use rv32_difftest::memory_map::{EXIT, MTIMECMP, RAM_BASE};

use crate::random::{
    DATA_ADDRESS, WRITTEN, computation, i_type, jump_ahead, memory_access, operand, register,
    source,
};

type Assembler = VecAssembler<RiscvRelocation>;

/// A program: sets random registers, then runs a random body some times, with timer interrupts at
/// intervals that sweep over it, and writes 0 to the exit register. The trap handler steps over
/// what trapped.
pub fn program(seed: u64) -> Vec<u32> {
    let mut rng = Rng::with_seed(seed);
    let mut asm = Assembler::new(RAM_BASE as usize);
    dynasm!(asm
        ; .arch riscv32
        ; .feature imzicsr
        ; la x29, ->handler
        ; csrw mtvec, x29
        ; li x28, DATA_ADDRESS as i32
        ; li x29, MTIMECMP as i32
        ; li x30, 400
        ; sw x30, [x29, 0]
        ; sw zero, [x29, 4]
        ; li x29, 0x80
        ; csrw mie, x29
        ; csrsi mstatus, 8
    );
    for rd in 1..=WRITTEN as u8 {
        let value = operand(&mut rng);
        dynasm!(asm ; .arch riscv32 ; li X(rd), value);
    }
    dynasm!(asm
        ; .arch riscv32
        ; li x27, 40
        ; ->body:
    );
    for _ in 0..400 {
        let insn = match rng.u32(0..16) {
            0..=8 => computation(&mut rng),
            9..=12 => {
                let misaligned = rng.u32(0..8) == 0;
                memory_access(&mut rng, misaligned)
            }
            13 | 14 => jump_ahead(&mut rng),
            _ => system(&mut rng),
        };
        asm.push_u32(insn);
    }
    dynasm!(asm
        ; .arch riscv32
        ; .feature imzicsr
        ; nop ; nop ; nop ; nop ; nop          // where the last jumps land
        ; addi x27, x27, -1
        ; bnez x27, ->body
        ; csrci mstatus, 8
        ; li x29, EXIT as i32
        ; sw zero, [x29, 0]
        ; stay:
        ; j <stay

        ; ->handler:
        ; csrr x29, mcause
        ; bltz x29, >tick
        ; csrr x29, mepc
        ; addi x29, x29, 4
        ; csrw mepc, x29
        ; .u32 0x3020_0073
        // The next tick is 60 to 187 cycles away, as the divider and the counter have it.
        ; tick:
        ; csrr x29, minstret
        ; csrr x30, mcycle
        ; mul x29, x29, x30
        ; rem x29, x29, x28
        ; srli x29, x29, 25
        ; addi x29, x29, 60
        ; add x30, x30, x29
        ; li x29, MTIMECMP as i32
        ; sw x30, [x29, 0]
        ; .u32 0x3020_0073
    );
    let bytes = asm.finalize().unwrap();
    bytes
        .chunks_exact(4)
        .map(|word| u32::from_le_bytes(word.try_into().unwrap()))
        .collect()
}

/// CSR accesses that leave the trap handler in place, traps, fences, and words at random.
fn system(rng: &mut Rng) -> u32 {
    let mscratch = 0x340;
    let minstret = 0xb02;
    let readable = [
        0x300, 0x301, 0x304, 0x305, 0x341, 0x342, 0x343, 0x344, 0xb00, 0xb02, 0xf14,
    ];
    match rng.u32(0..8) {
        0 | 1 => {
            let csr = *rng.choice(&[mscratch, mscratch, minstret]).unwrap();
            i_type(
                csr,
                source(rng),
                *rng.choice(&[1, 2, 3, 5, 6, 7]).unwrap(),
                register(rng),
                0x73,
            )
        }
        2 | 3 => i_type(*rng.choice(&readable).unwrap(), 0, 2, register(rng), 0x73),
        4 => *rng.choice(&[0x73, 0x0010_0073, 0x1050_0073]).unwrap(), // ecall, ebreak, wfi
        5 => *rng.choice(&[0x0000_100f, 0x0ff0_000f]).unwrap(),       // fence.i, fence
        6 => i_type(rng.u32(0x400..0x700), 1, 1, register(rng), 0x73), // no such CSR
        _ => rng.u32(..) & !3,                                        // illegal: 16 bits wide
    }
}
