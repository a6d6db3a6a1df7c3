//! The side of the replay: its order, and its answers.

use std::ffi::{c_char, c_void};

use lightsss_runtime::slots::{Reason, Replay, ReplayOutcome};

use crate::{
    abi::{
        LIGHTSSS_NO_CYCLE,
        lightsss_outcome::*,
        lightsss_reason, lightsss_replay_info,
        lightsss_status::{self, *},
    },
    error::{Fault, guard},
    slots::{Inner, lightsss, with},
    text::{array, optional, required},
};

/// Whether this process is a woken slot. False if the call is refused.
///
/// # Safety
///
/// `slots` is null, or came from `lightsss_new` and was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_is_replay(slots: *mut lightsss) -> bool {
    let mut found = false;
    // SAFETY: as the caller says.
    guard(|| unsafe {
        found = with(slots, |inner| Ok(inner.slots.is_replay()))?;
        Ok(())
    });
    found
}

fn not_a_replay() -> Fault {
    Fault::new(
        LIGHTSSS_NOT_A_REPLAY,
        "this process is the original; only a woken slot may ask this",
    )
}

/// Describes the order of this replay.
///
/// # Safety
///
/// `slots` came from `lightsss_new` and was not deleted. `info` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_replay(
    slots: *mut lightsss,
    info: *mut lightsss_replay_info,
) -> lightsss_status {
    guard(|| {
        if info.is_null() {
            return Err(Fault::null("info"));
        }
        // SAFETY: as the caller says.
        let found = unsafe { with(slots, |inner| described(inner))? };
        // SAFETY: it may be written, as the caller says.
        unsafe { info.write(found) }
        Ok(())
    })
}

fn described(inner: &Inner) -> Result<lightsss_replay_info, Fault> {
    let replay = inner.replay.as_ref().ok_or_else(not_a_replay)?;
    let reason = match replay.reason {
        Reason::Crash(_) => lightsss_reason::LIGHTSSS_REASON_CRASH,
        Reason::Interrupt => lightsss_reason::LIGHTSSS_REASON_INTERRUPT,
        Reason::Request => lightsss_reason::LIGHTSSS_REASON_REQUEST,
        _ => lightsss_reason::LIGHTSSS_REASON_FAILURE,
    };
    let by_supervisor = matches!(replay.reason, Reason::Crash(_) | Reason::Interrupt);
    let end_cycle = if by_supervisor && !inner.tells_cycles {
        LIGHTSSS_NO_CYCLE
    } else {
        replay.end_cycle
    };
    Ok(lightsss_replay_info {
        from_cycle: replay.from_cycle,
        end_cycle,
        margin: replay.margin,
        reason,
        message: array(&replay.message),
        label: array(&replay.label),
    })
}

/// Publishes the current cycle: of the original, for the end cycle of a crash; of a replay, for the
/// original, which waits for it.
///
/// # Safety
///
/// `slots` came from `lightsss_new` and was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_progress(slots: *mut lightsss, cycle: u64) -> lightsss_status {
    // SAFETY: as the caller says.
    guard(|| unsafe {
        with(slots, |inner| {
            inner.tells_cycles = true;
            match &inner.replay {
                Some(replay) => replay.progress(cycle),
                None => inner.slots.progress(cycle),
            }
            Ok(())
        })
    })
}

/// In a replay: whether its deadline has passed, so that it should end now. False elsewhere.
///
/// # Safety
///
/// `slots` is null, or came from `lightsss_new` and was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_should_stop(slots: *mut lightsss) -> bool {
    let mut stop = false;
    // SAFETY: as the caller says.
    guard(|| unsafe {
        stop = with(slots, |inner| {
            Ok(inner.replay.as_ref().is_some_and(Replay::should_stop))
        })?;
        Ok(())
    });
    stop
}

/// In a replay: leaves a text for the reader of its report, the path of a waveform, say.
///
/// # Safety
///
/// `slots` came from `lightsss_new` and was not deleted; `text` is null or a C string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_note(
    slots: *mut lightsss,
    text: *const c_char,
) -> lightsss_status {
    // SAFETY: as the caller says.
    guard(|| unsafe {
        let text = required(text, "text")?;
        with(slots, |inner| {
            let replay = inner.replay.as_ref().ok_or_else(not_a_replay)?;
            replay.note(text);
            Ok(())
        })
    })
}

/// In a replay: calls `open(user)`. The files that it opens belong to the replay, which writes to them; they are no
/// copies of files of the original. In the original it only calls.
///
/// # Safety
///
/// `slots` came from `lightsss_new` and was not deleted. `open` may be called with `user`, lets no C++
/// exception out, and does not use `slots`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_own_files(
    slots: *mut lightsss,
    open: Option<unsafe extern "C" fn(user: *mut c_void)>,
    user: *mut c_void,
) -> lightsss_status {
    // SAFETY: as the caller says.
    guard(|| unsafe {
        let open = open.ok_or_else(|| Fault::null("open"))?;
        with(slots, |inner| {
            match &inner.replay {
                Some(replay) => replay.own_files(|| open(user)),
                None => open(user),
            }
            Ok(())
        })
    })
}

/// Ends this replay and tells the original how it went. Returns only if the call is refused. No destructor
/// and no `atexit` function runs, since what they would release is the original's: close the waveform first.
/// `outcome` is one of the first four of `lightsss_outcome`; `text` may be null.
///
/// # Safety
///
/// `slots` came from `lightsss_new` and was not deleted; `text` is null or a C string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_replay_finish(
    slots: *mut lightsss,
    outcome: u32,
    text: *const c_char,
) -> lightsss_status {
    const SAME: u32 = LIGHTSSS_SAME_FAILURE as u32;
    const OTHER: u32 = LIGHTSSS_OTHER_FAILURE as u32;
    const NONE: u32 = LIGHTSSS_NO_FAILURE as u32;
    const DONE: u32 = LIGHTSSS_DONE as u32;
    guard(|| {
        // SAFETY: as the caller says.
        let text = unsafe { optional(text, "text")? };
        let outcome = match outcome {
            SAME => ReplayOutcome::SameFailure,
            OTHER => ReplayOutcome::OtherFailure(text.unwrap_or("").to_owned()),
            NONE => ReplayOutcome::NoFailure,
            DONE => ReplayOutcome::Done,
            other => {
                return Err(Fault::argument(format!(
                    "`outcome` is {other}; a replay tells one of the first four"
                )));
            }
        };
        // SAFETY: as the caller says.
        let replay = unsafe { with(slots, |inner| Ok(inner.replay.take()))? };
        replay.ok_or_else(not_a_replay)?.finish(&outcome)
    })
}
