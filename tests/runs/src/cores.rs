//! Two cores that others wrote, under generated bindings, and a program for both.

use dynasmrt::{DynasmLabelApi, VecAssembler, dynasm, riscv::RiscvRelocation};

lightsss_runtime::model!(picorv32);
lightsss_runtime::model!(serv);

/// Where the program writes its results, and last a word other than 0 to say that it is done.
pub const RESULTS: u32 = 0x1000;

/// How many results there are.
pub const COUNT: usize = 4;

/// The program, to be placed at address 0: a sum, bytes reversed, shifts, a recursive function.
///
/// # Panics
/// If a label is missing or out of reach, which the tests rule out.
#[must_use]
#[rustfmt::skip]
pub fn program() -> Vec<u8> {
    let mut asm = VecAssembler::<RiscvRelocation>::new(0);
    dynasm!(asm
        ; .arch riscv32
        ; li s0, 0x1000
        ; li sp, 0x2000

        // The sum of 1 to 100.
        ; addi t0, zero, 100
        ; addi t1, zero, 0
        ; next:
        ; add t1, t1, t0
        ; addi t0, t0, -1
        ; bnez t0, <next
        ; sw t1, [s0, 0]

        // Its bytes, in reverse.
        ; lbu t2, [s0, 0]
        ; sb t2, [s0, 7]
        ; lbu t2, [s0, 1]
        ; sb t2, [s0, 6]
        ; lbu t2, [s0, 2]
        ; sb t2, [s0, 5]
        ; lbu t2, [s0, 3]
        ; sb t2, [s0, 4]

        // Shifts by what a register says, of both kinds, and comparisons.
        ; addi t0, zero, -1234
        ; addi t1, zero, 5
        ; sra t2, t0, t1
        ; srl t3, t0, t1
        ; xor t2, t2, t3
        ; sltu t3, t1, t0
        ; slt t4, t1, t0
        ; slli t3, t3, 4
        ; add t2, t2, t3
        ; add t2, t2, t4
        ; sw t2, [s0, 8]

        // Fibonacci's twelfth number, the slow way.
        ; addi a0, zero, 12
        ; jal ra, ->fibonacci
        ; sw a0, [s0, 12]
        ; addi t0, zero, 1
        ; sw t0, [s0, 16]
        ; end:
        ; j <end

        ; ->fibonacci:
        ; addi t0, zero, 2
        ; blt a0, t0, >small
        ; addi sp, sp, -12
        ; sw ra, [sp, 0]
        ; sw a0, [sp, 4]
        ; addi a0, a0, -1
        ; jal ra, ->fibonacci
        ; sw a0, [sp, 8]
        ; lw a0, [sp, 4]
        ; addi a0, a0, -2
        ; jal ra, ->fibonacci
        ; lw t0, [sp, 8]
        ; add a0, a0, t0
        ; lw ra, [sp, 0]
        ; addi sp, sp, 12
        ; small:
        ; ret
    );
    asm.finalize().expect("every label is defined and in reach")
}

/// What the program is to find, computed in Rust.
#[must_use]
pub fn expected() -> [u32; COUNT] {
    fn fibonacci(n: u32) -> u32 {
        if n < 2 {
            n
        } else {
            fibonacci(n - 1) + fibonacci(n - 2)
        }
    }
    let sum: u32 = (1..=100).sum();
    let number = -1234_i32;
    let mixed = (number >> 5) as u32 ^ ((number as u32) >> 5);
    // As unsigned numbers 5 is the less, as signed ones it is not.
    let compared = mixed.wrapping_add(1 << 4);
    [sum, sum.swap_bytes(), compared, fibonacci(12)]
}

/// Memory of 16 KiB.
#[derive(Debug)]
pub struct Memory(Vec<u8>);

impl Default for Memory {
    /// With the program at address 0.
    fn default() -> Self {
        let mut bytes = program();
        bytes.resize(0x4000, 0);
        Self(bytes)
    }
}

impl Memory {
    /// The word that holds an address.
    #[must_use]
    pub fn read(&self, address: u32) -> u32 {
        let at = address as usize & 0x3ffc;
        u32::from_le_bytes([0, 1, 2, 3].map(|byte| self.0[at + byte]))
    }

    /// Writes the bytes of a word that a mask selects.
    pub fn write(&mut self, address: u32, value: u32, mask: u8) {
        let at = address as usize & 0x3ffc;
        for (byte, value) in value.to_le_bytes().into_iter().enumerate() {
            if mask & 1 << byte != 0 {
                self.0[at + byte] = value;
            }
        }
    }

    /// The results, once the program is done.
    #[must_use]
    pub fn results(&self) -> Option<[u32; COUNT]> {
        let word = |at: usize| self.read(RESULTS + 4 * at as u32);
        (word(COUNT) != 0).then(|| std::array::from_fn(word))
    }
}

/// A core with its memory.
pub trait Core {
    /// One clock cycle.
    fn cycle(&mut self) -> Result<(), Box<dyn std::error::Error>>;
    /// Its memory.
    fn memory(&self) -> &Memory;
}

/// Runs until the program is done, `limit` cycles at most; gives the results and the cycles.
pub fn run(
    core: &mut impl Core,
    limit: u32,
) -> Result<([u32; COUNT], u32), Box<dyn std::error::Error>> {
    for cycle in 0..limit {
        core.cycle()?;
        if let Some(results) = core.memory().results() {
            return Ok((results, cycle));
        }
    }
    Err(format!("the program is not done after {limit} cycles").into())
}
