//! Random instructions, the same for the same seed.

use fastrand::Rng;
use rv32_difftest::memory_map::RAM_BASE;

/// The last of the registers that random instructions write.
pub const WRITTEN: u32 = 26;
/// Holds the address of the data.
const DATA: u32 = 28;
/// Where loads and stores go.
pub const DATA_ADDRESS: u32 = RAM_BASE + 0x1_0000;

/// Any of the computing instructions, with operands that make corner cases likely; never a trap.
pub fn computation(rng: &mut Rng) -> u32 {
    let (rd, rs1, rs2) = (register(rng), source(rng), source(rng));
    let funct3 = rng.u32(0..8);
    match rng.u32(0..8) {
        0 | 1 => {
            let alternate = if matches!(funct3, 0 | 5) {
                rng.u32(0..2) << 5
            } else {
                0
            };
            r_type(alternate, rs2, rs1, funct3, rd)
        }
        2 | 3 => r_type(1, rs2, rs1, funct3, rd),
        4 | 5 => match funct3 {
            1 => i_type(rng.u32(0..32), rs1, funct3, rd, 0x13),
            5 => i_type(rng.u32(0..32) | rng.u32(0..2) << 10, rs1, funct3, rd, 0x13),
            _ => i_type(rng.u32(0..4096), rs1, funct3, rd, 0x13),
        },
        6 => rng.u32(..) & 0xffff_f000 | rd << 7 | 0x37,
        _ => rng.u32(..) & 0xffff_f000 | rd << 7 | 0x17,
    }
}

/// A load or store near the data's address; one in some is misaligned.
pub fn memory_access(rng: &mut Rng, misaligned: bool) -> u32 {
    let funct3 = *rng.choice(&[0, 1, 2, 4, 5]).unwrap();
    let mut offset = rng.u32(0..4096);
    if !misaligned {
        offset &= !((1 << (funct3 & 3)) - 1);
    }
    if rng.bool() {
        i_type(offset, DATA, funct3, register(rng), 0x03)
    } else {
        let rs2 = source(rng);
        offset >> 5 << 25 | rs2 << 20 | DATA << 15 | (funct3 & 3) << 12 | (offset & 31) << 7 | 0x23
    }
}

/// A branch or jump over one to four instructions.
pub fn jump_ahead(rng: &mut Rng) -> u32 {
    let offset = 4 * rng.u32(2..6);
    if rng.u32(0..4) == 0 {
        (offset >> 1) << 21 | register(rng) << 7 | 0x6f
    } else {
        let funct3 = *rng.choice(&[0, 1, 4, 5, 6, 7]).unwrap();
        source(rng) << 20 | source(rng) << 15 | funct3 << 12 | (offset >> 1) << 8 | 0x63
    }
}

/// A value that is likely to be at the edge of something.
pub fn operand(rng: &mut Rng) -> i32 {
    match rng.u32(0..4) {
        0 => *rng.choice(&[0, 1, -1, 2, i32::MIN, i32::MAX]).unwrap(),
        1 => rng.i32(-16..16),
        _ => rng.i32(..),
    }
}

pub fn register(rng: &mut Rng) -> u32 {
    rng.u32(0..=WRITTEN)
}

/// Often one of a few registers, so that instructions depend on those before them.
pub fn source(rng: &mut Rng) -> u32 {
    if rng.bool() {
        rng.u32(0..6)
    } else {
        register(rng)
    }
}

fn r_type(funct7: u32, rs2: u32, rs1: u32, funct3: u32, rd: u32) -> u32 {
    funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | 0x33
}

pub fn i_type(imm: u32, rs1: u32, funct3: u32, rd: u32, opcode: u32) -> u32 {
    imm << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode
}
