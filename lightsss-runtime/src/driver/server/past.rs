//! The past of a run at one moment: the window that viewers see, and samples of it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json, json};

use super::clock::Clock;
use super::items::{Catalogue, Item};
use super::message::Refusal;
use super::time::SimTime;
use crate::slots::SlotWaker;
use crate::state::Value;
use crate::timeline::{QueryError, Timeline, Values};

/// Words of a sample are 32 bits.
const WORD: u32 = 32;

/// What samples are to hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'i> {
    pub items: Option<&'i [Item]>,
    /// Without those at which nothing changes.
    pub collapse: bool,
    pub diagnostics: bool,
}

/// The last cycles of a run that has come to `cycle`.
pub struct Past {
    timeline: Timeline,
    pub clock: Clock,
    pub cycle: u64,
    failure: Option<String>,
}

impl Past {
    /// # Errors
    ///
    /// No slot has been taken, or a replay went another way.
    pub fn new(
        waker: SlotWaker,
        cycle: u64,
        cycles: u64,
        failure: Option<&str>,
    ) -> Result<Self, Refusal> {
        let mut timeline = Timeline::new(waker, cycle).map_err(refused)?;
        let first = timeline.first_cycle().map_err(refused)?;
        let first = first.max(cycle.saturating_sub(cycles));
        let clock = Clock::of(&mut timeline, first, cycle).map_err(refused)?;
        Ok(Self {
            timeline,
            clock,
            cycle,
            failure: failure.map(str::to_owned),
        })
    }

    /// Asked now and then during a question, which ends where it says true.
    pub fn set_interrupted(&mut self, interrupted: impl FnMut() -> bool + 'static) {
        self.timeline.set_interrupted(interrupted);
    }

    /// # Errors
    ///
    /// A replay went another way.
    pub fn catalogue(&mut self) -> Result<Catalogue, Refusal> {
        Catalogue::of(&mut self.timeline).map_err(refused)
    }

    /// The samples of an interval: that which holds at its begin, and the others in it.
    ///
    /// # Errors
    ///
    /// A replay went another way, or an item has no value there.
    pub fn samples(
        &mut self,
        begin: SimTime,
        end: SimTime,
        wanted: Wanted<'_>,
    ) -> Result<Json, Refusal> {
        let (from, to) = self.clock.cycles(begin, end);
        let mut rows = match wanted.items {
            Some(items) => Rows::new(items, self.values(items, from, to)?),
            None => Rows::default(),
        };
        let printed = if wanted.diagnostics {
            self.printed(from, to)?
        } else {
            BTreeMap::new()
        };
        let mut samples = Vec::new();
        for cycle in from..=to {
            let changed = rows.advance(cycle)?;
            let tells = printed.contains_key(&cycle) || (wanted.diagnostics && cycle == self.cycle);
            let is_same = wanted.items.is_some() && !changed;
            if wanted.collapse && is_same && !tells && cycle != from {
                continue;
            }
            let Some(time) = self.clock.time(cycle) else {
                continue;
            };
            let mut sample = Map::new();
            sample.insert("time".to_owned(), time.to_string().into());
            if wanted.items.is_some() {
                sample.insert(
                    "item_values".to_owned(),
                    STANDARD.encode(&rows.bytes).into(),
                );
            }
            if wanted.diagnostics {
                sample.insert(
                    "diagnostics".to_owned(),
                    self.diagnostics(cycle, printed.get(&cycle)),
                );
            }
            samples.push(Json::Object(sample));
        }
        Ok(Json::Array(samples))
    }

    /// The changes of the items, in their order.
    fn values(&mut self, items: &[Item], from: u64, to: u64) -> Result<Vec<Values>, Refusal> {
        let mut all: Vec<Option<Values>> = vec![None; items.len()];
        for wires in [false, true] {
            let chosen = items.iter().enumerate();
            let (places, names): (Vec<usize>, Vec<&str>) = chosen
                .filter(|(_, item)| item.is_wire == wires)
                .map(|(at, item)| (at, item.name.as_str()))
                .unzip();
            if names.is_empty() {
                continue;
            }
            let found = self.timeline.values(&names, from..to).map_err(refused)?;
            for (at, values) in places.into_iter().zip(found) {
                all[at] = Some(values);
            }
        }
        let all: Option<Vec<Values>> = all.into_iter().collect();
        all.ok_or_else(|| Refusal::new("invalid_args", "an item has no value in the interval"))
    }

    /// What was printed, by the cycles that it was printed in.
    fn printed(&mut self, from: u64, to: u64) -> Result<BTreeMap<u64, Vec<String>>, Refusal> {
        let mut lines: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for (cycle, text) in self.timeline.printed(from..to).map_err(refused)? {
            lines
                .entry(cycle)
                .or_default()
                .extend(text.lines().map(str::to_owned));
        }
        Ok(lines)
    }

    fn diagnostics(&self, cycle: u64, printed: Option<&Vec<String>>) -> Json {
        let prints = printed.into_iter().flatten();
        let prints = prints.map(|text| json!({ "type": "print", "text": text, "src": null }));
        let failure = self.failure.iter().filter(|_| cycle == self.cycle);
        let failure =
            failure.map(|text| json!({ "type": "assert", "text": text, "src": place(text) }));
        prints.chain(failure).collect()
    }
}

/// The values of items, cycle by cycle.
#[derive(Default)]
struct Rows {
    columns: Vec<Column>,
    /// Of all items at the present cycle, as samples hold them.
    bytes: Vec<u8>,
}

struct Column {
    item: Item,
    values: Values,
    next: usize,
    place: std::ops::Range<usize>,
}

impl Rows {
    fn new(items: &[Item], values: Vec<Values>) -> Self {
        let mut end = 0;
        let columns = items.iter().zip(values).map(|(item, values)| {
            let begin = end;
            end += item.width.div_ceil(WORD) as usize * 4;
            Column {
                item: item.clone(),
                values,
                next: 0,
                place: begin..end,
            }
        });
        let columns = columns.collect();
        Self {
            columns,
            bytes: vec![0; end],
        }
    }

    /// Goes on to a cycle, and says whether something changes there.
    fn advance(&mut self, cycle: u64) -> Result<bool, Refusal> {
        let mut changed = false;
        for column in &mut self.columns {
            while let Some((at, sample)) = column.values.changes.get(column.next)
                && *at <= cycle
            {
                let item = &column.item;
                let words = sample.value().and_then(|value| words(value, item.width));
                let words = words.ok_or_else(|| {
                    Refusal::new(
                        "invalid_args",
                        format!(
                            "`{}` is {sample} at cycle {at}, which does not fit into {} bits",
                            item.name, item.width
                        ),
                    )
                })?;
                let bytes = words.iter().flat_map(|word| word.to_le_bytes());
                for (to, byte) in self.bytes[column.place.clone()].iter_mut().zip(bytes) {
                    *to = byte;
                }
                column.next += 1;
                changed = true;
            }
        }
        Ok(changed)
    }
}

/// A value as words of a vector of `width` bits, the least significant first.
fn words(value: &Value, width: u32) -> Option<Vec<u32>> {
    let mut words = match value {
        Value::Bits(bits) if bits.width() <= width => bits.words().to_vec(),
        Value::Real(real) if width == 64 => {
            let bits = real.to_bits();
            vec![bits as u32, (bits >> 32) as u32]
        }
        _ => return None,
    };
    words.resize(width.div_ceil(WORD) as usize, 0);
    Some(words)
}

/// The place in a source that a message names, as `FILE:LINE`.
fn place(message: &str) -> Option<&str> {
    message
        .split([' ', '(', ')', ',', '`'])
        .map(|word| word.trim_end_matches(':'))
        .find(|word| {
            let mut parts = word.split(':');
            let (file, line) = (parts.next().unwrap_or_default(), parts.next());
            let is_source = [".sv", ".v", ".svh", ".vh"]
                .iter()
                .any(|end| file.ends_with(end));
            is_source
                && line.is_some_and(|line| line.parse::<u32>().is_ok())
                && parts.next().is_none()
        })
}

#[expect(clippy::needless_pass_by_value, reason = "so that `map_err` takes it")]
fn refused(error: QueryError) -> Refusal {
    Refusal::new("invalid_args", error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Bits;

    #[test]
    fn a_message_may_name_a_place() {
        assert_eq!(
            place("at soc.sv:12: assertion `a` failed"),
            Some("soc.sv:12")
        );
        assert_eq!(place("it failed (rtl/core.v:7)"), Some("rtl/core.v:7"));
        assert_eq!(place("main.rs:7 says so"), None);
        assert_eq!(place("soc.sv: it failed"), None);
    }

    #[test]
    fn values_are_words_of_their_items_width() {
        assert_eq!(words(&Value::Bits(Bits::new(3, &[5])), 3), Some(vec![5]));
        assert_eq!(
            words(&Value::Bits(Bits::new(3, &[5])), 40),
            Some(vec![5, 0])
        );
        assert_eq!(words(&Value::Bits(Bits::new(40, &[5, 6])), 3), None);
        let one = 1.0_f64.to_bits();
        assert_eq!(
            words(&Value::Real(1.0), 64),
            Some(vec![one as u32, (one >> 32) as u32])
        );
        assert_eq!(words(&Value::Text("x".to_owned()), 64), None);
    }
}
