//! What the original's state was at the cycles whose hashes a replay is held against: at the first one that differs,
//! both sides have values.
//!
//! The latest state is whole, each one before it is what has changed since, block by block.

use std::collections::VecDeque;

use crate::savable::{Image, SaveError, Source as _, save_into_image};
use crate::simulation::Simulation;

/// Bytes that are kept or not together: small, as a cycle changes little in many places.
const BLOCK: usize = 128;

/// The states of the last compared cycles, as many as a number of bytes allows.
pub struct History {
    most_bytes: usize,
    latest: Option<(u64, Image)>,
    /// The oldest first.
    older: VecDeque<Older>,
    older_bytes: usize,
    /// Memory that is used again.
    spare: Image,
}

/// A state, as what differs from the next one.
struct Older {
    cycle: u64,
    /// Of the stream, then of each section.
    parts: Vec<Before>,
}

#[derive(Default)]
struct Before {
    len: usize,
    /// Which blocks differ; what they were stands in `bytes`, one after the other.
    blocks: Vec<usize>,
    bytes: Vec<u8>,
}

impl History {
    pub fn new(most_bytes: usize) -> Self {
        Self {
            most_bytes,
            latest: None,
            older: VecDeque::new(),
            older_bytes: 0,
            spare: Image::new(),
        }
    }

    /// Keeps the state at `cycle`; a state that is larger than all that may be kept is not.
    pub fn note<S: Simulation>(&mut self, cycle: u64, simulation: &S) -> Result<(), SaveError> {
        let mut image = std::mem::take(&mut self.spare);
        save_into_image(simulation, &mut image)?;
        self.keep(cycle, image);
        Ok(())
    }

    fn keep(&mut self, cycle: u64, image: Image) {
        if image.size() > self.most_bytes {
            *self = Self::new(self.most_bytes);
            return;
        }
        let size = image.size();
        if let Some((before, earlier)) = self.latest.replace((cycle, image)) {
            let latest = self.latest.as_ref().map(|(_, image)| image);
            if let Some(image) = latest.filter(|image| same_sections(image, &earlier)) {
                let pairs = parts(&earlier).zip(parts(image));
                let parts = pairs.map(|(old, new)| Before::of(old, new)).collect();
                let older = Older {
                    cycle: before,
                    parts,
                };
                self.older_bytes += older.bytes();
                self.older.push_back(older);
            } else {
                // With a model more, say, nothing leads back to what was before.
                self.older.clear();
                self.older_bytes = 0;
            }
            self.spare = earlier;
        }
        while self.older_bytes + size > self.most_bytes {
            let Some(oldest) = self.older.pop_front() else {
                break;
            };
            self.older_bytes -= oldest.bytes();
        }
    }

    /// The state at `cycle`, if it is still there.
    pub fn at(&self, cycle: u64) -> Option<Image> {
        let (latest, image) = self.latest.as_ref()?;
        let mut now: Vec<Vec<u8>> = parts(image).map(<[u8]>::to_vec).collect();
        if *latest != cycle {
            let first = self.older.iter().position(|older| older.cycle == cycle)?;
            for older in self.older.range(first..).rev() {
                for (part, before) in now.iter_mut().zip(&older.parts) {
                    before.undo(part);
                }
            }
        }
        let mut now = now.into_iter();
        let mut state = Image::from_parts(image.schema().to_vec(), now.next()?);
        for (index, bytes) in now.enumerate() {
            let info = image.section(index as u32)?;
            state.push_section(info.kind, &info.name, bytes);
        }
        Some(state)
    }
}

impl Older {
    fn bytes(&self) -> usize {
        let parts = self.parts.iter();
        parts
            .map(|part| part.bytes.len() + part.blocks.len() * size_of::<usize>() + 64)
            .sum()
    }
}

impl Before {
    fn of(old: &[u8], new: &[u8]) -> Self {
        let mut before = Self {
            len: old.len(),
            ..Self::default()
        };
        if old == new {
            return before;
        }
        for (number, block) in old.chunks(BLOCK).enumerate() {
            let from = number * BLOCK;
            let other = new.get(from..).unwrap_or_default();
            if other.get(..block.len()) != Some(block) {
                before.blocks.push(number);
                before.bytes.extend_from_slice(block);
            }
        }
        before
    }

    fn undo(&self, part: &mut Vec<u8>) {
        part.resize(self.len, 0);
        let mut bytes = &self.bytes[..];
        for number in &self.blocks {
            let from = number * BLOCK;
            let (block, rest) = bytes.split_at(BLOCK.min(self.len - from));
            part[from..from + block.len()].copy_from_slice(block);
            bytes = rest;
        }
    }
}

fn parts(image: &Image) -> impl Iterator<Item = &[u8]> {
    let sections = (0..image.section_count()).map(|index| image.section_slice(index));
    std::iter::once(image.stream()).chain(sections)
}

fn same_sections(image: &Image, other: &Image) -> bool {
    let names = |image: &Image| -> Vec<_> {
        (0..image.section_count())
            .filter_map(|index| image.section(index))
            .map(|info| (info.kind, info.name))
            .collect()
    };
    names(image) == names(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::savable::SectionKind;

    /// A state that changes in places, grows and shrinks.
    fn state(cycle: u64) -> Image {
        let mut stream = vec![0; 400 + (cycle % 5) as usize * 77];
        stream[(cycle * 37 % 400) as usize] = cycle as u8;
        let mut memory = vec![7; 1000];
        memory[999 - (cycle * 3 % 900) as usize] = cycle as u8;
        let mut image = Image::from_parts(vec![1], stream);
        image.push_section(SectionKind::Memory, "ram", memory);
        image
    }

    #[test]
    fn every_state_within_the_bytes_is_there_as_it_was() {
        let mut history = History::new(20_000);
        for cycle in 0..200 {
            history.keep(cycle, state(cycle));
            assert!(history.older_bytes + state(cycle).size() <= 20_000);
        }
        let first = history.older.front().unwrap().cycle;
        assert!((100..190).contains(&first), "{first}");
        for cycle in 0..200 {
            let expected = (cycle >= first).then(|| state(cycle));
            assert!(history.at(cycle) == expected, "cycle {cycle}");
        }
        assert!(history.at(200).is_none());
    }

    #[test]
    fn a_state_that_is_too_large_is_not_kept_nor_what_was_before_other_sections() {
        let mut history = History::new(1_000);
        history.keep(1, state(1));
        assert!(history.at(1).is_none());
        let mut history = History::new(20_000);
        history.keep(1, state(1));
        let mut other = state(2);
        other.push_section(SectionKind::Model, "soc", vec![1]);
        history.keep(2, other.clone());
        assert!(history.at(1).is_none());
        assert!(history.at(2) == Some(other));
    }
}
