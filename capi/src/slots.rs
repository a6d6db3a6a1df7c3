//! Slots: made, taken, listed, dropped.

use std::{
    cell::UnsafeCell,
    ffi::c_char,
    thread::{self, ThreadId},
};

use lightsss_runtime::slots::{Checkpoint, Replay, Slots};

use crate::{
    abi::{
        LIGHTSSS_NO_CYCLE, lightsss_figures, lightsss_options, lightsss_slot,
        lightsss_status::{self, *},
        lightsss_where,
    },
    error::{Fault, guard},
    options::default_options,
    supervisor,
    text::{array, required},
};

/// The slots of a run. They belong to the thread that made them, which is the one that forks.
#[allow(non_camel_case_types, reason = "the name that C sees")]
pub struct lightsss {
    thread: ThreadId,
    inner: UnsafeCell<Option<Inner>>,
}

pub(crate) struct Inner {
    pub(crate) slots: Slots,
    /// Set in a replay.
    pub(crate) replay: Option<Replay>,
    /// The original has published a cycle, so that a crash has an end cycle.
    pub(crate) tells_cycles: bool,
    /// The cycle of callers that pass none.
    checkpoints: u64,
}

/// Makes slots for this process, which becomes the original. `options` may be null, for the defaults. After
/// `lightsss_supervise` the supervisor knows of them.
///
/// # Safety
///
/// `options` is null or valid. `slots` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_new(
    options: *const lightsss_options,
    slots: *mut *mut lightsss,
) -> lightsss_status {
    guard(|| {
        if slots.is_null() {
            return Err(Fault::null("slots"));
        }
        // SAFETY: it is null or valid, as the caller says.
        let options = unsafe { options.as_ref() };
        let options = options
            .copied()
            .unwrap_or_else(default_options)
            .to_runtime()?;
        let made = match supervisor::slots(options) {
            Ok(made) => made,
            Err(options) => Slots::new(options)?,
        };
        let made = lightsss {
            thread: thread::current().id(),
            inner: UnsafeCell::new(Some(Inner {
                slots: made,
                replay: None,
                tells_cycles: false,
                checkpoints: 0,
            })),
        };
        // SAFETY: it may be written, as the caller says.
        unsafe { slots.write(Box::into_raw(Box::new(made))) }
        Ok(())
    })
}

/// Drops the slots. Does nothing if `slots` is null, or in a replay.
///
/// # Safety
///
/// `slots` is null, or came from `lightsss_new` and was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_delete(slots: *mut lightsss) -> lightsss_status {
    guard(|| {
        if slots.is_null() {
            return Ok(());
        }
        // Refused where it is in use, or another thread's.
        // SAFETY: it came from `lightsss_new` and was not deleted, as the caller says.
        unsafe { with(slots, |_| Ok(()))? }
        // SAFETY: as above. Nobody uses it, or `with` would have refused.
        drop(unsafe { Box::from_raw(slots) });
        Ok(())
    })
}

/// Puts the slots back, after a panic too.
struct Taken<'a>(&'a UnsafeCell<Option<Inner>>, Option<Inner>);
impl Drop for Taken<'_> {
    fn drop(&mut self) {
        // SAFETY: only this thread comes here (checked above), and no reference into the cell is held:
        // `with` takes the value out and keeps it in `self`.
        unsafe { *self.0.get() = self.1.take() }
    }
}

/// Calls with the slots behind a pointer of C. They are taken out meanwhile: a hook that calls back finds
/// none, and is refused.
///
/// # Safety
///
/// `slots` is null, or came from `lightsss_new` and was not deleted.
pub(crate) unsafe fn with<T>(
    slots: *mut lightsss,
    call: impl FnOnce(&mut Inner) -> Result<T, Fault>,
) -> Result<T, Fault> {
    if slots.is_null() {
        return Err(Fault::null("slots"));
    }
    // SAFETY: it is live, as the caller says; a shared reference alone is made of it.
    let slots = unsafe { &*slots };
    if slots.thread != thread::current().id() {
        return Err(Fault::new(
            LIGHTSSS_WRONG_THREAD,
            "the slots belong to the thread that made them, and this is another",
        ));
    }
    // SAFETY: as in `Taken::drop`.
    let taken = unsafe { (*slots.inner.get()).take() };
    let mut taken = Taken(&slots.inner, taken);
    if let Some(inner) = taken.1.as_mut() {
        return call(inner);
    }
    // What an outer call holds is not to be overwritten.
    std::mem::forget(taken);
    Err(Fault::new(
        LIGHTSSS_IN_HOOK,
        "the slots are in use: a fork hook must not use them",
    ))
}

impl Inner {
    fn cycle_of(&mut self, cycle: u64) -> u64 {
        if cycle == LIGHTSSS_NO_CYCLE {
            self.checkpoints += 1;
            self.checkpoints
        } else {
            self.tells_cycles = true;
            cycle
        }
    }

    fn came_to(&mut self, checkpoint: Checkpoint) -> lightsss_where {
        match checkpoint {
            Checkpoint::Original => lightsss_where::LIGHTSSS_ORIGINAL,
            Checkpoint::Passed => lightsss_where::LIGHTSSS_PASSED,
            Checkpoint::Replay(replay) => {
                self.replay = Some(replay);
                lightsss_where::LIGHTSSS_REPLAY
            }
        }
    }
}

/// # Safety
///
/// As for [`lightsss_checkpoint`].
unsafe fn checkpoint(
    slots: *mut lightsss,
    cycle: u64,
    found: *mut lightsss_where,
    take: impl FnOnce(&mut Slots, u64) -> Result<Checkpoint, Fault>,
) -> lightsss_status {
    guard(|| {
        if found.is_null() {
            return Err(Fault::null("found"));
        }
        // SAFETY: as the caller says.
        let came_to = unsafe {
            with(slots, |inner| {
                let cycle = inner.cycle_of(cycle);
                let checkpoint = take(&mut inner.slots, cycle)?;
                Ok(inner.came_to(checkpoint))
            })?
        };
        // SAFETY: it may be written, as the caller says.
        unsafe { found.write(came_to) }
        Ok(())
    })
}

/// Takes a slot now. Returns in the original, and again in each replay of the slot: `found` says where.
/// `cycle` may be `LIGHTSSS_NO_CYCLE`. In a replay it does nothing.
///
/// # Safety
///
/// `slots` came from `lightsss_new` and was not deleted. `found` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_checkpoint(
    slots: *mut lightsss,
    cycle: u64,
    found: *mut lightsss_where,
) -> lightsss_status {
    // SAFETY: as the caller says.
    unsafe {
        checkpoint(slots, cycle, found, |slots, cycle| {
            Ok(slots.checkpoint(cycle)?)
        })
    }
}

/// Takes a slot if the options say that one is due. Otherwise as `lightsss_checkpoint`. A slot that
/// cannot be taken is no error here: `lightsss_figures_get` counts it.
///
/// # Safety
///
/// As for `lightsss_checkpoint`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_offer(
    slots: *mut lightsss,
    cycle: u64,
    found: *mut lightsss_where,
) -> lightsss_status {
    // SAFETY: as the caller says.
    unsafe { checkpoint(slots, cycle, found, |slots, cycle| Ok(slots.offer(cycle))) }
}

/// Takes a slot that stays until it is unpinned, or another is pinned under its name. Otherwise as
/// `lightsss_checkpoint`.
///
/// # Safety
///
/// As for `lightsss_checkpoint`; `name` is null or a C string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_pin(
    slots: *mut lightsss,
    cycle: u64,
    name: *const c_char,
    found: *mut lightsss_where,
) -> lightsss_status {
    // SAFETY: as the caller says.
    unsafe {
        checkpoint(slots, cycle, found, |slots, cycle| {
            Ok(slots.pin(cycle, required(name, "name")?)?)
        })
    }
}

/// Lets a pinned slot go.
///
/// # Safety
///
/// `slots` came from `lightsss_new` and was not deleted; `name` is null or a C string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_unpin(
    slots: *mut lightsss,
    name: *const c_char,
) -> lightsss_status {
    guard(|| {
        // SAFETY: as the caller says.
        let name = unsafe { required(name, "name")? };
        // SAFETY: as the caller says.
        let found = unsafe { with(slots, |inner| Ok(inner.slots.unpin(name)))? };
        if found {
            Ok(())
        } else {
            let message = format!("no slot is pinned as {name:?}");
            Err(Fault::new(LIGHTSSS_NO_SLOT, message))
        }
    })
}

/// Drops all slots, pinned ones too. Does nothing in a replay.
///
/// # Safety
///
/// `slots` came from `lightsss_new` and was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_clear(slots: *mut lightsss) -> lightsss_status {
    // SAFETY: as the caller says.
    guard(|| unsafe {
        with(slots, |inner| {
            inner.slots.clear();
            Ok(())
        })
    })
}

/// The number of slots; 0 if the call is refused.
///
/// # Safety
///
/// `slots` is null, or came from `lightsss_new` and was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_count(slots: *mut lightsss) -> usize {
    let mut count = 0;
    // SAFETY: as the caller says.
    guard(|| unsafe {
        count = with(slots, |inner| Ok(inner.slots.list().len()))?;
        Ok(())
    });
    count
}

/// Describes the slot at `index`, 0 being the oldest.
///
/// # Safety
///
/// `slots` came from `lightsss_new` and was not deleted. `slot` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_slot_at(
    slots: *mut lightsss,
    index: usize,
    slot: *mut lightsss_slot,
) -> lightsss_status {
    guard(|| {
        if slot.is_null() {
            return Err(Fault::null("slot"));
        }
        // SAFETY: as the caller says.
        let list = unsafe { with(slots, |inner| Ok(inner.slots.list()))? };
        let found = list.get(index).ok_or_else(|| {
            let message = format!("no slot {index}: there are {}", list.len());
            Fault::new(LIGHTSSS_NO_SLOT, message)
        })?;
        let found = lightsss_slot {
            cycle: found.cycle,
            pid: found.pid,
            bytes: found.unshared.unwrap_or(0),
            name: array(found.name.as_deref().unwrap_or("")),
        };
        // SAFETY: it may be written, as the caller says.
        unsafe { slot.write(found) }
        Ok(())
    })
}

/// Reports what the slots have cost so far.
///
/// # Safety
///
/// `slots` came from `lightsss_new` and was not deleted. `figures` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_figures_get(
    slots: *mut lightsss,
    figures: *mut lightsss_figures,
) -> lightsss_status {
    guard(|| {
        if figures.is_null() {
            return Err(Fault::null("figures"));
        }
        // SAFETY: as the caller says.
        let stats = unsafe {
            with(slots, |inner| {
                inner.slots.measure();
                Ok(inner.slots.stats())
            })?
        };
        let found = lightsss_figures {
            taken: stats.taken,
            missed: stats.missed,
            pause_median_us: stats.pause_median_us,
            pause_p99_us: stats.pause_p99_us,
            pause_max_us: stats.pause_max_us,
            share: stats.share,
            bytes: stats.extra_bytes,
        };
        // SAFETY: it may be written, as the caller says.
        unsafe { figures.write(found) }
        Ok(())
    })
}
