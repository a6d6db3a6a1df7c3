//! Waking a slot, and what comes back.

use lightsss_runtime::slots::{ProcessEnd, ReplayOutcome, ReplayReport};

use crate::{
    abi::{lightsss_order, lightsss_outcome::*, lightsss_report, lightsss_status},
    error::{Fault, guard},
    slots::{lightsss, with},
    text::array,
};

/// Wakes a slot, and waits until its replay has ended, well or not. The slot stays, and can be woken again.
/// `report` may be null.
///
/// # Safety
///
/// `slots` came from `lightsss_new` and was not deleted. `order` is null or valid, with C strings or null
/// in it. `report` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_wake(
    slots: *mut lightsss,
    order: *const lightsss_order,
    report: *mut lightsss_report,
) -> lightsss_status {
    guard(|| {
        // SAFETY: it is null or valid, as the caller says.
        let order = unsafe { order.as_ref() }.ok_or_else(|| Fault::null("order"))?;
        // SAFETY: its texts are null or C strings, as the caller says.
        let (choice, order) = unsafe { order.to_runtime()? };
        // SAFETY: as the caller says.
        let found = unsafe { with(slots, |inner| Ok(inner.slots.wake(&choice, &order)?))? };
        if !report.is_null() {
            // SAFETY: it may be written, as the caller says.
            unsafe { report.write(described(&found)) }
        }
        Ok(())
    })
}

fn described(report: &ReplayReport) -> lightsss_report {
    let (outcome, status, text) = match &report.outcome {
        ReplayOutcome::SameFailure => (LIGHTSSS_SAME_FAILURE, 0, ""),
        ReplayOutcome::OtherFailure(text) => (LIGHTSSS_OTHER_FAILURE, 0, text.as_str()),
        ReplayOutcome::NoFailure => (LIGHTSSS_NO_FAILURE, 0, ""),
        ReplayOutcome::Crashed(ProcessEnd::Exited(status)) => (LIGHTSSS_EXITED, *status, ""),
        ReplayOutcome::Crashed(ProcessEnd::Signaled(signal)) => (LIGHTSSS_SIGNALED, *signal, ""),
        ReplayOutcome::TimedOut => (LIGHTSSS_TIMED_OUT, 0, ""),
        _ => (LIGHTSSS_DONE, 0, ""),
    };
    lightsss_report {
        outcome,
        status,
        from_cycle: report.from_cycle,
        end_cycle: report.end_cycle,
        reached_cycle: report.reached_cycle,
        wake_seconds: report.wake_latency.as_secs_f64(),
        seconds: report.duration.as_secs_f64(),
        note: array(&report.note),
        text: array(text),
    }
}
