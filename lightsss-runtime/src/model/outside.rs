//! State of a model outside of its variables: the random generator's, and open files.
//!
//! Blocks of a model's section:
//!
//! - Tag 16: the generator's state.
//! - Tag 17: the open files. Each is descriptor (`u32`), flags of `open(2)` (`u32`), position (`u64`), length of
//!   the path (`u32`), path.
//! - Tag 18: the fields of the context. The stream holds a raw copy of it. Each is place (`u32`), size (`u32`),
//!   sign (`u8`), length of the name (`u8`), name. The first has no name, and is the whole copy.
//! - Tag 19: where the sequence of seeds stands (`u64`).

use std::ffi::{CStr, CString, OsStr, c_char, c_void};
use std::ops::RangeInclusive;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::ptr::NonNull;

use nix::unistd::{AccessFlags, eaccess};

use super::ffi::{ContextFunctions, RawContext};
use crate::process::files::path_of_original;
use crate::savable::AllowedFiles;

/// The tag of the random generator's state.
pub const RANDOM: u8 = 16;
/// The tag of the open files.
pub const FILES: u8 = 17;
/// The tag of the context's fields.
pub const FIELDS: u8 = 18;

/// The tag of the sequence from which random generators start whose seed is 0.
pub const SEEDS: u8 = 19;

/// Those that a design may hold: of `$fopen` with a mode, without the standard streams. Without a mode it gives
/// channels, each a bit; the lowest is the standard output.
const DESCRIPTORS: RangeInclusive<u32> = 0x8000_0003..=0x8000_0400;

/// A file that the design has open.
#[derive(Debug, Clone, PartialEq, Eq)]
struct StoredFile {
    descriptor: u32,
    flags: u32,
    position: u64,
    path: Vec<u8>,
}

/// A live context, with the functions that reach it.
#[derive(Clone, Copy, Debug)]
pub struct LiveContext {
    raw: NonNull<RawContext>,
    functions: ContextFunctions,
}

impl LiveContext {
    /// The context behind `raw`.
    ///
    /// # Safety
    ///
    /// `raw` is a context of the kind that `functions` reach. It stays live, and nobody else uses it, as long as the
    /// result is used; the calling thread is the one that evaluates its models.
    #[must_use]
    pub unsafe fn new(raw: NonNull<RawContext>, functions: ContextFunctions) -> Self {
        Self { raw, functions }
    }

    /// The simulation time, in units of the time precision.
    pub(crate) fn time(self) -> u64 {
        // SAFETY: the context is live (`new`), and so is its time, into which no reference exists.
        unsafe { (self.functions.time)(self.raw.as_ptr()).read() }
    }

    /// Sets the simulation time.
    pub(crate) fn set_time(self, time: u64) {
        // SAFETY: as for `time`.
        unsafe { (self.functions.time)(self.raw.as_ptr()).write(time) }
    }

    /// The blocks to be saved, with their tags.
    pub(crate) fn save(self) -> Vec<(u8, Vec<u8>)> {
        let mut blocks = Vec::new();
        let size = random_size(&self.functions);
        if size > 0 {
            let mut random = vec![0; size];
            // SAFETY: the context is live (`new`), and the bytes are as many as the function says that it writes.
            unsafe { (self.functions.random_save)(self.raw.as_ptr(), random.as_mut_ptr()) };
            blocks.push((RANDOM, random));
        }
        let mut bytes = Vec::new();
        for file in self.open_files() {
            bytes.extend_from_slice(&file.descriptor.to_le_bytes());
            bytes.extend_from_slice(&file.flags.to_le_bytes());
            bytes.extend_from_slice(&file.position.to_le_bytes());
            bytes.extend_from_slice(&(file.path.len() as u32).to_le_bytes());
            bytes.extend_from_slice(&file.path);
        }
        blocks.push((FILES, bytes));
        blocks.push((FIELDS, self.fields()));
        if let Some(seeds) = self.functions.seeds {
            // SAFETY: the context is live (`new`), and gives the place of a number in itself.
            let seeds = unsafe { seeds(self.raw.as_ptr()).read() };
            blocks.push((SEEDS, seeds.to_le_bytes().to_vec()));
        }
        blocks
    }

    fn fields(self) -> Vec<u8> {
        let mut block: Vec<u8> = Vec::new();
        // SAFETY: the context is live (`new`), and `collect_field` takes the vector that it is given.
        unsafe {
            (self.functions.fields)(self.raw.as_ptr(), (&raw mut block).cast(), collect_field);
        }
        block
    }

    /// Puts a block's state in place; of files that the design has not open already, only those that are `allowed`.
    pub(crate) fn restore(
        self,
        tag: u8,
        block: &[u8],
        allowed: &AllowedFiles,
    ) -> Result<(), String> {
        check(&self.functions, tag, block)?;
        match tag {
            // SAFETY: the context is live (`new`), and `check` has found the block to have the size that is read; a
            // generator without a size is not touched.
            RANDOM => unsafe {
                (self.functions.random_restore)(self.raw.as_ptr(), block.as_ptr());
            },
            FILES => self.restore_files(parse(block)?, allowed)?,
            SEEDS => {
                if let Some(place) = self.functions.seeds {
                    // SAFETY: as for `save`.
                    unsafe { place(self.raw.as_ptr()).write(seeds(block)?) }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn restore_files(
        self,
        mut files: Vec<StoredFile>,
        allowed: &AllowedFiles,
    ) -> Result<(), String> {
        let live_files = self.open_files();
        approve(&mut files, &live_files, allowed)?;
        for live in &live_files {
            if files.iter().all(|file| file.descriptor != live.descriptor) {
                // SAFETY: the context is live (`new`).
                unsafe { (self.functions.file_close)(self.raw.as_ptr(), live.descriptor) };
            }
        }
        for file in &files {
            let path = CString::new(file.path.as_slice())
                .map_err(|_| "the path of an open file holds a zero byte")?;
            // SAFETY: the context is live (`new`), and C++ copies the path.
            let open = unsafe {
                (self.functions.file_open)(
                    self.raw.as_ptr(),
                    file.descriptor,
                    file.flags.cast_signed(),
                    file.position.cast_signed(),
                    path.as_ptr(),
                )
            };
            if !open {
                let path = String::from_utf8_lossy(&file.path);
                return Err(format!(
                    "the design had `{path}` open, which cannot be opened here; put the file there"
                ));
            }
        }
        Ok(())
    }

    fn open_files(self) -> Vec<StoredFile> {
        let mut files: Vec<StoredFile> = Vec::new();
        // SAFETY: the context is live (`new`), and `collect` takes the vector that it is given.
        unsafe { (self.functions.files)(self.raw.as_ptr(), (&raw mut files).cast(), collect) };
        files
    }
}

fn random_size(functions: &ContextFunctions) -> usize {
    // SAFETY: the function only tells a size.
    unsafe { (functions.random_size)() }
}

/// A field of the context, in the raw copy of it that a stream holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextField<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it is.
    pub place: std::ops::Range<usize>,
    /// Whether it has a sign.
    pub signed: bool,
}

/// Appends to the `Vec<u8>` at `env`.
unsafe extern "C" fn collect_field(
    env: *mut c_void,
    name: *const c_char,
    offset: usize,
    size: usize,
    sign: bool,
) {
    // SAFETY: `LiveContext::fields` gives its own vector, which nobody else uses during the call.
    let block = unsafe { &mut *env.cast::<Vec<u8>>() };
    // SAFETY: C++ hands over a literal.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes();
    block.extend_from_slice(&(offset as u32).to_le_bytes());
    block.extend_from_slice(&(size as u32).to_le_bytes());
    block.extend_from_slice(&[u8::from(sign), name.len() as u8]);
    block.extend_from_slice(name);
}

/// Reads the block of the context's fields, of whatever origin; ends early where it is damaged.
pub fn fields(mut block: &[u8]) -> impl Iterator<Item = ContextField<'_>> {
    std::iter::from_fn(move || {
        let offset = u32::from_le_bytes(*block.split_off(..4)?.first_chunk()?) as usize;
        let size = u32::from_le_bytes(*block.split_off(..4)?.first_chunk()?) as usize;
        let [sign, length] = *block.split_off(..2)?.first_chunk()?;
        let name = std::str::from_utf8(block.split_off(..usize::from(length))?).ok()?;
        Some(ContextField {
            name,
            place: offset..offset + size,
            signed: sign != 0,
        })
    })
}

/// The open files in a block, as text: the path and the position.
#[must_use]
pub fn files(block: &[u8]) -> Vec<(u32, String)> {
    let files = parse(block).unwrap_or_default();
    let text = |file: &StoredFile| {
        format!(
            "{} at {}",
            String::from_utf8_lossy(&file.path),
            file.position
        )
    };
    files
        .iter()
        .map(|file| (file.descriptor, text(file)))
        .collect()
}

/// Verifies a block without touching anything. Blocks of other tags are none of ours.
pub(crate) fn check(functions: &ContextFunctions, tag: u8, block: &[u8]) -> Result<(), String> {
    match tag {
        RANDOM => {
            let size = random_size(functions);
            if size == 0 || block.len() == size {
                return Ok(());
            }
            let found = block.len();
            Err(format!("random state of {found} bytes, expected {size}"))
        }
        FILES => parse(block).map(drop),
        SEEDS => seeds(block).map(drop),
        _ => Ok(()),
    }
}

fn seeds(block: &[u8]) -> Result<u64, String> {
    let number = <[u8; 8]>::try_from(block).map(u64::from_le_bytes);
    let found = block.len();
    number.map_err(|_| format!("a place in the sequence of seeds of {found} bytes, expected 8"))
}

/// Whether blocks have the design open any file.
#[must_use]
pub fn opens_files(blocks: &[(u8, &[u8])]) -> bool {
    blocks
        .iter()
        .any(|(tag, block)| *tag == FILES && !block.is_empty())
}

/// Verifies that the files can be opened here, without opening any: opening waits at a pipe, and
/// tells the other end of a device.
pub fn check_files(blocks: &[(u8, &[u8])]) -> Result<(), String> {
    let blocks = blocks.iter().filter(|(tag, _)| *tag == FILES);
    for (_, block) in blocks {
        let files = parse(block)?;
        for (number, file) in files.iter().enumerate() {
            let others = &files[..number];
            if others.iter().any(|it| it.descriptor == file.descriptor) {
                let descriptor = file.descriptor;
                return Err(format!("two open files have descriptor {descriptor:#x}"));
            }
            file.check()?;
        }
    }
    Ok(())
}

impl StoredFile {
    fn check(&self) -> Result<(), String> {
        let path = Path::new(OsStr::from_bytes(&self.path));
        let name = path.display();
        let is_channel =
            self.descriptor.is_power_of_two() && (2..=1 << 30).contains(&self.descriptor);
        if !is_channel && !DESCRIPTORS.contains(&self.descriptor) {
            return Err(format!(
                "`{name}` has descriptor {:#x}, expected a channel or one from {:#x} to {:#x}",
                self.descriptor,
                DESCRIPTORS.start(),
                DESCRIPTORS.end()
            ));
        }
        let cannot = |why: &dyn std::fmt::Display| {
            format!(
                "the design had `{name}` open, which cannot be opened here ({why}); put the file there"
            )
        };
        let kind = path.metadata().map_err(|error| cannot(&error))?.file_type();
        if !kind.is_file() && !kind.is_char_device() {
            return Err(cannot(&"it is neither a file nor a character device"));
        }
        let mode = self.flags.cast_signed() & libc::O_ACCMODE;
        let mut access = AccessFlags::empty();
        access.set(AccessFlags::R_OK, mode != libc::O_WRONLY);
        access.set(AccessFlags::W_OK, mode != libc::O_RDONLY);
        eaccess(path, access).map_err(|errno| cannot(&std::io::Error::from(errno)))
    }
}

/// Holds the files against those that the design has open: a snapshot is data from a stranger. A file that the design
/// has open is opened again in that mode, whatever the snapshot says.
fn approve(
    files: &mut [StoredFile],
    live: &[StoredFile],
    allowed: &AllowedFiles,
) -> Result<(), String> {
    for file in files {
        let mut same: Vec<&StoredFile> = live.iter().filter(|it| it.path == file.path).collect();
        same.sort_by_key(|it| it.descriptor != file.descriptor);
        let path = Path::new(OsStr::from_bytes(&file.path));
        match same.first() {
            Some(live) => file.flags = live.flags,
            // Also where nobody has checked before: opening might wait for ever.
            None if allowed.allows(path) => file.check()?,
            None => {
                return Err(format!(
                    "the design had `{}` open, and has not now: it is not opened for a snapshot; have the design open \
                     it first, or allow its folder with `RestoreOptions::files_below` (`--restore-files-below`)",
                    path.display()
                ));
            }
        }
    }
    Ok(())
}

/// Appends to the `Vec<StoredFile>` at `env`.
unsafe extern "C" fn collect(
    env: *mut c_void,
    descriptor: u32,
    flags: i32,
    position: i64,
    path: *const c_char,
    length: usize,
) {
    // SAFETY: `LiveContext::open_files` gives its own vector, which nobody else uses during the call.
    let files = unsafe { &mut *env.cast::<Vec<StoredFile>>() };
    // SAFETY: C++ hands over `length` bytes that live for the call.
    let path = unsafe { std::slice::from_raw_parts(path.cast::<u8>(), length) };
    files.push(StoredFile {
        descriptor,
        flags: flags.cast_unsigned(),
        position: position.cast_unsigned(),
        path: path_of_original(path).to_vec(),
    });
}

fn parse(mut block: &[u8]) -> Result<Vec<StoredFile>, String> {
    let mut files = Vec::new();
    while !block.is_empty() {
        let file = parse_one(&mut block).ok_or("its list of open files ends early")?;
        files.push(file);
    }
    Ok(files)
}

fn parse_one(block: &mut &[u8]) -> Option<StoredFile> {
    let descriptor = u32::from_le_bytes(*block.split_off(..4)?.first_chunk()?);
    let flags = u32::from_le_bytes(*block.split_off(..4)?.first_chunk()?);
    let position = u64::from_le_bytes(*block.split_off(..8)?.first_chunk()?);
    let length = u32::from_le_bytes(*block.split_off(..4)?.first_chunk()?);
    let path = block.split_off(..length as usize)?.to_vec();
    Some(StoredFile {
        descriptor,
        flags,
        position,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_damaged_list_of_files_is_refused() {
        let mut block = Vec::new();
        block.extend_from_slice(&0x8000_0003_u32.to_le_bytes());
        block.extend_from_slice(&0_u32.to_le_bytes());
        block.extend_from_slice(&42_u64.to_le_bytes());
        block.extend_from_slice(&4_u32.to_le_bytes());
        block.extend_from_slice(b"/a/b");
        assert_eq!(parse(&block).unwrap()[0].position, 42);
        for len in 1..block.len() {
            assert!(parse(&block[..len]).is_err(), "{len} bytes");
        }
        block[16] = 0xff;
        assert!(parse(&block).is_err());
    }
}
