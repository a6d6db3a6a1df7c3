//! Bits that a variable does not have: Verilator's code takes them for zeros, and an index with more bits than its
//! memory has places would reach beyond it.

use super::diff::shape_text;
use super::table::{Entry, EntryKind, Signal};

/// The bits above the width of a variable's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Above {
    /// Bytes of an element.
    element: usize,
    /// Bits of an element that are its value; fewer than its bytes have.
    width: usize,
}

impl Above {
    /// `None` where an element may be any pattern of bits.
    pub(super) fn of(entry: &Entry) -> Option<Above> {
        let width = match entry.kind {
            EntryKind::Bool => 1,
            EntryKind::Bits => entry.msb.abs_diff(entry.lsb) as usize + 1,
            _ => return None,
        };
        let element = entry.bytes as usize;
        (width < element * 8).then_some(Above { element, width })
    }

    /// The bits of an element's byte that must be zeros.
    pub(super) fn mask(self, byte: usize) -> u8 {
        match (byte * 8).checked_sub(self.width) {
            Some(_) => 0xff,
            None => (0xff_u16 << (self.width - byte * 8).min(8)) as u8,
        }
    }

    /// Whether the bits are zeros in `bytes`, which begin `at` bytes behind the variable's first.
    pub(super) fn are_zeros(self, at: u64, bytes: &[u8]) -> bool {
        let phase = (at % self.element as u64) as usize;
        if 8 % self.element == 0 {
            let mask: [u8; 8] =
                std::array::from_fn(|byte| self.mask((phase + byte) % self.element));
            let (words, rest) = bytes.as_chunks::<8>();
            let word = words
                .iter()
                .fold(0, |all, word| all | u64::from_ne_bytes(*word));
            return word & u64::from_ne_bytes(mask) == 0 && masked(rest, &mask) == 0;
        }
        let first = self.width / 8;
        let mut start = -(phase as isize);
        while start < bytes.len() as isize {
            for byte in first..self.element {
                let found = usize::try_from(start + byte as isize).ok();
                let found = found.and_then(|at| bytes.get(at));
                if found.is_some_and(|found| found & self.mask(byte) != 0) {
                    return false;
                }
            }
            start += self.element as isize;
        }
        true
    }
}

/// Whether plain data holds nothing that the variable cannot hold: bits above a vector's width, or a C++ bool that is
/// neither 0 nor 1.
pub(super) fn fits(entry: &Entry, bytes: &[u8]) -> bool {
    Above::of(entry).is_none_or(|above| above.are_zeros(0, bytes))
}

/// What is wrong with a value that does not fit.
pub(super) fn does_not_fit(signal: &Signal<'_>) -> String {
    format!(
        "it holds a value for `{}` that does not fit into {}; it is damaged",
        signal.name(),
        shape_text(signal)
    )
}

/// Which bits of `mask` are set in the bytes beside it.
pub(super) fn masked(bytes: &[u8], mask: &[u8]) -> u8 {
    let pairs = bytes.iter().zip(mask);
    pairs.fold(0, |found, (byte, mask)| found | byte & mask)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::table::Table;
    use super::*;
    use crate::savable::leb128;

    /// A table of one class with one instance; what stands for a variable is its width, bytes and elements.
    pub(in crate::state) fn table(variables: &[(u32, u32, u32)]) -> Table {
        let mut bytes = b"LSSTATE\x01\x01\x03top".to_vec();
        bytes.push(2 + variables.len() as u8);
        bytes.push(0);
        bytes.extend_from_slice(&7_u64.to_le_bytes());
        bytes.push(1);
        for (number, (width, element, count)) in variables.iter().enumerate() {
            bytes.extend_from_slice(&[2, 0, 2, b'v', b'0' + number as u8]);
            leb128::put(&mut bytes, u64::from(width - 1) * 2);
            bytes.push(0);
            leb128::put(&mut bytes, (*element).into());
            bytes.push(1);
            leb128::put(&mut bytes, (*count).into());
        }
        bytes.extend_from_slice(b"\x01\x00\x00");
        Table::decode(bytes).unwrap()
    }

    #[test]
    fn only_bits_above_the_width_are_refused_whatever_the_piece() {
        for (width, element) in [
            (1, 1),
            (3, 1),
            (7, 1),
            (9, 2),
            (15, 2),
            (17, 4),
            (31, 4),
            (33, 8),
            (63, 8),
            (65, 12),
            (95, 12),
            (97, 16),
            (130, 20),
        ] {
            let table = table(&[(width, element, 5)]);
            let above = Above::of(&table.entries()[2]).unwrap();
            let len = element as usize * 5;
            for bit in 0..len * 8 {
                let mut bytes = vec![0; len];
                bytes[bit / 8] = 1 << (bit % 8);
                let fine = bit % (element as usize * 8) < width as usize;
                assert_eq!(above.are_zeros(0, &bytes), fine, "bit {bit} of [{width}]");
                for cut in 0..=len {
                    let found = above.are_zeros(0, &bytes[..cut])
                        & above.are_zeros(cut as u64, &bytes[cut..]);
                    assert_eq!(found, fine, "bit {bit} of [{width}], cut at {cut}");
                }
            }
        }
        for (width, element) in [(8, 1), (16, 2), (32, 4), (64, 8), (96, 12)] {
            let table = table(&[(width, element, 5)]);
            assert_eq!(Above::of(&table.entries()[2]), None);
        }
    }
}
