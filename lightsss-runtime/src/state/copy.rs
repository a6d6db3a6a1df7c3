//! Copies of large memories.

/// From so many bytes on, what is overwritten is not fetched into the caches first: that takes about as long as
/// writing does, and the caches would not hold it until it is used.
#[cfg(all(target_arch = "x86_64", not(miri)))]
const LARGE: usize = 128 << 10;

/// As [`std::ptr::copy_nonoverlapping`] of bytes, faster where they are many.
///
/// # Safety
///
/// As there: `from` can be read and `to` be written for `len` bytes, and they do not overlap.
pub(super) unsafe fn copy(from: *const u8, to: *mut u8, len: usize) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    if len >= LARGE {
        // SAFETY: the caller's promise.
        return unsafe { past_caches(from, to, len) };
    }
    // SAFETY: the caller's promise.
    unsafe { std::ptr::copy_nonoverlapping(from, to, len) }
}

/// # Safety
///
/// As [`copy`].
#[cfg(all(target_arch = "x86_64", not(miri)))]
#[expect(
    clippy::cast_ptr_alignment,
    reason = "`from` is read without alignment, and `to` is aligned first"
)]
unsafe fn past_caches(from: *const u8, to: *mut u8, len: usize) {
    use std::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_sfence, _mm_stream_si128};
    const LINE: usize = 64;
    let first = to.align_offset(LINE).min(len);
    let lines = (len - first) / LINE;
    // SAFETY: `first` and then `lines` whole lines are within `len` bytes, and the rest ends with them; by the
    // caller's promise all of those can be read and written. `to + first` is aligned to a line. The fence makes what
    // was written visible to other threads before anything that follows, as with other writes.
    unsafe {
        std::ptr::copy_nonoverlapping(from, to, first);
        for line in 0..lines {
            let at = first + line * LINE;
            let (from, to) = (from.add(at).cast::<__m128i>(), to.add(at).cast::<__m128i>());
            let bytes: [__m128i; 4] = std::array::from_fn(|i| _mm_loadu_si128(from.add(i)));
            for (i, bytes) in bytes.into_iter().enumerate() {
                _mm_stream_si128(to.add(i), bytes);
            }
        }
        _mm_sfence();
        let done = first + lines * LINE;
        std::ptr::copy_nonoverlapping(from.add(done), to.add(done), len - done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_all_lengths_and_places_are_right_and_touch_nothing_else() {
        let from: Vec<u8> = (0..LARGE + 300).map(|i| (i * 7 % 251) as u8).collect();
        for len in [
            0,
            1,
            100,
            LARGE - 1,
            LARGE,
            LARGE + 1,
            LARGE + 63,
            LARGE + 150,
        ] {
            for (skip, place) in [(0, 0), (0, 1), (3, 64), (64, 63), (17, 130)] {
                let mut to = vec![0xff; place + len + 70];
                // SAFETY: both vectors have so many bytes, and are two.
                unsafe { copy(from[skip..].as_ptr(), to[place..].as_mut_ptr(), len) };
                assert!(to[..place].iter().all(|byte| *byte == 0xff));
                assert!(to[place..][..len] == from[skip..][..len], "{len} bytes");
                assert!(to[place + len..].iter().all(|byte| *byte == 0xff));
            }
        }
    }
}
