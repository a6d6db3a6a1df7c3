//! Runs of numbers: fields that lie side by side in the stream are checked and copied as one.

use super::run::Run;
use super::{Construct, Reader, RestoreError, Savable, SaveError, Writer};

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

impl Run<'_> {
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

/// Whether a type is flat, and its bytes.
#[must_use]
pub const fn flat<T: Savable + ?Sized>() -> (bool, usize) {
    (T::FLAT, T::SIZE.min())
}

/// For each of several types side by side: the bytes of the run that begins with it, or none where it is
/// not flat or within a run.
#[must_use]
pub const fn runs<const N: usize>(types: [(bool, usize); N]) -> [Option<usize>; N] {
    let mut runs = [None; N];
    let mut run = 0;
    let mut i = N;
    while i > 0 {
        i -= 1;
        let (flat, size) = types[i];
        run = if flat { run + size } else { 0 };
        if flat && (i == 0 || !types[i - 1].0) {
            runs[i] = Some(run);
        }
    }
    runs
}

/// What a run is put together in before it is saved. Longer ones are saved in several.
pub const RUN_BUFFER: [u8; 256] = [0; 256];

/// For each of several types side by side: the bytes of the saved run that ends with it, or none where it
/// is not flat or within a run.
#[must_use]
pub const fn run_ends<const N: usize>(types: [(bool, usize); N]) -> [Option<usize>; N] {
    let mut ends = [None; N];
    let mut run = 0;
    let mut i = 0;
    while i < N {
        if is_saved_in_run(types[i]) {
            run += types[i].1;
            let goes_on = i + 1 < N
                && is_saved_in_run(types[i + 1])
                && run + types[i + 1].1 <= RUN_BUFFER.len();
            if !goes_on {
                ends[i] = Some(run);
                run = 0;
            }
        }
        i += 1;
    }
    ends
}

const fn is_saved_in_run((flat, size): (bool, usize)) -> bool {
    flat && size <= RUN_BUFFER.len()
}

/// Saves a value: into the run, if it is flat, which is written where it ends. Gives the bytes in the run.
#[inline]
pub fn save_in_run<T: Savable + ?Sized>(
    value: &T,
    run: &mut [u8; RUN_BUFFER.len()],
    filled: usize,
    end: Option<usize>,
    out: &mut Writer<'_>,
) -> Result<usize, SaveError> {
    if !const { is_saved_in_run(flat::<T>()) } {
        value.save(out)?;
        return Ok(0);
    }
    value.save_to_run(&mut run[filled..]);
    match end {
        Some(length) => out.bytes(&run[..length]).map(|()| 0),
        None => Ok(filled + T::SIZE.min()),
    }
}

/// Restores a value: from the run, if it is flat, which begins with it where there is a `length`.
#[inline]
pub fn restore_in_run<'a, T: Savable + ?Sized>(
    value: &mut T,
    length: Option<usize>,
    run: &mut Run<'a>,
    input: &mut Reader<'a>,
) -> Result<(), RestoreError> {
    if !const { T::FLAT } {
        return value.restore(input);
    }
    if let Some(length) = length {
        *run = Run::read(input, length)?;
    }
    value.restore_from_run(run)
}

/// The error of bytes that are no value of `T`, as reading them alone gives it.
#[cold]
fn refusal<T: Scalar>(from: &[u8], position: usize) -> RestoreError {
    let mut input = Reader::at(from, position + from.len());
    match T::construct(&mut input) {
        Err(error) => error,
        Ok(_) => input.invalid("value", "none"),
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

/// `usize` and `isize`: eight bytes on every machine.
macro_rules! sized_scalars {
    ($($type:ident $stored:ident,)*) => {$(
        impl Scalar for $type {
            #[inline]
            fn put(self, to: &mut [u8]) {
                (self as $stored).put(to);
            }

            #[inline]
            fn get(from: &[u8]) -> Option<Self> {
                $stored::get(from)?.try_into().ok()
            }
        }
    )*};
}

sized_scalars! { usize u64, isize i64, }
