//! Options: C structures into the runtime's.

use std::{ffi::c_char, ptr, time::Duration};

use lightsss_runtime::slots::{Choice, Keep, Reason, ReplayOrder, ReplayOutput, SlotOptions, When};

use crate::{
    abi::{
        lightsss_choice::*, lightsss_keep::*, lightsss_options, lightsss_order, lightsss_output::*,
        lightsss_reason::*, lightsss_supervisor_options, lightsss_when::*,
    },
    error::Fault,
    text::{optional, required},
};

/// Ten years: the runtime takes finite deadlines.
const NO_DEADLINE: Duration = Duration::from_hours(24 * 3650);

pub(crate) fn default_options() -> lightsss_options {
    let options = SlotOptions::default();
    lightsss_options {
        when: LIGHTSSS_WHEN_ADAPTIVE as u32,
        keep: LIGHTSSS_KEEP_NEWEST as u32,
        slots: options.keep.limit() as u32,
        places: options.places as u32,
        seconds: 1.0,
        cycles: 1_000_000,
        memory_budget: 0,
        memory_reserve: options.memory.reserve,
    }
}

pub(crate) fn default_order(end_cycle: u64) -> lightsss_order {
    let order = ReplayOrder::new(end_cycle);
    lightsss_order {
        end_cycle,
        margin: order.margin,
        reason: LIGHTSSS_REASON_FAILURE as u32,
        choice: LIGHTSSS_OLDEST as u32,
        choice_cycle: 0,
        choice_name: ptr::null(),
        message: ptr::null(),
        label: ptr::null(),
        output: LIGHTSSS_OUTPUT_INHERIT as u32,
        output_text: ptr::null(),
        deadline: order.deadline.as_secs_f64(),
    }
}

/// Fills options with the defaults. Does nothing if `options` is null.
///
/// # Safety
///
/// `options` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_options_init(options: *mut lightsss_options) {
    if !options.is_null() {
        // SAFETY: it may be written, as the caller says.
        unsafe { options.write(default_options()) }
    }
}

/// Fills an order with the defaults. Does nothing if `order` is null.
///
/// # Safety
///
/// `order` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_order_init(order: *mut lightsss_order, end_cycle: u64) {
    if !order.is_null() {
        // SAFETY: it may be written, as the caller says.
        unsafe { order.write(default_order(end_cycle)) }
    }
}

/// Fills a supervisor's options with the defaults. Does nothing if `options` is null.
///
/// # Safety
///
/// `options` is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_supervisor_options_init(
    options: *mut lightsss_supervisor_options,
) {
    if !options.is_null() {
        let defaults = lightsss_supervisor_options {
            order: default_order(0),
            show_on_interrupt: false,
            places: default_options().places,
            report: None,
            user: ptr::null_mut(),
        };
        // SAFETY: it may be written, as the caller says.
        unsafe { options.write(defaults) }
    }
}

impl lightsss_options {
    pub(crate) fn to_runtime(self) -> Result<SlotOptions, Fault> {
        const ADAPTIVE: u32 = LIGHTSSS_WHEN_ADAPTIVE as u32;
        const SECONDS: u32 = LIGHTSSS_WHEN_SECONDS as u32;
        const CYCLES: u32 = LIGHTSSS_WHEN_CYCLES as u32;
        const ON_DEMAND: u32 = LIGHTSSS_WHEN_ON_DEMAND as u32;
        const NEWEST: u32 = LIGHTSSS_KEEP_NEWEST as u32;
        const SPACED: u32 = LIGHTSSS_KEEP_SPACED as u32;
        let mut options = SlotOptions::default();
        options.when = match self.when {
            ADAPTIVE => When::default(),
            SECONDS => When::Interval(seconds(self.seconds, "seconds")?),
            CYCLES if self.cycles == 0 => {
                return Err(Fault::argument(
                    "`cycles` is 0; a slot is taken every 1 or more",
                ));
            }
            CYCLES => When::Cycles(self.cycles),
            ON_DEMAND => When::OnDemand,
            other => return Err(unknown("when", other, "lightsss_when")),
        };
        let slots = self.slots as usize;
        if slots == 0 {
            return Err(Fault::argument("`slots` is 0; a run keeps 1 or more"));
        }
        options.keep = match self.keep {
            NEWEST => Keep::Newest(slots),
            SPACED => Keep::Spaced(slots),
            other => return Err(unknown("keep", other, "lightsss_keep")),
        };
        options.places = self.places as usize;
        options.memory.budget = (self.memory_budget > 0).then_some(self.memory_budget);
        options.memory.reserve = self.memory_reserve;
        Ok(options)
    }
}

impl lightsss_order {
    /// # Safety
    ///
    /// Each pointer is null, or that of a C string that lives during the call.
    pub(crate) unsafe fn to_runtime(self) -> Result<(Choice, ReplayOrder), Fault> {
        // SAFETY: as the caller says.
        let text = |pointer: *const c_char, name| unsafe { optional(pointer, name) };
        let owned = |pointer, name| Ok::<_, Fault>(text(pointer, name)?.unwrap_or("").to_owned());
        let mut order = ReplayOrder::new(self.end_cycle);
        order.margin = self.margin;
        order.reason = self.reason()?;
        order.message = owned(self.message, "message")?;
        order.label = owned(self.label, "label")?;
        // SAFETY: as the caller says.
        order.output = unsafe { self.output()? };
        order.deadline = if self.deadline == 0.0 {
            NO_DEADLINE
        } else {
            seconds(self.deadline, "deadline")?.min(NO_DEADLINE)
        };
        // SAFETY: as the caller says.
        Ok((unsafe { self.choice()? }, order))
    }

    fn reason(self) -> Result<Reason, Fault> {
        const FAILURE: u32 = LIGHTSSS_REASON_FAILURE as u32;
        const INTERRUPT: u32 = LIGHTSSS_REASON_INTERRUPT as u32;
        const REQUEST: u32 = LIGHTSSS_REASON_REQUEST as u32;
        const CRASH: u32 = LIGHTSSS_REASON_CRASH as u32;
        Ok(match self.reason {
            FAILURE => Reason::Failure,
            INTERRUPT => Reason::Interrupt,
            REQUEST => Reason::Request,
            CRASH => {
                return Err(Fault::argument(
                    "`reason` is LIGHTSSS_REASON_CRASH, which only the supervisor gives",
                ));
            }
            other => return Err(unknown("reason", other, "lightsss_reason")),
        })
    }

    /// # Safety
    ///
    /// As for [`lightsss_order::to_runtime`].
    unsafe fn choice(self) -> Result<Choice, Fault> {
        const OLDEST: u32 = LIGHTSSS_OLDEST as u32;
        const YOUNGEST: u32 = LIGHTSSS_YOUNGEST_BEFORE_END as u32;
        const NEAREST: u32 = LIGHTSSS_NEAREST_BEFORE as u32;
        const NAMED: u32 = LIGHTSSS_NAMED as u32;
        Ok(match self.choice {
            OLDEST => Choice::Oldest,
            YOUNGEST => Choice::YoungestBeforeEnd(self.choice_cycle),
            NEAREST => Choice::NearestBefore(self.choice_cycle),
            NAMED => {
                // SAFETY: as the caller says.
                let name = unsafe { required(self.choice_name, "choice_name")? };
                Choice::Named(name.to_owned())
            }
            other => return Err(unknown("choice", other, "lightsss_choice")),
        })
    }

    /// # Safety
    ///
    /// As for [`lightsss_order::to_runtime`].
    unsafe fn output(self) -> Result<ReplayOutput, Fault> {
        const INHERIT: u32 = LIGHTSSS_OUTPUT_INHERIT as u32;
        const PREFIX: u32 = LIGHTSSS_OUTPUT_PREFIX as u32;
        const FILE: u32 = LIGHTSSS_OUTPUT_FILE as u32;
        const DISCARD: u32 = LIGHTSSS_OUTPUT_DISCARD as u32;
        // SAFETY: as the caller says.
        let text = || unsafe { required(self.output_text, "output_text") };
        Ok(match self.output {
            INHERIT => ReplayOutput::Inherit,
            PREFIX => ReplayOutput::Prefix(text()?.to_owned()),
            FILE => ReplayOutput::File(text()?.into()),
            DISCARD => ReplayOutput::Discard,
            other => return Err(unknown("output", other, "lightsss_output")),
        })
    }
}

fn unknown(field: &str, found: u32, kind: &str) -> Fault {
    Fault::argument(format!("`{field}` is {found}, which is no `{kind}`"))
}

fn seconds(value: f64, name: &str) -> Result<Duration, Fault> {
    Duration::try_from_secs_f64(value)
        .ok()
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| Fault::argument(format!("`{name}` is {value}; it is a number above 0")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut lightsss_options)) -> String {
        let mut options = default_options();
        change(&mut options);
        options.to_runtime().unwrap_err().message
    }

    #[test]
    fn what_is_out_of_range_is_named() {
        assert!(default_options().to_runtime().is_ok());
        assert_eq!(
            refused(|it| it.when = 9),
            "`when` is 9, which is no `lightsss_when`"
        );
        assert_eq!(
            refused(|it| it.keep = 2),
            "`keep` is 2, which is no `lightsss_keep`"
        );
        assert_eq!(
            refused(|it| it.slots = 0),
            "`slots` is 0; a run keeps 1 or more"
        );
        let nan = refused(|it| (it.when, it.seconds) = (1, f64::NAN));
        assert_eq!(nan, "`seconds` is NaN; it is a number above 0");
        let none = refused(|it| (it.when, it.cycles) = (2, 0));
        assert_eq!(none, "`cycles` is 0; a slot is taken every 1 or more");
    }

    #[test]
    fn an_order_says_which_of_its_texts_is_missing() {
        let mut order = default_order(7);
        // SAFETY: its pointers are null.
        assert!(unsafe { order.to_runtime() }.is_ok());
        order.choice = LIGHTSSS_NAMED as u32;
        // SAFETY: its pointers are null.
        let fault = unsafe { order.to_runtime() }.unwrap_err();
        assert_eq!(fault.message, "`choice_name` is null");
    }
}
