//! Noting where the original crashes, for the supervisor to report.
//!
//! The handlers only store to shared memory, which is safe at any moment, and then let happen what
//! would have happened without them.

use std::{
    ffi::c_int,
    mem::MaybeUninit,
    sync::atomic::{
        AtomicPtr,
        Ordering::{Acquire, Relaxed, Release},
    },
};

use nix::{errno::Errno, unistd::getpid};

use super::{
    record::{REGISTERS, Record, STACK_COPY, StackCopy},
    unwind::STACK_POINTER,
};

const SIGNALS: [c_int; 6] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGABRT,
    libc::SIGTRAP,
];

/// The record that the handlers write to; null when there is none. It points into a mapping that
/// is never unmapped (`install` keeps the channel alive for ever).
static RECORD: AtomicPtr<Record> = AtomicPtr::new(std::ptr::null_mut());

/// What each signal of [`SIGNALS`] did before.
static PREVIOUS: [AtomicPtr<libc::sigaction>; 6] =
    [const { AtomicPtr::new(std::ptr::null_mut()) }; 6];

/// Installs the handlers and the panic hook in the original.
pub(crate) fn install(record: &'static Record) {
    RECORD.store(std::ptr::from_ref(record).cast_mut(), Release);
    ensure_signal_stack();
    for (signal, previous) in SIGNALS.iter().zip(&PREVIOUS) {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        let mut before = Box::new(MaybeUninit::<libc::sigaction>::zeroed());
        // SAFETY: all zeros is a valid `sigaction`; the fields set make it one with a handler of
        // the three-argument form, which `SA_SIGINFO` announces. Both pointers are valid.
        let installed = unsafe {
            let fields = action.assume_init_mut();
            fields.sa_sigaction = handler as *const () as usize;
            fields.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER;
            libc::sigaction(*signal, action.as_ptr(), before.as_mut_ptr())
        };
        if installed == 0 {
            // Kept for ever: a signal may come at any time.
            let before = Box::leak(before).as_mut_ptr();
            previous.store(before, Release);
        }
    }
    let ours = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if is_original(record) {
            let kept = &record.crash.panic;
            // A panic that meets a function which must not unwind panics once more, about that.
            let again = panic
                .location()
                .is_some_and(|place| place.file().ends_with("core/src/panicking.rs"));
            if !again || kept.get().is_empty() {
                kept.set(&panic.to_string());
            }
        }
        ours(panic);
    }));
}

/// Whether this process was forked from a supervisor.
pub(crate) fn is_installed() -> bool {
    !RECORD.load(Acquire).is_null()
}

fn is_original(record: &Record) -> bool {
    record.original.load(Relaxed) == getpid().as_raw()
}

/// A stack overflow leaves no room for a handler but on a stack of its own. Rust gives its main thread one,
/// which has room for one handler: a second signal may come while that of the first one runs.
fn ensure_signal_stack() {
    const SIZE: usize = 128 * 1024;
    let mut stack = MaybeUninit::<libc::stack_t>::zeroed();
    // SAFETY: a null first argument only asks; the second is valid for writing.
    let missing = unsafe {
        libc::sigaltstack(std::ptr::null(), stack.as_mut_ptr()) == 0
            && (stack.assume_init_ref().ss_flags & libc::SS_DISABLE != 0
                || stack.assume_init_ref().ss_size < SIZE)
    };
    if missing {
        let memory: &'static mut [u8] = Box::leak(vec![0; SIZE].into_boxed_slice());
        let stack = libc::stack_t {
            ss_sp: memory.as_mut_ptr().cast(),
            ss_flags: 0,
            ss_size: SIZE,
        };
        // SAFETY: the memory is valid for `SIZE` bytes for ever and nobody else uses it.
        unsafe { libc::sigaltstack(&raw const stack, std::ptr::null_mut()) };
    }
}

extern "C" fn handler(signal: c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    let errno = Errno::last_raw();
    // SAFETY: the pointer is null or was made from a `&'static Record` in `install`.
    let record = unsafe { RECORD.load(Acquire).as_ref() };
    // SAFETY: the kernel passes a valid `siginfo_t` to a handler installed with `SA_SIGINFO`.
    let (code, address) = unsafe { ((*info).si_code, (*info).si_addr() as u64) };
    if let Some(record) = record.filter(|record| is_original(record)) {
        let site = &record.crash;
        // Who aborts because of a fault, as Rust does on a stack overflow, is not where it was.
        let is_known = code <= 0 && site.signal.load(Relaxed) != 0;
        if !is_known {
            site.code.store(code, Relaxed);
            site.address.store(address, Relaxed);
            // SAFETY: the kernel passes a valid `ucontext_t` to a handler installed with `SA_SIGINFO`.
            let machine = unsafe { Machine::of(&*context.cast::<libc::ucontext_t>()) };
            site.pc.store(machine.pc, Relaxed);
            if code <= 0 {
                // Who calls `abort` is not where the program counter is.
                machine.copy_stack(&site.stack);
            }
            site.signal.store(signal, Release);
        }
    }
    let at = SIGNALS.iter().position(|known| *known == signal);
    let previous = at.map_or(std::ptr::null_mut(), |at| PREVIOUS[at].load(Acquire));
    // SAFETY: `previous` is null or what `sigaction` filled in, kept for ever; a null new action
    // leaves all as it is, so the default is set explicitly then. `raise` is safe in a handler.
    unsafe {
        if previous.is_null() {
            libc::signal(signal, libc::SIG_DFL);
        } else {
            libc::sigaction(signal, previous, std::ptr::null_mut());
        }
        // A fault happens again on return, and meets what was there before us. What somebody sent
        // does not.
        if code <= 0 {
            libc::raise(signal);
            // Rust's own handler takes it for a fault, and leaves the end to the next one.
            if is_default(signal) {
                libc::raise(signal);
            }
        }
    }
    Errno::set_raw(errno);
}

fn is_default(signal: c_int) -> bool {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a null new action only asks, which may be done in a handler; all zeros is an action.
    unsafe {
        libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) == 0
            && action.assume_init().sa_sigaction == libc::SIG_DFL
    }
}

/// The registers of an interrupted function.
struct Machine {
    pc: u64,
    /// By DWARF's numbers.
    registers: [u64; REGISTERS],
}

impl Machine {
    #[cfg(target_arch = "x86_64")]
    fn of(context: &libc::ucontext_t) -> Self {
        use libc::{
            REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RAX, REG_RBP,
            REG_RBX, REG_RCX, REG_RDI, REG_RDX, REG_RIP, REG_RSI, REG_RSP,
        };
        const ORDER: [c_int; 16] = [
            REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP, REG_R8, REG_R9,
            REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
        ];
        let saved = |at: c_int| context.uc_mcontext.gregs[at as usize].cast_unsigned();
        let mut registers = [0; REGISTERS];
        for (register, at) in registers.iter_mut().zip(ORDER) {
            *register = saved(at);
        }
        Self {
            pc: saved(REG_RIP),
            registers,
        }
    }

    #[cfg(target_arch = "aarch64")]
    fn of(context: &libc::ucontext_t) -> Self {
        let machine = &context.uc_mcontext;
        let mut registers = [0; REGISTERS];
        registers[..machine.regs.len()].copy_from_slice(&machine.regs);
        registers[STACK_POINTER] = machine.sp;
        Self {
            pc: machine.pc,
            registers,
        }
    }

    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    fn of(_: &libc::ucontext_t) -> Self {
        Self {
            pc: 0,
            registers: [0; REGISTERS],
        }
    }

    /// Copies what the functions under way have on the stack. The kernel reads it, and stops where
    /// nothing is mapped; on a system that forbids that, nothing is copied.
    fn copy_stack(&self, copy: &StackCopy) {
        const PAGE: usize = 4096;
        let from = self.registers[STACK_POINTER];
        // One piece for each page: a piece is copied as a whole or not at all.
        let first = PAGE - from as usize % PAGE;
        let mut pieces = [libc::iovec {
            iov_base: std::ptr::null_mut(),
            iov_len: 0,
        }; STACK_COPY / PAGE];
        let mut length = 0;
        for (at, piece) in pieces.iter_mut().enumerate() {
            piece.iov_base = (from as usize + length) as *mut libc::c_void;
            piece.iov_len = if at == 0 { first } else { PAGE };
            length += piece.iov_len;
        }
        let to = libc::iovec {
            iov_base: copy.bytes.as_ptr().cast_mut().cast(),
            iov_len: length,
        };
        // SAFETY: a system call, which may be made in a handler. It writes at most `STACK_COPY` bytes
        // to `copy.bytes`, which has that many; those are atomics, so that a shared reference allows
        // it. What it reads is no reference of ours, and is checked by the kernel.
        let copied = unsafe {
            libc::process_vm_readv(
                libc::getpid(),
                &raw const to,
                1,
                pieces.as_ptr(),
                pieces.len() as libc::c_ulong,
                0,
            )
        };
        for (to, from) in copy.registers.iter().zip(self.registers) {
            to.store(from, Relaxed);
        }
        copy.pc.store(self.pc, Relaxed);
        copy.length
            .store(u32::try_from(copied).unwrap_or(0), Release);
    }
}
