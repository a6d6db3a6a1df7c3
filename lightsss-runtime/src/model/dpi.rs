//! Values that cross the DPI, and what carries `&mut` harness state through C++.

use std::any::Any;
use std::ffi::{CStr, CString, c_char, c_void};
use std::marker::PhantomData;

use super::{Wide, ffi};

/// A pointer that the design carries around and does not look into (`chandle`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(transparent)]
pub struct Chandle(pub *mut c_void);

impl Default for Chandle {
    fn default() -> Self {
        Self(std::ptr::null_mut())
    }
}

// SAFETY: it is an address. Nothing here follows it; who does needs `unsafe`, and a proof.
unsafe impl Send for Chandle {}
// SAFETY: as for `Send`.
unsafe impl Sync for Chandle {}

/// An open array: an argument whose length the caller decides. It lives for the length of the
/// call.
///
/// Indices are those of the Verilog declaration, one per unpacked dimension.
#[derive(Debug)]
pub struct OpenArray<'a> {
    handle: *mut c_void,
    _call: PhantomData<&'a mut ()>,
}

impl OpenArray<'_> {
    /// Wraps a handle.
    ///
    /// # Safety
    /// `handle` is a valid `svOpenArrayHandle` for the lifetime.
    #[doc(hidden)]
    #[inline]
    #[must_use]
    pub unsafe fn new(handle: *mut c_void) -> Self {
        Self {
            handle,
            _call: PhantomData,
        }
    }

    /// How many unpacked dimensions it has.
    #[inline]
    #[must_use]
    pub fn dimensions(&self) -> usize {
        // SAFETY: the handle is valid.
        let dimensions = unsafe { ffi::svDimensions(self.handle) };
        usize::try_from(dimensions).unwrap_or(0)
    }

    /// The declared bounds of an unpacked dimension, counted from 0; `None` where there is
    /// no such dimension.
    #[inline]
    #[must_use]
    pub fn bounds(&self, dimension: usize) -> Option<(i32, i32)> {
        if dimension >= self.dimensions() {
            return None;
        }
        let number = dimension as i32 + 1;
        // SAFETY: the handle is valid, and the dimension exists.
        Some(unsafe {
            (
                ffi::svLeft(self.handle, number),
                ffi::svRight(self.handle, number),
            )
        })
    }

    /// The elements of an unpacked dimension; 0 where there is no such dimension.
    #[inline]
    #[must_use]
    pub fn len(&self, dimension: usize) -> usize {
        self.bounds(dimension)
            .map_or(0, |(left, right)| left.abs_diff(right) as usize + 1)
    }

    /// Whether it has no element.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        (0..self.dimensions()).all(|dimension| self.len(dimension) == 0)
    }

    /// The bits of an element.
    #[inline]
    #[must_use]
    pub fn width(&self) -> usize {
        // SAFETY: the handle is valid; 0 is the packed dimension.
        let width = unsafe { ffi::svSize(self.handle, 0) };
        usize::try_from(width).unwrap_or(0)
    }

    /// An element, its low 64 bits; `None` outside the bounds.
    #[inline]
    #[must_use]
    pub fn get(&self, index: &[i32]) -> Option<u64> {
        let words = self.get_words(index)?;
        let high = words.get(1).map_or(0, |word| u64::from(*word));
        Some(high << 32 | words.first().map_or(0, |word| u64::from(*word)))
    }

    /// An element's words of 32 bits, the least significant first; `None` outside the bounds.
    #[inline]
    #[must_use]
    pub fn get_words(&self, index: &[i32]) -> Option<Vec<u32>> {
        let mut words = vec![0; self.checked_words(index)?];
        let to = words.as_mut_ptr();
        // SAFETY: the index is inside the bounds, and `words` holds an element.
        unsafe {
            match *index {
                [i] => ffi::svGetBitArrElem1VecVal(to, self.handle, i),
                [i, j] => ffi::svGetBitArrElem2VecVal(to, self.handle, i, j),
                [i, j, k] => ffi::svGetBitArrElem3VecVal(to, self.handle, i, j, k),
                _ => return None,
            }
        }
        Some(words)
    }

    /// Sets an element from an integer; false outside the bounds.
    #[inline]
    pub fn set(&mut self, index: &[i32], value: u64) -> bool {
        self.set_words(index, &[value as u32, (value >> 32) as u32])
    }

    /// Sets an element from words of 32 bits, the least significant first; missing ones are zero.
    /// False outside the bounds.
    #[inline]
    pub fn set_words(&mut self, index: &[i32], value: &[u32]) -> bool {
        let Some(count) = self.checked_words(index) else {
            return false;
        };
        let mut words = vec![0; count];
        for (to, from) in words.iter_mut().zip(value) {
            *to = *from;
        }
        let last_bits = self.width() % 32;
        if last_bits != 0
            && let Some(last) = words.last_mut()
        {
            *last &= (1 << last_bits) - 1;
        }
        let from = words.as_ptr();
        // SAFETY: the index is inside the bounds, and `words` holds an element.
        unsafe {
            match *index {
                [i] => ffi::svPutBitArrElem1VecVal(self.handle, from, i),
                [i, j] => ffi::svPutBitArrElem2VecVal(self.handle, from, i, j),
                [i, j, k] => ffi::svPutBitArrElem3VecVal(self.handle, from, i, j, k),
                _ => return false,
            }
        }
        true
    }

    /// An element that is a `real`; `None` outside the bounds, and of arrays of something else.
    #[inline]
    #[must_use]
    pub fn get_real(&self, index: &[i32]) -> Option<f64> {
        let place = self.real(index)?;
        // SAFETY: the place is that of an element, which lives as long as the handle.
        Some(unsafe { place.read() })
    }

    /// Sets an element that is a `real`. False outside the bounds, and of arrays of something else.
    #[inline]
    pub fn set_real(&mut self, index: &[i32], value: f64) -> bool {
        let Some(place) = self.real(index) else {
            return false;
        };
        // SAFETY: as for `get_real`; the call has the array for itself.
        unsafe { place.write(value) };
        true
    }

    #[inline]
    fn real(&self, index: &[i32]) -> Option<*mut f64> {
        self.checked_words(index)?;
        // SAFETY: the handle is valid, and the index is inside the bounds.
        let place = unsafe { ffi::lightsss1_array_real(self.handle, index.as_ptr(), index.len()) };
        (!place.is_null()).then_some(place)
    }

    /// An element that is a `string`; `None` outside the bounds, and of arrays of something else.
    ///
    /// ```no_run
    /// # use lightsss_runtime::model::OpenArray;
    /// fn longest(names: &OpenArray<'_>) -> usize {
    ///     let (left, right) = names.bounds(0).unwrap_or((0, -1));
    ///     let names = (left.min(right)..=left.max(right)).filter_map(|at| names.get_text(&[at]));
    ///     names.map(|name| name.count_bytes()).max().unwrap_or(0)
    /// }
    /// ```
    #[inline]
    #[must_use]
    pub fn get_text(&self, index: &[i32]) -> Option<CString> {
        self.checked_words(index)?;
        // SAFETY: the handle is valid, and the index is inside the bounds.
        let text = unsafe { ffi::lightsss1_array_text(self.handle, index.as_ptr(), index.len()) };
        // SAFETY: it is null or a C string, which lives until the element changes.
        (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_owned())
    }

    /// Sets an element that is a `string`. False outside the bounds, and of arrays of something else.
    #[inline]
    pub fn set_text(&mut self, index: &[i32], text: &CStr) -> bool {
        let inside = self.checked_words(index).is_some();
        let (at, count) = (index.as_ptr(), index.len());
        // SAFETY: the handle is valid, the index is inside the bounds, and C++ copies the text.
        inside && unsafe { ffi::lightsss1_array_set_text(self.handle, at, count, text.as_ptr()) }
    }

    /// The words of an element, if `index` names one.
    #[inline]
    fn checked_words(&self, index: &[i32]) -> Option<usize> {
        if index.is_empty() || index.len() != self.dimensions() {
            return None;
        }
        for (dimension, at) in index.iter().enumerate() {
            let (left, right) = self.bounds(dimension)?;
            if !(left.min(right)..=left.max(right)).contains(at) {
                return None;
            }
        }
        Some(self.width().div_ceil(32).max(1))
    }
}

/// A packed vector: what the bindings pass for `bit [n:0]` and `logic [n:0]`.
#[doc(hidden)]
pub trait Vector: Copy {
    /// From words of 32 bits, the least significant first.
    fn from_words(words: impl Iterator<Item = u32>) -> Self;
    /// Word `at`.
    fn word(&self, at: usize) -> u32;
}

macro_rules! integer_vectors {
    ($($ty:ty),*) => {$(
        impl Vector for $ty {
            #[inline]
            fn from_words(words: impl Iterator<Item = u32>) -> Self {
                let value = words.take(2).enumerate();
                value.fold(0_u64, |value, (at, word)| value | u64::from(word) << (32 * at)) as $ty
            }
            #[inline]
            fn word(&self, at: usize) -> u32 {
                if at < 2 { (u64::from(*self) >> (32 * at)) as u32 } else { 0 }
            }
        }
    )*};
}
integer_vectors!(u8, u16, u32, u64);

impl<const BITS: usize, const WORDS: usize> Vector for Wide<BITS, WORDS> {
    #[inline]
    fn from_words(mut words: impl Iterator<Item = u32>) -> Self {
        Self::from_words(std::array::from_fn(|_| words.next().unwrap_or(0)))
    }
    #[inline]
    fn word(&self, at: usize) -> u32 {
        self.words().get(at).copied().unwrap_or(0)
    }
}

/// Reads `N` vectors of `bits` bits. With two planes (`svLogicVecVal`) the second is dropped:
/// Verilator's models are two-state.
///
/// # Safety
/// `from` is valid for reads of `N * ceil(bits / 32) * planes` initialised words.
#[doc(hidden)]
#[inline]
#[must_use]
pub unsafe fn load_vectors<T: Vector, const N: usize>(
    from: *const u32,
    bits: u32,
    planes: usize,
) -> [T; N] {
    let words = bits.div_ceil(32) as usize;
    // The bits above the width are whatever the model left there.
    let mask = |at: usize| match bits % 32 {
        rest if rest != 0 && at + 1 == words => (1 << rest) - 1,
        _ => u32::MAX,
    };
    std::array::from_fn(|element| {
        T::from_words((0..words).map(|at| {
            // SAFETY: below `N * words * planes`, which the caller vouches for.
            unsafe { from.add((element * words + at) * planes).read() & mask(at) }
        }))
    })
}

/// Writes vectors of `bits` bits; with two planes the second becomes zero.
///
/// # Safety
/// `to` is valid for writes of `values.len() * ceil(bits / 32) * planes` words.
#[doc(hidden)]
#[inline]
pub unsafe fn store_vectors<T: Vector>(values: &[T], to: *mut u32, bits: u32, planes: usize) {
    let words = bits.div_ceil(32) as usize;
    for (element, value) in values.iter().enumerate() {
        for at in 0..words {
            for plane in 0..planes {
                let word = if plane == 0 { value.word(at) } else { 0 };
                // SAFETY: below `values.len() * words * planes`, which the caller vouches for.
                unsafe { to.add((element * words + at) * planes + plane).write(word) }
            }
        }
    }
}

/// What lies behind the pointer that goes through C++ for the length of one call into a model:
/// the harness's DPI implementation, and the panic that one of its functions raised.
///
/// Generated code makes it on the stack of `eval` and looks into it from the imports' thunks.
#[doc(hidden)]
pub struct DpiEnv<'a, T: ?Sized> {
    target: &'a mut T,
    panic: Option<Box<dyn Any + Send>>,
    /// Strings handed to the model, which copies them right after the import that gave them.
    strings: Vec<CString>,
    /// Imports come from several threads, one at a time: one may begin before the thread of the
    /// last has copied its strings, so they are kept until the end.
    shared: bool,
}

impl<'a, T: ?Sized> DpiEnv<'a, T> {
    /// Gives `target` to a model that runs on several threads.
    #[inline]
    pub fn shared(target: &'a mut T) -> Self {
        Self {
            shared: true,
            ..Self::new(target)
        }
    }

    /// Gives `target` out.
    #[inline]
    pub fn new(target: &'a mut T) -> Self {
        Self {
            target,
            panic: None,
            strings: Vec::new(),
            shared: false,
        }
    }

    /// Runs one import. Gives false when it panicked, now or earlier in the same evaluation: C++
    /// then unwinds, and the panic goes on after it.
    #[inline]
    pub fn call(&mut self, import: impl FnOnce(&mut T)) -> bool {
        if self.panic.is_some() {
            return false;
        }
        if !self.shared {
            // The model has copied what the last import gave it.
            self.strings.clear();
        }
        let target = &mut *self.target;
        match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| import(target))) {
            Ok(()) => true,
            Err(payload) => {
                self.panic = Some(payload);
                false
            }
        }
    }

    /// Keeps a string until the next import, or until the end if imports come from several threads;
    /// gives its address.
    pub fn keep(&mut self, text: CString) -> *const c_char {
        let address = text.as_ptr();
        self.strings.push(text);
        address
    }

    /// Whether an import panicked.
    #[inline]
    #[must_use]
    pub fn panicked(&self) -> bool {
        self.panic.is_some()
    }

    /// Goes on with the panic that an import raised.
    #[inline]
    pub fn resume(self) {
        if let Some(payload) = self.panic {
            std::panic::resume_unwind(payload);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_cross_and_come_back() {
        let words = [0x1234_5678, 0xffff_ffff, 0, 0xdead_beef, 5, 6];
        // SAFETY: 2 elements of 2 words in 1 plane, of 6 words.
        let bits = unsafe { load_vectors::<u64, 2>(words.as_ptr(), 40, 1) };
        assert_eq!(bits, [0xff_1234_5678, 0xef_0000_0000]);
        // SAFETY: 1 element of 3 words in 2 planes, of 6 words.
        let [wide] = unsafe { load_vectors::<Wide<65, 3>, 1>(words.as_ptr(), 65, 2) };
        assert_eq!(wide.words(), &[0x1234_5678, 0, 1]);
        let mut back = [7; 6];
        // SAFETY: as above.
        unsafe { store_vectors(&[wide], back.as_mut_ptr(), 65, 2) }
        assert_eq!(back, [0x1234_5678, 0, 0, 0, 1, 0]);
    }

    #[test]
    fn a_panic_waits_for_the_end_of_the_call() {
        let mut count = 0;
        let mut env = DpiEnv::new(&mut count);
        assert!(env.call(|count| *count += 1));
        assert!(!env.call(|_| std::panic::resume_unwind(Box::new("stop"))));
        assert!(!env.call(|count| *count += 1), "nothing runs after a panic");
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| env.resume()));
        assert_eq!(caught.unwrap_err().downcast_ref(), Some(&"stop"));
        assert_eq!(count, 1);
    }
}
