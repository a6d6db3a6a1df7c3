//! A row of the table of what a fork shares: something before the checkpoint, what the original does
//! after it, and what a replay finds.

use lightsss_runtime::slots::{
    Checkpoint, Choice, Replay, ReplayOrder, ReplayOutcome, SlotOptions, Slots, When, isolated,
};

/// Slots that are only taken by hand.
///
/// # Panics
/// If they cannot be made.
#[must_use]
pub fn slots() -> Slots {
    let mut options = SlotOptions::default();
    options.when = When::OnDemand;
    Slots::new(options).unwrap()
}

/// Takes a slot; a replay answers with what `found` says. The original does `after`, and wakes the slot
/// twice: a replay must not change what the next one finds. Gives what they found, which must be the same.
///
/// # Panics
/// If a replay fails, or finds something else.
pub fn replayed(found: impl FnOnce(&Replay) -> String, after: impl FnOnce()) -> String {
    let mut slots = slots();
    if let Checkpoint::Replay(replay) = slots.checkpoint(1).unwrap() {
        let text = found(&replay);
        replay.note(&text);
        replay.finish(&ReplayOutcome::Done);
    }
    after();
    let [first, second] = [(); 2].map(|()| {
        let mut order = ReplayOrder::new(5);
        order.deadline = std::time::Duration::from_secs(20);
        let report = slots.wake(&Choice::Oldest, &order).unwrap();
        assert_eq!(report.outcome, ReplayOutcome::Done, "{}", report.note);
        report.note
    });
    assert_eq!(first, second, "a second replay finds the same");
    first
}

/// A row in a process and a folder of its own.
///
/// # Panics
/// If the row fails.
pub fn row(body: impl FnOnce()) {
    isolated(|| {
        let folder = tempfile::tempdir().unwrap();
        std::env::set_current_dir(folder.path()).unwrap();
        body();
    });
}
