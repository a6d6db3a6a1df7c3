//! Machine-mode control and status registers.

use lightsss_runtime::Savable;

use super::Trap;

/// Addresses, from the privileged specification.
mod address {
    pub const MSTATUS: u32 = 0x300;
    pub const MISA: u32 = 0x301;
    pub const MIE: u32 = 0x304;
    pub const MTVEC: u32 = 0x305;
    pub const MSTATUSH: u32 = 0x310;
    pub const MSCRATCH: u32 = 0x340;
    pub const MEPC: u32 = 0x341;
    pub const MCAUSE: u32 = 0x342;
    pub const MTVAL: u32 = 0x343;
    pub const MIP: u32 = 0x344;
    pub const MCYCLE: u32 = 0xb00;
    pub const MINSTRET: u32 = 0xb02;
    pub const MCYCLEH: u32 = 0xb80;
    pub const MINSTRETH: u32 = 0xb82;
    pub const MVENDORID: u32 = 0xf11;
    pub const MHARTID: u32 = 0xf14;
}

/// RV32 with I and M.
const MISA_RV32IM: u32 = 1 << 30 | 1 << 12 | 1 << 8;

const MSTATUS_MIE: u32 = 1 << 3;
const MSTATUS_MPIE: u32 = 1 << 7;
/// Machine mode is the only one, so the previous mode always reads as 3.
const MSTATUS_MPP: u32 = 3 << 11;
/// The timer's bit in `mie` and `mip`.
const TIMER: u32 = 1 << 7;

/// What a read of a CSR gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    Value(u32),
    /// Depends on time: only the core knows.
    Observed,
}

/// The CSRs that hold state. `mip` and `mcycle` follow the core's time and are not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Savable)]
pub struct Csrs {
    /// `mstatus.MIE`: interrupts are enabled.
    pub mie: bool,
    /// `mstatus.MPIE`: they were, before the trap.
    pub mpie: bool,
    /// `mie.MTIE`: the timer's interrupt is enabled.
    pub mtie: bool,
    /// Address of the trap handler.
    pub mtvec: u32,
    /// For the trap handler's use.
    pub mscratch: u32,
    /// Address of the instruction that trapped.
    pub mepc: u32,
    /// Cause of the last trap.
    pub mcause: u32,
    /// Address or instruction that goes with the cause.
    pub mtval: u32,
    /// Instructions retired.
    pub minstret: u64,
}

impl Csrs {
    /// `None`: there is no such register.
    pub(super) fn read(&self, csr: u32) -> Option<Read> {
        Some(Read::Value(match csr {
            address::MSTATUS => {
                MSTATUS_MPP
                    | if self.mie { MSTATUS_MIE } else { 0 }
                    | if self.mpie { MSTATUS_MPIE } else { 0 }
            }
            address::MISA => MISA_RV32IM,
            address::MIE => u32::from(self.mtie) * TIMER,
            address::MTVEC => self.mtvec,
            address::MSCRATCH => self.mscratch,
            address::MEPC => self.mepc,
            address::MCAUSE => self.mcause,
            address::MTVAL => self.mtval,
            address::MINSTRET => self.minstret as u32,
            address::MINSTRETH => (self.minstret >> 32) as u32,
            address::MSTATUSH | address::MVENDORID..=address::MHARTID => 0,
            address::MIP | address::MCYCLE | address::MCYCLEH => return Some(Read::Observed),
            _ => return None,
        }))
    }

    /// Writes what can be written; says whether this was `minstret`.
    pub(super) fn write(&mut self, csr: u32, value: u32) -> bool {
        match csr {
            address::MSTATUS => {
                self.mie = value & MSTATUS_MIE != 0;
                self.mpie = value & MSTATUS_MPIE != 0;
            }
            address::MIE => self.mtie = value & TIMER != 0,
            address::MTVEC => self.mtvec = value & !3,
            address::MSCRATCH => self.mscratch = value,
            address::MEPC => self.mepc = value & !3,
            address::MCAUSE => self.mcause = value,
            address::MTVAL => self.mtval = value,
            address::MINSTRET => {
                self.minstret = self.minstret & !0xffff_ffff | u64::from(value);
                return true;
            }
            address::MINSTRETH => {
                self.minstret = self.minstret & 0xffff_ffff | u64::from(value) << 32;
                return true;
            }
            _ => {}
        }
        false
    }

    /// Counts an instruction, unless it wrote the counter.
    pub(super) fn count_retired(&mut self, wrote_minstret: bool) {
        if !wrote_minstret {
            self.minstret = self.minstret.wrapping_add(1);
        }
    }

    /// Notes the trap and returns where its handler begins.
    pub(super) fn enter_trap(&mut self, pc: u32, trap: Trap) -> u32 {
        self.mpie = self.mie;
        self.mie = false;
        self.mepc = pc & !3;
        self.mcause = trap.cause;
        self.mtval = trap.value;
        self.mtvec
    }

    /// `mret`: returns where to go on.
    pub(super) fn leave_trap(&mut self) -> u32 {
        self.mie = self.mpie;
        self.mpie = true;
        self.mepc
    }
}
