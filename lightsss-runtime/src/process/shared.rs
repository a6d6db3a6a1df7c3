//! A value in memory that forked processes share.

use std::{num::NonZeroUsize, ops::Deref, ptr::NonNull, sync::atomic::Ordering::Relaxed};

use nix::{
    errno::Errno,
    sys::mman::{MapFlags, ProtFlags, mmap_anonymous, munmap},
};

use super::sync::{AtomicI32, AtomicU8, AtomicU32, AtomicU64};

/// A type that may live in memory shared between processes.
///
/// # Safety
///
/// It is an atomic, or made of values of such types only. All bytes zero are a valid value, and the one
/// that `new` gives.
pub(crate) unsafe trait Shareable: Sized {
    #[cfg(all(test, loom))]
    fn new() -> Self;
}

macro_rules! shareable_atomics {
    ($($atomic:ty),*) => {$(
        // SAFETY: an atomic, which has the bit validity of its integer.
        unsafe impl Shareable for $atomic {
            #[cfg(all(test, loom))]
            fn new() -> Self {
                <$atomic>::new(0)
            }
        }
    )*};
}

shareable_atomics!(AtomicU8, AtomicI32, AtomicU32, AtomicU64);

// SAFETY: made of nothing else.
unsafe impl<T: Shareable, const N: usize> Shareable for [T; N] {
    #[cfg(all(test, loom))]
    fn new() -> Self {
        std::array::from_fn(|_| T::new())
    }
}

/// Declares structs that processes share: the compiler holds every field to [`Shareable`].
macro_rules! shared_structs {
    ($(
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident $(<const $length:ident: usize>)? {
            $($(#[$field_attribute:meta])* $field_visibility:vis $field:ident: $type:ty),* $(,)?
        }
    )*) => {$(
        $(#[$attribute])*
        #[derive(Debug)]
        #[repr(C)]
        $visibility struct $name $(<const $length: usize>)? {
            $($(#[$field_attribute])* $field_visibility $field: $type),*
        }

        // SAFETY: made of the fields only, and each is shareable, as the bounds say.
        unsafe impl $(<const $length: usize>)? $crate::process::shared::Shareable
            for $name $(<$length>)?
        where
            $($type: $crate::process::shared::Shareable),*
        {
            #[cfg(all(test, loom))]
            fn new() -> Self {
                Self { $($field: $crate::process::shared::Shareable::new()),* }
            }
        }
    )*};
}
pub(crate) use shared_structs;

/// One `T`, zeroed, in an anonymous shared mapping. A fork shares it; it has no name, so nothing
/// is left of it when its last process ends.
#[derive(Debug)]
pub(crate) struct Shared<T: Shareable> {
    value: NonNull<T>,
}

impl<T: Shareable> Shared<T> {
    const LENGTH: NonZeroUsize = NonZeroUsize::new(size_of::<T>()).expect("an empty shared value");

    pub(crate) fn zeroed() -> Result<Self, Errno> {
        // SAFETY: an anonymous mapping at an address the kernel chooses overlaps nothing.
        let value = unsafe {
            mmap_anonymous(
                None,
                Self::LENGTH,
                ProtFlags::PROT_READ | ProtFlags::PROT_WRITE,
                MapFlags::MAP_SHARED | MapFlags::MAP_NORESERVE,
            )?
        };
        let value = value.cast();
        // SAFETY: the mapping is as long as a `T`, aligned to a page, and nobody else's. `loom`'s atomics
        // are not made of zeros.
        #[cfg(all(test, loom))]
        unsafe {
            value.write(T::new());
        }
        Ok(Self { value })
    }
}

impl<T: Shareable> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: `value` is page-aligned, stays mapped until `self` is dropped, and started as
        // zeros, which `Shareable` makes a valid `T`. Other processes change it only through
        // atomics, again by `Shareable`, so a shared reference is never invalidated.
        unsafe { self.value.as_ref() }
    }
}

impl<T: Shareable> Drop for Shared<T> {
    fn drop(&mut self) {
        // SAFETY: the mapping was made in `zeroed` with this length, and no reference outlives `self`.
        let _ = unsafe { munmap(self.value.cast(), Self::LENGTH.get()) };
    }
}

shared_structs! {
    /// Text of at most `N` bytes in shared memory; longer text is cut.
    ///
    /// Not synchronised: the writer publishes it by a later release store elsewhere.
    pub(crate) struct SharedText<const N: usize> {
        length: AtomicU32,
        bytes: [AtomicU8; N],
    }
}

impl<const N: usize> SharedText<N> {
    pub(crate) fn set(&self, text: &str) {
        let text = Self::cut(text);
        for (to, from) in self.bytes.iter().zip(text.as_bytes()) {
            to.store(*from, Relaxed);
        }
        self.length.store(text.len() as u32, Relaxed);
    }

    /// As much of the text as there is room for.
    pub(crate) fn cut(text: &str) -> &str {
        &text[..text.floor_char_boundary(N)]
    }

    pub(crate) fn get(&self) -> String {
        let length = (self.length.load(Relaxed) as usize).min(N);
        let bytes: Vec<u8> = self.bytes[..length]
            .iter()
            .map(|b| b.load(Relaxed))
            .collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
