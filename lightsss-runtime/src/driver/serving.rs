//! The run as its server for viewers sees it.

use super::args::RunArgs;
use super::interrupts::Interrupts;
use super::server::{Moment, Server};
use crate::process::stderr::say;
use crate::simulation::{Simulation, state_hash};
use crate::slots::{Checkpoint, Replay, SlotWaker, Slots};
use crate::timeline::live_time;

/// The server of a run, if it is to have one.
///
/// # Errors
///
/// It cannot listen.
pub fn server(args: &RunArgs) -> Result<Option<Server>, String> {
    let serve = &args.serve;
    let address = serve.address.as_deref();
    address
        .map(|address| Server::new(address, serve.cycles, serve.paused))
        .transpose()
}

/// Looks after the client of a run that goes on, and waits while that has it paused. In a slot that was taken for it,
/// gives the order of its replay.
pub fn look<S: Simulation>(
    server: &mut Server,
    simulation: &S,
    slots: &mut Slots,
) -> Option<Replay> {
    let cycle = simulation.cycle();
    if slots.list().is_empty() {
        // Without one there is nothing to show, and a client may come at any moment.
        match slots.checkpoint_with(cycle, &|| state_hash::of(simulation)) {
            Ok(Checkpoint::Replay(order)) => return Some(order),
            Ok(_) => {}
            // The client is told why.
            Err(error) => tracing::debug!(cycle, %error, "the server has no slot"),
        }
    }
    let mut moment = Moment {
        cycle,
        waker: slots.waker(),
        failure: None,
        time: &|| live_time(simulation),
        interrupts: None,
        before_question: &mut || slots.state_at(cycle, state_hash::of(simulation)),
    };
    server.look_after(&mut moment);
    None
}

/// Serves a run that has ended, in the original or in the supervisor, until the user interrupts it; one that ended well,
/// until its client goes.
pub fn after(server: &mut Server, waker: SlotWaker, cycle: u64, failure: Option<&str>) {
    let interrupts = match Interrupts::take() {
        Ok(interrupts) => interrupts,
        Err(error) => {
            say(&format!("error: the run is not served any more: {error}\n"));
            return;
        }
    };
    let mut moment = Moment {
        cycle,
        waker,
        failure,
        time: &|| None,
        interrupts: Some(&interrupts),
        before_question: &mut || {},
    };
    server.serve_ended_run(&mut moment, &interrupts);
}
