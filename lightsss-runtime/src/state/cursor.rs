//! Reads bytes that may be damaged.

use crate::savable::leb128;

/// Bytes are not what they are said to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} is damaged: expected {expected} at byte {at}")]
pub struct Damaged {
    /// What was read.
    pub what: &'static str,
    /// What should have stood there.
    pub expected: &'static str,
    /// Where.
    pub at: usize,
}

/// A place in some bytes.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    what: &'static str,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], what: &'static str) -> Cursor<'a> {
        Cursor { bytes, at: 0, what }
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn is_empty(&self) -> bool {
        self.at == self.bytes.len()
    }

    pub(super) fn take(&mut self, len: usize) -> Result<&'a [u8], Damaged> {
        let Some((bytes, _)) = self.bytes[self.at..].split_at_checked(len) else {
            return Err(self.damaged("more bytes"));
        };
        self.at += len;
        Ok(bytes)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Damaged> {
        Ok(self.take(1)?[0])
    }

    pub(super) fn u32(&mut self) -> Result<u32, Damaged> {
        let bytes = self.take(4)?;
        Ok(bytes
            .iter()
            .rev()
            .fold(0, |value, byte| value << 8 | u32::from(*byte)))
    }

    pub(super) fn u64(&mut self) -> Result<u64, Damaged> {
        let bytes = self.take(8)?;
        Ok(bytes
            .iter()
            .rev()
            .fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// LEB128, at most 9 bytes.
    #[inline]
    pub(super) fn number(&mut self) -> Result<u64, Damaged> {
        let left = &self.bytes[self.at..];
        let most = left.len().min(9);
        let mut rest = &left[..most];
        let number = leb128::take(&mut rest);
        self.at += most - rest.len();
        number.map_err(|_| {
            self.damaged(if most < 9 {
                "more bytes"
            } else {
                "a number of at most 63 bits"
            })
        })
    }

    pub(super) fn number32(&mut self) -> Result<u32, Damaged> {
        u32::try_from(self.number()?).map_err(|_| self.damaged("a number of at most 32 bits"))
    }

    pub(super) fn signed(&mut self) -> Result<i32, Damaged> {
        let value = self.number()?;
        let value = (value >> 1) as i64 ^ -((value & 1) as i64);
        i32::try_from(value).map_err(|_| self.damaged("a number of at most 32 bits"))
    }

    /// A number of things of at least `size` bytes each, for which there are enough bytes.
    pub(super) fn count(&mut self, size: u64) -> Result<u64, Damaged> {
        let count = self.number()?;
        let left = (self.bytes.len() - self.at) as u64;
        match count.checked_mul(size) {
            Some(needed) if needed <= left => Ok(count),
            _ => Err(self.damaged("a number that the bytes suffice for")),
        }
    }

    #[cold]
    pub(super) fn damaged(&self, expected: &'static str) -> Damaged {
        Damaged {
            what: self.what,
            expected,
            at: self.at,
        }
    }
}
