//! A woken slot writes itself to a file.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::save::{SaveOptions, save};
use crate::process::causes::with_causes;
use crate::process::files;
use crate::process::panics;
use crate::savable::Savable;
use crate::slots::{Reason, Replay};

impl Replay {
    /// The file that this slot is to be written to; none unless it was woken for
    /// [`Reason::Save`].
    #[must_use]
    pub fn save_path(&self) -> Option<&Path> {
        (self.reason == Reason::Save).then(|| Path::new(&self.label))
    }

    /// Answers [`Reason::Save`]: writes the harness to the file that the waker named, tells the
    /// waker what came of it, and ends this process. The slot stays.
    ///
    /// Files marked `reopen` are saved with their offsets of the checkpoint. A `BufWriter` writes out
    /// what it held then, where it stood then; one that is open to append must have been flushed.
    ///
    /// ```no_run
    /// # use lightsss_runtime::{durable::SaveOptions, slots::*, Savable};
    /// # fn step<H: Savable>(slots: &mut Slots, harness: &H, cycle: u64) {
    /// if let Checkpoint::Replay(woken) = slots.offer(cycle) {
    ///     if woken.reason == Reason::Save {
    ///         woken.save(harness, &SaveOptions::new().cycle(cycle));
    ///     }
    ///     // Open the waveform, and run on.
    /// }
    /// # }
    /// # fn fail(slots: &mut Slots, cycle: u64) -> Result<(), SlotSaveError> {
    /// let saved = slots.save(&Choice::Oldest, &SaveOrder::new("failing.lsss", cycle))?;
    /// println!("{} holds cycle {}", saved.path.display(), saved.cycle);
    /// # Ok(())
    /// # }
    /// ```
    pub fn save<T: Savable + ?Sized>(self, value: &T, options: &SaveOptions) -> ! {
        files::give_back(&self.kept);
        let saved = match self.save_path() {
            None => Err("this replay was not woken to save anything".to_owned()),
            Some(path) => match catch_unwind(AssertUnwindSafe(|| save(path, value, options))) {
                Ok(Ok(report)) => Ok(report),
                Ok(Err(error)) => Err(with_causes(&error)),
                Err(payload) => {
                    panics::discard(payload);
                    Err("the harness panicked while it was saved".to_owned())
                }
            },
        };
        self.finish_save(saved)
    }
}
