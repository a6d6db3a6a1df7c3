//! Hashes of a simulation's state, for the comparison of a replay with its original.

use std::hash::Hasher as _;
use std::io;

use twox_hash::XxHash3_64;

use super::harness::Simulation;
use crate::savable::{SaveError, SectionKind, Sink, save_to};
use crate::slots::StateHash;

/// Hashes what a durable snapshot would hold, without keeping it: what the run driver gives to
/// [`Slots::offer_with`](crate::slots::Slots::offer_with), and what replays compare. Give it in a loop of your own, too.
///
/// # Errors
///
/// A state that cannot be saved has no hash.
pub fn of<S: Simulation>(simulation: &S) -> Result<StateHash, SaveError> {
    let mut hasher = Hasher::default();
    save_to(simulation, &mut hasher)?;
    Ok(StateHash {
        model: hasher.model.finish(),
        harness: hasher.harness.finish(),
    })
}

/// Takes a snapshot's bytes, and keeps only their hashes: the models' sections apart from the rest.
#[derive(Default)]
struct Hasher {
    model: XxHash3_64,
    harness: XxHash3_64,
    open: Vec<SectionKind>,
    sections: u32,
}

impl Sink for Hasher {
    fn keeps(&self) -> bool {
        false
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.open.last() {
            Some(SectionKind::Model) => self.model.write(bytes),
            _ => self.harness.write(bytes),
        }
        Ok(())
    }

    fn begin_section(&mut self, kind: SectionKind, _: &str) -> io::Result<u32> {
        self.open.push(kind);
        self.sections += 1;
        Ok(self.sections - 1)
    }

    fn end_section(&mut self) -> io::Result<()> {
        self.open.pop();
        Ok(())
    }
}
