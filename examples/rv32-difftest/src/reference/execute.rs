//! What each instruction does.

use super::csr::Read;
use super::{Reference, Store, Trap};

/// What an instruction that did not trap changed.
pub(super) struct Done {
    pub next_pc: u32,
    pub rd: Option<(u8, u32)>,
    pub store: Option<Store>,
    pub writes_minstret: bool,
}

const EBREAK: u32 = 0x0010_0073;
const ECALL: u32 = 0x0000_0073;
const MRET: u32 = 0x3020_0073;
const WFI: u32 = 0x1050_0073;

impl Reference {
    /// Executes `insn` at `self.pc`. Registers and `pc` are left for the caller to change; memory
    /// and CSRs change here, and only if there is no trap.
    pub(super) fn execute(&mut self, insn: u32, observed: u32) -> Result<Done, Trap> {
        let illegal = Trap {
            cause: Trap::ILLEGAL,
            value: insn,
        };
        let rd = (insn >> 7 & 31) as u8;
        let funct3 = insn >> 12 & 7;
        let funct7 = insn >> 25;
        let rs1 = self.x[(insn >> 15 & 31) as usize];
        let rs2 = self.x[(insn >> 20 & 31) as usize];
        let pc = self.pc;

        let mut done = Done {
            next_pc: pc.wrapping_add(4),
            rd: None,
            store: None,
            writes_minstret: false,
        };

        let result = match insn & 0x7f {
            // lui, auipc
            0x37 => Some(insn & 0xffff_f000),
            0x17 => Some(pc.wrapping_add(insn & 0xffff_f000)),
            // jal, jalr
            0x6f => {
                done.next_pc = jump_target(pc.wrapping_add(imm_j(insn)))?;
                Some(pc.wrapping_add(4))
            }
            0x67 if funct3 == 0 => {
                done.next_pc = jump_target(rs1.wrapping_add(imm_i(insn)) & !1)?;
                Some(pc.wrapping_add(4))
            }
            // beq, bne, blt, bge, bltu, bgeu
            0x63 => {
                let equal_or_less = match funct3 >> 1 {
                    0 => rs1 == rs2,
                    2 => rs1.cast_signed() < rs2.cast_signed(),
                    3 => rs1 < rs2,
                    _ => return Err(illegal),
                };
                if equal_or_less != (funct3 & 1 == 1) {
                    done.next_pc = jump_target(pc.wrapping_add(imm_b(insn)))?;
                }
                None
            }
            // lb, lh, lw, lbu, lhu
            0x03 => {
                if matches!(funct3, 3 | 6 | 7) {
                    return Err(illegal);
                }
                let address = rs1.wrapping_add(imm_i(insn));
                let word = self.memory.load(address, 1 << (funct3 & 3))?;
                Some(word.map_or(observed, |word| extend(funct3, word >> (8 * (address % 4)))))
            }
            // sb, sh, sw
            0x23 => {
                if funct3 > 2 {
                    return Err(illegal);
                }
                let address = rs1.wrapping_add(imm_s(insn));
                done.store = Some(self.memory.store(address, 1 << funct3, rs2)?);
                None
            }
            0x13 => Some(alu_immediate(insn, rs1).ok_or(illegal)?),
            0x33 => Some(
                match funct7 {
                    0x00 | 0x20 => alu(funct3, funct7 == 0x20, rs1, rs2),
                    0x01 => Some(muldiv(funct3, rs1, rs2)),
                    _ => None,
                }
                .ok_or(illegal)?,
            ),
            // fence, fence.i: memory is in order, and there is no cache
            0x0f if funct3 <= 1 => None,
            0x73 if funct3 & 3 != 0 => {
                let (value, writes_minstret) = self.csr_access(insn, rs1).ok_or(illegal)?;
                done.writes_minstret = writes_minstret;
                Some(match value {
                    Read::Value(value) => value,
                    Read::Observed => observed,
                })
            }
            0x73 => {
                match insn {
                    ECALL => {
                        return Err(Trap {
                            cause: Trap::ECALL,
                            value: 0,
                        });
                    }
                    EBREAK => {
                        return Err(Trap {
                            cause: Trap::BREAKPOINT,
                            value: 0,
                        });
                    }
                    MRET => done.next_pc = self.csrs.leave_trap(),
                    WFI => {}
                    _ => return Err(illegal),
                }
                None
            }
            _ => return Err(illegal),
        };
        done.rd = result.filter(|_| rd != 0).map(|value| (rd, value));
        Ok(done)
    }

    /// csrrw, csrrs, csrrc and their immediate forms: the old value, and whether `minstret` was
    /// written. `None`: illegal.
    fn csr_access(&mut self, insn: u32, rs1: u32) -> Option<(Read, bool)> {
        let csr = insn >> 20;
        let field = insn >> 15 & 31;
        let operand = if insn >> 14 & 1 == 1 { field } else { rs1 };
        let read = self.csrs.read(csr)?;
        // The new value of a register that follows time is not kept, so any will do.
        let old = if let Read::Value(old) = read { old } else { 0 };
        let new = match insn >> 12 & 3 {
            1 => operand,
            _ if field == 0 => return Some((read, false)),
            2 => old | operand,
            _ => old & !operand,
        };
        let read_only = csr >> 10 == 3;
        if read_only {
            None
        } else {
            Some((read, self.csrs.write(csr, new)))
        }
    }
}

fn jump_target(target: u32) -> Result<u32, Trap> {
    if target.is_multiple_of(4) {
        Ok(target)
    } else {
        Err(Trap {
            cause: Trap::FETCH_MISALIGNED,
            value: target,
        })
    }
}

fn extend(funct3: u32, value: u32) -> u32 {
    match funct3 {
        0 => i32::from(value as i8).cast_unsigned(),
        1 => i32::from(value as i16).cast_unsigned(),
        4 => value & 0xff,
        5 => value & 0xffff,
        _ => value,
    }
}

fn alu_immediate(insn: u32, rs1: u32) -> Option<u32> {
    let funct3 = insn >> 12 & 7;
    match (funct3, insn >> 25) {
        (1, 0) => alu(1, false, rs1, insn >> 20 & 31),
        (5, funct7 @ (0 | 0x20)) => alu(5, funct7 == 0x20, rs1, insn >> 20 & 31),
        (1 | 5, _) => None,
        _ => alu(funct3, false, rs1, imm_i(insn)),
    }
}

/// `alternate`: sub for add, sra for srl.
fn alu(funct3: u32, alternate: bool, a: u32, b: u32) -> Option<u32> {
    Some(match (funct3, alternate) {
        (0, false) => a.wrapping_add(b),
        (0, true) => a.wrapping_sub(b),
        (1, false) => a << (b & 31),
        (2, false) => u32::from(a.cast_signed() < b.cast_signed()),
        (3, false) => u32::from(a < b),
        (4, false) => a ^ b,
        (5, false) => a >> (b & 31),
        (5, true) => (a.cast_signed() >> (b & 31)).cast_unsigned(),
        (6, false) => a | b,
        (7, false) => a & b,
        _ => return None,
    })
}

fn muldiv(funct3: u32, a: u32, b: u32) -> u32 {
    let (sa, sb) = (a.cast_signed(), b.cast_signed());
    let high = |product: i64| (product >> 32) as u32;
    match funct3 {
        0 => a.wrapping_mul(b),
        1 => high(i64::from(sa) * i64::from(sb)),
        2 => high(i64::from(sa) * i64::from(b)),
        3 => ((u64::from(a) * u64::from(b)) >> 32) as u32,
        // Division by zero gives all ones and the dividend; overflow the dividend and zero.
        4 if b == 0 => u32::MAX,
        4 => sa.wrapping_div(sb).cast_unsigned(),
        5 => a.checked_div(b).unwrap_or(u32::MAX),
        6 if b == 0 => a,
        6 => sa.wrapping_rem(sb).cast_unsigned(),
        _ => a.checked_rem(b).unwrap_or(a),
    }
}

fn imm_i(insn: u32) -> u32 {
    (insn.cast_signed() >> 20).cast_unsigned()
}

fn imm_s(insn: u32) -> u32 {
    (insn.cast_signed() >> 25 << 5).cast_unsigned() | insn >> 7 & 0x1f
}

fn imm_b(insn: u32) -> u32 {
    (insn.cast_signed() >> 31 << 12).cast_unsigned()
        | (insn >> 7 & 1) << 11
        | (insn >> 25 & 0x3f) << 5
        | (insn >> 8 & 0xf) << 1
}

fn imm_j(insn: u32) -> u32 {
    (insn.cast_signed() >> 31 << 20).cast_unsigned()
        | (insn >> 12 & 0xff) << 12
        | (insn >> 20 & 1) << 11
        | (insn >> 21 & 0x3ff) << 1
}
