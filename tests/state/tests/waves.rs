//! What differs between two snapshots is what a waveform of the cycle between them shows.

use std::collections::BTreeMap;

use lightsss_runtime::state::{Filter, Kind, Signal, StoredState, Value};
use lightsss_tests_state::{Soc, section};
use wellen::simple;

/// The values of a waveform's signals at each time, as bits or text, by name.
type Waves = BTreeMap<String, Vec<(u64, String)>>;

fn read(path: &std::path::Path) -> Waves {
    let mut waves = simple::read(path).expect("a waveform");
    let vars: Vec<(String, wellen::SignalRef)> = waves
        .hierarchy()
        .all_vars()
        .map(|var| &waves.hierarchy()[var])
        .map(|var| {
            // Arrays are scopes: `ram.[3]`.
            let name = var.full_name(waves.hierarchy()).replace(".[", "[");
            (name, var.signal_ref())
        })
        .collect();
    let refs: Vec<_> = vars.iter().map(|(_, signal)| *signal).collect();
    waves.load_signals(&refs);
    let times = waves.time_table().to_vec();
    vars.into_iter()
        .map(|(name, signal)| {
            let changes = waves
                .get_signal(signal)
                .expect("a loaded signal")
                .iter_changes();
            let values = changes
                .map(|(at, value)| (times[at as usize], value.to_string()))
                .collect();
            (name, values)
        })
        .collect()
}

/// The value that holds at `time`.
fn at(changes: &[(u64, String)], time: u64) -> Option<&str> {
    changes
        .iter()
        .take_while(|(when, _)| *when <= time)
        .last()
        .map(|(_, value)| value.as_str())
}

/// A waveform's name of a signal's element: the table's names of ports have no scope.
fn wave_names(signal: &Signal<'_>, index: &str) -> Vec<String> {
    let name = format!("{}{index}", signal.name());
    vec![format!("TOP.{name}"), format!("$rootio.{name}"), name]
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Bits(bits) => Some(
            (0..bits.width())
                .rev()
                .map(|at| {
                    if bits.words()[at as usize / 32] >> (at % 32) & 1 == 1 {
                        '1'
                    } else {
                        '0'
                    }
                })
                .collect(),
        ),
        _ => None,
    }
}

fn indices(signal: &Signal<'_>) -> Vec<String> {
    signal
        .dimensions()
        .iter()
        .fold(vec![String::new()], |all, length| {
            all.iter()
                .flat_map(|before| (0..*length).map(move |at| format!("{before}[{at}]")))
                .collect()
        })
}

/// Whether the state's variable is not what the waveform shows under its name: Verilator's helpers, and
/// inputs of modules that are not inlined, which it leaves unwritten where it reads the outer signal.
fn unlike_waves(signal: &Signal<'_>) -> bool {
    signal.is_helper() || signal.is_port() && !signal.scope().is_empty()
}

#[test]
fn differences_are_what_the_waveform_shows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("waves.vcd");
    let mut soc = Soc::new();
    soc.run_to(10);
    soc.dut.open_trace(&path, 99).unwrap();
    let mut sections = Vec::new();
    for _ in 0..60 {
        soc.step();
        soc.dut.dump_trace(soc.cycle);
        sections.push((soc.cycle, section(&soc.image())));
    }
    soc.dut.close_trace();
    let waves = read(&path);

    let (mut compared, mut moved) = (0, 0);
    for pair in sections.windows(2) {
        let [(before, a), (after, b)] = pair else {
            unreachable!()
        };
        let (a, b) = (
            StoredState::read(a).unwrap().unwrap(),
            StoredState::read(b).unwrap().unwrap(),
        );
        let signals: Vec<_> = a.table().signals().collect();
        for (signal, other) in signals.iter().zip(b.table().signals()) {
            if unlike_waves(signal) || !matches!(signal.kind(), Kind::Bits { .. }) {
                continue;
            }
            let values = a
                .elements(signal)
                .zip(b.elements(&other))
                .zip(indices(signal));
            for ((from, to), index) in values {
                let names = wave_names(signal, &index);
                let Some(changes) = names.iter().find_map(|name| waves.get(name)) else {
                    continue;
                };
                compared += 1;
                moved += usize::from(from != to);
                let name = &names[2];
                assert_eq!(
                    at(changes, *before),
                    text(&from).as_deref(),
                    "{name} at {before}"
                );
                assert_eq!(
                    at(changes, *after),
                    text(&to).as_deref(),
                    "{name} at {after}"
                );
            }
        }
        // And nothing that the waveform shows to change is missing from the differences.
        let found = lightsss_runtime::state::differences(&a, &b, &Filter::default());
        for (name, changes) in &waves {
            let in_table = signals.iter().any(|signal| {
                !unlike_waves(signal)
                    && indices(signal)
                        .iter()
                        .any(|index| wave_names(signal, index).contains(name))
            });
            if in_table && at(changes, *before) != at(changes, *after) {
                let base = name.split('[').next().unwrap();
                let base = base
                    .trim_start_matches("TOP.")
                    .trim_start_matches("$rootio.");
                assert!(
                    found
                        .iter()
                        .any(|difference| difference.name().starts_with(base)),
                    "{name} changes from {before} to {after}; found {found:#?}"
                );
            }
        }
    }
    // Memories, both kinds of fifo, ports, pipeline.
    assert!(compared > 59 * 50, "only {compared} values were in both");
    assert!(moved > 500, "only {moved} values moved");
}
