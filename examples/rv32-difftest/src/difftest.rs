//! The comparison: what the core retired against what the reference model does next.

use std::fmt::{self, Display, Formatter};

use rrs_lib::instruction_string_outputter::InstructionStringOutputter;
use rrs_lib::process_instruction;

use crate::reference::{InterruptDisabled, Reference, Retired, Store, Trap};

/// The core and the reference model disagree about an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("pc {pc:#010x}, {}: {difference}", Disassembled { pc: *pc, insn: *insn })]
pub struct Mismatch {
    /// Where the core was.
    pub pc: u32,
    /// What it retired there.
    pub insn: u32,
    /// The first thing that differs.
    pub difference: Difference,
}

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each has the same two fields")]
pub enum Difference {
    /// Another instruction was next.
    #[error("expected pc {expected:#010x}, found {found:#010x}")]
    Pc { expected: u32, found: u32 },
    /// Another instruction is in memory.
    #[error("expected the instruction {expected:#010x}, found {found:#010x}")]
    Instruction { expected: u32, found: u32 },
    /// One trapped, the other did not, or for another reason.
    #[error("expected {}, found {}", Cause(*expected), Cause(*found))]
    Trap {
        expected: Option<u32>,
        found: Option<u32>,
    },
    /// Another register was written, or with another value.
    #[error("expected {}, found {}", Write(*expected), Write(*found))]
    Register {
        expected: Option<(u8, u32)>,
        found: Option<(u8, u32)>,
    },
    /// Another store was made.
    #[error("expected {}, found {}", Stored(*expected), Stored(*found))]
    Store {
        expected: Option<Store>,
        found: Option<Store>,
    },
    /// An interrupt was taken that could not be.
    #[error(transparent)]
    Interrupt(InterruptDisabled),
}

/// Lets the reference do what the core has `found` to do, and compares.
pub fn check(reference: &mut Reference, found: &Retired) -> Result<(), Mismatch> {
    let at = |difference| Mismatch {
        pc: found.pc,
        insn: found.insn,
        difference,
    };
    if found.trap == Some(Trap::TIMER_INTERRUPT) {
        let expected = reference
            .interrupt()
            .map_err(|error| at(Difference::Interrupt(error)))?;
        // The instruction that was interrupted has not been executed: it does not count.
        return compare(&expected, &Retired { insn: 0, ..*found }).map_err(at);
    }
    let observed = found.rd.map_or(0, |(_, value)| value);
    compare(&reference.step(observed), found).map_err(at)
}

fn compare(expected: &Retired, found: &Retired) -> Result<(), Difference> {
    if expected.pc != found.pc {
        return Err(Difference::Pc {
            expected: expected.pc,
            found: found.pc,
        });
    }
    if expected.trap != found.trap {
        return Err(Difference::Trap {
            expected: expected.trap,
            found: found.trap,
        });
    }
    if expected.insn != found.insn && expected.trap != Some(Trap::FETCH_ACCESS) {
        return Err(Difference::Instruction {
            expected: expected.insn,
            found: found.insn,
        });
    }
    if expected.rd != found.rd {
        return Err(Difference::Register {
            expected: expected.rd,
            found: found.rd,
        });
    }
    if expected.store != found.store {
        return Err(Difference::Store {
            expected: expected.store,
            found: found.store,
        });
    }
    Ok(())
}

struct Disassembled {
    pc: u32,
    insn: u32,
}

impl Display for Disassembled {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut outputter = InstructionStringOutputter { insn_pc: self.pc };
        match process_instruction(&mut outputter, self.insn) {
            Some(text) => write!(f, "`{text}`"),
            None => write!(f, "instruction {:#010x}", self.insn),
        }
    }
}

struct Cause(Option<u32>);

impl Display for Cause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(cause) => write!(f, "a trap with mcause {cause:#x}"),
            None => f.write_str("no trap"),
        }
    }
}

struct Write(Option<(u8, u32)>);

impl Display for Write {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some((register, value)) => write!(f, "x{register} = {value:#010x}"),
            None => f.write_str("no register written"),
        }
    }
}

struct Stored(Option<Store>);

impl Display for Stored {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(Store {
                address,
                data,
                mask,
            }) => {
                write!(
                    f,
                    "{data:#010x} stored at {address:#010x}, bytes {mask:#06b}"
                )
            }
            None => f.write_str("no store"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory_map::RAM_BASE;

    const MUL: u32 = 0x0262_82b3;

    fn hart() -> Reference {
        let mut hart = Reference::new(&[MUL]).unwrap();
        (hart.x[5], hart.x[6]) = (6, 7);
        hart
    }

    fn retired(value: u32) -> Retired {
        Retired {
            pc: RAM_BASE,
            insn: MUL,
            trap: None,
            rd: Some((5, value)),
            store: None,
        }
    }

    #[test]
    fn agreement() {
        assert_eq!(check(&mut hart(), &retired(42)), Ok(()));
    }

    #[test]
    fn a_wrong_register_is_named() {
        let mismatch = check(&mut hart(), &retired(3)).unwrap_err();
        assert_eq!(
            mismatch.to_string(),
            "pc 0x80000000, `mul x5, x5, x6`: expected x5 = 0x0000002a, found x5 = 0x00000003"
        );
    }

    #[test]
    fn each_difference_is_found() {
        let found = retired(42);
        let store = Store {
            address: RAM_BASE,
            data: 1,
            mask: 0xf,
        };
        let wrong = [
            (
                Retired { pc: 0, ..found },
                "expected pc 0x80000000, found 0x00000000",
            ),
            (
                Retired {
                    insn: 0x13,
                    ..found
                },
                "expected the instruction 0x026282b3",
            ),
            (
                Retired {
                    trap: Some(2),
                    ..found
                },
                "expected no trap, found a trap with mcause 0x2",
            ),
            (
                Retired { rd: None, ..found },
                "expected x5 = 0x0000002a, found no register",
            ),
            (
                Retired {
                    store: Some(store),
                    ..found
                },
                "expected no store, found 0x00000001 stored",
            ),
            (
                Retired {
                    trap: Some(Trap::TIMER_INTERRUPT),
                    ..found
                },
                "mstatus.MIE is false",
            ),
        ];
        for (found, message) in wrong {
            let mismatch = check(&mut hart(), &found).unwrap_err().to_string();
            assert!(mismatch.contains(message), "{mismatch}");
        }
    }
}
