//! Random questions about three cores, whose answers a waveform of the whole run knows.
//!
//! `LIGHTSSS_QUESTIONS=2000` asks so many of each core; `LIGHTSSS_QUESTIONS_SEED` chooses others.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use lightsss_runtime::slots::isolated;
use lightsss_runtime::state::Value;
use lightsss_runtime::timeline::{Condition, Sample, SignalPlace, Timeline};
use lightsss_runtime::{Failure, Simulation};
use lightsss_tests_timeline::{run, timeline_of};
use wellen::simple;

/// Cycles that are run and traced.
const CYCLES: u64 = 12_000;
/// From one slot to the next.
const EVERY: u64 = 1_700;

/// What the waveform shows at the end of each cycle, by name: bits as text.
struct Shown(BTreeMap<String, Vec<String>>);

impl Shown {
    /// Runs a harness with its waveform open; its step to cycle `c` ends at time `2c - 1`.
    fn of<S: Simulation>(mut harness: S) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("whole.fst");
        let traced = |harness: &mut S| {
            harness.open_trace(&path)?;
            while harness.cycle() < CYCLES {
                harness.step()?;
            }
            harness.close_trace()
        };
        traced(&mut harness).unwrap_or_else(|failure: Failure| panic!("{failure}"));
        Self::read(&path)
    }

    fn read(path: &Path) -> Self {
        let mut wave = simple::read(path).expect("a waveform");
        let hierarchy = wave.hierarchy();
        let variables: Vec<_> = hierarchy
            .all_vars()
            .map(|var| &hierarchy[var])
            .map(|var| {
                let name = var.full_name(hierarchy).replace(".[", "[");
                let short = name.strip_prefix("TOP.").unwrap_or(&name);
                (short.to_owned(), var.signal_ref())
            })
            .collect();
        let signals: Vec<_> = variables.iter().map(|(_, signal)| *signal).collect();
        wave.load_signals(&signals);
        let times = wave.time_table();
        let mut shown = BTreeMap::new();
        for (name, signal) in variables {
            let loaded = wave.get_signal(signal).expect("a loaded signal");
            let changes: Vec<(u64, String)> = loaded
                .iter_changes()
                .map(|(at, value)| (times[at as usize], value.to_string()))
                .collect();
            let at = |cycle: u64| {
                let behind = changes.partition_point(|(time, _)| *time < 2 * cycle);
                let last = behind.checked_sub(1).map(|at| changes[at].1.clone());
                last.unwrap_or_default()
            };
            shown.insert(name, (0..=CYCLES).map(at).collect());
        }
        Self(shown)
    }
}

fn bits(sample: &Sample) -> String {
    match sample {
        Sample::One(Value::Bits(bits)) => (0..bits.width())
            .rev()
            .map(|at| bits.words()[at as usize / 32] >> (at % 32) & 1)
            .map(|bit| if bit == 1 { '1' } else { '0' })
            .collect(),
        other => panic!("no vector: {other}"),
    }
}

fn questions() -> usize {
    let given = std::env::var("LIGHTSSS_QUESTIONS").ok();
    given.map_or(60, |given| given.parse().expect("a number of questions"))
}

fn seed() -> u64 {
    let given = std::env::var("LIGHTSSS_QUESTIONS_SEED").ok();
    given.map_or(11, |given| given.parse().expect("a seed"))
}

/// Asks about a core, and holds every answer against the waveform.
fn ask<S: Simulation>(make: impl Fn() -> S, wires_of: &str) {
    let mut harness = make();
    let asked = run(&mut harness, CYCLES, EVERY, 20);
    let mut timeline = timeline_of(&asked);
    let first = timeline.first_cycle().unwrap().max(1);
    let shown = Shown::of(make());
    let (signals, more) = timeline.signals("", 100_000).unwrap();
    assert!(!more);
    let names: Vec<&str> = signals
        .iter()
        .filter(|one| one.place == SignalPlace::Model && one.dimensions.is_empty())
        .filter(|one| {
            shown
                .0
                .get(&one.name)
                .is_some_and(|all| all[1].len() == one.width as usize)
        })
        .map(|one| &*one.name)
        .collect();
    assert!(names.len() > 20, "{} names are in both", names.len());
    let mut random = fastrand::Rng::with_seed(seed());
    let begun = Instant::now();
    for _ in 0..questions() {
        let name = names[random.usize(..names.len())];
        let series = &shown.0[name];
        let cycle = random.u64(first..=CYCLES);
        match random.u8(..6) {
            0 | 1 => {
                let value = timeline.value(name, cycle).unwrap();
                assert_eq!(bits(&value), series[cycle as usize], "{name} at {cycle}");
            }
            2 => last_change(&mut timeline, name, series, first, cycle),
            3 => next_change(&mut timeline, name, series, cycle),
            4 => conditions(&mut timeline, name, series, first, cycle),
            _ => {
                let to = (cycle + random.u64(..400)).min(CYCLES);
                let values = timeline.values(&[name], cycle..to).unwrap();
                for at in cycle..=to {
                    let found = bits(values[0].at(at).unwrap());
                    assert_eq!(found, series[at as usize], "{name} at {at}");
                }
            }
        }
    }
    eprintln!(
        "{} questions about {} names in {:.2} s",
        questions(),
        names.len(),
        begun.elapsed().as_secs_f64()
    );
    wires(&mut timeline, &shown, &names, wires_of);
}

fn last_change(timeline: &mut Timeline, name: &str, series: &[String], first: u64, before: u64) {
    let expected = (first + 1..before)
        .rev()
        .find(|at| series[*at as usize] != series[*at as usize - 1]);
    let found = timeline.last_change(name, before).unwrap();
    let found = found.filter(|change| change.cycle > first);
    assert_eq!(
        found.as_ref().map(|change| change.cycle),
        expected,
        "{name} before {before}"
    );
    if let Some(change) = found {
        assert_eq!(bits(&change.to), series[change.cycle as usize]);
        assert_eq!(bits(&change.from), series[change.cycle as usize - 1]);
    }
}

fn next_change(timeline: &mut Timeline, name: &str, series: &[String], after: u64) {
    let expected = (after + 1..=CYCLES).find(|at| series[*at as usize] != series[*at as usize - 1]);
    let found = timeline.next_change(name, after).unwrap();
    assert_eq!(
        found.map(|change| change.cycle),
        expected,
        "{name} behind {after}"
    );
}

/// Where it has the value that it has at `cycle`, and where it has another one.
fn conditions(timeline: &mut Timeline, name: &str, series: &[String], first: u64, cycle: u64) {
    let value = &series[cycle as usize];
    for (operator, equal) in [("==", true), ("!=", false)] {
        let text = format!("{name} {operator} 0b{value}");
        let condition: Condition = text.parse().unwrap();
        let holds = |at: &u64| (series[*at as usize] == *value) == equal;
        let last = timeline.last(&condition, cycle).unwrap();
        let last = last.filter(|at| *at >= first);
        assert_eq!(
            last,
            (first..cycle).rev().find(holds),
            "{text} before {cycle}"
        );
        let found = timeline.first(&condition, cycle).unwrap();
        assert_eq!(found, (cycle..=CYCLES).find(holds), "{text} from {cycle}");
    }
}

/// Wires that are in no state.
fn wires(timeline: &mut Timeline, shown: &Shown, names: &[&str], wires_of: &str) {
    let (known, _) = timeline.wires(wires_of, 10_000).unwrap();
    let only_there = known
        .iter()
        .map(|one| &*one.name)
        .filter(|name| !names.contains(name) && shown.0[*name][1].bytes().all(|bit| bit < b'2'));
    let mut asked = 0;
    let cycle = CYCLES - 777;
    for name in only_there.take(6) {
        let values = timeline.values(&[name], cycle..cycle + 50).unwrap();
        for at in cycle..=cycle + 50 {
            let found = values[0].at(at).unwrap_or_else(|| panic!("{name} at {at}"));
            assert_eq!(bits(found), shown.0[name][at as usize], "{name} at {at}");
        }
        asked += 1;
    }
    assert!(asked > 0, "no wire is only in the waveform");
}

#[test]
fn the_core_of_the_demo_was_as_its_waveform_says() {
    use rv32_difftest::{harness::Harness, program::Work};
    isolated(|| {
        let make = || Harness::new([""; 0], Work::FULL).unwrap();
        ask(make, "soc*");
    });
}

#[test]
fn picorv32_was_as_its_waveform_says() {
    use picorv32_example::harness::{Harness, Settings};
    isolated(|| ask(|| Harness::new(Settings::default()).unwrap(), "picorv32*"));
}

#[test]
fn serv_was_as_its_waveform_says() {
    use serv_example::harness::{Harness, Settings};
    isolated(|| ask(|| Harness::new(Settings::default()).unwrap(), "serv*"));
}
