//! Where the bytes of a model's stream go in a live model.

use super::copy::copy;
use super::layout::{ModelLayout, StreamStep};
use super::operator_entries::OperatorEntries;

/// The places in a live model of a stream's bytes. Several threads may fill them at once.
pub(super) struct Target<'l> {
    base: Base,
    steps: &'l [StreamStep],
    /// Where each step's bytes end in the stream.
    ends: Vec<u64>,
}

/// The address from which a model's offsets count.
#[derive(Clone, Copy)]
struct Base(*mut u8);

// SAFETY: only `Target::fill` uses the address, which asks of its callers what is needed of threads.
unsafe impl Send for Base {}
// SAFETY: as above.
unsafe impl Sync for Base {}

impl<'l> Target<'l> {
    /// Of a model whose offsets count from `base`; `entries` says how long are those that operators wrote.
    pub(super) fn new(
        base: *mut u8,
        layout: &'l ModelLayout,
        entries: &OperatorEntries,
    ) -> Target<'l> {
        let mut operators = 1;
        let mut end = 0;
        let length = |at: usize| entries.get(at).map_or(0, <[u8]>::len) as u64;
        let ends = layout.steps.iter().map(|step| {
            end += match *step {
                StreamStep::Check(_) => 8,
                StreamStep::Context => length(0),
                StreamStep::Operator => {
                    operators += 1;
                    length(operators - 1)
                }
                StreamStep::Copy { size, .. } => size,
            };
            end
        });
        Target {
            base: Base(base),
            steps: &layout.steps,
            ends: ends.collect(),
        }
    }

    /// Copies the stream's bytes from `at` on into the model, except those that operators read.
    ///
    /// # Safety
    ///
    /// The model is live, and nobody evaluates or otherwise reaches it meanwhile, except that other threads fill
    /// other bytes. The stream was verified against the layout, `entries` are its own, and `bytes` are what it has
    /// at `at`.
    pub(super) unsafe fn fill(&self, mut at: u64, mut bytes: &[u8]) {
        let first = self.ends.partition_point(|end| *end <= at);
        for (step, end) in self.steps.iter().zip(&self.ends).skip(first) {
            let left = (*end - at).min(bytes.len() as u64) as usize;
            let (piece, rest) = bytes.split_at(left);
            if let StreamStep::Copy { offset, size } = *step {
                let inside = size - (*end - at);
                // SAFETY: offset and size are those of members of the model, side by side, as the C++ compiler gave
                // them (`ModelLayout::new`), and `inside + left` is at most `size`. The model is live and nobody else
                // reaches these bytes (the caller); `piece` is not part of it, since its memory is only reached
                // through its address. C++ bools get 0 or 1: the stream was verified (the caller).
                unsafe {
                    let to = self.base.0.wrapping_add((offset + inside) as usize);
                    copy(piece.as_ptr(), to, left);
                }
            }
            bytes = rest;
            at += left as u64;
            if bytes.is_empty() {
                return;
            }
        }
    }
}
