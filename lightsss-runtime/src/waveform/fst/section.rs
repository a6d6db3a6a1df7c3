//! A section of changes, taken apart.
//!
//! ```text
//! kind, length | first time, last time, memory | frame | signals, packing | changes | index | times
//! ```
//!
//! The frame holds a value of each signal as it was before the section. The index says where each signal's changes
//! are, or which earlier signal has the same ones.

use super::super::error::JoinError;
use super::blocks::{Piece, Section, be};
use crate::savable::leb128;

/// Behind the kind: the length, two times and the memory that a reader needs.
const FIXED: u64 = 4 * 8;

/// The longest a number of seven bits a byte is.
const LONGEST: u64 = 10;

/// What zlib and LZ4 make of one byte at most, with room to spare.
const MOST_ZLIB: u64 = 1100;
const MOST_LZ4: u64 = 300;

/// Where the parts of a section are.
pub(super) struct Layout {
    frame: Packed,
    /// LZ4 (`4`) or zlib (`Z`).
    pub packing: u8,
    /// One for each signal.
    pub chains: Vec<Chain>,
    /// From the packed times to the end of the section.
    pub times: (u64, u64),
    times_packed: Packed,
}

#[derive(Debug, Clone, Copy)]
struct Packed {
    at: u64,
    length: u64,
    whole: u64,
}

/// Where a signal's changes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chain {
    /// It has none.
    None,
    Own {
        at: u64,
        length: u64,
    },
    /// They are those of this signal.
    Same(u32),
}

impl Layout {
    pub(super) fn read(
        piece: &Piece,
        section: &Section,
        signals: usize,
    ) -> Result<Self, JoinError> {
        let damaged = |what: &str| piece.damaged(format!("the section at {}: {what}", section.at));
        let end = section.at + section.size;
        let head = section.at + 1 + FIXED;
        let numbers = piece.bytes(head, (3 * LONGEST).min(end.saturating_sub(head)))?;
        let mut rest = &numbers[..];
        let mut number = || leb128::take(&mut rest).map_err(|_| damaged("its frame has no length"));
        let (whole, packed, signals_in_it) = (number()?, number()?, number()?);
        if signals_in_it != signals as u64 {
            return Err(damaged("its frame is of another number of signals"));
        }
        let frame = Packed {
            at: head + (numbers.len() - rest.len()) as u64,
            length: packed,
            whole,
        };
        let counted = frame.at.checked_add(packed).filter(|at| *at < end);
        let counted = counted.ok_or_else(|| damaged("its frame goes beyond its end"))?;
        let numbers = piece.bytes(counted, (LONGEST + 1).min(end - counted))?;
        let mut rest = &numbers[..];
        let with_changes = leb128::take(&mut rest);
        if with_changes.ok() != Some(signals as u64) {
            return Err(damaged("it has the changes of another number of signals"));
        }
        let packing = *rest
            .first()
            .ok_or_else(|| damaged("it ends before its changes"))?;
        // Places of changes count from here.
        let changes = counted + (numbers.len() - rest.len()) as u64;
        let trailer = piece.bytes(end.saturating_sub(3 * 8), 3 * 8)?;
        let times_packed = be(&trailer[8..16]);
        let times = (end - 3 * 8).checked_sub(times_packed);
        let times = times.filter(|at| *at >= changes + 8);
        let times = times.ok_or_else(|| damaged("its times go beyond its start"))?;
        let index_length = be(&piece.bytes(times - 8, 8)?);
        let index = (times - 8).checked_sub(index_length);
        let index = index.filter(|at| *at > changes);
        let index = index.ok_or_else(|| damaged("its index goes beyond its start"))?;
        let bytes = piece.bytes(index, index_length)?;
        let chains = chains(&bytes, signals, changes, index);
        Ok(Self {
            frame,
            packing,
            chains: chains.ok_or_else(|| damaged("its index is wrong"))?,
            times: (times, end),
            times_packed: Packed {
                at: times,
                length: times_packed,
                whole: be(&trailer[..8]),
            },
        })
    }

    /// The value of each signal before the section, of `length` bytes in all.
    pub(super) fn frame(&self, piece: &Piece, length: usize) -> Result<Vec<u8>, JoinError> {
        if self.frame.whole != length as u64 {
            return Err(piece.damaged("a frame has not the length of its signals"));
        }
        self.frame.unpack(piece)
    }

    /// The first of its times.
    pub(super) fn first_time(&self, piece: &Piece) -> Result<u64, JoinError> {
        let times = self.times_packed.unpack(piece)?;
        let first = leb128::take(&mut &times[..]);
        first.map_err(|_| piece.damaged("a section has no times"))
    }

    /// The changes of a signal, unpacked; empty where it has none.
    pub(super) fn changes(&self, piece: &Piece, signal: usize) -> Result<Vec<u8>, JoinError> {
        let chain = match self.chains[signal] {
            Chain::Same(other) => self.chains[other as usize],
            chain => chain,
        };
        let Chain::Own { at, length } = chain else {
            return Ok(Vec::new());
        };
        let bytes = piece.bytes(at, length)?;
        let mut packed = &bytes[..];
        let damaged = || piece.damaged(format!("the changes at {at} cannot be unpacked"));
        let whole = leb128::take(&mut packed).map_err(|_| damaged())?;
        if whole == 0 {
            return Ok(packed.to_vec());
        }
        match self.packing {
            b'4' if whole <= packed.len() as u64 * MOST_LZ4 => {
                let unpacked = lz4_flex::block::decompress(packed, whole as usize);
                unpacked.map_err(|_| damaged())
            }
            b'Z' => unzip(packed, whole).ok_or_else(damaged),
            b'4' => Err(damaged()),
            _ => {
                Err(piece
                    .damaged("its changes are packed with FastLZ, which Verilator does not use"))
            }
        }
    }
}

impl Packed {
    fn unpack(self, piece: &Piece) -> Result<Vec<u8>, JoinError> {
        let bytes = piece.bytes(self.at, self.length)?;
        if self.length == self.whole {
            return Ok(bytes);
        }
        unzip(&bytes, self.whole).ok_or_else(|| {
            piece.damaged(format!("what is packed at {} cannot be unpacked", self.at))
        })
    }
}

fn unzip(packed: &[u8], whole: u64) -> Option<Vec<u8>> {
    if whole > packed.len() as u64 * MOST_ZLIB {
        return None;
    }
    let unpacked =
        miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(packed, whole as usize).ok()?;
    (unpacked.len() as u64 == whole).then_some(unpacked)
}

/// Reads an index. Places count from `changes`, and the last changes end at `end`.
fn chains(mut index: &[u8], signals: usize, changes: u64, end: u64) -> Option<Vec<Chain>> {
    let mut chains = Vec::with_capacity(signals);
    let (mut at, mut last, mut same) = (changes, None::<usize>, 0);
    while let Some(first) = index.first() {
        if first & 1 == 0 {
            let none = leb128::take(&mut index).ok()? >> 1;
            if none > (signals - chains.len()) as u64 {
                return None;
            }
            chains.resize(chains.len() + none as usize, Chain::None);
            continue;
        }
        if chains.len() == signals {
            return None;
        }
        let step = signed(&mut index)? >> 1;
        if step > 0 {
            let next = at
                .checked_add(step.cast_unsigned())
                .filter(|next| *next < end)?;
            if let Some(last) = last {
                chains[last] = Chain::Own {
                    at,
                    length: next - at,
                };
            }
            at = next;
            last = Some(chains.len());
            chains.push(Chain::None);
        } else {
            if step < 0 {
                same = u32::try_from(-1 - step).ok()?;
            }
            chains.push(Chain::Same(same));
        }
    }
    if let Some(last) = last {
        chains[last] = Chain::Own {
            at,
            length: end - at,
        };
    }
    let owns = |other: u32| matches!(chains.get(other as usize), Some(Chain::Own { .. }));
    let right = chains
        .iter()
        .enumerate()
        .all(|(signal, chain)| match *chain {
            Chain::Same(other) => (other as usize) < signal && owns(other),
            _ => true,
        });
    (chains.len() == signals && right).then_some(chains)
}

/// A signed number of seven bits a byte.
fn signed(bytes: &mut &[u8]) -> Option<i64> {
    let mut number = 0_i64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= i64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            let unused = 64_u32.saturating_sub(shift + 7);
            return Some(number << unused >> unused);
        }
    }
    None
}

/// Writes a signed number of seven bits a byte.
pub(super) fn put_signed(out: &mut Vec<u8>, mut number: i64) {
    loop {
        let byte = (number & 0x7f) as u8;
        number >>= 7;
        let ends = number == 0 && byte & 0x40 == 0 || number == -1 && byte & 0x40 != 0;
        out.push(if ends { byte } else { byte | 0x80 });
        if ends {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_numbers_come_back() {
        for number in [
            0,
            1,
            -1,
            63,
            64,
            -64,
            -65,
            8191,
            8192,
            -8193,
            i64::MAX,
            i64::MIN,
        ] {
            let mut bytes = Vec::new();
            put_signed(&mut bytes, number);
            let mut rest = &bytes[..];
            assert_eq!(signed(&mut rest), Some(number));
            assert!(rest.is_empty());
        }
        assert_eq!(signed(&mut &[0x80; 12][..]), None);
    }

    #[test]
    fn an_index_names_places_aliases_and_signals_without_changes() {
        let mut index = Vec::new();
        for step in [1, 7, -1, 0] {
            put_signed(&mut index, step << 1 | 1);
        }
        leb128::put(&mut index, 2 << 1);
        let found = chains(&index, 6, 100, 120).unwrap();
        let own = |at, length| Chain::Own { at, length };
        let expected = [
            own(101, 7),
            own(108, 12),
            Chain::Same(0),
            Chain::Same(0),
            Chain::None,
            Chain::None,
        ];
        assert_eq!(found, expected);
        assert_eq!(chains(&index, 5, 100, 120), None, "one signal too many");
        assert_eq!(chains(&index, 6, 100, 108), None, "beyond the end");
        let mut wrong = Vec::new();
        put_signed(&mut wrong, (-3 << 1) | 1);
        assert_eq!(
            chains(&wrong, 1, 100, 120),
            None,
            "the same as one that is not there"
        );
    }
}
