//! Chooses the signals that matter: what the user listed, what differs in the replay, what the failure names.

use super::waveform::Variable;
use crate::state::matches;

/// The most signals of a pattern, and of one word of a failure's message.
const MOST_LISTED: usize = 500;
const MOST_NAMED: usize = 4;
/// Fewer signals than these say little by themselves: the ports of the top module are shown, too.
const FEW: usize = 8;
const MOST_PORTS: usize = 24;

/// Why a signal is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    Clock,
    /// By `--show`.
    Listed,
    /// In the replay.
    Differs,
    /// By the failure.
    Named,
    /// Of the top module, where little else is shown.
    Port,
}

impl Why {
    /// A word for a heading.
    pub fn word(self) -> &'static str {
        match self {
            Self::Clock => "clock",
            Self::Listed => "listed",
            Self::Differs => "differs",
            Self::Named => "named",
            Self::Port => "ports",
        }
    }
}

/// The signals, and the patterns that mean none.
pub struct Chosen {
    /// Places among the variables, by reason.
    pub signals: Vec<(usize, Why)>,
    /// What of `--show` the waveform does not have.
    pub unknown: Vec<String>,
    /// What of `--show` means more signals than are shown.
    pub cut: Vec<String>,
}

/// Chooses among `variables`.
///
/// `differences` are lines of a report: a name, and values behind a colon.
pub fn choose(
    variables: &[Variable],
    show: &[String],
    differences: &[String],
    failure: Option<&str>,
) -> Chosen {
    let mut chosen = Chosen {
        signals: Vec::new(),
        unknown: Vec::new(),
        cut: Vec::new(),
    };
    for pattern in show {
        let found: Vec<usize> = places(variables, |one| is_meant(pattern, one)).collect();
        if found.is_empty() {
            chosen.unknown.push(pattern.clone());
        }
        if found.len() > MOST_LISTED {
            chosen.cut.push(pattern.clone());
        }
        for place in found.into_iter().take(MOST_LISTED) {
            chosen.add(variables, place, Why::Listed);
        }
    }
    for line in differences {
        let name = line.split(": ").next().unwrap_or_default();
        let exact = variables.iter().position(|one| one.name == name);
        // A part of a signal: the waveform has the whole.
        let whole = || {
            let (whole, _) = name.rsplit_once('[')?;
            variables.iter().position(|one| one.name == whole)
        };
        if let Some(place) = exact.or_else(whole) {
            chosen.add(variables, place, Why::Differs);
        }
    }
    for word in failure.map(words).unwrap_or_default() {
        let mut found: Vec<usize> = places(variables, |one| is_named(word, one)).collect();
        found.sort_by_key(|place| variables[*place].depth);
        for place in found.into_iter().take(MOST_NAMED) {
            chosen.add(variables, place, Why::Named);
        }
    }
    let is_few = chosen.signals.len() < FEW;
    let top = variables.iter().map(|one| one.depth).min().unwrap_or(0);
    let mut clocks = places(variables, |one| is_clock(one) && one.depth == top);
    if let Some(clock) = clocks.next()
        && !chosen.has(variables, clock)
    {
        chosen.signals.insert(0, (clock, Why::Clock));
    }
    if is_few {
        let ports = places(variables, |one| one.depth == top && !one.is_parameter);
        for place in ports.take(MOST_PORTS) {
            chosen.add(variables, place, Why::Port);
        }
    }
    chosen
}

impl Chosen {
    /// Once only, also where a signal has several names.
    fn add(&mut self, variables: &[Variable], place: usize, why: Why) {
        if !self.has(variables, place) {
            self.signals.push((place, why));
        }
    }

    fn has(&self, variables: &[Variable], place: usize) -> bool {
        let mut signals = self.signals.iter();
        signals.any(|(other, _)| variables[*other].is_same_signal(&variables[place]))
    }
}

fn places<'v>(
    variables: &'v [Variable],
    wanted: impl Fn(&Variable) -> bool + 'v,
) -> impl Iterator<Item = usize> + 'v {
    let all = variables.iter().enumerate();
    all.filter(move |(_, one)| wanted(one)).map(|(at, _)| at)
}

/// Whether a pattern of `--show` means a variable: by its name in the design, by that in the waveform, or, for a
/// pattern without dots, by the last part of either.
fn is_meant(pattern: &str, one: &Variable) -> bool {
    let is = |name: &str| matches(pattern.as_bytes(), name.as_bytes());
    let whole = one.path.replace(".[", "[");
    is(&one.name) || is(&whole) || (!pattern.contains('.') && is(one.last_name()))
}

/// Whether a word of a message names a variable: as a path or the end of one.
fn is_named(word: &str, one: &Variable) -> bool {
    let before = one.name.strip_suffix(word);
    !one.is_parameter && before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// The words of a message that may be names: two letters at least, each once.
fn words(message: &str) -> Vec<&str> {
    let is_part = |letter: char| letter.is_alphanumeric() || "_$.[]".contains(letter);
    let mut words: Vec<&str> = Vec::new();
    for word in message.split(|letter| !is_part(letter)) {
        let word = word.trim_matches('.');
        let begins = word.starts_with(|letter: char| letter.is_alphabetic() || letter == '_');
        if begins && word.len() > 1 && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

fn is_clock(one: &Variable) -> bool {
    let name = one.last_name().to_lowercase();
    one.width == 1 && (name.contains("clk") || name.contains("clock"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Variables of one bit, each its own signal, and the names that are chosen.
    fn chosen(names: &[&str], show: &[&str], differences: &[&str], failure: &str) -> Vec<String> {
        let variables = Variable::bits(names);
        let owned = |all: &[&str]| all.iter().copied().map(String::from).collect::<Vec<_>>();
        let chosen = choose(&variables, &owned(show), &owned(differences), Some(failure));
        chosen
            .signals
            .iter()
            .map(|(place, why)| format!("{} {}", why.word(), variables[*place].name))
            .collect()
    }

    #[test]
    fn each_signal_is_shown_once_for_its_first_reason() {
        let names = [
            "TOP.clk",
            "TOP.soc.pc",
            "TOP.soc.ram.[3]",
            "TOP.soc.bus",
            "TOP.soc.x",
        ];
        let shown = chosen(
            &names,
            &["soc.b*"],
            &[
                "soc.ram[3]: 1 -> 2",
                "soc.bus[7:4]: 1 -> 2",
                "soc.field: 1 -> 2",
            ],
            "pc 0x80: expected 1, found 2",
        );
        let expected = [
            "clock clk",
            "listed soc.bus",
            "differs soc.ram[3]",
            "named soc.pc",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_pattern_without_dots_means_a_name_in_any_scope() {
        let names = ["TOP.x", "TOP.a.pc", "TOP.b.pc", "TOP.b.pcx"];
        let listed = |pattern| chosen(&names, &[pattern], &[], "");
        assert_eq!(listed("pc"), ["listed a.pc", "listed b.pc", "ports x"]);
        assert_eq!(listed("TOP.b"), ["listed b.pc", "listed b.pcx", "ports x"]);
    }

    #[test]
    fn where_little_is_known_the_ports_of_the_top_module_are_shown() {
        let names = ["TOP.clk", "TOP.valid", "TOP.soc.x"];
        assert_eq!(
            chosen(&names, &[], &[], "it failed"),
            ["clock clk", "ports valid"]
        );
    }

    #[test]
    fn what_is_not_there_is_said() {
        let variables = Variable::bits(&["TOP.soc.pc"]);
        let chosen = choose(&variables, &["soc.cp".to_owned()], &[], None);
        assert_eq!(chosen.unknown, ["soc.cp"]);
    }
}
