//! Errors as codes and messages.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

use lightsss_runtime::slots::{CheckpointError, SetupError, WakeError};

use crate::{
    abi::lightsss_status::{self, *},
    last_error::set_last_error,
};

/// The reason for which a call is refused.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) status: lightsss_status,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(status: lightsss_status, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }

    pub(crate) fn null(name: &str) -> Self {
        Self::new(LIGHTSSS_NULL_POINTER, format!("`{name}` is null"))
    }

    pub(crate) fn no_memory() -> Self {
        Self::new(LIGHTSSS_SYSTEM, "the system has no memory left")
    }

    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::new(LIGHTSSS_BAD_ARGUMENT, message)
    }
}

impl From<SetupError> for Fault {
    fn from(error: SetupError) -> Self {
        let status = match error {
            SetupError::System { .. } => LIGHTSSS_SYSTEM,
            SetupError::Places { .. } => LIGHTSSS_BAD_ARGUMENT,
            SetupError::Fork(_) => LIGHTSSS_FORK,
            SetupError::Threads { .. } => LIGHTSSS_THREADS,
        };
        Self::new(status, error.to_string())
    }
}

impl From<CheckpointError> for Fault {
    fn from(error: CheckpointError) -> Self {
        let status = match error {
            CheckpointError::Threads { .. } => LIGHTSSS_THREADS,
            CheckpointError::InHook => LIGHTSSS_IN_HOOK,
            CheckpointError::Fork(_) => LIGHTSSS_FORK,
            CheckpointError::Full { .. } => LIGHTSSS_FULL,
            CheckpointError::Memory { .. } => LIGHTSSS_MEMORY,
            CheckpointError::ForeignProcess { .. } => LIGHTSSS_FOREIGN_PROCESS,
        };
        let message = match &error {
            // In words of C++.
            CheckpointError::Threads { threads } => format!(
                "no slot is taken while other threads live: {}; end them before the fork, or release them in hooks. \
                 Verilator's: call `VerilatedContext::threads(1)` before the model is made, or for a model with threads \
                 `LightSSS::on_fork(model)`; others: `lightsss_hooks_register`",
                threads.join(", ")
            ),
            error => error.to_string(),
        };
        Self::new(status, message)
    }
}

impl From<WakeError> for Fault {
    fn from(error: WakeError) -> Self {
        let status = match error {
            WakeError::NoSlot { .. } => LIGHTSSS_NO_SLOT,
            WakeError::InReplay => LIGHTSSS_IN_REPLAY,
            WakeError::TooManyReplays => LIGHTSSS_FULL,
            WakeError::Fork { .. } => LIGHTSSS_FORK,
            WakeError::SlotDied { .. } | WakeError::Unresponsive { .. } => LIGHTSSS_SLOT_LOST,
        };
        Self::new(status, error.to_string())
    }
}

/// Runs the body of a function that C calls: an error or a panic becomes a status and a message.
pub(crate) fn guard(call: impl FnOnce() -> Result<(), Fault>) -> lightsss_status {
    let fault = match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(())) => return LIGHTSSS_OK,
        Ok(Err(fault)) => fault,
        Err(payload) => {
            let message = format!("a fault of lightsss: {}", text_of(&*payload));
            // The payload is the library's own text, and its drop does nothing else.
            drop(payload);
            Fault::new(LIGHTSSS_PANIC, message)
        }
    };
    set_last_error(&fault.message);
    fault.status
}

fn text_of(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a text")
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::*;
    use crate::last_error::lightsss_last_error;

    #[test]
    fn a_panic_is_a_status_and_a_message() {
        assert_eq!(guard(|| panic!("no {}", "way")), LIGHTSSS_PANIC);
        // SAFETY: a C string that lives until the next error of this thread.
        let text = unsafe { CStr::from_ptr(lightsss_last_error()) };
        assert_eq!(text.to_str().unwrap(), "a fault of lightsss: no way");
    }
}
