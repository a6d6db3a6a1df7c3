//! Who called whom, from registers and a piece of stack that a dying process left.
//!
//! It is done in the supervisor, by the call frame information that compilers write for exceptions.
//! The dying process itself only copies memory. An unwinder there may meet a lock that is held, or a
//! damaged stack, and then hang or crash in its turn. The supervisor is a fork of the same program with
//! the same files at the same addresses. It needs nothing of the process, which is gone by then. (It does
//! not know what was loaded later, by `dlopen`; there the walk ends.)

use std::{
    ffi::{CStr, c_int, c_void},
    ops::Range,
    sync::atomic::Ordering::{Acquire, Relaxed},
};

use gimli::{
    BaseAddresses, CfaRule, EhFrame, EhFrameHdr, EndianSlice, NativeEndian, Pointer, Register,
    RegisterRule, UnwindContext, UnwindSection,
};

use super::record::{REGISTERS, StackCopy};

/// The most calls that are followed.
const DEEPEST: usize = 64;
/// Of DWARF's numbers for registers, that of the stack pointer.
pub(crate) const STACK_POINTER: usize = if cfg!(target_arch = "aarch64") { 31 } else { 7 };

/// An address in a chain of calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Where the call returns to; for the innermost one, the program counter plus one. So the byte
    /// before it belongs to the instruction that is meant.
    pub(crate) return_address: u64,
    /// Name of the file that holds the code; empty for the program itself.
    pub(crate) file: String,
}

/// The chain of calls, innermost first, as far as it can be followed.
pub(crate) fn frames(copy: &StackCopy) -> Vec<Frame> {
    let objects = loaded();
    let mut walk = StackWalk::begin(copy);
    let mut frames = Vec::new();
    // The innermost address is not behind a call.
    let mut address = walk.pc;
    while frames.len() < DEEPEST {
        let Some(object) = objects.iter().find(|object| object.holds(address)) else {
            break;
        };
        frames.push(Frame {
            return_address: address + 1,
            file: object.file.clone(),
        });
        if walk.step(object, address).is_none() {
            break;
        }
        address = walk.pc.wrapping_sub(1);
    }
    frames
}

/// A file that the loader has mapped.
struct Object {
    file: String,
    segments: Vec<Range<u64>>,
    /// Address of the table of call frame information.
    table: Option<u64>,
}

impl Object {
    fn holds(&self, address: u64) -> bool {
        self.segment(address).is_some()
    }

    fn segment(&self, address: u64) -> Option<&Range<u64>> {
        self.segments
            .iter()
            .find(|segment| segment.contains(&address))
    }

    /// What is mapped from `address` to the end of its segment.
    fn bytes(&self, address: u64) -> Option<EndianSlice<'static, NativeEndian>> {
        let length = self.segment(address)?.end - address;
        // SAFETY: the range is part of a readable segment of a file that the loader has mapped into
        // this process, by `loaded`. It stays: this is the supervisor, which unloads nothing.
        // Segments of code and of constants are not written to.
        let bytes = unsafe { std::slice::from_raw_parts(address as *const u8, length as usize) };
        Some(EndianSlice::new(bytes, NativeEndian))
    }
}

fn loaded() -> Vec<Object> {
    unsafe extern "C" fn note(
        info: *mut libc::dl_phdr_info,
        _: usize,
        objects: *mut c_void,
    ) -> c_int {
        // SAFETY: the loader passes valid information, and the pointer that `loaded` gave it.
        let (info, objects) = unsafe { (&*info, &mut *objects.cast::<Vec<Object>>()) };
        let name = if info.dlpi_name.is_null() {
            c""
        } else {
            // SAFETY: a name that is there is a string that ends with a zero byte.
            unsafe { CStr::from_ptr(info.dlpi_name) }
        };
        let headers = if info.dlpi_phdr.is_null() {
            &[]
        } else {
            // SAFETY: so many headers are there for as long as the file is loaded.
            unsafe { std::slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum.into()) }
        };
        let address = |header: &libc::Elf64_Phdr| info.dlpi_addr.wrapping_add(header.p_vaddr);
        objects.push(Object {
            file: name.to_string_lossy().into_owned(),
            segments: headers
                .iter()
                .filter(|header| header.p_type == libc::PT_LOAD)
                // What is written to is neither code nor its tables.
                .filter(|header| header.p_flags & (libc::PF_R | libc::PF_W) == libc::PF_R)
                .map(|header| address(header)..address(header) + header.p_memsz)
                .collect(),
            table: headers
                .iter()
                .find(|header| header.p_type == libc::PT_GNU_EH_FRAME)
                .map(address),
        });
        0
    }
    let mut objects: Vec<Object> = Vec::new();
    // SAFETY: the callback takes the pointer for what it is, and it lives throughout the call.
    unsafe { libc::dl_iterate_phdr(Some(note), (&raw mut objects).cast()) };
    objects
}

/// A place in the chain of calls.
struct StackWalk<'a> {
    pc: u64,
    registers: [u64; REGISTERS],
    stack: &'a StackCopy,
    stack_start: u64,
    length: usize,
}

impl<'a> StackWalk<'a> {
    fn begin(stack: &'a StackCopy) -> Self {
        let registers = std::array::from_fn(|at| stack.registers[at].load(Relaxed));
        Self {
            pc: stack.pc.load(Relaxed),
            stack_start: registers[STACK_POINTER],
            registers,
            stack,
            length: stack.bytes.len().min(stack.length.load(Acquire) as usize),
        }
    }

    /// Goes to the caller of the function that holds `address`.
    fn step(&mut self, object: &Object, address: u64) -> Option<()> {
        let at = object.table?;
        let bases = BaseAddresses::default().set_eh_frame_hdr(at);
        let header = EhFrameHdr::from(object.bytes(at)?)
            .parse(&bases, size_of::<usize>() as u8)
            .ok()?;
        let Pointer::Direct(frames_at) = header.eh_frame_ptr() else {
            return None;
        };
        let bases = bases.set_eh_frame(frames_at);
        let section = EhFrame::from(object.bytes(frames_at)?);
        let entry = header
            .table()?
            .fde_for_address(&section, &bases, address, EhFrame::cie_from_offset)
            .ok()?;
        let mut context = UnwindContext::new();
        let row = entry
            .unwind_info_for_address(&section, &bases, &mut context, address)
            .ok()?;
        // Expressions are found in the frames of signal handlers and of jumps to other files: no
        // function that matters here is beyond those.
        let CfaRule::RegisterAndOffset { register, offset } = row.cfa() else {
            return None;
        };
        let frame_end = self.register(*register)?.wrapping_add_signed(*offset);
        let mut callers = self.registers;
        callers[STACK_POINTER] = frame_end;
        for (number, register) in callers.iter_mut().enumerate() {
            match row.register(Register(number as u16)) {
                None | Some(RegisterRule::SameValue | RegisterRule::Undefined) => {}
                Some(rule) => *register = self.apply(&rule, frame_end)?,
            }
        }
        let link = entry.cie().return_address_register();
        let return_address = match row.register(link) {
            // Only where calls leave it in a register: a function that calls nobody need not save it.
            None | Some(RegisterRule::SameValue) => self.register(link)?,
            Some(rule) => self.apply(&rule, frame_end)?,
        };
        // Inner frames end before outer ones; else this would go round in circles.
        let is_further = frame_end > self.registers[STACK_POINTER] || return_address != self.pc;
        self.registers = callers;
        self.pc = without_signature(return_address);
        (is_further && self.pc != 0).then_some(())
    }

    fn register(&self, register: Register) -> Option<u64> {
        self.registers.get(usize::from(register.0)).copied()
    }

    fn apply(&self, rule: &RegisterRule<usize>, frame_end: u64) -> Option<u64> {
        match rule {
            RegisterRule::Offset(offset) => self.word(frame_end.wrapping_add_signed(*offset)),
            RegisterRule::ValOffset(offset) => Some(frame_end.wrapping_add_signed(*offset)),
            RegisterRule::Register(register) => self.register(*register),
            RegisterRule::Constant(value) => Some(*value),
            _ => None,
        }
    }

    /// A word of the stack, as far as it was copied.
    fn word(&self, address: u64) -> Option<u64> {
        let from = usize::try_from(address.checked_sub(self.stack_start)?).ok()?;
        let bytes = self.stack.bytes[..self.length].get(from..from.checked_add(8)?)?;
        let word = std::array::from_fn(|at| bytes[at].load(Relaxed));
        Some(u64::from_ne_bytes(word))
    }
}

/// Return addresses may be signed where the processor can do that; addresses have 48 bits.
fn without_signature(address: u64) -> u64 {
    if cfg!(target_arch = "aarch64") {
        address & 0x0000_ffff_ffff_ffff
    } else {
        address
    }
}
