//! Bytes of a bus as the values of ports: what bindings call.

use crate::model::Wide;

/// The first eight bytes at most, the lowest first.
#[must_use]
pub fn integer(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .take(8)
        .rev()
        .fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// As many bytes as the value has, the lowest first.
#[must_use]
pub fn wide<const BITS: usize, const WORDS: usize>(bytes: &[u8]) -> Wide<BITS, WORDS> {
    let mut words = [0; WORDS];
    for (word, bytes) in words.iter_mut().zip(bytes.chunks(4)) {
        *word = integer(bytes) as u32;
    }
    Wide::from_words(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_byte_comes_first() {
        assert_eq!(integer(&[1, 2]), 0x0201);
        assert_eq!(wide::<96, 3>(&[1, 0, 0, 0, 2]).words(), &[1, 2, 0]);
    }
}
