//! The timeline as the prompt asks it.

use std::path::Path;

use super::past::{Change, Ended, Past, Trouble};
use crate::state::{Filter, Value};
use crate::timeline::{self, Condition, QueryError, Timeline};

/// The most names that a pattern is followed to, and differences that are listed.
const MOST_NAMES: usize = 100_000;
const MOST_DIFFERENCES: usize = 200;
/// Cycles that a run with other values goes beyond the end.
const BEYOND: u64 = 1000;

impl From<QueryError> for Trouble {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Cancelled => Self::Cancelled,
            other => Self::Error(other.to_string()),
        }
    }
}

impl Past for Timeline {
    fn first_cycle(&self) -> u64 {
        Timeline::first_cycle(self).unwrap_or_else(|_| Timeline::end_cycle(self))
    }

    fn end_cycle(&self) -> u64 {
        Timeline::end_cycle(self)
    }

    fn slots(&self) -> Vec<u64> {
        Timeline::slots(self)
    }

    fn names(&mut self, pattern: &str) -> Result<Vec<String>, Trouble> {
        let mut names = named(self, pattern)?;
        if names.is_empty() && is_bare(pattern) {
            names = named(self, &format!("*.{pattern}"))?;
        }
        if names.is_empty() && pattern.contains(['*', '?']) {
            return Err(format!("`{pattern}` means no signal and no field").into());
        }
        if names.is_empty() {
            // A wire that only a waveform shows, or a name that the engine knows what is wrong with.
            names.push(pattern.to_owned());
        }
        Ok(names)
    }

    fn values(&mut self, names: &[String], cycle: u64) -> Result<Vec<(String, String)>, Trouble> {
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        let values = self.values_at(&all, cycle)?;
        let values = values.iter().map(ToString::to_string);
        Ok(names.iter().cloned().zip(values).collect())
    }

    fn last_change(&mut self, name: &str, before: u64) -> Result<Option<Change>, Trouble> {
        let change = self.of_name(name, |past, name| Timeline::last_change(past, name, before))?;
        Ok(change.as_ref().map(in_words))
    }

    fn next_change(&mut self, name: &str, after: u64) -> Result<Option<Change>, Trouble> {
        let change = self.of_name(name, |past, name| Timeline::next_change(past, name, after))?;
        Ok(change.as_ref().map(in_words))
    }

    fn last(&mut self, condition: &str, before: u64) -> Result<Option<u64>, Trouble> {
        let condition: Condition = condition.parse().map_err(QueryError::from)?;
        Ok(Timeline::last(self, &condition, before)?)
    }

    fn first(&mut self, condition: &str, from: u64) -> Result<Option<u64>, Trouble> {
        let condition: Condition = condition.parse().map_err(QueryError::from)?;
        Ok(Timeline::first(self, &condition, from)?)
    }

    fn differences(&mut self, one: u64, other: u64) -> Result<Vec<String>, Trouble> {
        let (one, other) = (self.state(one)?, self.state(other)?);
        Ok(one
            .diff(&other, &Filter::default())?
            .lines(MOST_DIFFERENCES))
    }

    fn output(&mut self, from: u64, to: u64) -> Result<String, Trouble> {
        Ok(Timeline::output(self, from..to)?)
    }

    fn wave(&mut self, from: u64, to: u64, path: &Path) -> Result<(), Trouble> {
        Ok(Timeline::wave(self, from..to, path)?)
    }

    fn save(&mut self, cycle: u64, path: &Path) -> Result<(), Trouble> {
        Ok(Timeline::save(self, cycle, path)?)
    }

    fn what_if(&mut self, cycle: u64, sets: &[(String, String)]) -> Result<Ended, Trouble> {
        let sets = sets
            .iter()
            .map(|(name, text)| Ok((name.as_str(), value(text)?)));
        let sets: Vec<(&str, Value)> = sets.collect::<Result<_, String>>()?;
        let to = Timeline::end_cycle(self).saturating_add(BEYOND);
        let branch = self.branch(cycle, &sets, to)?;
        Ok(Ended {
            cycle: branch.end_cycle(),
            failure: match branch.ended() {
                Some(timeline::Ended::Failed(failure)) => Some(failure.clone()),
                _ => None,
            },
        })
    }
}

impl Timeline {
    /// Asks about a name. One without a scope that is unknown is the only one of that name in any scope.
    fn of_name<T>(
        &mut self,
        name: &str,
        ask: impl Fn(&mut Self, &str) -> Result<T, QueryError>,
    ) -> Result<T, Trouble> {
        let unknown = match ask(self, name) {
            Err(error @ QueryError::UnknownName { .. }) if is_bare(name) => error,
            other => return Ok(other?),
        };
        match &named(self, &format!("*.{name}"))?[..] {
            [] => Err(unknown.into()),
            [only] => Ok(ask(self, only)?),
            several => Err(Trouble::Error(format!(
                "`{name}` is the name of several: `{}`; give its scopes, too",
                several.join("`, `")
            ))),
        }
    }
}

fn named(timeline: &mut Timeline, pattern: &str) -> Result<Vec<String>, Trouble> {
    let (found, _) = timeline.signals(pattern, MOST_NAMES)?;
    Ok(found.into_iter().map(|info| info.name).collect())
}

/// Whether a name has no scope in front.
fn is_bare(name: &str) -> bool {
    !name.contains(['.', '*', '?', '$'])
}

fn in_words(change: &timeline::Change) -> Change {
    Change {
        cycle: change.cycle,
        before: change.from.to_string(),
        after: change.to.to_string(),
    }
}

/// A value as a user writes it: `12`, `-3`, `0xdead_beef`, `0b101`, `1.5`, `"text"`.
fn value(text: &str) -> Result<Value, String> {
    let digits = text.replace('_', "");
    let (sign, bare) = match digits.strip_prefix('-') {
        Some(bare) => (-1, bare),
        None => (1, &*digits),
    };
    let bare = bare.to_lowercase();
    let integer = match (bare.strip_prefix("0x"), bare.strip_prefix("0b")) {
        (Some(digits), _) => i128::from_str_radix(digits, 16),
        (_, Some(digits)) => i128::from_str_radix(digits, 2),
        _ => bare.parse(),
    };
    if let Ok(integer) = integer {
        return Ok(Value::Signed(sign * integer));
    }
    let quoted = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    match (text, quoted, digits.parse::<f64>()) {
        ("true", _, _) => Ok(Value::Signed(1)),
        ("false", _, _) => Ok(Value::Signed(0)),
        (_, Some(text), _) => Ok(Value::Text(text.to_owned())),
        (_, _, Ok(real)) => Ok(Value::Real(real)),
        _ => Err(format!(
            "expected a value such as 12, -3, 0xff, 0b101, 1.5, true or \"text\", found `{text}`"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_they_are_shown() {
        for (text, expected) in [
            ("12", Value::Signed(12)),
            ("-3", Value::Signed(-3)),
            ("0xdead_beef", Value::Signed(0xdead_beef)),
            ("0b101", Value::Signed(5)),
            ("1.5", Value::Real(1.5)),
            ("true", Value::Signed(1)),
            ("\"on\"", Value::Text("on".to_owned())),
        ] {
            assert_eq!(value(text), Ok(expected), "{text}");
        }
        let error = value("on").unwrap_err();
        assert!(error.contains("found `on`"), "{error}");
    }
}
