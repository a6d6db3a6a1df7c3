//! Whether a waveform that was written can be read: its end, its range of time, and a change in it.
//!
//! Of an FST file the lengths of its blocks are followed, and no values are unpacked. A VCD file is
//! read up to the first change, and at its end. A file of another format must not be empty.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use crate::savable::leb128;

/// Kinds of blocks of an FST file.
const HEADER: u8 = 0;
const CHANGES: [u8; 3] = [1, 5, 8];
const BLACKOUTS: u8 = 2;
const GEOMETRY: u8 = 3;
const HIERARCHY: [u8; 3] = [4, 6, 7];
/// The whole file, compressed once more.
const WRAPPED: u8 = 254;
/// A block that is still being written.
const UNFINISHED: u8 = 255;

/// Bytes of a header behind its kind.
const HEADER_LENGTH: u64 = 329;

/// The size of a waveform that can be read.
///
/// # Errors
///
/// What is wrong with it, in words that follow its name.
pub(crate) fn check(path: &Path) -> Result<u64, String> {
    let unreadable = |error: io::Error| format!("it cannot be read: {error}");
    let mut file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    let mut head = Vec::new();
    let read = (&mut file).take(1 + 8).read_to_end(&mut head);
    read.map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    let first_block = head.get(1..9).map(|bytes| be(bytes) == HEADER_LENGTH);
    let named = |extension: &str| path.extension().is_some_and(|its| its == extension);
    match head.first() {
        None => return Err("it is empty".to_owned()),
        Some(&HEADER) if first_block == Some(true) => {
            Fst::read(&mut file, length).map_err(unreadable)?.check()?;
        }
        Some(&WRAPPED) => {}
        _ if named("fst") => return Err("it does not begin as an FST file does".to_owned()),
        Some(b'$') => check_vcd(BufReader::new(file)).map_err(unreadable)??,
        Some(_) if named("vcd") => return Err("it does not begin as a VCD file does".to_owned()),
        Some(_) => {}
    }
    Ok(length)
}

fn be(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// What the blocks of an FST file say.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that a file has or has not"
)]
struct Fst {
    times: (u64, u64),
    sections: u64,
    has_geometry: bool,
    has_hierarchy: bool,
    has_changes: bool,
    unfinished: bool,
    /// The last block says that it goes on beyond the end of the file.
    cut: bool,
    unknown: Option<u8>,
}

impl Fst {
    fn read(file: &mut File, length: u64) -> io::Result<Self> {
        let mut found = Self::default();
        let mut at = 0;
        while at < length {
            file.seek(SeekFrom::Start(at))?;
            let mut start = [0; 1 + 8 + 8 + 8];
            let got = read_up_to(file, &mut start)?;
            let (kind, size) = (start[0], be(&start[1..9]));
            let end = (at + 1).checked_add(size).filter(|end| *end <= length);
            let Some(end) = end.filter(|_| got >= 9 && size >= 8) else {
                found.cut = true;
                return Ok(found);
            };
            match kind {
                HEADER => found.times = (be(&start[9..17]), be(&start[17..25])),
                GEOMETRY => found.has_geometry = true,
                BLACKOUTS => {}
                UNFINISHED => found.unfinished = true,
                _ if HIERARCHY.contains(&kind) => found.has_hierarchy = true,
                _ if CHANGES.contains(&kind) => {
                    found.sections += 1;
                    found.has_changes = found.has_changes || section_changes(file, at + 1, end)?;
                }
                _ => {
                    found.unknown = Some(kind);
                    return Ok(found);
                }
            }
            at = end;
        }
        Ok(found)
    }

    fn check(&self) -> Result<(), String> {
        let (first, last) = self.times;
        let wrong = if let Some(kind) = self.unknown {
            format!("it has a block of unknown kind {kind}")
        } else if self.cut {
            "it ends within a block".to_owned()
        } else if self.unfinished || !self.has_geometry || !self.has_hierarchy {
            "it was not closed".to_owned()
        } else if self.sections == 0 {
            "it has no values".to_owned()
        } else if last < first {
            format!("it begins at time {first} and ends at {last}")
        } else if !self.has_changes {
            format!("nothing changes in it, from time {first} to {last}")
        } else {
            return Ok(());
        };
        Err(wrong)
    }
}

/// Whether a signal changes in a section, from its length on to its end, behind its first values.
fn section_changes(file: &mut File, start: u64, end: u64) -> io::Result<bool> {
    // The length, two times and the memory for reading it; then what the first values take.
    let mut frame = vec![0; 3 * 10];
    file.seek(SeekFrom::Start(start + 4 * 8))?;
    let got = read_up_to(file, &mut frame)?;
    frame.truncate(got);
    let mut rest = &frame[..];
    let mut number = || leb128::take(&mut rest);
    let (Ok(_), Ok(packed), Ok(_)) = (number(), number(), number()) else {
        return Ok(false);
    };
    let values = start + 4 * 8 + (got - rest.len()) as u64;
    let Some(signals) = values.checked_add(packed).filter(|at| *at < end) else {
        return Ok(false);
    };
    // The number of signals, how they are packed, and from there on their changes.
    file.seek(SeekFrom::Start(signals))?;
    let mut number = [0; 10];
    let got = read_up_to(file, &mut number)?;
    let mut rest = &number[..got];
    if leb128::take(&mut rest).is_err() {
        return Ok(false);
    }
    let changes = signals + (got - rest.len()) as u64 + 1;
    // Behind them the table of where each signal's are, its length, the times, and three lengths of those.
    let mut lengths = [0; 3 * 8];
    file.seek(SeekFrom::Start(end.saturating_sub(3 * 8)))?;
    read_up_to(file, &mut lengths)?;
    let times = be(&lengths[8..16]);
    let Some(at) = end.checked_sub(times.saturating_add(4 * 8)) else {
        return Ok(false);
    };
    let mut table = [0; 8];
    file.seek(SeekFrom::Start(at))?;
    read_up_to(file, &mut table)?;
    Ok(at
        .checked_sub(be(&table))
        .is_some_and(|table| table > changes))
}

fn read_up_to(file: &mut File, into: &mut [u8]) -> io::Result<usize> {
    let mut read = Vec::with_capacity(into.len());
    file.take(into.len() as u64).read_to_end(&mut read)?;
    into[..read.len()].copy_from_slice(&read);
    Ok(read.len())
}

fn check_vcd(mut file: impl BufRead + Seek) -> io::Result<Result<(), String>> {
    let (mut line, mut defined, mut times) = (Vec::new(), false, 0);
    let mut changes = false;
    while !changes {
        line.clear();
        if file.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        match line.first() {
            _ if !defined => defined = line.starts_with(b"$enddefinitions"),
            Some(b'#') => times += 1,
            // Those of the first time are the values from which the others change.
            Some(b'0' | b'1' | b'x' | b'z' | b'X' | b'Z' | b'b' | b'B' | b'r' | b'R' | b's') => {
                changes = times > 1;
            }
            _ => {}
        }
    }
    if !defined {
        return Ok(Err("it ends within its definitions".to_owned()));
    }
    if !changes {
        return Ok(Err("nothing changes in it".to_owned()));
    }
    file.seek(SeekFrom::End(-1))?;
    line.clear();
    file.read_until(b'\n', &mut line)?;
    Ok(if line == b"\n" {
        Ok(())
    } else {
        Err("it ends within a line".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn block(kind: u8, contents: &[u8]) -> Vec<u8> {
        let length = contents.len() as u64 + 8;
        [&[kind], &length.to_be_bytes()[..], contents].concat()
    }

    /// A small file; `changes` is what the signals' changes take.
    fn fst(changes: &[u8]) -> Vec<u8> {
        let mut header = vec![0; HEADER_LENGTH as usize - 8];
        header[..16].copy_from_slice(&[2_u64.to_be_bytes(), 9_u64.to_be_bytes()].concat());
        let number = |number: u64| number.to_be_bytes().to_vec();
        let section = [
            [number(2), number(9), number(0)].concat(),
            // One byte of first values, of one signal.
            vec![1, 1, 1, b'0'],
            vec![1, b'4'],
            changes.to_vec(),
            vec![7, 7],
            number(2),
            vec![1, 2, 3],
            [number(3), number(3), number(2)].concat(),
        ];
        [
            block(HEADER, &header),
            block(8, &section.concat()),
            block(GEOMETRY, &[0; 20]),
            block(6, &[0; 20]),
        ]
        .concat()
    }

    fn checked(name: &str, contents: &[u8]) -> Result<u64, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, contents).unwrap();
        check(&path)
    }

    #[test]
    fn a_whole_file_is_good_and_no_beginning_of_it_is() {
        let whole = fst(&[1, 2, 3]);
        assert_eq!(checked("a.fst", &whole), Ok(whole.len() as u64));
        for length in 0..whole.len() {
            checked("a.fst", &whole[..length]).expect_err(&length.to_string());
        }
    }

    #[test]
    fn a_file_in_which_nothing_changes_is_reported() {
        let error = checked("a.fst", &fst(&[])).unwrap_err();
        assert_eq!(error, "nothing changes in it, from time 2 to 9");
        let vcd = "$enddefinitions $end\n#0\n1!\n#5\n#10\n";
        assert_eq!(
            checked("a.vcd", vcd.as_bytes()),
            Err("nothing changes in it".to_owned())
        );
    }

    #[test]
    fn a_text_of_values_is_good_up_to_its_last_line() {
        let vcd = "$var wire 1 ! clk $end\n$enddefinitions $end\n#0\n1!\n#5\n0!\n#10\n1!\n";
        assert_eq!(checked("a.vcd", vcd.as_bytes()), Ok(vcd.len() as u64));
        for cut in [&vcd[..vcd.len() - 1], &vcd[..30]] {
            checked("a.vcd", cut.as_bytes()).expect_err(cut);
        }
    }

    #[test]
    fn another_format_is_not_judged() {
        assert_eq!(checked("wave", b"from 1 to 2"), Ok(11));
        checked("wave", b"").unwrap_err();
        checked("a.fst", b"from 1 to 2").unwrap_err();
    }
}
