//! The timing diagram: the last cycles of the signals that matter, drawn from the waveform.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use maud::{Markup, html};

use crate::driver::args::RunArgs;
use crate::driver::numbers::grouped;
use crate::driver::report::Report;
use crate::driver::viewer::{Cycles, Times, Variable, Waveform};
use crate::process::panics::discard;

/// Cycles before the failure, and after it.
const BEFORE: usize = 12;
const AFTER: usize = 2;
/// The most signals that are drawn.
const MOST: usize = 32;

/// Pixels: of a cycle, of a row, of a wave in it, of a letter, above the first row, and of the longest name.
const CYCLE: f64 = 66.0;
const ROW: f64 = 26.0;
const WAVE: f64 = 16.0;
const LETTER: f64 = 6.8;
const HEAD: f64 = 30.0;
const LONGEST_NAME: usize = 44;

/// What is drawn.
struct Diagram {
    /// Pixels of a place, and of the names.
    column: f64,
    names: f64,
    places: usize,
    rows: Vec<Row>,
    /// Which cycle has ended with a place.
    cycles: Vec<(usize, u64)>,
    /// The failure comes with this place.
    failure: Option<usize>,
}

struct Row {
    name: String,
    is_bit: bool,
    values: Vec<Option<String>>,
}

pub fn section(args: &RunArgs, report: &Report) -> Markup {
    let read = catch_unwind(AssertUnwindSafe(|| Diagram::read(args, report)));
    let diagram = match read {
        Ok(diagram) => diagram,
        Err(payload) => {
            discard(payload);
            None
        }
    };
    html! {
        section {
            h2 { "The last cycles" }
            @match diagram {
                Some(diagram) => {
                    @if report.failure.is_some() {
                        p.note { "The line is the failure. Numbers are cycles; values are hexadecimal." }
                    }
                    div.wide { (diagram.draw()) }
                    @if report.shown.len() > MOST {
                        p.note { "Not drawn: " (report.shown.len() - MOST) " more signals of the waveform." }
                    }
                }
                None => p { (why_none(report)) },
            }
        }
    }
}

fn why_none(report: &Report) -> &'static str {
    if report.preliminary {
        "The replay that writes the waveform had not ended."
    } else if report.wave.is_some() {
        "The waveform is of a format that only the harness reads."
    } else if report.passed {
        "The run wrote no waveform; --wave-from CYCLE traces a part of a run that ends well."
    } else {
        "There is no waveform."
    }
}

impl Diagram {
    /// None where there is no waveform that can be read.
    fn read(args: &RunArgs, report: &Report) -> Option<Self> {
        let mut waveform = Waveform::open(report.wave.as_deref()?).ok()?;
        let times = Times::new(waveform.times(), Cycles::of(args, report)?)?;
        let places: Vec<usize> = times.around(BEFORE, AFTER).collect();
        let (first, end, per_cycle) = (*places.first()?, times.end(), times.per_cycle());
        let ended = |place: &usize| Some((place - first, times.cycle_ended(*place)?));
        let cycles = places.iter().filter_map(ended).collect();
        let variables: Vec<Variable> = report
            .shown
            .iter()
            .filter_map(|name| waveform.variables.iter().find(|one| one.name == *name))
            .take(MOST)
            .cloned()
            .collect();
        let rows: Vec<Row> = variables
            .iter()
            .map(|variable| Row {
                name: shortened(&variable.name),
                is_bit: variable.width == 1,
                values: waveform.values(variable, &places),
            })
            .collect();
        let longest = rows.iter().map(|row| row.name.chars().count()).max()?;
        Some(Self {
            column: (CYCLE / per_cycle as f64).max(2.0),
            names: longest as f64 * LETTER + 16.0,
            places: places.len(),
            rows,
            cycles,
            failure: report.failure.is_some().then(|| end - first),
        })
    }

    fn draw(&self) -> Markup {
        let width = self.names + self.places as f64 * self.column + 8.0;
        let height = HEAD + self.rows.len() as f64 * ROW + 6.0;
        // Every second number, or fewer, where they would touch.
        let digits = self
            .cycles
            .iter()
            .map(|(_, cycle)| grouped(*cycle).chars().count())
            .max();
        let between = self
            .cycles
            .windows(2)
            .next()
            .map_or(CYCLE, |two| (two[1].0 - two[0].0) as f64 * self.column);
        let every = ((digits.unwrap_or(1) as f64 + 1.5) * LETTER / between)
            .ceil()
            .max(1.0) as usize;
        html! {
            svg.timing width=(width) height=(height) viewBox=(format!("0 0 {width} {height}")) role="img"
                aria-label="Timing diagram of the last cycles" {
                @for (number, (place, cycle)) in self.cycles.iter().enumerate() {
                    @let x = self.x(place + 1);
                    line.grid x1=(x) y1=(HEAD - 6.0) x2=(x) y2=(height - 4.0) {}
                    @if number % every == 0 {
                        text.cycle x=(x - 3.0) y=(HEAD - 12.0) text-anchor="end" { (grouped(*cycle)) }
                    }
                }
                @for (number, row) in self.rows.iter().enumerate() {
                    @let y = HEAD + number as f64 * ROW;
                    text.name x="4" y=(y + WAVE) { (row.name) }
                    @if row.is_bit {
                        path.bit d=(self.bit(row, y + 4.0)) {}
                    } @else {
                        @for (from, to, value) in row.stretches() { (self.vector(from, to, value, y + 4.0)) }
                    }
                }
                @if let Some(place) = self.failure {
                    @let x = self.x(place + 1);
                    line.failure x1=(x) y1="4" x2=(x) y2=(height - 4.0) { title { "the failure" } }
                }
            }
        }
    }

    fn x(&self, place: usize) -> f64 {
        self.names + place as f64 * self.column
    }

    /// A line that goes up and down; in the middle where the bit is unknown.
    fn bit(&self, row: &Row, y: f64) -> String {
        let mut path = String::new();
        for (from, to, value) in row.stretches() {
            let level = match value {
                Some("1") => y,
                Some("0") => y + WAVE,
                _ => y + WAVE / 2.0,
            };
            let step = if path.is_empty() { 'M' } else { 'L' };
            let _ = write!(
                path,
                "{step}{:.1} {level:.1}H{:.1}",
                self.x(from),
                self.x(to)
            );
        }
        path
    }

    /// A box with a value in it.
    fn vector(&self, from: usize, to: usize, value: Option<&str>, y: f64) -> Markup {
        let (left, right) = (self.x(from), self.x(to));
        let (middle, bottom) = (y + WAVE / 2.0, y + WAVE);
        let slope = (self.column / 3.0).min(4.0);
        let outline = format!(
            "M{left:.1} {middle:.1}L{:.1} {y:.1}H{:.1}L{right:.1} {middle:.1}L{:.1} {bottom:.1}H{:.1}Z",
            left + slope,
            right - slope,
            right - slope,
            left + slope
        );
        let value = value.unwrap_or("?");
        let room = ((right - left - 2.0 * slope) / LETTER) as usize;
        let text = if value.chars().count() <= room {
            value.to_owned()
        } else if room >= 3 {
            value.chars().take(room - 1).chain(['…']).collect()
        } else {
            String::new()
        };
        let class = if value.contains(['x', 'X', '?']) {
            "unknown"
        } else {
            "vector"
        };
        html! {
            g class=(class) {
                title { (value) }
                path d=(outline) {}
                text x=(f64::midpoint(left, right)) y=(y + WAVE - 4.0) text-anchor="middle" { (text) }
            }
        }
    }
}

impl Row {
    /// Where a value holds: from a place, up to another, and which.
    fn stretches(&self) -> Vec<(usize, usize, Option<&str>)> {
        let mut stretches: Vec<(usize, usize, Option<&str>)> = Vec::new();
        for (place, value) in self.values.iter().enumerate() {
            let value = value.as_deref();
            match stretches.last_mut() {
                Some((_, to, last)) if *last == value => *to = place + 1,
                _ => stretches.push((place, place + 1, value)),
            }
        }
        stretches
    }
}

/// The end of a long name says more than its start.
fn shortened(name: &str) -> String {
    let letters = name.chars().count();
    if letters <= LONGEST_NAME {
        return name.to_owned();
    }
    let end = name.chars().skip(letters - LONGEST_NAME + 1);
    std::iter::once('…').chain(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_drawn_once_for_as_long_as_it_holds() {
        let value = |text: &str| Some(text.to_owned());
        let row = Row {
            name: String::new(),
            is_bit: false,
            values: vec![None, value("1"), value("1"), value("2")],
        };
        let expected = [(0, 1, None), (1, 3, Some("1")), (3, 4, Some("2"))];
        assert_eq!(row.stretches(), expected);
    }

    #[test]
    fn a_long_name_keeps_its_end() {
        assert_eq!(shortened("soc.pc"), "soc.pc");
        let long = format!("soc.{}.pc", "x".repeat(60));
        let short = shortened(&long);
        assert_eq!(short.chars().count(), LONGEST_NAME);
        assert!(short.starts_with('…') && short.ends_with("x.pc"));
    }
}
