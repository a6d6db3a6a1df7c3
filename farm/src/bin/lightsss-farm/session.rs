//! A run's name, and the signals that end it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::failure::Failure;
use lightsss_farm::FileError;

/// A name that no other run has.
pub(crate) fn session() -> String {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    format!("{:x}-{:06x}", since.as_secs(), fastrand::u32(..1 << 24))
}

/// Sets `stop` on Ctrl-C and SIGTERM; a second one ends the process at once.
pub(crate) fn stop_on_signals(stop: &Arc<AtomicBool>) -> Result<(), Failure> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    for signal in [SIGINT, SIGTERM] {
        let set = signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(stop))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(stop)));
        set.map_err(FileError::of("wait for signals in", "this process"))?;
    }
    Ok(())
}
