//! A memory for harnesses: gigabytes that cost what is written of them, and that fork cheaply.

mod fork;
mod load;
mod map;
mod region;
mod stash;
mod written;

use std::{ops::Range, rc::Rc, sync::Arc};

use nix::errno::Errno;

pub use self::load::{LoadError, Program};
use self::{fork::Upkeep, region::Region};
use crate::memory::{
    dirty::Tracked,
    pages::{self, HUGE_PAGE, PAGE},
};
use crate::process::hooks::{self, Registration};

/// A memory of bytes between two addresses, little-endian.
///
/// It is reserved whole and committed page by page: what was never written reads as zero and
/// costs nothing. Addresses are those of the simulated machine.
///
/// ```
/// use lightsss_runtime::ram::Ram;
///
/// let mut ram = Ram::new(0x8000_0000, 4 << 30)?;
/// ram.write_u32(0x8000_0000, 0x0000_0013)?;
/// assert_eq!(ram.read_u16(0x8000_0000)?, 0x0013);
/// assert_eq!(ram.read_u64(0xc000_0000)?, 0, "never written");
/// assert!(ram.read_u8(0x7fff_ffff).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it costs a checkpoint
///
/// The median pause of the run, in ms, for a checkpoint of 1 GiB that was all written. Measured with
/// `cargo xtask bench --only slots/pause` on a virtual machine with two cores and Linux 6.18; on other
/// machines, expect the ratios:
///
/// | | not written since | 1 % of the pages written at random before each checkpoint |
/// | --- | --- | --- |
/// | [`Pages::Small`], as a bare `fork` | 26 | 25 |
/// | [`Pages::Huge`] | 1.0 | 16 |
/// | [`map_file`](Self::map_file), all of it read | 0.4 | 6 |
/// | [`Pages::Scratch`] | 0.4 | 0.4 |
///
/// Under repeated checkpoints the first write to a huge page splits it, and each split 2 MiB adds 25
/// us to every later pause. So a stretch that is written densely in every interval is left out of the
/// fork, and the slot gets a copy of it. The copy goes to a file in memory that an earlier slot has left:
/// 150 ms per GiB. Copying on write takes 700 ms, and copying into fresh memory of a virtual machine up to
/// 3,700 ms. This costs one descriptor per slot and the memory of the copies. They count as the slots'
/// own, and are given back when memory is short.
///
/// A split page that is not written for a while is collapsed into a huge page again: the GiB of the table
/// came back to 1.1 ms. How long that while is depends on the cost, which is measured as the run goes. It
/// lies between 0.3 and 7 ms per stretch, as a virtual machine may have to ask its host for the page.
#[derive(Debug)]
pub struct Ram {
    base: u64,
    region: Rc<Region>,
    pages: Pages,
    _hooks: Option<Registration>,
    /// For incremental saves: which pages are as their parent has them.
    tracked: Tracked,
}

/// The pages that a [`Ram`] is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pages {
    /// Huge ones, which are kept whole. Best where a memory is large and mostly cold, or written densely.
    #[default]
    Huge,
    /// Small ones. Best for a small memory, and for one that is written here and there all over.
    Small,
    /// Huge ones that no slot gets: in a replay the memory reads as zero. For what can be made
    /// again from the rest (a decoded program, a picture for a display) or is not looked at there.
    /// A fork costs the same however large it is, and writes after it copy nothing.
    ///
    /// Rebuild it in [`ForkHooks::in_replay`](crate::slots::hooks::ForkHooks::in_replay), or when
    /// the checkpoint returns in a replay. It cannot be saved, since what a slot would save of it
    /// are zeros: mark the field `#[savable(skip)]`.
    Scratch,
}

/// A memory could not be made.
#[derive(Debug, thiserror::Error)]
#[error("a memory of {size:#x} bytes at {base:#x} cannot be reserved: {reason}")]
pub struct RamError {
    base: u64,
    size: u64,
    reason: Errno,
}

/// An access outside the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{length} bytes at {address:#x} are not within the memory from {base:#x} to {end:#x}")]
#[non_exhaustive]
pub struct OutOfRange {
    /// Address of the access.
    pub address: u64,
    /// Its length in bytes.
    pub length: u64,
    /// First address of the memory.
    pub base: u64,
    /// First address behind the memory.
    pub end: u64,
}

macro_rules! accessors {
    ($($read:ident $write:ident $type:ty),*) => {$(
        #[doc = concat!("Reads a little-endian `", stringify!($type), "`, aligned or not.")]
        #[inline]
        pub fn $read(&self, address: u64) -> Result<$type, OutOfRange> {
            let at = self.offset(address, size_of::<$type>())?;
            let mut bytes = [0; size_of::<$type>()];
            bytes.copy_from_slice(&self.whole()[at..at + size_of::<$type>()]);
            Ok(<$type>::from_le_bytes(bytes))
        }

        #[doc = concat!("Writes a little-endian `", stringify!($type), "`, aligned or not.")]
        #[inline]
        pub fn $write(&mut self, address: u64, value: $type) -> Result<(), OutOfRange> {
            self.write_bytes(address, &value.to_le_bytes())
        }
    )*};
}

impl Ram {
    /// A memory of `size` bytes, all zero, the first at address `base`, of huge pages.
    pub fn new(base: u64, size: u64) -> Result<Self, RamError> {
        Self::with_pages(base, size, Pages::default())
    }

    /// As [`new`](Self::new), of the pages that you say.
    pub fn with_pages(base: u64, size: u64, pages: Pages) -> Result<Self, RamError> {
        let error = |reason| RamError { base, size, reason };
        let length = usize::try_from(size).map_err(|_| error(Errno::ENOMEM))?;
        base.checked_add(size)
            .ok_or_else(|| error(Errno::EOVERFLOW))?;
        let region = Region::new(length).map_err(error)?;
        region.advise_huge(pages != Pages::Small);
        if pages == Pages::Scratch {
            let all = 0..region.chunks();
            region.leave_out_of_forks(all).map_err(error)?;
        }
        let region = Rc::new(region);
        let upkeep = |huge| {
            let upkeep = Upkeep::new(Rc::clone(&region), huge);
            hooks::register_innermost(Box::new(upkeep))
        };
        let hooks = match pages {
            Pages::Huge => Some(upkeep(true)),
            Pages::Small => Some(upkeep(false)),
            Pages::Scratch => None,
        };
        let notes = Arc::clone(region.written());
        let tracked = Tracked::noted(region.start(), region.written().len(), notes);
        Ok(Self {
            base,
            region,
            pages,
            _hooks: hooks,
            tracked,
        })
    }

    /// Address of the first byte.
    #[must_use]
    pub fn base(&self) -> u64 {
        self.base
    }

    /// Size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.region.length() as u64
    }

    /// Whether slots and snapshots have nothing of it.
    pub(crate) fn is_scratch(&self) -> bool {
        self.pages == Pages::Scratch
    }

    /// What is known of the writes to it.
    pub(crate) fn tracked(&self) -> &Tracked {
        &self.tracked
    }

    /// Before all of it is written.
    pub(crate) fn mark_all_written(&self) {
        self.region.mark(0, self.region.length());
    }

    /// Whether `length` bytes from `address` on are within the memory.
    #[must_use]
    #[inline]
    pub fn contains(&self, address: u64, length: u64) -> bool {
        self.offset(address, length as usize).is_ok()
    }

    #[inline]
    fn offset(&self, address: u64, length: usize) -> Result<usize, OutOfRange> {
        let at = address.wrapping_sub(self.base);
        let size = self.size();
        if at <= size && length as u64 <= size - at {
            Ok(at as usize)
        } else {
            let (base, length) = (self.base, length as u64);
            Err(OutOfRange {
                address,
                length,
                base,
                end: base + size,
            })
        }
    }

    #[inline]
    pub(crate) fn whole(&self) -> &[u8] {
        // SAFETY: only `whole_mut`, `clear` and `make_zeros` make other uses of the bytes, and
        // they need `&mut self`, which cannot be had while the result borrows `self`. (The region's other
        // owner, the fork hook, never forms a reference to the bytes.)
        unsafe { self.region.bytes() }
    }

    #[inline]
    pub(crate) fn whole_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `whole`; the result borrows `self` exclusively.
        unsafe { self.region.bytes_mut() }
    }

    /// Bytes that the system holds for this memory now: what was written, rounded up to pages.
    #[must_use]
    pub fn committed(&self) -> u64 {
        self.region.committed()
    }

    /// Gives the pages back that hold only zeros.
    pub(crate) fn give_back_zeros(&mut self) {
        let unit = self.unit();
        let mut zeros: Vec<Range<usize>> = Vec::new();
        let mut start = 0;
        for bytes in self.whole().chunks(unit) {
            let end = start + bytes.len();
            if bytes.chunks(PAGE).all(pages::is_zero) {
                match zeros.last_mut() {
                    Some(last) if last.end == start => last.end = end,
                    _ => zeros.push(start..end),
                }
            }
            start = end;
        }
        for range in zeros {
            self.make_zeros(range);
        }
        self.advise_again();
    }

    /// Makes bytes zeros, by giving back the pages that are all of zeros then.
    pub(crate) fn make_zeros(&mut self, bytes: Range<usize>) {
        let Range { start, end } = bytes;
        let first = start.next_multiple_of(self.unit()).min(end);
        let last = if end == self.region.length() {
            end
        } else {
            (end - end % self.unit()).max(first)
        };
        pages::clear(&mut self.whole_mut()[start..first]);
        pages::clear(&mut self.whole_mut()[last..end]);
        self.region.mark(start, end - start);
        if first < last {
            let pages = (last - first).div_ceil(PAGE);
            // SAFETY: slices of the bytes borrow `self`, and `self` is borrowed exclusively here; those above ended
            // with their statements.
            unsafe { self.region.discard_pages(first / PAGE, pages) };
        }
    }

    /// Bytes that are given back together: a huge page that gives back a part is one no more, and costs at every
    /// fork.
    fn unit(&self) -> usize {
        if self.pages == Pages::Small {
            PAGE
        } else {
            HUGE_PAGE
        }
    }

    /// Makes it all zero again, and gives the memory back to the system.
    pub fn clear(&mut self) {
        // SAFETY: slices of the bytes borrow `self`, and `self` is borrowed exclusively here.
        unsafe {
            self.region
                .discard_pages(0, self.region.chunks() * HUGE_PAGE / PAGE);
        }
        self.advise_again();
    }

    /// What a file was mapped over and was given back is a fresh mapping, which has heard no advice.
    pub(crate) fn advise_again(&self) {
        self.region.advise_huge(self.pages != Pages::Small);
        if self.pages == Pages::Scratch {
            // It was possible when the memory was made, and so it is now.
            let _ = self.region.leave_out_of_forks(0..self.region.chunks());
        }
    }

    accessors!(
        read_u8 write_u8 u8, read_u16 write_u16 u16, read_u32 write_u32 u32,
        read_u64 write_u64 u64, read_u128 write_u128 u128
    );

    /// The bytes from `address` on.
    #[inline]
    pub fn bytes(&self, address: u64, length: usize) -> Result<&[u8], OutOfRange> {
        let at = self.offset(address, length)?;
        Ok(&self.whole()[at..at + length])
    }

    /// The bytes from `address` on, for writing. All of their pages count as written.
    #[inline]
    pub fn bytes_mut(&mut self, address: u64, length: usize) -> Result<&mut [u8], OutOfRange> {
        let at = self.offset(address, length)?;
        self.region.mark(at, length);
        Ok(&mut self.whole_mut()[at..at + length])
    }

    /// Writes bytes.
    #[inline]
    pub fn write_bytes(&mut self, address: u64, bytes: &[u8]) -> Result<(), OutOfRange> {
        self.bytes_mut(address, bytes.len())?.copy_from_slice(bytes);
        Ok(())
    }

    /// Writes `length` times the same byte.
    pub fn fill(&mut self, address: u64, length: u64, value: u8) -> Result<(), OutOfRange> {
        self.bytes_mut(address, length as usize)?.fill(value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ram() -> Ram {
        Ram::new(0x1000, 3 << 20).unwrap()
    }

    #[test]
    fn values_at_the_edges() {
        let mut ram = ram();
        let end = 0x1000 + (3 << 20);
        ram.write_u64(end - 8, 0x0123_4567_89ab_cdef).unwrap();
        assert_eq!(ram.read_u8(end - 1).unwrap(), 0x01);
        let outside = ram.read_u16(end - 1).unwrap_err();
        assert_eq!(
            outside.to_string(),
            "2 bytes at 0x300fff are not within the memory from 0x1000 to 0x301000"
        );
        assert!(ram.write_u8(0xfff, 1).is_err());
        assert!(ram.read_u32(u64::MAX - 1).is_err());
        assert!(ram.bytes(end, 0).unwrap().is_empty());
    }

    #[test]
    fn a_reservation_beyond_the_address_space_is_an_error() {
        let error = Ram::new(0, u64::MAX).unwrap_err();
        assert!(error.to_string().contains("cannot be reserved"), "{error}");
    }

    #[test]
    fn hex_in_both_dialects() {
        let mut ram = ram();
        let intel = ":0410100001020304D2\n:00000001FF\n";
        assert_eq!(ram.load_hex(intel).unwrap().bytes, 4);
        assert_eq!(ram.read_u32(0x1010).unwrap(), 0x0403_0201);

        ram.load_hex("@00000800 00000013 deadbeef // two words\n")
            .unwrap();
        assert_eq!(ram.read_u64(0x2000).unwrap(), 0xdead_beef_0000_0013);
        let error = ram.load_hex("@1000\n0g").unwrap_err();
        assert!(error.to_string().starts_with("line 2: \"0g\""), "{error}");
        let damaged = ram.load_hex(":04001000010203").unwrap_err();
        assert!(damaged.to_string().starts_with("line 1"), "{damaged}");
    }

    #[test]
    fn an_elf_file_of_the_tool_chain() {
        // This test's own executable: segments at low addresses, symbols, an entry.
        let file = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let mut ram = Ram::new(0, 1 << 30).unwrap();
        let program = ram.load_elf(&file).unwrap();
        assert!(program.entry.is_some_and(|entry| entry != 0));
        assert!(program.symbol("main").is_some());
        assert_eq!(
            ram.bytes(0, 4).unwrap(),
            b"\x7fELF",
            "the first segment holds the header"
        );
        assert!(ram.load_elf(&file[..1000]).is_err());
        assert!(ram.load_elf(b"not one").is_err());
        assert!(
            Ram::new(0, 4096).unwrap().load_elf(&file).is_err(),
            "does not fit"
        );
    }

    #[test]
    fn cleared_memory_reads_as_zero() {
        let mut ram = ram();
        ram.fill(0x1000, 1 << 20, 0xff).unwrap();
        ram.clear();
        assert_eq!(ram.read_u128(0x1000).unwrap(), 0);
    }
}
