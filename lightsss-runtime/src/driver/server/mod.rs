//! The server for viewers: a run's past, and its course, by the CXXRTL debug protocol. `docs/server.md` says what of it
//! there is.
//!
//! The server lives in the process that it tells of, and has no thread: it looks after its client between two stretches
//! of the run, and waits for it while the run is paused. A slot closes its copies of the sockets.

pub mod args;
mod clock;
mod connection;
mod items;
mod listen;
mod message;
mod past;
mod session;
mod time;
mod until;

use std::cell::RefCell;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::rc::Rc;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use self::connection::{Connection, Received};
use self::message::Refusal;
pub use self::session::{Moment, Status};
use self::session::{Session, Wish};
use self::until::Until;
use super::interrupts::Interrupts;
use crate::process::hooks::{self, ForkHooks, Registration};
use crate::process::stderr::say;

/// What a slot closes.
struct Sockets {
    listener: TcpListener,
    connection: Option<Connection>,
    /// A client that has come while another one was there, or seemed to be.
    next: Option<Connection>,
}

/// Closes the sockets in a slot: a client has to see that the run has ended when it has.
struct CloseInSlot(Rc<RefCell<Option<Sockets>>>);

impl ForkHooks for CloseInSlot {
    fn in_slot(&mut self) {
        *self.0.borrow_mut() = None;
    }
}

/// What a look at the client came to.
enum Seen {
    Message(Vec<u8>),
    Nothing,
    Gone,
}

/// Serves one client at a time.
pub struct Server {
    sockets: Rc<RefCell<Option<Sockets>>>,
    _closed_in_slots: Registration,
    session: Session,
    status: Status,
    until: Option<Until>,
    /// The client wants to hear of a failure as of a break.
    until_failure: bool,
}

impl Server {
    /// Listens at an address, and says so. `cycles` of the past are what a viewer sees.
    ///
    /// # Errors
    ///
    /// The address is none, or taken.
    pub fn new(address: &str, cycles: u64, paused: bool) -> Result<Self, String> {
        let listener = listen::at(address)?;
        say(&listen::invitation(&listener));
        let sockets = Rc::new(RefCell::new(Some(Sockets {
            listener,
            connection: None,
            next: None,
        })));
        Ok(Self {
            _closed_in_slots: hooks::register(Box::new(CloseInSlot(Rc::clone(&sockets)))),
            sockets,
            session: Session::new(cycles),
            status: if paused {
                Status::Paused
            } else {
                Status::Running
            },
            until: None,
            until_failure: false,
        })
    }

    /// The next cycle at which the server wants to look, if the client has named a time.
    pub fn next_stop(&self, cycle: u64) -> Option<u64> {
        self.until.as_ref().map(|until| until.next(cycle))
    }

    /// Looks after the client. As long as it has the run paused, this does not return.
    pub fn look_after(&mut self, moment: &mut Moment<'_>) {
        self.pause_if_due(moment);
        loop {
            match self.see() {
                Seen::Message(bytes) => self.answer(&bytes, moment),
                Seen::Gone => self.part(),
                Seen::Nothing if self.status == Status::Running => break,
                Seen::Nothing => self.wait(None),
            }
        }
    }

    /// After the end of the run: serves until the user interrupts it, or, if nothing has failed, until the client goes.
    pub fn serve_ended_run(&mut self, moment: &mut Moment<'_>, interrupts: &Interrupts) {
        if moment.failure.is_some() {
            say("the viewer can see how the run failed; Ctrl-C ends it\n");
        }
        let mut interrupted = interrupts.watch();
        let was_running = self.status != Status::Finished;
        self.status = Status::Finished;
        if was_running && self.has_client() {
            self.tell_end(moment);
        }
        while !interrupted() {
            match self.see() {
                Seen::Message(bytes) => self.answer(&bytes, moment),
                Seen::Gone => self.part(),
                Seen::Nothing if moment.failure.is_none() && !self.has_client() => break,
                Seen::Nothing => self.wait(Some(interrupts)),
            }
        }
        self.session.forget_past();
    }

    fn tell_end(&mut self, moment: &mut Moment<'_>) {
        let Ok(time) = self.session.latest(self.status, moment) else {
            return;
        };
        if self.until_failure && moment.failure.is_some() {
            self.send(&message::paused(time, "until_diagnostics"));
        } else {
            self.send(&message::finished(time));
        }
    }

    /// Pauses where the client wanted to.
    fn pause_if_due(&mut self, moment: &mut Moment<'_>) {
        let (Some(until), Status::Running) = (&mut self.until, self.status) else {
            return;
        };
        // The scale was found at an earlier cycle, and still holds.
        let Ok(now) = self.session.latest(Status::Running, moment) else {
            self.until = None;
            return;
        };
        if !until.is_reached(moment.cycle, now) {
            return;
        }
        self.until = None;
        self.status = Status::Paused;
        self.send(&message::paused(now, "until_time"));
    }

    fn answer(&mut self, bytes: &[u8], moment: &mut Moment<'_>) {
        let (answer, wish) = self.session.answer(bytes, self.status, moment);
        self.send(&answer);
        match wish {
            Wish::Pause if self.status == Status::Running => {
                self.until = None;
                self.status = Status::Paused;
            }
            Wish::Pause | Wish::Nothing => {}
            Wish::Run {
                until,
                until_failure,
            } => {
                let now = self.session.latest(Status::Paused, moment);
                self.until = until
                    .zip(now.ok())
                    .map(|(until, now)| Until::new(until, moment.cycle, now));
                self.until_failure = until_failure;
                self.status = Status::Running;
                self.session.forget_past();
                self.pause_if_due(moment);
            }
        }
    }

    fn has_client(&self) -> bool {
        let sockets = self.sockets.borrow();
        sockets
            .as_ref()
            .is_some_and(|sockets| sockets.connection.is_some())
    }

    fn send(&self, message: &serde_json::Value) {
        if let Some(Sockets {
            connection: Some(connection),
            ..
        }) = &mut *self.sockets.borrow_mut()
        {
            connection.send(message);
        }
    }

    /// The next message, without waiting for it. Lets a client in.
    fn see(&mut self) -> Seen {
        let mut sockets = self.sockets.borrow_mut();
        let Some(sockets) = &mut *sockets else {
            return Seen::Nothing;
        };
        loop {
            if sockets.connection.is_none()
                && let Some(next) = sockets.next.take()
            {
                sockets.connection = Some(next);
                self.session.begin();
            }
            if let Some(connection) = &mut sockets.connection {
                connection.flush();
                match connection.receive() {
                    Received::Message(bytes) => return Seen::Message(bytes),
                    Received::Gone => return Seen::Gone,
                    Received::Nothing => {}
                }
                // It was there before this look, which would have seen the other one's end.
                if let Some(mut second) = sockets.next.take() {
                    let refusal = Refusal::new(
                        "protocol_error",
                        "another client is connected; one at a time is served",
                    );
                    second.send(&message::error(&refusal));
                }
            }
            let Some(fresh) = accept(&sockets.listener) else {
                return Seen::Nothing;
            };
            sockets.next = Some(fresh);
        }
    }

    /// The client has gone.
    fn part(&mut self) {
        if let Some(sockets) = &mut *self.sockets.borrow_mut() {
            sockets.connection = None;
        }
        self.until = None;
        self.until_failure = false;
        if self.status == Status::Paused {
            say("the viewer has gone; the run stays paused until one comes (Ctrl-C ends it)\n");
        }
    }

    /// Waits until there is something to see.
    fn wait(&self, interrupts: Option<&Interrupts>) {
        let sockets = self.sockets.borrow();
        let Some(sockets) = &*sockets else {
            return;
        };
        let mut descriptors = vec![PollFd::new(sockets.listener.as_fd(), PollFlags::POLLIN)];
        if let Some(connection) = &sockets.connection {
            let mut events = PollFlags::POLLIN;
            events.set(PollFlags::POLLOUT, connection.has_unsent());
            descriptors.push(PollFd::new(connection.stream().as_fd(), events));
        }
        if let Some(interrupts) = interrupts {
            descriptors.push(PollFd::new(interrupts.as_fd(), PollFlags::POLLIN));
        }
        // A signal ends it early, and then there is nothing to see.
        let _ = poll(&mut descriptors, PollTimeout::NONE);
    }
}

/// A client that has come.
fn accept(listener: &TcpListener) -> Option<Connection> {
    loop {
        match listener.accept() {
            Ok((stream, _)) => return Connection::new(stream).ok(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}
