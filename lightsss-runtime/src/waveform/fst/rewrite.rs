//! The first section of a later piece, as a writer that had not stopped would have begun it.

use std::collections::HashMap;

use super::super::error::JoinError;
use super::super::output::Output;
use super::blocks::{Piece, Section};
use super::chain;
use super::section::{Chain, Layout, put_signed};
use super::values::{Values, wrong_changes};
use crate::savable::leb128;

/// Changes that take less are not packed.
const LEAST_PACKED: usize = 33;

/// How hard frames are packed: as the writer does.
const ZLIB_LEVEL: u8 = 4;

/// Writes `section` with `values` as its frame, and without the opening values that are equal to those. Gives the
/// signals whose opening values differ.
pub(super) fn rewrite(
    piece: &Piece,
    section: &Section,
    layout: &Layout,
    values: &Values,
    out: &mut Output,
) -> Result<Vec<usize>, JoinError> {
    let block = out.written();
    let head = piece.bytes(section.at, 1 + 4 * 8)?;
    out.put(&head[..9])?;
    out.put(&layout.first_time(piece)?.to_be_bytes())?;
    out.put(&head[17..])?;
    put_frame(values, out)?;
    let mut count = Vec::new();
    leb128::put(&mut count, values.signals() as u64);
    out.put(&count)?;
    let start = out.written();
    out.put(&[layout.packing])?;
    let mut chains = Chains {
        index: Vec::new(),
        without: 0,
        last: start,
        written: HashMap::new(),
    };
    let mut differing = Vec::new();
    for signal in 0..values.signals() {
        if layout.chains[signal] == Chain::None {
            chains.without += 1;
            continue;
        }
        let changes = layout.changes(piece, signal)?;
        let mut rest = &changes[..];
        let first = chain::next(values.shape(signal), &mut rest);
        let first = first.ok_or_else(|| wrong_changes(piece, signal))?;
        let opens = first.steps == 0;
        let skipped = if opens && values.has(signal, &first.value) {
            changes.len() - rest.len()
        } else {
            if opens {
                differing.push(signal);
            }
            0
        };
        chains.put(piece, layout, signal, &changes, skipped, out)?;
    }
    let index = chains.finish();
    out.put(&index)?;
    out.put(&(index.len() as u64).to_be_bytes())?;
    let (times, end) = layout.times;
    out.put(&piece.bytes(times, end - times)?)?;
    let length = out.written() - block - 1;
    out.patch(block + 1, &length.to_be_bytes())?;
    Ok(differing)
}

fn put_frame(values: &Values, out: &mut Output) -> Result<(), JoinError> {
    let frame = values.frame();
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(frame, ZLIB_LEVEL);
    let put = if packed.len() < frame.len() {
        &packed
    } else {
        frame
    };
    let mut head = Vec::new();
    leb128::put(&mut head, frame.len() as u64);
    leb128::put(&mut head, put.len() as u64);
    leb128::put(&mut head, values.signals() as u64);
    out.put(&head)?;
    out.put(put)
}

/// The changes written so far, and their index.
struct Chains {
    index: Vec<u8>,
    /// Signals without changes since the last one with some.
    without: u64,
    /// Where the last changes are.
    last: u64,
    /// Which signal's changes have been written: by where they were, and what was left out of them.
    written: HashMap<(u32, usize), u32>,
}

impl Chains {
    fn put(
        &mut self,
        piece: &Piece,
        layout: &Layout,
        signal: usize,
        changes: &[u8],
        skipped: usize,
        out: &mut Output,
    ) -> Result<(), JoinError> {
        if skipped == changes.len() {
            self.without += 1;
            return Ok(());
        }
        if self.without > 0 {
            leb128::put(&mut self.index, self.without << 1);
            self.without = 0;
        }
        let owner = match layout.chains[signal] {
            Chain::Same(owner) => owner,
            _ => signal as u32,
        };
        if let Some(same) = self.written.get(&(owner, skipped)) {
            put_signed(&mut self.index, (-i64::from(*same) - 1) << 1 | 1);
            return Ok(());
        }
        self.written.insert((owner, skipped), signal as u32);
        let at = out.written();
        put_signed(&mut self.index, ((at - self.last) as i64) << 1 | 1);
        self.last = at;
        match layout.chains[owner as usize] {
            // As it is.
            Chain::Own { at, length } if skipped == 0 => out.put(&piece.bytes(at, length)?),
            _ => put_packed(layout.packing, &changes[skipped..], out),
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.without > 0 {
            leb128::put(&mut self.index, self.without << 1);
        }
        self.index
    }
}

fn put_packed(packing: u8, changes: &[u8], out: &mut Output) -> Result<(), JoinError> {
    let mut head = Vec::new();
    if packing == b'4' && changes.len() >= LEAST_PACKED {
        let packed = lz4_flex::block::compress(changes);
        if packed.len() < changes.len() {
            leb128::put(&mut head, changes.len() as u64);
            out.put(&head)?;
            return out.put(&packed);
        }
    }
    leb128::put(&mut head, 0);
    out.put(&head)?;
    out.put(changes)
}
