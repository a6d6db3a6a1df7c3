//! Memory that a process shares with others (`MAP_SHARED`).
//!
//! A replay gets a private copy of the checkpoint's contents. So it neither sees later writes of the original
//! nor changes the original's memory.

use std::{
    fs::File,
    io::{IoSliceMut, Read, Seek, SeekFrom},
    ops::Range,
    os::fd::AsRawFd,
};

use nix::{
    errno::Errno,
    sys::uio::{RemoteIoVec, process_vm_readv},
    unistd::getpid,
};

use super::files::OWN_NAME;

/// Of larger mappings together no copy is made at a checkpoint: a replay has them as they are when it
/// begins.
pub(crate) const MOST_COPIED: usize = 16 << 20;

/// A shared mapping that can be written.
#[derive(Debug)]
pub(crate) struct Mapping {
    memory: Range<usize>,
    protection: i32,
    /// What is mapped, as the system names it.
    pub(crate) name: String,
    /// What it held at the checkpoint.
    contents: Option<Vec<u8>>,
}

impl Mapping {
    /// Whether a replay has it as it was at the checkpoint.
    pub(crate) fn is_copied(&self) -> bool {
        self.contents.is_some()
    }

    /// Memory of a device: what it means only its driver knows, and it stays as it is.
    pub(crate) fn is_of_device(&self) -> bool {
        let of_memory = ["/dev/zero", "/dev/shm/"];
        let is_in = |prefix: &&str| self.name.starts_with(*prefix);
        // The rings of an `io_uring` hold requests, which nobody must take from a replay.
        let is_anonymous =
            self.name.starts_with("anon_inode:") && !self.name.contains("[io_uring]");
        is_anonymous || self.name.starts_with("/dev/") && !of_memory.iter().any(is_in)
    }
}

/// The shared mappings of this process that can be written, without `own`, which is the runtime's.
pub(crate) fn shared(own: Range<usize>) -> Vec<Mapping> {
    let mut mappings = find();
    mappings.retain(|mapping| mapping.memory.start != own.start && !is_own(&mapping.name));
    let lengths = mappings.iter().filter(|mapping| !mapping.is_of_device());
    let together: usize = lengths.map(|mapping| mapping.memory.len()).sum();
    if together <= MOST_COPIED {
        for mapping in mappings
            .iter_mut()
            .filter(|mapping| !mapping.is_of_device())
        {
            mapping.contents = read(&mapping.memory);
        }
    }
    mappings
}

fn is_own(name: &str) -> bool {
    let own = OWN_NAME.to_str().unwrap_or_default();
    let memory = name.strip_prefix("/memfd:");
    memory.is_some_and(|name| name.trim_end_matches(" (deleted)") == own)
}

/// What the kernel is asked about the memory of a process, and what it answers: `PROCMAP_QUERY`.
#[repr(C)]
#[derive(Default)]
struct Query {
    size: u64,
    flags: u64,
    address: u64,
    start: u64,
    end: u64,
    found: u64,
    page_size: u64,
    offset: u64,
    inode: u64,
    device: [u32; 2],
    name_size: u32,
    build_id_size: u32,
    name_address: u64,
    build_id_address: u64,
}

const READABLE: u64 = 1;
const WRITABLE: u64 = 2;
const EXECUTABLE: u64 = 4;
const SHARED: u64 = 8;
const COVERING_OR_NEXT: u64 = 16;
/// `_IOWR('f', 17, struct procmap_query)`.
const PROCMAP_QUERY: libc::Ioctl = 0xc068_6611;

/// All shared mappings that can be written.
fn find() -> Vec<Mapping> {
    let Ok(mut maps) = File::open("/proc/self/maps") else {
        return Vec::new();
    };
    // Since Linux 6.11 the kernel finds them itself: much cheaper than a text of all mappings.
    let mut found = Vec::new();
    let mut address = 0;
    loop {
        let mut name = [0_u8; 256];
        let mut query = Query {
            size: size_of::<Query>() as u64,
            flags: WRITABLE | SHARED | COVERING_OR_NEXT,
            address,
            name_size: name.len() as u32,
            name_address: name.as_mut_ptr() as u64,
            ..Query::default()
        };
        // SAFETY: the kernel writes the fields of `query`, and at most `name_size` bytes to `name`.
        let asked = unsafe { libc::ioctl(maps.as_raw_fd(), PROCMAP_QUERY, &raw mut query) };
        match Errno::result(asked) {
            Err(Errno::ENOENT) => return found,
            // A name that is too long is no name of ours.
            Ok(_) | Err(Errno::ENAMETOOLONG) => {}
            Err(_) => break,
        }
        if query.end <= address {
            break;
        }
        let length = name.iter().position(|byte| *byte == 0).unwrap_or(0);
        let flag = |flag, protection| {
            if query.found & flag != 0 {
                protection
            } else {
                0
            }
        };
        found.push(Mapping {
            memory: query.start as usize..query.end as usize,
            protection: libc::PROT_WRITE
                | flag(READABLE, libc::PROT_READ)
                | flag(EXECUTABLE, libc::PROT_EXEC),
            name: String::from_utf8_lossy(&name[..length]).into_owned(),
            contents: None,
        });
        address = query.end;
    }
    let mut text = String::new();
    let _ = maps.seek(SeekFrom::Start(0));
    let _ = maps.read_to_string(&mut text);
    text.lines().filter_map(from_line).collect()
}

/// A line of `/proc/self/maps`, if it is that of such a mapping.
fn from_line(line: &str) -> Option<Mapping> {
    let mut fields = line.splitn(6, ' ');
    let (start, end) = fields.next()?.split_once('-')?;
    let rights = fields.next()?;
    if !rights.contains('w') || !rights.ends_with('s') {
        return None;
    }
    let flag = |letter, protection| {
        if rights.contains(letter) {
            protection
        } else {
            0
        }
    };
    let address = |text| usize::from_str_radix(text, 16).ok();
    Some(Mapping {
        memory: address(start)?..address(end)?,
        protection: libc::PROT_WRITE | flag('r', libc::PROT_READ) | flag('x', libc::PROT_EXEC),
        name: fields.nth(3).unwrap_or_default().trim_start().to_owned(),
        contents: None,
    })
}

/// What memory holds, up to where nothing is behind it: the end of a file that was cut, say.
fn read(memory: &Range<usize>) -> Option<Vec<u8>> {
    let mut contents = vec![0; memory.len()];
    let remote = [RemoteIoVec {
        base: memory.start,
        len: memory.len(),
    }];
    let read = process_vm_readv(getpid(), &mut [IoSliceMut::new(&mut contents)], &remote);
    match read {
        Ok(length) => contents[length..].fill(0),
        // Nothing of it can be read.
        Err(Errno::EFAULT) => {}
        Err(_) => return None,
    }
    Some(contents)
}

/// In a replay: puts private memory in the place of each mapping.
pub(crate) fn put_right(mappings: &[Mapping]) {
    for mapping in mappings.iter().filter(|mapping| !mapping.is_of_device()) {
        let now = || read(&mapping.memory);
        if let Some(contents) = mapping.contents.clone().or_else(now) {
            make_private(mapping, &contents);
        }
    }
}

fn make_private(mapping: &Mapping, contents: &[u8]) {
    let length = mapping.memory.len();
    // SAFETY: the range is one whole mapping, as it was at the checkpoint; this process has run nothing
    // of its user's since. A pointer into it finds memory of the same size and contents
    // there. Raw memory is written, no reference is made, and no other thread lives.
    unsafe {
        let private = libc::mmap(
            mapping.memory.start as *mut libc::c_void,
            length,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED,
            -1,
            0,
        );
        if private == libc::MAP_FAILED {
            return;
        }
        std::ptr::copy_nonoverlapping(
            contents.as_ptr(),
            private.cast(),
            contents.len().min(length),
        );
        libc::mprotect(private, length, mapping.protection);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::shared::Shared;
    use crate::process::sync::AtomicU32;

    #[test]
    fn a_shared_mapping_is_found_and_the_runtime_s_own_is_not() {
        let word: Shared<AtomicU32> = Shared::zeroed().unwrap();
        word.store(7, std::sync::atomic::Ordering::Relaxed);
        let start = std::ptr::from_ref(&*word) as usize;
        let found = shared(0..0);
        let one = found.iter().find(|one| one.memory.contains(&start));
        assert_eq!(
            one.unwrap().contents.as_ref().unwrap()[start - one.unwrap().memory.start],
            7
        );
        let lone = |own: Range<usize>| shared(own).iter().any(|one| one.memory.start == start);
        if one.unwrap().memory.start == start {
            assert!(!lone(start..start + 4096));
        }
    }

    #[test]
    fn a_line_of_the_system_s_list_is_understood() {
        let line = "7f0a20000000-7f0a20001000 rw-s 00000000 00:01 2051   /dev/zero (deleted)";
        let mapping = from_line(line).unwrap();
        assert_eq!(mapping.memory, 0x7f0a_2000_0000..0x7f0a_2000_1000);
        assert_eq!(mapping.name, "/dev/zero (deleted)");
        assert!(!mapping.is_of_device());
        assert!(from_line(&line.replace("rw-s", "rw-p")).is_none());
        assert!(from_line(&line.replace("rw-s", "r--s")).is_none());
    }
}
