//! Memory that a stream collects in, placed so that large copies into it run at full speed.

use std::ops::Deref;

/// From here on it pays to look where the source lies.
const LARGE: usize = 1 << 20;
/// Processors tell a load from an earlier store by these many low bits of the address first.
const PAGE: usize = 4096;
/// Bytes that a copy loop may have stored before it loads the ones behind them.
const NEAR: usize = 1024;

/// A growing array of bytes, like `Vec<u8>`, whose first byte need not be the first of its allocation.
///
/// A large copy to an address that lies a few bytes behind its source modulo 4 KiB takes up to three times
/// as long, since each load looks as if it depended on the store before it. (Intel's optimisation manual
/// calls this "4K aliasing"; it is measured on AMD's processors, too.) This is the usual case in a stream:
/// eight bytes of length stand before the items of a `Vec`, and both were allocated at the beginning of a
/// page. So the buffer moves its beginning within its allocation where it would copy that way.
#[derive(Debug, Clone, Default)]
pub struct Buffer {
    /// `lead` unused bytes, then the contents.
    bytes: Vec<u8>,
    lead: usize,
}

impl Buffer {
    /// An empty buffer without memory.
    #[must_use]
    pub const fn new() -> Buffer {
        Buffer {
            bytes: Vec::new(),
            lead: 0,
        }
    }

    /// Empties the buffer; its memory stays.
    pub fn clear(&mut self) {
        self.bytes.truncate(self.lead);
    }

    /// Bytes that can be added without an allocation.
    #[inline]
    #[must_use]
    pub fn room(&self) -> usize {
        self.bytes.capacity() - self.bytes.len()
    }

    /// Makes room for `additional` bytes.
    pub fn reserve(&mut self, additional: usize) {
        self.bytes.reserve(additional);
    }

    /// Adds bytes.
    #[inline]
    pub fn extend(&mut self, from: &[u8]) {
        self.bytes.extend_from_slice(from);
    }

    /// Adds bytes that may be many: the contents may move first, so that the copy runs at full speed.
    pub fn extend_bulk(&mut self, from: &[u8]) {
        if from.len() >= LARGE && self.len() <= from.len() / 16 {
            self.bytes.reserve(from.len() + PAGE);
            let to = self.bytes.as_ptr().addr() + self.bytes.len();
            let behind = to.wrapping_sub(from.as_ptr().addr()) % PAGE;
            if (1..NEAR).contains(&behind) {
                self.move_by(PAGE / 2 - behind);
            }
        }
        self.extend(from);
    }

    /// Moves the contents up, or down by as much less than a page.
    fn move_by(&mut self, up: usize) {
        let lead = (self.lead + up) % PAGE;
        if lead < self.lead {
            self.bytes.drain(..self.lead - lead);
        } else {
            let more = lead - self.lead;
            self.bytes.splice(..0, std::iter::repeat_n(0, more));
        }
        self.lead = lead;
    }
}

impl Deref for Buffer {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.bytes[self.lead..]
    }
}

impl From<Vec<u8>> for Buffer {
    fn from(bytes: Vec<u8>) -> Buffer {
        Buffer { bytes, lead: 0 }
    }
}

impl PartialEq for Buffer {
    fn eq(&self, other: &Buffer) -> bool {
        **self == **other
    }
}

impl Eq for Buffer {}

#[cfg(test)]
mod tests {
    use super::{Buffer, LARGE, NEAR, PAGE};

    /// Copies from every place in a page, into a buffer that is used again and again.
    #[test]
    #[cfg_attr(miri, ignore = "copies 200 MiB, in safe code")]
    fn bulk_never_lands_just_behind_its_source() {
        let source: Vec<u8> = (0..LARGE + PAGE).map(|i| (i / 7) as u8).collect();
        let mut buffer = Buffer::new();
        for from in (0..PAGE).step_by(61) {
            let bulk = &source[from..from + LARGE];
            for before in [0, 8, 700] {
                buffer.clear();
                buffer.extend(&source[..before]);
                buffer.extend_bulk(bulk);
                buffer.extend(b"end");
                assert!(buffer.starts_with(&source[..before]));
                assert!(&buffer[before..before + LARGE] == bulk);
                assert!(&buffer[before + LARGE..] == b"end");
                let to = buffer[before..].as_ptr().addr();
                let behind = to.wrapping_sub(bulk.as_ptr().addr()) % PAGE;
                assert!(!(1..NEAR).contains(&behind), "{behind} behind");
            }
        }
    }
}
