//! The core, its slots and its snapshots, and the random actions.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use fastrand::Rng;
use lightsss_runtime::durable::{self, Retention, SaveOptions, Series, SeriesOptions};
use lightsss_runtime::savable::SaveError;
use lightsss_runtime::slots::{
    Checkpoint, Choice, Replay, ReplayOrder, ReplayOutcome, ReplayOutput, SlotOptions, Slots,
    StateHash, When, hash_of,
};
use lightsss_runtime::{Simulation, Step};
use picorv32_example::harness::{Harness, Settings};
use serde::Serialize;

use crate::audit::Found;
use crate::deaths::Deaths;

/// Snapshots that stay.
const KEPT: usize = 6;
/// Cycles between two actions, at most.
const STRETCH: u64 = 30_000;
/// The core detects a flipped bit within so many cycles.
const DETECTED_WITHIN: u64 = 60_000;

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    pub cycles: u64,
    pub checkpoints: u64,
    pub replays: u64,
    pub failures: u64,
    /// Faults that the program overwrote before it read them.
    pub masked: u64,
    pub saves: u64,
    pub restores: u64,
    pub comparisons: u64,
    /// Runs whose simulation died, by the way it did.
    pub deaths: BTreeMap<&'static str, u64>,
}

impl Done {
    /// # Errors
    /// If something was never done, so that the run proves nothing about it.
    pub fn check(&self) -> Result<()> {
        let all = [
            self.checkpoints,
            self.replays,
            self.failures,
            self.saves,
            self.restores,
            self.comparisons,
            self.deaths.len() as u64,
        ];
        ensure!(!all.contains(&0), "too short to do all of it: {self}");
        Ok(())
    }
}

impl Display for Done {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} cycles, {} checkpoints, {} replays, {} failures, {} masked faults, {} saves, {} restores, {} comparisons, {} deaths in {} ways",
            self.cycles,
            self.checkpoints,
            self.replays,
            self.failures,
            self.masked,
            self.saves,
            self.restores,
            self.comparisons,
            self.deaths.values().sum::<u64>(),
            self.deaths.len()
        )
    }
}

/// The machine and all that is held of it.
pub struct Machine {
    core: Harness,
    slots: Slots,
    series: Series,
    folder: PathBuf,
    rng: Rng,
    deaths: Deaths,
    /// Hashes of the state by cycle. The core does the same every time, faults apart, so a state
    /// that comes again has to be equal, by whichever way it came.
    states: BTreeMap<u64, u64>,
    /// What was done so far.
    pub done: Done,
}

impl Machine {
    /// The machine at its start; its files go into `folder`.
    pub fn new(folder: &Path, seed: u64) -> Result<Self> {
        let mut slot_options = SlotOptions::default();
        slot_options.when = When::OnDemand;
        let options = SeriesOptions {
            retention: Retention {
                last: NonZeroUsize::new(KEPT),
                every: None,
            },
            max_chain: 3,
            ..SeriesOptions::default()
        };
        let mut machine = Self {
            core: fresh()?,
            slots: Slots::new(slot_options)?,
            series: Series::new(folder.join("snapshots"), options)?,
            folder: folder.to_owned(),
            rng: Rng::with_seed(seed),
            deaths: Deaths::new(folder),
            states: BTreeMap::new(),
            done: Done::default(),
        };
        machine.run(STRETCH)?;
        // There is always one to go back to.
        machine.save()?;
        machine.finish_saves()?;
        Ok(machine)
    }

    /// Runs a stretch, then does one thing.
    pub fn act(&mut self) -> Result<()> {
        let cycles = self.rng.u64(1..STRETCH);
        self.run(cycles)?;
        self.note_state()?;
        match self.rng.u32(0..100) {
            0..42 => self.checkpoint(),
            42..60 => self.replay(),
            60..70 => self.fail(),
            70..82 => self.save(),
            82..88 => self.go_back(),
            88..94 => self.die_elsewhere(),
            _ => self.restore_elsewhere(),
        }
    }

    /// Lets go of everything and looks at what is left.
    pub fn audit(&mut self) -> Result<Found> {
        self.slots.clear();
        self.finish_saves()?;
        let snapshots = durable::list(self.series.folder())?.len();
        let files = std::fs::read_dir(self.series.folder())?.count();
        ensure!(
            files == snapshots,
            "{files} files lie beside {snapshots} snapshots"
        );
        // The folder of snapshots is all that lies there.
        Found::look(&self.folder, 1, || self.slots.clear())
    }

    fn run(&mut self, cycles: u64) -> Result<()> {
        for _ in 0..cycles {
            step(&mut self.core)?;
        }
        self.done.cycles += cycles;
        Ok(())
    }

    /// Remembers the state of this cycle, or compares it with what is remembered.
    fn note_state(&mut self) -> Result<()> {
        let (cycle, hash) = (self.core.cycle(), hash_of(&self.core)?);
        if let Some(known) = self.states.get(&cycle) {
            self.done.comparisons += 1;
            ensure!(
                *known == hash,
                "the state of cycle {cycle} came out differently"
            );
        } else {
            self.states.insert(cycle, hash);
            if self.states.len() > 10_000 {
                self.states.pop_first();
            }
        }
        Ok(())
    }

    fn checkpoint(&mut self) -> Result<()> {
        let cycle = self.core.cycle();
        let core = &self.core;
        let hash = || state(core);
        match self.slots.checkpoint_with(cycle, &hash)? {
            Checkpoint::Replay(order) => run_replay(&mut self.core, &mut self.slots, order),
            _ => self.done.checkpoints += 1,
        }
        Ok(())
    }

    /// The slot to wake, if there is one.
    fn choice(&mut self) -> Option<Choice> {
        let slots = self.slots.list();
        if slots.is_empty() {
            return None;
        }
        let at = self.rng.usize(0..slots.len());
        Some(Choice::NearestBefore(slots[at].cycle + 1))
    }

    /// Replays up to here; the states here have to be equal.
    fn replay(&mut self) -> Result<()> {
        match self.choice() {
            Some(choice) => self.replay_without_fault(&choice),
            None => Ok(()),
        }
    }

    fn replay_without_fault(&mut self, choice: &Choice) -> Result<()> {
        let mut order = ReplayOrder::new(self.core.cycle());
        order.output = ReplayOutput::Discard;
        self.wake(choice, &order, &ReplayOutcome::Done)
    }

    /// Flips a bit, runs into the failure, replays it from a slot with a waveform, and goes back to
    /// a snapshot from before.
    fn fail(&mut self) -> Result<()> {
        self.checkpoint()?;
        let fault = self.core.cycle() + self.rng.u64(1..5000);
        self.core.set_fault(Some(fault));
        let noticed = (0..DETECTED_WITHIN).find_map(|_| self.core.step().err());
        let Some(message) = noticed else {
            self.core.set_fault(None);
            return self.masked(fault);
        };
        let wave = self.folder.join("failure.fst");
        let mut order = ReplayOrder::new(self.core.cycle());
        order.message = message.into_message();
        order.label = format!("{fault} {}", wave.display());
        order.output = ReplayOutput::Discard;
        let choice = self.choice().context("the slot that was just taken")?;
        self.wake(&choice, &order, &ReplayOutcome::SameFailure)?;
        let bytes = std::fs::metadata(&wave)?.len();
        ensure!(bytes > 1000, "the waveform has {bytes} bytes");
        std::fs::remove_file(&wave)?;
        self.core.set_fault(None);
        self.done.failures += 1;
        self.go_back()
    }

    /// A bit that flips between the load and the store of its word is overwritten and leaves no trace:
    /// a replay without the fault has to come to the same state.
    fn masked(&mut self, fault: u64) -> Result<()> {
        self.done.cycles += DETECTED_WITHIN;
        self.done.masked += 1;
        let choice = self.choice().context("the slot that was just taken")?;
        self.replay_without_fault(&choice)
            .with_context(|| format!("the bit that flipped at cycle {fault} was not noticed"))
    }

    fn wake(
        &mut self,
        choice: &Choice,
        order: &ReplayOrder,
        expected: &ReplayOutcome,
    ) -> Result<()> {
        self.slots.state_at(order.end_cycle, state(&self.core));
        let report = self.slots.wake(choice, order)?;
        ensure!(report.outcome == *expected, "{report:?}");
        ensure!(report.equality.divergence.is_none(), "{report:?}");
        ensure!(report.equality.unchecked == 0, "{report:?}");
        ensure!(
            report.equality.compared > 0,
            "nothing was compared: {report:?}"
        );
        self.done.replays += 1;
        self.done.comparisons += report.equality.compared;
        Ok(())
    }

    fn save(&mut self) -> Result<()> {
        self.finish_saves()?;
        let cycle = self.core.cycle();
        self.note_state()?;
        self.series
            .save_in_background(&self.core, &SaveOptions::new().cycle(cycle))?;
        self.done.saves += 1;
        Ok(())
    }

    fn finish_saves(&mut self) -> Result<()> {
        for report in self.series.wait() {
            report.result?;
        }
        Ok(())
    }

    fn any_snapshot(&mut self) -> Result<PathBuf> {
        self.finish_saves()?;
        let mut all = durable::list(self.series.folder())?;
        ensure!(!all.is_empty(), "no snapshot is left");
        let at = self.rng.usize(0..all.len());
        Ok(all.swap_remove(at).path)
    }

    /// Restores a snapshot in place. The slots are from another past.
    fn go_back(&mut self) -> Result<()> {
        let path = self.any_snapshot()?;
        durable::restore(&path, &mut self.core)?;
        self.slots.clear();
        self.done.restores += 1;
        self.note_state()
    }

    /// Lets the simulation of another run die, while this one holds what it holds.
    fn die_elsewhere(&mut self) -> Result<()> {
        let died = self.deaths.one(&mut self.rng)?;
        *self.done.deaths.entry(died.name).or_default() += 1;
        self.done.replays += 1;
        self.done.comparisons += died.compared;
        Ok(())
    }

    /// Restores a snapshot into a machine of its own, which has to run on as the first one did.
    fn restore_elsewhere(&mut self) -> Result<()> {
        let path = self.any_snapshot()?;
        let mut other = fresh()?;
        durable::restore(&path, &mut other)?;
        self.done.restores += 1;
        let from = other.cycle();
        let ahead = self.states.range(from..).take(3);
        for (cycle, known) in ahead {
            while other.cycle() < *cycle {
                step(&mut other)?;
            }
            self.done.comparisons += 1;
            ensure!(
                hash_of(&other)? == *known,
                "restored at cycle {from}, the state of cycle {cycle} came out differently"
            );
        }
        Ok(())
    }
}

/// A machine at its start, whose program goes on for as long as one likes.
pub fn fresh() -> Result<Harness> {
    let settings = Settings {
        rounds: u32::MAX,
        fault: None,
    };
    Ok(Harness::new(settings)?)
}

fn step(core: &mut Harness) -> Result<()> {
    match core.step() {
        Ok(Step::Continue) => Ok(()),
        Ok(Step::Done) => Err(anyhow!("the program ended")),
        Err(failure) => Err(anyhow!("cycle {}: {failure}", core.cycle())),
    }
}

fn state(core: &Harness) -> Result<StateHash, SaveError> {
    let harness = hash_of(core)?;
    Ok(StateHash { model: 0, harness })
}

/// What a woken slot does: the stretch again, with the fault and the waveform that the label names.
fn run_replay(core: &mut Harness, slots: &mut Slots, order: Replay) -> ! {
    let outcome = replay_stretch(core, &order)
        .unwrap_or_else(|error| ReplayOutcome::OtherFailure(format!("{error:#}")));
    slots.state_at(core.cycle(), state(core));
    slots.settle();
    order.finish(&outcome)
}

fn replay_stretch(core: &mut Harness, order: &Replay) -> Result<ReplayOutcome> {
    let Some((fault, wave)) = order.label.split_once(' ') else {
        while core.cycle() < order.end_cycle {
            step(core)?;
        }
        return Ok(ReplayOutcome::Done);
    };
    core.set_fault(Some(fault.parse()?));
    let text = |failure: lightsss_runtime::Failure| anyhow!("{failure}");
    core.open_trace(Path::new(wave)).map_err(text)?;
    let outcome = loop {
        if core.cycle() >= order.end_cycle {
            break ReplayOutcome::NoFailure;
        }
        if let Err(failure) = core.step() {
            let same = core.cycle() == order.end_cycle && order.is_for(failure.message());
            break if same {
                ReplayOutcome::SameFailure
            } else {
                ReplayOutcome::OtherFailure(failure.into_message())
            };
        }
    };
    core.close_trace().map_err(text)?;
    Ok(outcome)
}
