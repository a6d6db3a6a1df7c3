//! The supervisor: a crash wakes a slot.

use std::{cell::RefCell, ffi::CString};

use lightsss_runtime::slots::{
    Interrupt, SlotOptions, Slots, Supervised, SupervisorOptions, supervise,
};

use crate::{
    abi::{
        lightsss_status::{self, *},
        lightsss_supervisor_options,
    },
    error::{Fault, guard},
};

thread_local! {
    /// Of the thread that drives the model, which is the only one when the supervisor starts.
    static SUPERVISED: RefCell<Option<Supervised>> = const { RefCell::new(None) };
}

/// Slots that the supervisor knows of; the options come back where there is none.
pub(crate) fn slots(options: SlotOptions) -> Result<Slots, SlotOptions> {
    SUPERVISED.with_borrow(|supervised| match supervised {
        Some(supervised) => Ok(supervised.slots(options)),
        None => Err(options),
    })
}

/// Starts a supervisor. Call it first thing in `main`, before there are threads or slots. It returns in a child,
/// which is the simulation from here on. The caller becomes the supervisor, and ends as the simulation does. A
/// simulation that ends without `lightsss_finished` has crashed, and a slot is woken.
///
/// `options` may be null, for the defaults.
///
/// # Safety
///
/// `options` is null or valid, with C strings or null in it. `report` may be called with `user` in the
/// supervisor, and lets no C++ exception out.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_supervise(
    options: *const lightsss_supervisor_options,
) -> lightsss_status {
    guard(|| {
        if SUPERVISED.with_borrow(Option::is_some) {
            return Err(Fault::new(
                LIGHTSSS_SUPERVISED,
                "a supervisor was started already",
            ));
        }
        // SAFETY: it is null or valid, as the caller says.
        let options = match unsafe { options.as_ref() } {
            None => SupervisorOptions::default(),
            // SAFETY: as the caller says.
            Some(options) => unsafe { to_runtime(options)? },
        };
        SUPERVISED.set(Some(supervise(options)?));
        Ok(())
    })
}

/// # Safety
///
/// As for [`lightsss_supervise`].
unsafe fn to_runtime(options: &lightsss_supervisor_options) -> Result<SupervisorOptions, Fault> {
    let mut to = SupervisorOptions::default();
    // SAFETY: its texts are null or C strings, as the caller says.
    (to.choice, to.order) = unsafe { options.order.to_runtime()? };
    if options.show_on_interrupt {
        to.interrupt = Interrupt::Show;
    }
    to.places = options.places as usize;
    if let Some(report) = options.report {
        let user = options.user;
        to.report = Box::new(move |incident| {
            let text = CString::new(incident.to_string().replace('\0', " ")).unwrap_or_default();
            // SAFETY: the caller of `lightsss_supervise` lets us; the text lives during the call.
            unsafe { report(text.as_ptr(), user) }
        });
    }
    Ok(to)
}

/// Says that the simulation is done, well or not: from here on its end is no crash. Does nothing without a
/// supervisor.
#[unsafe(no_mangle)]
pub extern "C" fn lightsss_finished() -> lightsss_status {
    guard(|| {
        SUPERVISED.with_borrow(|supervised| {
            if let Some(supervised) = supervised {
                supervised.finished();
            }
        });
        Ok(())
    })
}
