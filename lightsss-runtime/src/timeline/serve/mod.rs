//! What a process does that was woken for questions: it is at the cycle of its slot, runs forward as it is asked, and
//! answers until nobody asks any more.

mod capture;
mod course;
mod names;
mod sampler;
mod scan;
mod set;
mod state;
mod wave;
mod wires;

use std::os::unix::net::UnixStream;
use std::path::Path;

use self::course::{Course, Stopped};
pub(crate) use self::sampler::live_time;
use super::address::connect;
use super::error::QueryError;
use super::protocol::{Answer, Request, receive, send};
use crate::durable::{self, SaveOptions};
use crate::process::causes::with_causes;
use crate::process::sys;
use crate::simulation::Simulation;
use crate::slots::{Replay, ReplayOutcome, Slots};

/// In a slot that was woken for [`Reason::Query`](crate::slots::Reason::Query): answers the questions of the
/// [`Timeline`](super::Timeline) that woke it, and ends the process. The run driver calls it; a loop of your own does
/// where an offer gives such a replay.
///
/// ```no_run
/// use lightsss_runtime::slots::{Checkpoint, Reason, Slots};
/// use lightsss_runtime::{Simulation, timeline};
///
/// fn offer<S: Simulation>(harness: &mut S, slots: &mut Slots) {
///     let offered = slots.offer_with(harness.cycle(), &|| timeline::state_hash(harness));
///     match offered {
///         Checkpoint::Replay(replay) if replay.reason == Reason::Query => {
///             timeline::serve(harness, slots, replay)
///         }
///         Checkpoint::Replay(replay) => { /* trace, run to the failure, finish */ }
///         _ => {}
///     }
/// }
/// ```
pub fn serve<S: Simulation>(simulation: &mut S, slots: &mut Slots, order: Replay) -> ! {
    let Ok(mut asker) = connect_and_greet(&order.asker, order.from_cycle) else {
        // Nobody asks any more.
        order.finish(&ReplayOutcome::Done)
    };
    let mut course = Course::new(simulation, slots, order);
    loop {
        let Ok((request, _)) = receive::<Request>(&mut asker) else {
            course.finish();
        };
        let answered = match answer(&mut course, request) {
            Ok((answer, bytes)) => send(&mut asker, &answer, &bytes),
            Err(Stopped::Error(error)) => send(&mut asker, &Answer::Error(error), &[]),
            Err(Stopped::Diverged(diverged)) => {
                let (equal_at, differs_at) = (diverged.equal_at, diverged.differs_at);
                let (state, bytes) = diverged.state.unzip();
                let answer = Answer::Diverged {
                    equal_at,
                    differs_at,
                    state,
                };
                send(&mut asker, &answer, &bytes.unwrap_or_default())
            }
            // This is a slot that an earlier request left behind: its waker asks from here on.
            Err(Stopped::Woken(address)) => {
                connect_and_greet(&address, course.cycle()).map(|connected| asker = connected)
            }
        };
        if answered.is_err() {
            course.finish();
        }
    }
}

fn connect_and_greet(address: &str, cycle: u64) -> std::io::Result<UnixStream> {
    let (mut stream, token) = connect(address)?;
    send(&mut stream, &Answer::Hello { token, cycle }, &[])?;
    Ok(stream)
}

type Answered = Result<(Answer, Vec<u8>), Stopped>;

fn answer<S: Simulation>(course: &mut Course<'_, S>, request: Request) -> Answered {
    let plain = |answer: Answer| Ok((answer, Vec::new()));
    match request {
        Request::GoTo { cycle, leave_slots } => {
            let ended = course.go_to(cycle, leave_slots)?;
            plain(course.at(ended))
        }
        Request::RunOn { to } => {
            let ended = course.run_on(to)?;
            plain(course.at(ended))
        }
        Request::Read { names } => plain(Answer::Samples(scan::read(course, &names)?)),
        Request::Names { patterns, most } => {
            let (names, more) = names::list(course.simulation, &patterns, most)?;
            plain(Answer::Names { names, more })
        }
        Request::Scan {
            to,
            what,
            most,
            first,
            at_begin,
        } => {
            let found = scan::Found::new(course.cycle(), most, first, at_begin);
            plain(Answer::Hits(scan::scan(course, to, &what, found)?))
        }
        Request::Values { to, names, most } => {
            plain(Answer::Values(scan::values(course, to, &names, most)?))
        }
        Request::State => {
            let (parts, bytes) = state::of(course.simulation)?;
            Ok((Answer::State(parts), bytes))
        }
        Request::Save { path } => {
            let options = SaveOptions::new().cycle(course.cycle());
            let saved = course
                .own_files(|simulation| durable::save(Path::new(&path), simulation, &options));
            saved.map_err(|error| QueryError::failed(with_causes(&error)))?;
            plain(Answer::Done)
        }
        Request::Set { name, value } => {
            course.leave_the_run();
            set::set(course.simulation, &name, &value)?;
            plain(Answer::Done)
        }
        Request::Wave { to, path } => {
            let ended = wave::trace(course, to, Path::new(&path))?;
            plain(course.at(ended))
        }
        Request::Output { to } => {
            let output = capture::output(course, to)?;
            Ok((Answer::Output, output))
        }
        Request::Printed { to } => plain(Answer::Printed(capture::printed(course, to)?)),
        Request::LeaveSlot => {
            course.leave_slot()?;
            plain(course.at(super::sample::Ended::Reached))
        }
        Request::Wake { cycle, asker } => {
            sys::flush_stdio();
            course.wake(cycle, asker)?;
            plain(Answer::Done)
        }
        Request::Wires { from, to, names } => {
            plain(Answer::Values(wires::values(course, from, to, &names)?))
        }
        Request::WireNames { patterns, most } => {
            let (names, more) = wires::names(course, &patterns, most)?;
            plain(Answer::Names { names, more })
        }
    }
}
