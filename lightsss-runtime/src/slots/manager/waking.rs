//! The original wakes a slot and waits for its replay.

use super::Slots;
use crate::process::sys;
use crate::slots::{
    channel::Waiter,
    error::{SlotSaveError, WakeError},
    order::{ReplayOrder, ReplayReport},
    policy::choose::Choice,
    save::{SaveOrder, SavedSlot},
    wake::{self, Ticket},
};

impl Slots {
    /// Wakes a slot and waits for its replay to end. The slot stays, and can be woken again.
    pub fn wake(
        &mut self,
        choice: &Choice,
        order: &ReplayOrder,
    ) -> Result<ReplayReport, WakeError> {
        let ticket = self.start(choice, order)?;
        self.wait(ticket)
    }

    /// Wakes a slot and does not wait: for replays side by side.
    pub fn start(&mut self, choice: &Choice, order: &ReplayOrder) -> Result<Ticket, WakeError> {
        self.order(choice, order, None)
    }

    /// Gives a slot its order. With `save_path` it saves itself there.
    fn order(
        &mut self,
        choice: &Choice,
        order: &ReplayOrder,
        save_path: Option<&str>,
    ) -> Result<Ticket, WakeError> {
        if self.replaying.is_some() {
            return Err(WakeError::InReplay);
        }
        self.forget_dead();
        let slots = self.list();
        let Some(at) = choice.choose(&slots, order.end_cycle) else {
            let held = match slots.len() {
                0 => "none is held".to_owned(),
                count => {
                    let cycles: Vec<String> =
                        slots.iter().map(|slot| slot.cycle.to_string()).collect();
                    format!("{count} are held, of cycles {}", cycles.join(", "))
                }
            };
            return Err(WakeError::NoSlot {
                choice: choice.to_string(),
                held,
            });
        };
        sys::flush_stdio();
        let place = self.held[at].place;
        self.channel.record.places[place].hold();
        let ticket = wake::order(&self.channel, place, order, save_path, Waiter::Original);
        if ticket.is_err() {
            self.channel.record.places[place].release();
        }
        ticket
    }

    /// Has a slot save itself to a durable file, without running on, and waits until it has.
    /// The slot stays, and can be woken.
    ///
    /// In the slot, [`checkpoint`](Self::checkpoint) or [`offer`](Self::offer) return a replay with
    /// [`Reason::Save`](crate::slots::Reason::Save), which the harness answers with
    /// [`Replay::save`](crate::slots::Replay::save).
    pub fn save(&mut self, choice: &Choice, order: &SaveOrder) -> Result<SavedSlot, SlotSaveError> {
        let (order, path) = order.encode()?;
        let ticket = self.order(choice, &order, Some(&path))?;
        let replay = self.wait(ticket)?;
        SavedSlot::from_replay(path, replay)
    }

    /// Waits for a replay that [`start`](Self::start) began.
    pub fn wait(&mut self, ticket: Ticket) -> Result<ReplayReport, WakeError> {
        let place = ticket.place;
        let report = wake::wait(&self.channel, ticket, Waiter::Original);
        self.channel.record.places[place].release();
        if let Err(WakeError::SlotDied { .. } | WakeError::Unresponsive { .. }) = report {
            self.forget_dead();
        }
        report
    }
}
