//! A client's session: what is answered to each of its messages.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::clock::Scale;
use super::items::{Catalogue, Item};
use super::message::{self, Command, Diagnostics, ENCODING, Message, Refusal};
use super::past::{Past, Wanted};
use super::time::SimTime;
use crate::driver::interrupts::Interrupts;
use crate::slots::SlotWaker;

/// What the run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Running,
    Paused,
    Finished,
}

impl Status {
    fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Finished => "finished",
        }
    }
}

/// The run at the moment at which its server looks after its client.
pub struct Moment<'r> {
    pub cycle: u64,
    pub waker: SlotWaker,
    pub failure: Option<&'r str>,
    /// The first model's time, where there is one.
    pub time: &'r dyn Fn() -> Option<u64>,
    /// What ends a question, where that does not end the run.
    pub interrupts: Option<&'r Interrupts>,
    /// Called before the run is asked about its past.
    pub before_question: &'r mut dyn FnMut(),
}

/// What the client wants of the run.
#[derive(Debug, PartialEq, Eq)]
pub enum Wish {
    Nothing,
    Pause,
    Run {
        until: Option<SimTime>,
        /// It wants to hear of a failure as of a break.
        until_failure: bool,
    },
}

type Answered = Result<(Value, Wish), Refusal>;

/// What a server knows of its client and its run.
#[derive(Default)]
pub struct Session {
    greeted: bool,
    references: HashMap<String, Vec<Item>>,
    catalogue: Option<Catalogue>,
    past: Option<Past>,
    scale: Option<Scale>,
    /// How many cycles of the past a viewer sees.
    cycles: u64,
}

impl Session {
    pub fn new(cycles: u64) -> Self {
        Self {
            cycles,
            ..Self::default()
        }
    }

    /// Another client comes.
    pub fn begin(&mut self) {
        self.greeted = false;
        self.references.clear();
    }

    /// Ends the processes that have answered, before the run goes on.
    pub fn forget_past(&mut self) {
        self.past = None;
    }

    /// The answer to a message, and what it has the run do.
    pub fn answer(
        &mut self,
        bytes: &[u8],
        status: Status,
        moment: &mut Moment<'_>,
    ) -> (Value, Wish) {
        let answered = message::parse(bytes).and_then(|message| match message {
            Message::Greeting { version } => self.greet(version),
            Message::Command(_) if !self.greeted => Err(Refusal::new(
                "protocol_error",
                "a session begins with a greeting",
            )),
            Message::Command(command) => self.carry_out(command, status, moment),
        });
        answered.unwrap_or_else(|refusal| (message::error(&refusal), Wish::Nothing))
    }

    fn greet(&mut self, version: u64) -> Answered {
        if version != message::VERSION {
            return Err(Refusal::new(
                "protocol_error",
                format!(
                    "version {version} of the protocol is not known; expected {}",
                    message::VERSION
                ),
            ));
        }
        if std::mem::replace(&mut self.greeted, true) {
            return Err(Refusal::new("protocol_error", "a session has one greeting"));
        }
        Ok((message::greeting(), Wish::Nothing))
    }

    fn carry_out(&mut self, command: Command, status: Status, moment: &mut Moment<'_>) -> Answered {
        let plain = |name: &str, holds: Value| Ok((message::response(name, holds), Wish::Nothing));
        match command {
            Command::ListScopes { scope } => {
                let scopes = self.catalogue(moment)?.list_scopes(scope.as_deref())?;
                plain("list_scopes", json!({ "scopes": scopes }))
            }
            Command::ListItems { scope } => {
                let items = self.catalogue(moment)?.list_items(scope.as_deref())?;
                plain("list_items", json!({ "items": items }))
            }
            Command::ReferenceItems { reference, items } => {
                if let Some(items) = items {
                    let found = self.catalogue(moment)?.find(&items)?;
                    self.references.insert(reference, found);
                } else {
                    self.items(&reference)?;
                    self.references.remove(&reference);
                }
                plain("reference_items", json!({}))
            }
            Command::QueryInterval {
                interval: (begin, end),
                collapse,
                items,
                item_values_encoding,
                diagnostics,
            } => {
                let (begin, end) = (time(&begin)?, time(&end)?);
                if begin > end {
                    return Err(Refusal::new(
                        "invalid_args",
                        format!("the interval from {begin} to {end} ends before it begins"),
                    ));
                }
                if items.is_some() && item_values_encoding.as_deref() != Some(ENCODING) {
                    let found = item_values_encoding.unwrap_or_else(|| "null".to_owned());
                    return Err(Refusal::new(
                        "invalid_item_values_encoding",
                        format!("expected `{ENCODING}`, found `{found}`"),
                    ));
                }
                let items = items.map(|items| self.items(&items).map(<[Item]>::to_vec));
                let items = items.transpose()?;
                let wanted = Wanted {
                    items: items.as_deref(),
                    collapse,
                    diagnostics,
                };
                let samples = self.past(moment)?.samples(begin, end, wanted)?;
                plain("query_interval", json!({ "samples": samples }))
            }
            Command::GetSimulationStatus {} => {
                let latest = self.latest(status, moment)?;
                let mut holds =
                    json!({ "status": status.name(), "latest_time": latest.to_string() });
                if status == Status::Paused {
                    let next = SimTime(latest.0 + self.past(moment)?.clock.step());
                    holds["next_sample_time"] = next.to_string().into();
                }
                plain("get_simulation_status", holds)
            }
            Command::RunSimulation {
                until_time,
                until_diagnostics,
                ..
            } => {
                let until = until_time.as_deref().map(time).transpose()?;
                if status != Status::Paused {
                    return Err(Refusal::new(
                        "invalid_status",
                        format!("the simulation is {}, not paused", status.name()),
                    ));
                }
                let halts = [Diagnostics::Assert, Diagnostics::Break];
                let wish = Wish::Run {
                    until,
                    until_failure: until_diagnostics.iter().any(|it| halts.contains(it)),
                };
                Ok((message::response("run_simulation", json!({})), wish))
            }
            Command::PauseSimulation {} => {
                let time = self.latest(status, moment)?;
                let holds = json!({ "time": time.to_string() });
                Ok((message::response("pause_simulation", holds), Wish::Pause))
            }
        }
    }

    fn items(&self, reference: &str) -> Result<&[Item], Refusal> {
        let known = self.references.get(reference).map(Vec::as_slice);
        known.ok_or_else(|| {
            Refusal::new(
                "invalid_reference",
                format!("no items are referenced as `{reference}`"),
            )
        })
    }

    /// The time that the run has come to.
    ///
    /// # Errors
    ///
    /// Its past does not tell.
    pub fn latest(&mut self, status: Status, moment: &mut Moment<'_>) -> Result<SimTime, Refusal> {
        match self.scale {
            Some(scale) if status == Status::Running => Ok(scale.at(moment.cycle, (moment.time)())),
            _ => Ok(self.past(moment)?.clock.latest()),
        }
    }

    /// What names the run has: always the same.
    fn catalogue(&mut self, moment: &mut Moment<'_>) -> Result<&Catalogue, Refusal> {
        if self.catalogue.is_none() {
            self.catalogue = Some(self.past(moment)?.catalogue()?);
        }
        self.catalogue
            .as_ref()
            .ok_or_else(|| Refusal::new("invalid_args", "the run has no names"))
    }

    fn past(&mut self, moment: &mut Moment<'_>) -> Result<&mut Past, Refusal> {
        if self
            .past
            .as_ref()
            .is_none_or(|past| past.cycle != moment.cycle)
        {
            // The processes of the old one end before those of the new one begin.
            self.past = None;
            (moment.before_question)();
            let mut past = Past::new(
                moment.waker.clone(),
                moment.cycle,
                self.cycles,
                moment.failure,
            )?;
            if let Some(interrupts) = moment.interrupts {
                past.set_interrupted(interrupts.watch());
            }
            self.scale = Some(past.clock.scale);
            self.past = Some(past);
        }
        self.past
            .as_mut()
            .ok_or_else(|| Refusal::new("invalid_status", "the run has no past"))
    }
}

fn time(text: &str) -> Result<SimTime, Refusal> {
    SimTime::parse(text).ok_or_else(|| {
        Refusal::new(
            "invalid_args",
            format!("expected a time such as 0.000000000100000, found `{text}`"),
        )
    })
}
