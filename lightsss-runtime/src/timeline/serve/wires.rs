//! Wires that Verilator computes on the way, and that are in no state: from a waveform of the stretch, which is written
//! into a folder of its own and read at once.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use wellen::{SignalRef, simple};

use super::super::address::random;
use super::super::error::QueryError;
use super::super::sample::{Sample, SignalInfo, SignalPlace, Values};
use super::course::{Course, Stopped};
use super::sampler::Held;
use super::wave;
use crate::simulation::Simulation;
use crate::state::{Bits, Value, matches, near};

/// A folder that goes with this.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, QueryError> {
        let name = format!("lightsss-query-{}", random().map_err(QueryError::failed)?);
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).map_err(QueryError::failed)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The waveform of a stretch, with the model's time at each cycle.
struct Traced {
    wave: simple::Waveform,
    /// Cycle and time, behind the first one.
    times: Vec<(u64, u64)>,
}

fn traced<S: Simulation>(course: &mut Course<'_, S>, to: u64) -> Result<Traced, Stopped> {
    let folder = course.own_files(|_| Folder::new())?;
    let path = folder.0.join("wires.fst");
    let mut times = Vec::new();
    let ran = wave::open(course, &path).and_then(|()| {
        let first = course.cycle();
        let ran = course.run(to, |simulation| {
            let time = Held::of(simulation)
                .ok()
                .and_then(|held| Some(held.models.first()?.1.time()));
            let cycle = simulation.cycle();
            if let Some(time) = time.filter(|_| cycle > first) {
                times.push((cycle, time));
            }
            ControlFlow::Continue(())
        });
        wave::close(course)?;
        ran
    });
    let wave = ran.and_then(|_| read(&path).map_err(Stopped::from));
    course.own_files(|_| drop(folder));
    Ok(Traced { wave: wave?, times })
}

fn read(path: &Path) -> Result<simple::Waveform, QueryError> {
    simple::read(path)
        .map_err(|error| QueryError::Failed(format!("the waveform cannot be read: {error}")))
}

/// The name of a waveform's variable, as the state would have it.
fn variables(wave: &simple::Waveform) -> Vec<(String, SignalRef, Option<u32>)> {
    let hierarchy = wave.hierarchy();
    let all = hierarchy.all_vars().map(|var| &hierarchy[var]);
    all.map(|var| {
        let name = var.full_name(hierarchy).replace(".[", "[");
        let short = name.strip_prefix("TOP.").map(str::to_owned);
        (
            short.unwrap_or(name),
            var.signal_ref(),
            var.length(hierarchy),
        )
    })
    .collect()
}

/// The changes of names from a cycle to another one; some names may be in the waveform only.
pub(super) fn values<S: Simulation>(
    course: &mut Course<'_, S>,
    from: u64,
    to: u64,
    names: &[String],
) -> Result<Vec<Values>, Stopped> {
    let Traced { mut wave, times } = traced(course, to.max(course.cycle() + 1))?;
    let known = variables(&wave);
    let mut all = Vec::new();
    for name in names {
        let wanted = name.strip_prefix("TOP.").unwrap_or(name);
        let Some((_, signal, _)) = known.iter().find(|(known, ..)| known == wanted) else {
            return Err(QueryError::UnknownName {
                name: name.clone(),
                near: near(wanted, known.into_iter().map(|(name, ..)| name)),
            }
            .into());
        };
        wave.load_signals(&[*signal]);
        let table = wave.time_table();
        let loaded = wave
            .get_signal(*signal)
            .ok_or_else(|| QueryError::failed("the waveform has lost a signal"))?;
        let shown: Vec<(u64, Sample)> = loaded
            .iter_changes()
            .map(|(at, value)| {
                (
                    table[at as usize],
                    Sample::One(value_of(&value.to_string())),
                )
            })
            .collect();
        all.push(Values {
            name: name.clone(),
            changes: at_cycles(&shown, &times, from),
        });
    }
    Ok(all)
}

/// What holds at each cycle from `from` on.
fn at_cycles(shown: &[(u64, Sample)], times: &[(u64, u64)], from: u64) -> Vec<(u64, Sample)> {
    let mut changes: Vec<(u64, Sample)> = Vec::new();
    for (cycle, time) in times.iter().filter(|(cycle, _)| *cycle >= from) {
        let behind = shown.partition_point(|(at, _)| at <= time);
        let Some((_, sample)) = behind.checked_sub(1).map(|at| &shown[at]) else {
            continue;
        };
        if changes.last().is_none_or(|(_, last)| last != sample) {
            changes.push((*cycle, sample.clone()));
        }
    }
    changes
}

fn value_of(text: &str) -> Value {
    if !text.is_empty() && text.bytes().all(|digit| matches!(digit, b'0' | b'1')) {
        let mut words = vec![0_u32; text.len().div_ceil(32)];
        for (at, digit) in text.bytes().rev().enumerate() {
            words[at / 32] |= u32::from(digit == b'1') << (at % 32);
        }
        return Value::Bits(Bits::new(text.len() as u32, &words));
    }
    match text.parse() {
        Ok(real) => Value::Real(real),
        Err(_) => Value::Text(text.to_owned()),
    }
}

/// The names that a waveform shows.
pub(super) fn names<S: Simulation>(
    course: &mut Course<'_, S>,
    patterns: &[String],
    most: usize,
) -> Result<(Vec<SignalInfo>, bool), Stopped> {
    let to = course.cycle() + 1;
    let Traced { wave, .. } = traced(course, to)?;
    let wanted = |name: &str| {
        patterns.is_empty()
            || patterns
                .iter()
                .any(|pattern| matches(pattern.as_bytes(), name.as_bytes()))
    };
    let mut names: Vec<SignalInfo> = variables(&wave)
        .into_iter()
        .filter(|(name, ..)| wanted(name))
        .map(|(name, _, width)| SignalInfo {
            name,
            range: String::new(),
            width: width.unwrap_or(0),
            dimensions: Vec::new(),
            place: SignalPlace::Wire,
        })
        .collect();
    let more = names.len() > most;
    names.truncate(most);
    Ok((names, more))
}
