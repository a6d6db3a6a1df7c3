//! Compares states of a model with a waveform of the same run, which Verilator wrote and `wellen`
//! reads.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lightsss_runtime::state::{Difference, Filter, Kind, Signal, StoredState, Value, differences};
use wellen::simple;

/// A signal's values, each from its time on, as bits or as a real number.
type Changes = Vec<(u64, String)>;

/// What was found in both, and what was not.
#[derive(Debug, Default)]
pub struct Compared {
    /// Values of signals' elements that were in both, counted for each pair of states.
    pub values: usize,
    /// Those among them that changed from one state to the next.
    pub changed: usize,
    /// The designer's vectors and reals that the waveform does not hold.
    pub untraced: BTreeSet<String>,
    /// Variables that were in both.
    pub compared: BTreeSet<String>,
    /// The designer's variables that were not compared, and why.
    pub skipped: BTreeMap<String, Skipped>,
}

/// Why a variable is not what the waveform shows under its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skipped {
    /// Its name is one that Verilator gives.
    Name,
    /// A port of a module that is not inlined, which Verilator has left unwritten: the waveform shows another value.
    InnerPort,
    /// The state keeps what drives it, the waveform shows what it is forced to.
    Forced,
    /// Verilator has split it.
    Part,
    /// A string, or something that only operators read.
    NoVector,
}

/// A waveform: the elements of each signal, by their indices.
struct Waves(BTreeMap<String, BTreeMap<Vec<i64>, Changes>>);

impl Waves {
    fn read(path: &Path) -> Self {
        let mut waves = simple::read(path).expect("a waveform");
        let hierarchy = waves.hierarchy();
        let vars: Vec<(String, wellen::SignalRef)> = hierarchy
            .all_vars()
            .map(|var| &hierarchy[var])
            .map(|var| {
                // Arrays are scopes: `ram.[3]`; of an array of bits the index is taken for a range.
                let name = var.full_name(hierarchy).replace(".[", "[");
                let name = match var.index() {
                    Some(index)
                        if var.length(hierarchy) == Some(1) && index.lsb() == index.msb() =>
                    {
                        format!("{name}[{}]", index.lsb())
                    }
                    _ => name,
                };
                (name, var.signal_ref())
            })
            .collect();
        let refs: Vec<_> = vars.iter().map(|(_, signal)| *signal).collect();
        waves.load_signals(&refs);
        let times = waves.time_table();
        let mut all: BTreeMap<String, BTreeMap<Vec<i64>, Changes>> = BTreeMap::new();
        for (name, signal) in vars {
            let signal = waves.get_signal(signal).expect("a loaded signal");
            let changes: Changes = signal
                .iter_changes()
                .map(|(at, value)| (times[at as usize], value.to_string()))
                .collect();
            let (base, indices) = split(&name);
            all.entry(base.to_owned())
                .or_default()
                .insert(indices, changes.clone());
            if !indices_of(&name).is_empty() {
                // Of a name that the designer escaped, the brackets are part.
                all.entry(name).or_default().insert(Vec::new(), changes);
            }
        }
        Self(all)
    }

    /// A signal's elements in their order, if the waveform has them all. The table's names of ports
    /// have no scope, and its indices start at 0, whatever the declaration says.
    fn elements(&self, signal: &Signal<'_>) -> Option<Vec<Cow<'_, Changes>>> {
        let name = signal.name();
        // Early versions trace a port with a keyword's name in the module only.
        let inner = format!(".{name}");
        let in_module = self.0.keys().filter(|key| {
            let outer = key.strip_suffix(&inner).unwrap_or_default();
            outer.starts_with("TOP.") && !outer["TOP.".len()..].contains('.')
        });
        [format!("TOP.{name}"), format!("$rootio.{name}"), name]
            .iter()
            .chain(in_module)
            .filter_map(|name| self.0.get(name))
            .map(|elements| match elements.first_key_value() {
                // Beside it may stand one whose escaped name looks like an element: `a[3]`.
                Some((indices, whole)) if indices.is_empty() && signal.dimensions().is_empty() => {
                    vec![Cow::Borrowed(whole)]
                }
                Some((_, bits)) if elements.len() == 1 && signal.width() == 1 => bits_of(bits),
                _ => elements.values().map(Cow::Borrowed).collect(),
            })
            .find(|elements| elements.len() as u64 == signal.count())
    }
}

/// The bits of a vector, the lowest first: an array of bits may be taken for one.
fn bits_of(vector: &Changes) -> Vec<Cow<'_, Changes>> {
    let width = vector.first().map_or(1, |(_, value)| value.len());
    if width == 1 {
        return vec![Cow::Borrowed(vector)];
    }
    (0..width)
        .rev()
        .map(|at| {
            let bits = vector.iter();
            Cow::Owned(
                bits.map(|(time, value)| (*time, value[at..=at].to_owned()))
                    .collect(),
            )
        })
        .collect()
}

/// `ram[3][1]` is `ram` and its indices.
fn split(name: &str) -> (&str, Vec<i64>) {
    let indices = indices_of(name);
    let length: usize = indices.iter().map(|text| text.len() + 2).sum();
    let numbers = indices.iter().rev().filter_map(|text| text.parse().ok());
    (&name[..name.len() - length], numbers.collect())
}

/// The indices at the end, the last first.
fn indices_of(mut name: &str) -> Vec<&str> {
    let mut indices = Vec::new();
    while let Some((rest, index)) = name
        .strip_suffix(']')
        .and_then(|name| name.rsplit_once('['))
    {
        if index.parse::<i64>().is_err() {
            break;
        }
        indices.push(index);
        name = rest;
    }
    indices
}

/// The value that holds at `time`.
fn at(changes: &Changes, time: u64) -> Option<&str> {
    changes
        .iter()
        .take_while(|(when, _)| *when <= time)
        .last()
        .map(|(_, value)| value.as_str())
}

/// Whether the waveform shows this value.
fn shows(shown: Option<&str>, value: &Value) -> bool {
    match (shown, value) {
        (Some(shown), Value::Bits(bits)) => {
            let bit = |at: u32| bits.words()[at as usize / 32] >> (at % 32) & 1;
            let wanted = (0..bits.width()).rev();
            shown.len() == bits.width() as usize
                && shown
                    .bytes()
                    .zip(wanted)
                    .all(|(shown, at)| u32::from(shown) == u32::from(b'0') + bit(at))
        }
        // It is written with 16 digits.
        (Some(shown), Value::Real(real)) => shown
            .parse::<f64>()
            .is_ok_and(|shown| (shown - real).abs() <= real.abs() * 1e-14),
        _ => false,
    }
}

/// Ports of modules that are not inlined: Verilator does not say everywhere that they are ports.
const PORTS: &[&str] = &[
    "internals.u_apart.a",
    "internals.u_apart.clk",
    "internals.u_apart.y",
];

/// Those that may be ports of modules that are not inlined, and that the waveform does not hold or shows otherwise in
/// some state: Verilator uses the signal on the other side.
fn stale(states: &[(u64, Vec<u8>)], waves: &Waves) -> BTreeSet<String> {
    let mut stale = BTreeSet::new();
    for (time, section) in states {
        let now = stored(section);
        for signal in now.table().signals() {
            let name = signal.name();
            let may_be = signal.is_port() && !signal.scope().is_empty() || PORTS.contains(&&*name);
            if !may_be || stale.contains(&name) {
                continue;
            }
            let fresh = waves.elements(&signal).is_some_and(|elements| {
                let mut pairs = now.elements(&signal).zip(elements);
                pairs.all(|(value, changes)| shows(at(&changes, *time), &value))
            });
            if !fresh {
                stale.insert(name);
            }
        }
    }
    stale
}

/// Why the state's variable is not what the waveform shows under its name. Verilator's helpers are not asked about.
fn skipped(
    signal: &Signal<'_>,
    forced: &BTreeSet<String>,
    stale: &BTreeSet<String>,
) -> Option<Skipped> {
    let name = signal.name();
    if !matches!(signal.kind(), Kind::Bits { .. } | Kind::Real) {
        return Some(Skipped::NoVector);
    }
    if name.starts_with("__") {
        return Some(Skipped::Name);
    }
    if stale.contains(&name) {
        return Some(Skipped::InnerPort);
    }
    if forced.contains(&name) {
        return Some(Skipped::Forced);
    }
    is_part(&name).then_some(Skipped::Part)
}

/// `pair[7:4]`.
fn is_part(name: &str) -> bool {
    let range = name
        .strip_suffix(']')
        .and_then(|name| name.rsplit_once('['));
    range.is_some_and(|(_, range)| range.contains(':'))
}

fn forced(state: &StoredState<'_>) -> BTreeSet<String> {
    let names = state.table().signals().map(|signal| signal.name());
    names
        .filter_map(|name| Some(name.split_once("__Vforce")?.0.to_owned()))
        .collect()
}

/// Compares each two neighbours of `states`, the bytes of a model's section and the time at which the
/// waveform was written for it: what differs between them is what the waveform shows to change.
///
/// # Panics
/// If it is not, or if the states are not of one model with a table.
#[must_use]
pub fn compare(states: &[(u64, Vec<u8>)], waveform: &Path) -> Compared {
    let waves = Waves::read(waveform);
    let mut compared = Compared::default();
    let stale = stale(states, &waves);
    for pair in states.windows(2) {
        let [(before, from), (after, to)] = pair else {
            unreachable!("windows of two")
        };
        compare_two(
            &waves,
            &stale,
            (*before, &stored(from)),
            (*after, &stored(to)),
            &mut compared,
        );
    }
    compared
}

fn stored(section: &[u8]) -> StoredState<'_> {
    let state = StoredState::read(section).expect("a model's section");
    state.expect("a section with a table")
}

fn compare_two(
    waves: &Waves,
    stale: &BTreeSet<String>,
    (before, from): (u64, &StoredState<'_>),
    (after, to): (u64, &StoredState<'_>),
    compared: &mut Compared,
) {
    let mut in_both = BTreeSet::new();
    let mut shown_to_change = BTreeSet::new();
    let forced = forced(from);
    for (signal, other) in from.table().signals().zip(to.table().signals()) {
        stays_within_its_width(&signal, from.bytes(&signal));
        if signal.is_helper() {
            continue;
        }
        let name = signal.name();
        if let Some(why) = skipped(&signal, &forced, stale) {
            compared.skipped.insert(name, why);
            continue;
        }
        let Some(elements) = waves.elements(&signal) else {
            compared.untraced.insert(name);
            continue;
        };
        let values = from.elements(&signal).zip(to.elements(&other));
        for (index, ((old, new), changes)) in values.zip(elements).enumerate() {
            for (time, value) in [(before, &old), (after, &new)] {
                let shown = at(&changes, time);
                assert!(
                    shows(shown, value),
                    "`{name}`, element {index}, at {time}: the state has {value}, the waveform \
                     {shown:?}"
                );
            }
            compared.values += 1;
            if at(&changes, before) != at(&changes, after) {
                compared.changed += 1;
                shown_to_change.insert(format!("{name} {index}"));
            }
        }
        compared.compared.insert(name.clone());
        in_both.insert((name, signal.dimensions().to_vec()));
    }
    let mut found = BTreeSet::new();
    for difference in differences(from, to, &Filter::default()) {
        for (name, lengths) in &in_both {
            found.extend(
                elements_of(&difference, name, lengths)
                    .into_iter()
                    .map(|index| format!("{name} {index}")),
            );
        }
    }
    assert_eq!(
        found, shown_to_change,
        "differences from {before} to {after} (left), and what the waveform shows to change (right)"
    );
}

/// Verilator keeps the bits above a vector's width at zero, helpers' too: a restore by name relies on that.
fn stays_within_its_width(signal: &Signal<'_>, bytes: &[u8]) {
    if !matches!(signal.kind(), Kind::Bits { .. }) {
        return;
    }
    let width = signal.width() as usize;
    for element in bytes.chunks(bytes.len() / signal.count() as usize) {
        let bits = element.iter().enumerate().map(|(at, byte)| {
            let kept = width.saturating_sub(at * 8).min(8);
            u32::from(*byte) >> kept
        });
        assert_eq!(
            bits.max(),
            Some(0),
            "`{}` of {width} bits: {element:x?}",
            signal.name()
        );
    }
}

/// The elements of the signal that a difference names, counted over all dimensions.
fn elements_of(difference: &Difference, name: &str, lengths: &[u32]) -> Vec<u64> {
    let flat = |indices: &[u32]| {
        let pairs = indices.iter().zip(lengths);
        pairs.fold(0, |at, (index, length)| {
            at * u64::from(*length) + u64::from(*index)
        })
    };
    match difference {
        Difference::Value { name: found, .. } => {
            let Some(rest) = found.strip_prefix(name) else {
                return Vec::new();
            };
            let indices: Vec<u32> = indices_of(rest)
                .iter()
                .rev()
                .filter_map(|index| index.parse().ok())
                .collect();
            let text = indices
                .iter()
                .fold(String::new(), |text, index| format!("{text}[{index}]"));
            if text == rest && indices.len() == lengths.len() {
                vec![flat(&indices)]
            } else {
                Vec::new()
            }
        }
        Difference::Range {
            name: found,
            first,
            last,
            values,
        } if found == name => {
            assert_eq!(flat(last) - flat(first) + 1, values.len() as u64, "{found}");
            (flat(first)..=flat(last)).collect()
        }
        _ => Vec::new(),
    }
}
