//! Files as a part of the memory: images that are large and mostly read.

use std::{fs::File, io, path::Path};

use nix::errno::Errno;

use super::{LoadError, Ram};
use crate::memory::pages::PAGE;

impl Ram {
    /// Puts a file's bytes at `address`, a multiple of 4096 bytes from the [base](Self::base),
    /// without reading it: a disk image, say, or a firmware of gigabytes. Returns their number.
    ///
    /// A page is read from the file at its first access, and becomes the process's own memory at its
    /// first write. The file is never written. (It is a private mapping: see mmap(2).)
    ///
    /// Until the first write, a file costs a fork nothing, not even the copying of page tables. From then
    /// on a fork costs some 0.7 ms per GiB that was read, and the usual price for the pages that were
    /// written.
    ///
    /// The file must not change while the memory lives: a change may show through, in replays too. If it
    /// is truncated, a read of the lost part ends the process with SIGBUS. Make a copy of a file that
    /// others write, or use [`load_file`](Self::load_file).
    ///
    /// ```
    /// # use lightsss_runtime::ram::Ram;
    /// # let folder = tempfile::tempdir()?;
    /// # let image = folder.path().join("image");
    /// # std::fs::write(&image, [0x13; 10_000])?;
    /// let mut ram = Ram::new(0x8000_0000, 1 << 30)?;
    /// assert_eq!(ram.map_file(0x8010_0000, &image)?, 10_000);
    /// assert_eq!(ram.read_u16(0x8010_0000)?, 0x1313);
    /// assert_eq!(ram.committed(), 0, "nothing was written");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the file cannot be read or mapped, does not fit, or `address` is not on a page's
    /// boundary.
    pub fn map_file(&mut self, address: u64, path: impl AsRef<Path>) -> Result<u64, LoadError> {
        let path = path.as_ref();
        let error = |source| LoadError::Read {
            path: path.display().to_string(),
            source,
        };
        let file = File::open(path).map_err(error)?;
        let length = file.metadata().map_err(error)?.len();
        let at = self.offset(address, usize::try_from(length).unwrap_or(usize::MAX))?;
        if !at.is_multiple_of(PAGE) {
            return Err(LoadError::Unaligned {
                address,
                base: self.base,
            });
        }
        self.region.mark(at, length as usize);
        // That the file stays as long as it is is the caller's part, and documented: the kernel ends the
        // process if it does not, and no memory is misread.
        // SAFETY: slices of the bytes borrow `self`, and `self` is borrowed exclusively here.
        // `offset` has found the bytes within the memory.
        let mapped = unsafe { self.region.map_file(at / PAGE, length as usize, &file, 0) };
        mapped.map_err(|errno: Errno| error(io::Error::from(errno)))?;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_mapped_file_is_memory_that_costs_what_is_written_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("image");
        fs::write(&image, [7; 3 * PAGE + 100]).unwrap();
        let mut ram = Ram::new(0x1000, 8 << 20).unwrap();
        assert_eq!(ram.map_file(0x3000, &image).unwrap(), 3 * 4096 + 100);
        assert_eq!(ram.read_u8(0x3000 + 3 * 4096 + 99).unwrap(), 7);
        assert_eq!(ram.read_u8(0x3000 + 3 * 4096 + 100).unwrap(), 0);
        assert_eq!(ram.committed(), 0, "nothing was written");
        ram.write_u8(0x4001, 9).unwrap();
        assert_eq!(ram.read_u16(0x4000).unwrap(), 0x0907);
        assert_eq!(ram.committed(), 4096);
        assert_eq!(ram.read_u8(0x2fff).unwrap(), 0, "before the file");
        assert_eq!(
            fs::read(&image).unwrap(),
            [7; 3 * PAGE + 100],
            "not the file"
        );

        ram.clear();
        assert_eq!(ram.read_u8(0x3000).unwrap(), 0, "cleared, the file too");
    }

    #[test]
    fn a_file_that_does_not_fit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("image");
        fs::write(&image, [7; 8192]).unwrap();
        let mut ram = Ram::new(0x1000, 8192).unwrap();
        let error = ram.map_file(0x2000, &image).unwrap_err().to_string();
        assert!(error.contains("does not fit"), "{error}");
        let error = ram.map_file(0x1000 + 8, &image).unwrap_err().to_string();
        assert!(error.contains("does not fit"), "{error}");
        fs::write(&image, [7; 100]).unwrap();
        let error = ram.map_file(0x1000 + 8, &image).unwrap_err().to_string();
        assert!(error.contains("multiple of 4096"), "{error}");
        assert!(ram.map_file(0x1000, folder.path().join("none")).is_err());
    }
}
