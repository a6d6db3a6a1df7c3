//! Runs of numbers: fields that lie side by side in the stream are checked and copied as one.

use super::{Construct, NoSections, Reader, RestoreError};

/// A number, `bool` or `char`: [`Savable::SIZE`](super::Savable::SIZE) gives its exact size.
pub trait Scalar: Construct + Copy {
    /// Writes the value over `to`, which has its size.
    fn put(self, to: &mut [u8]);

    /// Reads a value from bytes of its size; `None` where they are no value.
    fn get(from: &[u8]) -> Option<Self>;
}

/// Writes a value at the beginning of a run; gives what is left of the run.
///
/// # Panics
/// If less than the value's size is left, which derived code rules out: it adds up the sizes.
#[inline]
pub fn put<'r, T: Scalar>(value: &T, run: &'r mut [u8]) -> &'r mut [u8] {
    let (to, rest) = run.split_at_mut(T::SIZE.min());
    value.put(to);
    rest
}

/// The bytes of fields that lie side by side.
#[derive(Debug)]
pub struct Run<'a> {
    rest: &'a [u8],
    /// Where in the stream the run ends.
    end: usize,
}

impl<'a> Run<'a> {
    /// The next `len` bytes of the stream.
    #[inline]
    pub fn read(input: &mut Reader<'a>, len: usize) -> Result<Run<'a>, RestoreError> {
        let rest = input.bytes(len)?;
        let end = input.position();
        Ok(Run { rest, end })
    }

    /// The next value.
    ///
    /// # Panics
    /// If less than the value's size is left, which derived code rules out: it adds up the sizes.
    #[inline]
    pub fn take<T: Scalar>(&mut self) -> Result<T, RestoreError> {
        let (from, rest) = self.rest.split_at(T::SIZE.min());
        match T::get(from) {
            Some(value) => {
                self.rest = rest;
                Ok(value)
            }
            None => Err(refusal::<T>(from, self.end - self.rest.len())),
        }
    }
}

/// The error of bytes that are no value of `T`, as reading them alone gives it.
#[cold]
fn refusal<T: Scalar>(from: &[u8], position: usize) -> RestoreError {
    let mut input = Reader::new(from, &NoSections);
    match T::construct(&mut input) {
        Err(error) => error.moved_to(position),
        Ok(_) => input.invalid("value", "none").moved_to(position),
    }
}

macro_rules! scalars {
    ($($type:ident)*) => {$(
        impl Scalar for $type {
            #[inline]
            fn put(self, to: &mut [u8]) {
                to.copy_from_slice(&self.to_le_bytes());
            }

            #[inline]
            fn get(from: &[u8]) -> Option<Self> {
                from.try_into().ok().map(Self::from_le_bytes)
            }
        }
    )*};
}

scalars! { u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 f32 f64 }

/// Scalars that are stored as another type, of which not every value is theirs.
macro_rules! narrowed_scalars {
    ($($type:ident $stored:ident $to:expr, $from:expr;)*) => {$(
        impl Scalar for $type {
            #[inline]
            fn put(self, to: &mut [u8]) {
                let stored: fn($type) -> $stored = $to;
                stored(self).put(to);
            }

            #[inline]
            fn get(from: &[u8]) -> Option<Self> {
                let own: fn($stored) -> Option<$type> = $from;
                own($stored::get(from)?)
            }
        }
    )*};
}

narrowed_scalars! {
    bool u8 u8::from, |byte| (byte <= 1).then_some(byte == 1);
    char u32 u32::from, char::from_u32;
    usize u64 |value| value as u64, |stored| stored.try_into().ok();
    isize i64 |value| value as i64, |stored| stored.try_into().ok();
}
