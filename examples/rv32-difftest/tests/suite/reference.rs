//! The reference model: each group of instructions, and the program.

// What `dynasm!` expands to.
#![allow(clippy::used_underscore_binding)]

use dynasmrt::{DynasmApi, DynasmLabelApi, VecAssembler, dynasm, riscv::RiscvRelocation};
use rv32_difftest::memory_map::{EXIT, MTIME, MTIMECMP, RAM_BASE, UART_DATA, UART_STATUS};
use rv32_difftest::program::{self, Work};
use rv32_difftest::reference::{Reference, Retired, Store, Trap, WORD};

type Assembler = VecAssembler<RiscvRelocation>;

fn assemble(emit: impl FnOnce(&mut Assembler)) -> Reference {
    let mut asm = Assembler::new(RAM_BASE as usize);
    emit(&mut asm);
    let bytes = asm.finalize().unwrap();
    let words: Vec<u32> = bytes
        .chunks_exact(4)
        .map(|word| u32::from_le_bytes(word.try_into().unwrap()))
        .collect();
    Reference::new(&words).unwrap()
}

/// Runs up to the first `ecall`, with no device to observe; the registers are in the hart.
fn run(emit: impl FnOnce(&mut Assembler)) -> Reference {
    let mut hart = assemble(emit);
    for _ in 0..10_000 {
        match hart.step(0).trap {
            None => {}
            Some(Trap::ECALL) => return hart,
            Some(cause) => panic!("trap {cause} at {:#x}", hart.csrs.mepc),
        }
    }
    panic!("no ecall reached, pc {:#x}", hart.pc);
}

/// `op a2, a0, a1` with the given operands.
fn binary(insn: u32, a: u32, b: u32) -> u32 {
    let mut hart = Reference::new(&[insn]).unwrap();
    (hart.x[10], hart.x[11]) = (a, b);
    let retired = hart.step(0);
    assert_eq!(retired.trap, None);
    hart.x[12]
}

macro_rules! word {
    ($($code:tt)*) => {{
        let mut asm = Assembler::new(0);
        dynasm!(asm ; .arch riscv32 ; .feature imzicsr ; $($code)*);
        u32::from_le_bytes(asm.finalize().unwrap().try_into().unwrap())
    }};
}

#[test]
fn arithmetic() {
    let cases = [
        (word!(add a2, a0, a1), 0x7fff_ffff, 1, 0x8000_0000),
        (word!(sub a2, a0, a1), 0, 1, 0xffff_ffff),
        (word!(sll a2, a0, a1), 1, 33, 2),
        (word!(slt a2, a0, a1), 0xffff_ffff, 0, 1),
        (word!(sltu a2, a0, a1), 0xffff_ffff, 0, 0),
        (word!(xor a2, a0, a1), 0b1100, 0b1010, 0b0110),
        (word!(srl a2, a0, a1), 0x8000_0000, 31, 1),
        (word!(sra a2, a0, a1), 0x8000_0000, 31, 0xffff_ffff),
        (word!(or a2, a0, a1), 0b1100, 0b1010, 0b1110),
        (word!(and a2, a0, a1), 0b1100, 0b1010, 0b1000),
        (word!(addi a2, a0, -2048), 0, 0, 0xffff_f800),
        (word!(slti a2, a0, -1), 0xffff_fffe, 0, 1),
        (word!(sltiu a2, a0, -1), 0xffff_fffe, 0, 1),
        (word!(xori a2, a0, -1), 0x1234_5678, 0, 0xedcb_a987),
        (word!(srai a2, a0, 4), 0x8000_0000, 0, 0xf800_0000),
        (word!(srli a2, a0, 4), 0x8000_0000, 0, 0x0800_0000),
        (word!(slli a2, a0, 31), 3, 0, 0x8000_0000),
    ];
    for (insn, a, b, expected) in cases {
        assert_eq!(binary(insn, a, b), expected, "{insn:#010x} {a:#x} {b:#x}");
    }
}

/// The values of the specification's table on division by zero and overflow are among these.
#[test]
fn multiplication_and_division() {
    let min = 0x8000_0000;
    let minus = |n: u32| n.wrapping_neg();
    let cases = [
        (word!(mul a2, a0, a1), 0x0001_0000, 0x0001_0001, 0x0001_0000),
        (word!(mulh a2, a0, a1), min, min, 0x4000_0000),
        (word!(mulh a2, a0, a1), minus(1), 1, 0xffff_ffff),
        (word!(mulhu a2, a0, a1), minus(1), minus(1), 0xffff_fffe),
        (word!(mulhsu a2, a0, a1), minus(1), minus(1), 0xffff_ffff),
        (word!(div a2, a0, a1), minus(7), 2, minus(3)),
        (word!(rem a2, a0, a1), minus(7), 2, minus(1)),
        (word!(rem a2, a0, a1), 7, minus(2), 1),
        (word!(divu a2, a0, a1), minus(7), 2, 0x7fff_fffc),
        (word!(remu a2, a0, a1), minus(7), 10, 9),
        (word!(div a2, a0, a1), 5, 0, 0xffff_ffff),
        (word!(divu a2, a0, a1), 5, 0, 0xffff_ffff),
        (word!(rem a2, a0, a1), 5, 0, 5),
        (word!(remu a2, a0, a1), 5, 0, 5),
        (word!(div a2, a0, a1), min, minus(1), min),
        (word!(rem a2, a0, a1), min, minus(1), 0),
    ];
    for (insn, a, b, expected) in cases {
        assert_eq!(binary(insn, a, b), expected, "{insn:#010x} {a:#x} {b:#x}");
    }
}

#[test]
fn x0_stays_zero() {
    let mut hart = Reference::new(&[word!(addi zero, zero, 5), word!(lui zero, 0x1000)]).unwrap();
    assert_eq!(hart.step(0).rd, None);
    assert_eq!(hart.step(0).rd, None);
    assert_eq!(hart.x[0], 0);
}

#[test]
fn jumps_and_branches() {
    let hart = run(|asm| {
        dynasm!(asm
            ; .arch riscv32
            ; addi a0, zero, 0
            ; addi t0, zero, -1
            ; addi t1, zero, 1
            ; blt t0, t1, >one
            ; ecall
            ; one: ; addi a0, a0, 1
            ; bltu t1, t0, >two
            ; ecall
            ; two: ; addi a0, a0, 1
            ; bge t0, t1, >bad
            ; bgeu t1, t0, >bad
            ; beq t0, t1, >bad
            ; bne t0, t0, >bad
            ; jal ra, >callee
            ; addi a0, a0, 1
            ; ecall
            ; callee:
            ; addi a0, a0, 1
            ; jalr zero, ra, 0
            ; bad:
            ; addi a0, a0, 100
            ; ecall
        );
    });
    assert_eq!(hart.x[10], 4);
    assert_eq!(hart.x[1], RAM_BASE + 4 * 14);
}

#[test]
fn loads_and_stores() {
    let hart = run(|asm| {
        dynasm!(asm
            ; .arch riscv32
            ; li t0, (RAM_BASE + 0x100) as i32
            ; li t1, 0x8182_8384_u32 as i32
            ; sw t1, [t0, 0]
            ; sb t1, [t0, 5]
            ; sh t1, [t0, 6]
            ; lb a0, [t0, 3]
            ; lbu a1, [t0, 2]
            ; lh a2, [t0, 2]
            ; lhu a3, [t0, 0]
            ; lw a4, [t0, 4]
            ; ecall
        );
    });
    assert_eq!(
        hart.x[10..15],
        [0xffff_ff81, 0x82, 0xffff_8182, 0x8384, 0x8384_8400],
        "lb, lbu, lh, lhu, lw"
    );
    assert_eq!(hart.memory.word(RAM_BASE + 0x104), Some(0x8384_8400));
}

#[test]
fn a_store_is_seen_as_bytes_of_a_word() {
    let mut hart = Reference::new(&[word!(sh a0, [a1, 2])]).unwrap();
    (hart.x[10], hart.x[11]) = (0x1234_5678, RAM_BASE + 0x100);
    let store = Store {
        address: RAM_BASE + 0x100,
        data: 0x5678_0000,
        mask: 0b1100,
    };
    assert_eq!(hart.step(0).store, Some(store));
}

#[test]
fn traps_say_why_and_where() {
    let data = RAM_BASE + 0x100;
    // instruction, a0, cause, mtval
    let cases = [
        (word!(ecall), 0, Trap::ECALL, 0),
        (word!(ebreak), 0, Trap::BREAKPOINT, 0),
        (0, 0, Trap::ILLEGAL, 0),
        (0xffff_ffff, 0, Trap::ILLEGAL, 0xffff_ffff),
        (
            word!(csrw 0x7c0, a0),
            0,
            Trap::ILLEGAL,
            word!(csrw 0x7c0, a0),
        ),
        (
            word!(csrw mhartid, a0),
            0,
            Trap::ILLEGAL,
            word!(csrw mhartid, a0),
        ),
        (word!(lw a1, [a0, 1]), data, Trap::LOAD_MISALIGNED, data + 1),
        (word!(lh a1, [a0, 3]), data, Trap::LOAD_MISALIGNED, data + 3),
        (
            word!(sw a1, [a0, 2]),
            data,
            Trap::STORE_MISALIGNED,
            data + 2,
        ),
        (
            word!(sh a1, [a0, 1]),
            data,
            Trap::STORE_MISALIGNED,
            data + 1,
        ),
        (word!(lb a1, [a0, 1]), 0, Trap::LOAD_ACCESS, 1),
        (word!(sb a1, [a0, 2]), 0, Trap::STORE_ACCESS, 2),
        (
            word!(jalr ra, a0, 2),
            data,
            Trap::FETCH_MISALIGNED,
            data + 2,
        ),
    ];
    for (insn, a0, cause, value) in cases {
        let mut hart = Reference::new(&[insn]).unwrap();
        hart.x[10] = a0;
        hart.csrs.mtvec = RAM_BASE + 0x40;
        hart.csrs.mie = true;
        let before = hart.x;
        let retired = hart.step(0);
        let expected = Retired {
            pc: RAM_BASE,
            insn,
            trap: Some(cause),
            rd: None,
            store: None,
        };
        assert_eq!(retired, expected);
        assert_eq!(hart.pc, RAM_BASE + 0x40, "{insn:#010x}");
        assert_eq!(hart.x, before, "{insn:#010x}");
        let csrs = &hart.csrs;
        assert_eq!(
            (csrs.mcause, csrs.mtval, csrs.mepc),
            (cause, value, RAM_BASE),
            "{insn:#010x}"
        );
        assert_eq!(
            (csrs.mie, csrs.mpie, csrs.minstret),
            (false, true, 0),
            "{insn:#010x}"
        );
    }
}

#[test]
fn a_jump_to_nowhere_fails_at_its_target() {
    let mut hart = Reference::new(&[word!(jr a0)]).unwrap();
    hart.x[10] = 0x4000_0000;
    hart.csrs.mtvec = RAM_BASE;
    assert_eq!(hart.step(0).trap, None);
    assert_eq!(hart.step(0).trap, Some(Trap::FETCH_ACCESS));
    assert_eq!(
        (hart.csrs.mepc, hart.csrs.mtval),
        (0x4000_0000, 0x4000_0000)
    );
}

#[test]
fn interrupts_come_only_when_enabled() {
    let mut hart = Reference::new(&[word!(nop), 0x3020_0073]).unwrap();
    hart.csrs.mtvec = RAM_BASE + 4;
    hart.csrs.mtie = true;
    assert!(
        hart.interrupt()
            .unwrap_err()
            .to_string()
            .contains("mstatus.MIE is false")
    );
    hart.csrs.mie = true;
    let retired = hart.interrupt().unwrap();
    assert_eq!(retired.trap, Some(0x8000_0007));
    assert_eq!(hart.pc, RAM_BASE + 4);
    assert!(hart.interrupt().is_err(), "disabled in the handler");
    hart.step(0);
    assert_eq!((hart.pc, hart.csrs.mie), (RAM_BASE, true), "after mret");
}

#[test]
fn csr_instructions() {
    let hart = run(|asm| {
        dynasm!(asm
            ; .arch riscv32
            ; .feature imzicsr
            ; li t0, 0x0f0f
            ; csrrw a0, mscratch, t0
            ; csrrsi a1, mscratch, 0x10
            ; csrrc a2, mscratch, t0
            ; csrrwi a3, mscratch, 3
            ; csrr a4, minstret
            ; addi t0, zero, 100
            ; csrw minstret, t0
            ; csrr a5, minstret
            ; csrr a6, misa
            ; ecall
        );
    });
    assert_eq!(
        hart.x[10..17],
        [0, 0x0f0f, 0x0f1f, 0x10, 6, 100, 0x4000_1100]
    );
    assert_eq!(hart.csrs.mscratch, 3);
}

#[test]
fn what_only_the_core_knows_is_taken_from_it() {
    let mut hart = Reference::new(&[word!(csrr a0, mcycle), word!(lw a1, [a2, 0])]).unwrap();
    hart.x[12] = MTIME;
    assert_eq!(hart.step(1234).rd, Some((10, 1234)));
    assert_eq!(hart.step(5678).rd, Some((11, 5678)));
}

/// The program, with a clock that counts instructions and a UART that is always ready.
fn run_program(work: Work) -> (String, u32) {
    let mut hart = Reference::new(&program::assemble()).unwrap();
    for (address, word) in (program::MAILBOX..).step_by(4).zip(work.words()) {
        assert!(hart.memory.write(address, word, WORD));
    }
    let mut text = Vec::new();
    let mut mtimecmp = u64::MAX;
    for time in 0_u64..20_000_000 {
        if time >= mtimecmp && hart.csrs.mie && hart.csrs.mtie {
            hart.interrupt().unwrap();
        }
        // The address of a load is known to us only by looking.
        let insn = hart.memory.word(hart.pc).unwrap_or(0);
        let address = hart.x[(insn >> 15 & 31) as usize]
            .wrapping_add((insn.cast_signed() >> 20).cast_unsigned());
        let observed = match address {
            MTIME => time as u32,
            MTIMECMP => mtimecmp as u32,
            UART_STATUS => 1,
            _ => (mtimecmp >> 32) as u32,
        };
        if let Some(store) = hart.step(observed).store {
            match store.address {
                UART_DATA => text.push(store.data as u8),
                MTIMECMP => mtimecmp = mtimecmp & !0xffff_ffff | u64::from(store.data),
                address if address == MTIMECMP + 4 => {
                    mtimecmp = mtimecmp & 0xffff_ffff | u64::from(store.data) << 32;
                }
                EXIT => return (String::from_utf8(text).unwrap(), store.data),
                _ => {}
            }
        }
    }
    panic!(
        "the program does not end: {}",
        String::from_utf8_lossy(&text)
    );
}

/// The CRC's check value and the number of primes are facts from outside.
#[test]
fn the_program_boots_and_finds_no_fault() {
    let (text, code) = run_program(Work {
        workloads: Work::FULL.workloads,
        rounds: 1,
    });
    let boot = "rv32-difftest\n\
        boot: 64 KiB of memory tested\n\
        boot: crc32 of 123456789 is cbf43926\n\
        boot: primes below 32768: 3512\n\
        boot: done\n";
    assert!(text.starts_with(boot), "{text}");
    assert!(text.contains(" ticks, 144 exceptions\n"), "{text}");
    assert_eq!(code, 0, "{text}");
}

#[test]
fn the_mailbox_chooses_the_work() {
    let (text, code) = run_program(Work {
        workloads: 0,
        rounds: 4,
    });
    assert!(text.contains("round 4: checksum 00000000\n"), "{text}");
    assert!(text.contains(" 0 exceptions\n"), "{text}");
    assert_eq!(code, 0);
    let (one, _) = run_program(Work {
        workloads: 1,
        rounds: 4,
    });
    let (other, _) = run_program(Work {
        workloads: 2,
        rounds: 4,
    });
    assert_ne!(one, other);
}
