//! Little-endian fields, written to a vector and taken off a slice.

use std::fmt::Display;

/// Why bytes that have a right checksum are nevertheless not a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: expected {expected}, found {found}")]
pub struct Malformed {
    /// The field.
    pub what: String,
    /// What the format asks for.
    pub expected: String,
    /// What the file holds.
    pub found: String,
}

impl Malformed {
    pub(crate) fn new(
        what: impl Into<String>,
        expected: impl Display,
        found: impl Display,
    ) -> Self {
        Self {
            what: what.into(),
            expected: format!("{expected}"),
            found: format!("{found}"),
        }
    }
}

/// Takes fields off the front of a slice.
pub(super) struct FieldReader<'a> {
    rest: &'a [u8],
}

impl<'a> FieldReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Reads with at most `most` bytes.
    pub(super) fn within<T>(
        &mut self,
        what: &str,
        most: usize,
        read: impl FnOnce(&mut FieldReader<'a>) -> Result<T, Malformed>,
    ) -> Result<T, Malformed> {
        let limited = self.rest.len() > most;
        let (front, back) = self.rest.split_at(most.min(self.rest.len()));
        let mut front = FieldReader { rest: front };
        let value = read(&mut front).map_err(|malformed| {
            if limited {
                Malformed::new(what, format_args!("one of at most {most} bytes"), malformed)
            } else {
                malformed
            }
        })?;
        let left = front.rest.len() + back.len();
        self.rest = &self.rest[self.rest.len() - left..];
        Ok(value)
    }

    pub(super) fn take(&mut self, what: &str, len: usize) -> Result<&'a [u8], Malformed> {
        let Some((taken, rest)) = self.rest.split_at_checked(len) else {
            return Err(Malformed::new(
                what,
                format_args!("{len} bytes"),
                format_args!("{} bytes", self.rest.len()),
            ));
        };
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], Malformed> {
        let bytes = self.take(what, N)?;
        let mut array = [0; N];
        array.copy_from_slice(bytes);
        Ok(array)
    }

    pub(super) fn u8(&mut self, what: &str) -> Result<u8, Malformed> {
        Ok(self.array::<1>(what)?[0])
    }

    pub(super) fn u32(&mut self, what: &str) -> Result<u32, Malformed> {
        self.array(what).map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self, what: &str) -> Result<u64, Malformed> {
        self.array(what).map(u64::from_le_bytes)
    }

    /// Bytes that the format reserves: they must be zero, so that a later version can give them a meaning.
    pub(super) fn zeros<const N: usize>(&mut self, what: &str) -> Result<(), Malformed> {
        let bytes: [u8; N] = self.array(what)?;
        if bytes == [0; N] {
            Ok(())
        } else {
            Err(Malformed::new(what, "zeros", format_args!("{bytes:02x?}")))
        }
    }

    pub(super) fn string(&mut self, what: &str) -> Result<String, Malformed> {
        let len = self.u32(what)?;
        let bytes = self.take(what, len as usize)?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => Err(Malformed::new(what, "UTF-8", error)),
        }
    }

    /// A count of records of at least `least` bytes each: never more than the rest could hold, so that a vector
    /// reserved for them is bounded by the file.
    pub(super) fn count(&mut self, what: &str, least: usize) -> Result<usize, Malformed> {
        let count = self.u32(what)? as usize;
        let most = self.rest.len() / least;
        if count > most {
            return Err(Malformed::new(
                what,
                format_args!("at most {most}, which is what the rest has room for"),
                count,
            ));
        }
        Ok(count)
    }

    pub(super) fn finish(self, what: &str) -> Result<(), Malformed> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(Malformed::new(
            what,
            "its end",
            format_args!("{} further bytes", self.rest.len()),
        ))
    }
}

pub(super) fn put_string(out: &mut Vec<u8>, text: &str) {
    put_count(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

/// A length or a number of records. Nothing that this crate writes has 2^32 of them: names and labels are short, and
/// a section has fewer than 2^32 frames up to 4 PiB.
pub(super) fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&(count as u32).to_le_bytes());
}
