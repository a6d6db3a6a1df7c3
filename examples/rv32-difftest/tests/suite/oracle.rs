//! The reference model against an instruction-set simulator that we did not write.

use fastrand::Rng;
use rrs_lib::instruction_executor::InstructionExecutor;
use rrs_lib::memories::{MemorySpace, VecMemory};
use rrs_lib::{HartState, process_instruction};
use rv32_difftest::memory_map::RAM_BASE;
use rv32_difftest::reference::{Reference, Retired};

use crate::random;

const INSTRUCTIONS: usize = 300;
const MEMORY_BYTES: usize = 0x2_0000;

#[test]
fn random_instructions_do_the_same_in_both() {
    for seed in 0..200 {
        let mut rng = Rng::with_seed(seed);
        let program: Vec<u32> = (0..INSTRUCTIONS)
            .map(|_| match rng.u32(0..10) {
                0..=5 => random::computation(&mut rng),
                6..=8 => random::memory_access(&mut rng, false),
                _ => random::jump_ahead(&mut rng),
            })
            .collect();
        compare(seed, &program, &mut rng);
    }
}

fn compare(seed: u64, program: &[u32], rng: &mut Rng) {
    let mut ours = Reference::new(program).unwrap();
    let mut image = program.to_vec();
    image.resize(MEMORY_BYTES / 4, 0);
    let mut memory = MemorySpace::new();
    memory
        .add_memory(
            RAM_BASE,
            MEMORY_BYTES as u32,
            Box::new(VecMemory::new(image)),
        )
        .unwrap();
    let mut theirs = HartState {
        pc: RAM_BASE,
        ..HartState::new()
    };
    for register in 1..32 {
        let value = random::operand(rng).cast_unsigned();
        ours.x[register] = value;
        theirs.registers[register] = value;
    }
    ours.x[28] = random::DATA_ADDRESS;
    theirs.registers[28] = random::DATA_ADDRESS;

    let end = RAM_BASE + 4 * program.len() as u32;
    while ours.pc < end {
        let before = ours.x;
        let Retired { pc, insn, trap, .. } = ours.step(0);
        assert_eq!(
            trap, None,
            "seed {seed}, pc {pc:#x}, instruction {insn:#010x}"
        );
        let mut executor = InstructionExecutor {
            hart_state: &mut theirs,
            mem: &mut memory,
        };
        let executed = process_instruction(&mut executor, insn).expect("an instruction of RV32IM");
        if !executed.expect("no exception") {
            theirs.pc += 4;
        }
        let context = || format!("seed {seed}, pc {pc:#x}, {insn:#010x}, x before {before:x?}");
        assert_eq!(ours.pc, theirs.pc, "{}", context());
        assert_eq!(ours.x[1..], theirs.registers[1..], "{}", context());
    }
}
