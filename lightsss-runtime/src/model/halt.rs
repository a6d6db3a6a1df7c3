//! What stops a model.

use std::ffi::{CStr, c_char};
use std::fmt;

use super::ffi;

/// Why a model stopped, in ascending severity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum HaltKind {
    /// `$finish`.
    Finish,
    /// `$stop`.
    Stop,
    /// `$error`, or an assertion that failed.
    Error,
    /// `$fatal`. Early versions of Verilator (5.006) write it as `$error`, which it then is.
    Fatal,
    /// Verilator's runtime gave up, for example on a design that does not converge. The model
    /// cannot be evaluated again.
    Runtime,
}

impl HaltKind {
    /// From the numbers of `LightsssHaltKind` in the shim's header.
    fn from_raw(kind: u32) -> Self {
        match kind {
            1 => Self::Finish,
            2 => Self::Stop,
            3 => Self::Error,
            4 => Self::Fatal,
            _ => Self::Runtime,
        }
    }
}

impl fmt::Display for HaltKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Finish => "$finish",
            Self::Stop => "$stop",
            Self::Error => "$error",
            Self::Fatal => "$fatal",
            Self::Runtime => "runtime error",
        })
    }
}

/// A model stopped: `$finish`, `$stop`, `$error`, `$fatal`, a failed assertion, or an error that
/// Verilator's runtime raised. Of several in one evaluation, the first of the most severe ones.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Halt {
    /// Why.
    pub kind: HaltKind,
    /// What the design or the runtime said.
    pub message: String,
    /// The Verilog file, empty where none is known.
    pub file: String,
    /// The line in `file`, from 1.
    pub line: u32,
    /// The scope, for example `top.core.alu`; empty where none is known.
    pub hierarchy: String,
    /// The context's time, in units of its time precision.
    pub time: u64,
}

impl Halt {
    /// A runtime error without a place.
    #[must_use]
    pub fn runtime(message: impl Into<String>) -> Self {
        Self {
            kind: HaltKind::Runtime,
            message: message.into(),
            file: String::new(),
            line: 0,
            hierarchy: String::new(),
            time: 0,
        }
    }

    /// Whether the design ended as it meant to.
    #[must_use]
    pub fn is_finish(&self) -> bool {
        self.kind == HaltKind::Finish
    }

    /// Copies a halt out of a context.
    ///
    /// # Safety
    /// The three texts are null or end in a zero byte.
    pub(crate) unsafe fn from_raw(raw: &ffi::RawHalt) -> Self {
        let text = |pointer: *const c_char| {
            if pointer.is_null() {
                return String::new();
            }
            // SAFETY: not null, and by this function's contract it ends in a zero byte.
            let text = unsafe { CStr::from_ptr(pointer) };
            text.to_string_lossy().into_owned()
        };
        Self {
            kind: HaltKind::from_raw(raw.kind),
            message: text(raw.message),
            file: text(raw.file),
            line: raw.line,
            hierarchy: text(raw.hierarchy),
            time: raw.time,
        }
    }
}

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if !self.file.is_empty() {
            write!(f, " at {}:{}", self.file, self.line)?;
        }
        if !self.hierarchy.is_empty() {
            write!(f, " in {}", self.hierarchy)?;
        }
        write!(f, " at time {}", self.time)?;
        if self.message != self.kind.to_string() {
            write!(f, ": {}", self.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Halt {}
