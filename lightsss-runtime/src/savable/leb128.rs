//! LEB128: numbers of seven bits a byte, the lowest first.

/// Why bytes are no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bad {
    /// They end within it.
    Ends,
    /// It has more than 64 bits.
    TooLarge,
}

pub(crate) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Takes a number off the front of `bytes`.
#[inline]
pub(crate) fn take(bytes: &mut &[u8]) -> Result<u64, Bad> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or(Bad::Ends)?;
        *bytes = rest;
        let bits = u64::from(byte & 0x7f);
        if (bits << shift) >> shift != bits {
            return Err(Bad::TooLarge);
        }
        number |= bits << shift;
        if *byte < 0x80 {
            return Ok(number);
        }
    }
    Err(Bad::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_and_what_is_no_number_is_refused() {
        for number in [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, u64::MAX >> 1, u64::MAX] {
            let mut bytes = Vec::new();
            put(&mut bytes, number);
            let mut rest = &bytes[..];
            assert_eq!(take(&mut rest), Ok(number));
            assert!(rest.is_empty());
            assert_eq!(take(&mut &bytes[..bytes.len() - 1]), Err(Bad::Ends));
        }
        let mut too_large = [0xff; 10];
        too_large[9] = 2;
        assert_eq!(take(&mut &too_large[..]), Err(Bad::TooLarge));
        assert_eq!(take(&mut &[0x80; 11][..]), Err(Bad::TooLarge));
    }
}
