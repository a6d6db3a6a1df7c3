//! A session: where the prompt is, and what each command does.

use std::path::Path;

use super::answer::{Answer, help};
use super::command::{Command, Place};
use super::past::{Change, Past, Trouble};
use super::then::Then;

/// Signals that one command shows.
const MOST_SHOWN: usize = 1000;

/// A conversation about a run's past.
pub struct Session<'p> {
    past: &'p mut dyn Past,
    failure: Option<String>,
    at: u64,
    /// The signal whose last change has been found, and where.
    followed: Option<(String, u64)>,
}

impl<'p> Session<'p> {
    /// At the end of the run.
    pub fn new(past: &'p mut dyn Past, failure: Option<String>) -> Self {
        let at = past.end_cycle();
        Self {
            past,
            failure,
            at,
            followed: None,
        }
    }

    /// The cycle at which the prompt is.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Names for completion.
    pub fn names(&mut self) -> Vec<String> {
        self.past.names("*").unwrap_or_default()
    }

    /// Carries a command out.
    ///
    /// # Errors
    ///
    /// The question has no answer, or was interrupted.
    pub fn answer(&mut self, command: Command) -> Result<Answer, Trouble> {
        match command {
            Command::Where {} => Ok(Answer::Where {
                cycle: self.at,
                first_cycle: self.past.first_cycle(),
                end_cycle: self.past.end_cycle(),
                slots: self.past.slots(),
                failure: self.failure.clone(),
            }),
            Command::Go { cycle } => {
                let cycle = self.place(cycle)?;
                Ok(self.moved(cycle))
            }
            Command::Step { cycles } => {
                let cycle = self.place(Place::Ahead(cycles))?;
                Ok(self.moved(cycle))
            }
            Command::Back { cycles } => {
                let cycle = self.place(Place::Behind(cycles))?;
                Ok(self.moved(cycle))
            }
            Command::Show { patterns } => self.show(&patterns),
            Command::Last { signal } => self.last(&signal),
            Command::Next { signal } => {
                let change = self.past.next_change(&signal, self.at)?;
                let searched = (self.at, self.past.end_cycle());
                Ok(self.changed(signal, change, searched))
            }
            Command::Until { condition } => {
                let (from, end) = (self.at.saturating_add(1), self.past.end_cycle());
                let found = self.past.first(&condition, from)?;
                Ok(self.found(found, (from, end)))
            }
            Command::BackUntil { condition } => {
                let found = self.past.last(&condition, self.at)?;
                let searched = (self.past.first_cycle(), self.at.saturating_sub(1));
                Ok(self.found(found, searched))
            }
            Command::Diff { from, to } => {
                let (from, to) = (self.place(from)?, self.place(to)?);
                Ok(Answer::Differences {
                    from,
                    to,
                    differences: self.past.differences(from, to)?,
                })
            }
            Command::Set { values } => {
                let ended = self.past.what_if(self.at, &values)?;
                let same = ended.failure.is_some()
                    && ended.failure == self.failure
                    && ended.cycle == self.past.end_cycle();
                Ok(Answer::Ended {
                    cycle: ended.cycle,
                    failure: ended.failure,
                    same,
                })
            }
            Command::Wave { from, to, file } => {
                let (from, to) = self.stretch(from, to)?;
                let file = file.unwrap_or_else(|| format!("wave-{from}-{to}.fst"));
                self.past.wave(from, to, Path::new(&file))?;
                Ok(Answer::Written { file })
            }
            Command::Save { file } => {
                self.past.save(self.at, Path::new(&file))?;
                Ok(Answer::Written { file })
            }
            Command::Log { from, to } => {
                let slots = self.past.slots();
                let slot = slots.into_iter().filter(|slot| *slot < self.at).max();
                let slot = slot.map_or(Place::Start, Place::Cycle);
                let (from, to) = self.stretch(from.unwrap_or(slot), to.unwrap_or(Place::Here))?;
                Ok(Answer::Output {
                    from,
                    to,
                    output: self.past.output(from, to)?,
                })
            }
            Command::Help { about } => Ok(Answer::Help {
                text: help(about.as_deref())?,
            }),
            Command::Continue {} => Ok(Answer::Bye { then: Then::GoOn }),
            Command::Quit {} => Ok(Answer::Bye { then: Then::End }),
        }
    }

    /// The cycle that a place means here.
    fn place(&self, place: Place) -> Result<u64, Trouble> {
        let (first, end) = (self.past.first_cycle(), self.past.end_cycle());
        let cycle = match place {
            Place::Cycle(cycle) => cycle,
            Place::Start => first,
            Place::End => end,
            Place::Here => self.at,
            Place::Ahead(cycles) => self.at.saturating_add(cycles),
            Place::Behind(cycles) => self.at.saturating_sub(cycles),
        };
        if (first..=end).contains(&cycle) {
            return Ok(cycle);
        }
        Err(Trouble::Error(format!(
            "cycle {cycle} cannot be asked for: the slots reach from cycle {first} to {end}"
        )))
    }

    fn stretch(&self, from: Place, to: Place) -> Result<(u64, u64), Trouble> {
        let (from, to) = (self.place(from)?, self.place(to)?);
        if from < to {
            return Ok((from, to));
        }
        Err(Trouble::Error(format!(
            "the stretch {from}..{to} has no cycle; its end has to lie behind its start"
        )))
    }

    fn moved(&mut self, cycle: u64) -> Answer {
        self.at = cycle;
        Answer::Moved { cycle }
    }

    fn show(&mut self, patterns: &[String]) -> Result<Answer, Trouble> {
        let mut names: Vec<String> = Vec::new();
        for pattern in patterns {
            for name in self.past.names(pattern)? {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        if names.len() > MOST_SHOWN {
            return Err(Trouble::Error(format!(
                "these are {} names, and at most {MOST_SHOWN} are shown; name a scope or a signal below it",
                names.len()
            )));
        }
        Ok(Answer::Values {
            cycle: self.at,
            values: self.past.values(&names, self.at)?,
        })
    }

    /// Where the value of here began; asked once more from there, where the one before it did.
    fn last(&mut self, signal: &str) -> Result<Answer, Trouble> {
        let followed = self.followed.take();
        let again = followed.is_some_and(|(name, cycle)| name == signal && cycle == self.at);
        let before = if again {
            self.at
        } else {
            self.at.saturating_add(1)
        };
        let change = self.past.last_change(signal, before)?;
        let searched = (self.past.first_cycle(), before.saturating_sub(1));
        if let Some(change) = &change {
            self.followed = Some((signal.to_owned(), change.cycle));
        }
        Ok(self.changed(signal.to_owned(), change, searched))
    }

    fn changed(&mut self, signal: String, change: Option<Change>, searched: (u64, u64)) -> Answer {
        let Some(Change {
            cycle,
            before,
            after,
        }) = change
        else {
            return Answer::Nothing {
                found: None,
                searched,
            };
        };
        self.at = cycle;
        Answer::Changed {
            cycle,
            signal,
            before,
            after,
        }
    }

    fn found(&mut self, found: Option<u64>, searched: (u64, u64)) -> Answer {
        match found {
            Some(cycle) => self.moved(cycle),
            None => Answer::Nothing {
                found: None,
                searched,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::past::Ended;
    use super::super::table;
    use super::*;

    /// `count` grows by one in each ten cycles, of cycles 100 to 200.
    struct Counter;

    impl Past for Counter {
        fn first_cycle(&self) -> u64 {
            100
        }

        fn end_cycle(&self) -> u64 {
            200
        }

        fn slots(&self) -> Vec<u64> {
            vec![100, 150]
        }

        fn names(&mut self, pattern: &str) -> Result<Vec<String>, Trouble> {
            match pattern {
                "count" | "*" => Ok(vec!["count".to_owned()]),
                other => Err(format!("no signal is called `{other}`").into()),
            }
        }

        fn values(
            &mut self,
            names: &[String],
            cycle: u64,
        ) -> Result<Vec<(String, String)>, Trouble> {
            let value = |name: &String| (name.clone(), (cycle / 10).to_string());
            Ok(names.iter().map(value).collect())
        }

        fn last_change(&mut self, _: &str, before: u64) -> Result<Option<Change>, Trouble> {
            let cycle = (before - 1) / 10 * 10;
            Ok((cycle > 100).then(|| Change {
                cycle,
                before: (cycle / 10 - 1).to_string(),
                after: (cycle / 10).to_string(),
            }))
        }

        fn next_change(&mut self, _: &str, after: u64) -> Result<Option<Change>, Trouble> {
            let cycle = (after / 10 + 1) * 10;
            Ok((cycle <= 200).then(|| Change {
                cycle,
                before: (cycle / 10 - 1).to_string(),
                after: (cycle / 10).to_string(),
            }))
        }

        fn last(&mut self, _: &str, before: u64) -> Result<Option<u64>, Trouble> {
            Ok((before > 170).then_some(170))
        }

        fn first(&mut self, _: &str, _: u64) -> Result<Option<u64>, Trouble> {
            Err(Trouble::Cancelled)
        }

        fn differences(&mut self, one: u64, other: u64) -> Result<Vec<String>, Trouble> {
            Ok(vec![format!("count: {} -> {}", one / 10, other / 10)])
        }

        fn output(&mut self, from: u64, to: u64) -> Result<String, Trouble> {
            Ok(format!("{from} {to}\n"))
        }

        fn wave(&mut self, _: u64, _: u64, _: &Path) -> Result<(), Trouble> {
            Ok(())
        }

        fn save(&mut self, _: u64, _: &Path) -> Result<(), Trouble> {
            Ok(())
        }

        fn what_if(&mut self, _: u64, _: &[(String, String)]) -> Result<Ended, Trouble> {
            Ok(Ended {
                cycle: 200,
                failure: Some("it fails".to_owned()),
            })
        }
    }

    fn said(session: &mut Session<'_>, line: &str) -> String {
        let command = table::parse(line).unwrap().unwrap();
        match session.answer(command) {
            Ok(answer) => answer.to_string(),
            Err(Trouble::Error(error)) => format!("error: {error}"),
            Err(Trouble::Cancelled) => "cancelled".to_owned(),
        }
    }

    #[test]
    fn a_conversation_goes_back_and_on() {
        let mut past = Counter;
        let mut session = Session::new(&mut past, Some("it fails".to_owned()));
        for (line, expected) in [
            (
                "where",
                "at cycle 200, of cycles 100 to 200; slots at 100, 150\nfailed at cycle 200: it fails",
            ),
            ("show count", "count  20"),
            ("last count", "at cycle 200: count 19 -> 20"),
            ("last count", "at cycle 190: count 18 -> 19"),
            ("back 5", "at cycle 185"),
            ("last count", "at cycle 180: count 17 -> 18"),
            ("next count", "at cycle 190: count 18 -> 19"),
            ("back-until count == 17", "at cycle 170"),
            ("back-until count == 17", "not in cycles 100 to 169"),
            ("until count == 18", "cancelled"),
            (
                "go 250",
                "error: cycle 250 cannot be asked for: the slots reach from cycle 100 to 200",
            ),
            ("show ghost", "error: no signal is called `ghost`"),
            ("diff start here", "count: 10 -> 17"),
            ("set count=3", "the same failure at cycle 200: it fails"),
            ("wave 110..120", "wrote wave-110-120.fst"),
            (
                "wave 120..110",
                "error: the stretch 120..110 has no cycle; its end has to lie behind its start",
            ),
            ("log", "150 170"),
            ("go start", "at cycle 100"),
            ("back-until count == 17", "no cycle is left to search"),
            ("go 170", "at cycle 170"),
        ] {
            assert_eq!(said(&mut session, line), expected, "{line}");
        }
        assert_eq!(session.at(), 170);
    }
}
