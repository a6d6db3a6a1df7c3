//! A harness without a model, whose state at every cycle is known in advance.

use std::path::Path;

use lightsss_runtime::slots::{Checkpoint, Keep, Reason, SlotOptions, Slots, When};
use lightsss_runtime::timeline::{self, Timeline};
use lightsss_runtime::{Failure, Savable, Simulation, Step};

/// Counts, prints every hundredth cycle, and fails when `total` reaches `limit`.
#[derive(Debug, Savable)]
pub struct Counter {
    /// Steps so far.
    pub cycle: u64,
    /// Another value every seventh cycle, and the same ones come back.
    pub slow: u32,
    /// Grows by 3 in 3 cycles.
    pub total: u64,
    /// The total that fails.
    pub limit: u64,
    /// Falls by 1.
    pub signed: i16,
    /// Grows, and is cut.
    pub list: Vec<u8>,
    /// The process that the run began in.
    #[savable(skip)]
    pub outside: u64,
    /// The step from this cycle on aborts.
    pub crashes_at: u64,
    /// From this cycle on the total depends on the process.
    pub leaks_at: u64,
}

impl Counter {
    /// One that fails at this total.
    #[must_use]
    pub fn new(limit: u64) -> Self {
        Self {
            cycle: 0,
            slow: slow(0),
            total: 0,
            limit,
            signed: 0,
            list: vec![1, 2, 3],
            outside: u64::from(std::process::id()),
            crashes_at: u64::MAX,
            leaks_at: u64::MAX,
        }
    }

    /// Counts up to the failure over slots of every `every` cycles, and gives what is to be asked.
    ///
    /// # Panics
    /// If slots cannot be taken.
    pub fn run(&mut self, every: u64, keep: usize) -> (Slots, u64) {
        run(self, u64::MAX, every, keep)
    }
}

/// Steps a harness up to a cycle, or to its failure, over slots of every `every` cycles; gives what is to be asked.
///
/// # Panics
/// If slots cannot be taken.
pub fn run<S: Simulation>(harness: &mut S, to: u64, every: u64, keep: usize) -> (Slots, u64) {
    let mut options = SlotOptions::default();
    options.when = When::Cycles(every);
    options.keep = Keep::Newest(keep);
    options.places = keep + 4;
    let mut slots = Slots::new(options).expect("slots");
    loop {
        let cycle = harness.cycle();
        let offered = slots.offer_with(cycle, &|| timeline::state_hash(harness));
        if let Checkpoint::Replay(replay) = offered {
            assert_eq!(replay.reason, Reason::Query);
            timeline::serve(harness, &mut slots, replay);
        }
        if cycle >= to || harness.step().is_err() {
            let end = harness.cycle();
            slots.state_at(end, timeline::state_hash(harness));
            return (slots, end);
        }
    }
}

/// The value of `slow` at a cycle.
#[must_use]
pub fn slow(cycle: u64) -> u32 {
    (cycle / 7 % 5 * 1000) as u32
}

/// A timeline over the slots of a run.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn timeline_of((slots, end): &(Slots, u64)) -> Timeline {
    Timeline::new(slots.waker(), *end).expect("a timeline")
}

impl Simulation for Counter {
    fn step(&mut self) -> Result<Step, Failure> {
        if self.cycle == self.crashes_at {
            std::process::abort();
        }
        self.cycle += 1;
        self.slow = slow(self.cycle);
        self.total += self.cycle % 3;
        self.signed = self.signed.wrapping_sub(1);
        if self.cycle >= self.leaks_at {
            // Another number in each process.
            self.total += u64::from(std::process::id() - self.outside as u32).min(1);
        }
        if self.cycle.is_multiple_of(64) {
            self.list.push(self.cycle as u8);
            if self.list.len() > 9 {
                self.list.truncate(3);
            }
        }
        if self.cycle.is_multiple_of(100) {
            println!("cycle {}", self.cycle);
        }
        if self.total >= self.limit {
            return Err(Failure::new(format!("the total is {}", self.total)));
        }
        Ok(Step::Continue)
    }

    fn cycle(&self) -> u64 {
        self.cycle
    }

    fn open_trace(&mut self, wave: &Path) -> Result<(), Failure> {
        std::fs::write(wave, format!("from {}", self.cycle))?;
        Ok(())
    }

    fn close_trace(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// `COUNTER_LIMIT` is this run's.
    fn restored(&mut self) -> Result<(), Failure> {
        if let Ok(limit) = std::env::var("COUNTER_LIMIT") {
            self.limit = limit.parse()?;
        }
        Ok(())
    }
}
