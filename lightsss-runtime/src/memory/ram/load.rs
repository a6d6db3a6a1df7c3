//! Programs from files: ELF, Intel HEX, Verilog hex, plain binary.

use std::{fs, path::Path};

use object::{
    Object, ObjectSymbol,
    read::elf::{FileHeader, ProgramHeader},
};

use super::{OutOfRange, Ram};

/// A program that was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Program {
    /// Address of its first instruction, if the file says so.
    pub entry: Option<u64>,
    /// Its symbols, name and address, if the file has any (`tohost`, say).
    pub symbols: Vec<(String, u64)>,
    /// Bytes written.
    pub bytes: u64,
}

impl Program {
    /// Address of a symbol.
    #[must_use]
    pub fn symbol(&self, name: &str) -> Option<u64> {
        self.symbols
            .iter()
            .find(|(symbol, _)| symbol == name)
            .map(|(_, address)| *address)
    }
}

/// A program could not be loaded. What was in the memory before may be partly overwritten.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file could not be read.
    #[error("{path} cannot be read: {source}")]
    Read {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not an ELF file, or a damaged one.
    #[error("this is not a sound ELF file: {0}")]
    Elf(#[from] object::Error),
    /// An ELF file that was cut off.
    #[error("the ELF file is cut off: its segment for {address:#x} lies beyond its end")]
    Segment {
        /// Physical address of the segment.
        address: u64,
    },
    /// Not an Intel HEX file, or a damaged one.
    #[error("line {line} is not Intel HEX: {source}")]
    IntelHex {
        /// Line, from 1.
        line: usize,
        /// What the reader said.
        source: ihex::ReaderError,
    },
    /// Not a file for `$readmemh`, or a damaged one.
    #[error(
        "line {line}: {token:?} is neither an `@address` nor a whole number of hexadecimal bytes"
    )]
    VerilogHex {
        /// Line, from 1.
        line: usize,
        /// What was found.
        token: String,
    },
    /// A file can only be mapped on a page's boundary.
    #[error(
        "a file cannot be mapped at {address:#x}: the distance from the memory's base {base:#x} \
         must be a multiple of 4096; load the file instead"
    )]
    Unaligned {
        /// Where it was to be mapped.
        address: u64,
        /// First address of the memory.
        base: u64,
    },
    /// The program does not fit.
    #[error("the program does not fit: {0}")]
    OutOfRange(#[from] OutOfRange),
}

impl Ram {
    /// Loads a file. ELF is known by its magic number, Intel HEX and Verilog hex by their first character
    /// and the name's ending (`.hex`, `.ihex`, `.vmem`, `.mem`). Anything else is plain binary, and goes to
    /// the start of the memory.
    pub fn load_file(&mut self, path: impl AsRef<Path>) -> Result<Program, LoadError> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(|source| LoadError::Read {
            path: path.display().to_string(),
            source,
        })?;
        if bytes.starts_with(b"\x7fELF") {
            return self.load_elf(&bytes);
        }
        let ending = path
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or_default();
        if ["hex", "ihex", "ihx", "vmem", "mem", "verilog"].contains(&ending) {
            return self.load_hex(&String::from_utf8_lossy(&bytes));
        }
        self.load_binary(self.base(), &bytes)
    }

    /// Loads the segments of an ELF file at their physical addresses; what a segment has in memory
    /// beyond the file is zeroed.
    pub fn load_elf(&mut self, file: &[u8]) -> Result<Program, LoadError> {
        let bytes = match object::FileKind::parse(file)? {
            object::FileKind::Elf32 => {
                self.segments::<object::elf::FileHeader32<object::Endianness>>(file)?
            }
            _ => self.segments::<object::elf::FileHeader64<object::Endianness>>(file)?,
        };
        let parsed = object::File::parse(file)?;
        let symbols = parsed
            .symbols()
            .filter_map(|symbol| Some((symbol.name().ok()?.to_owned(), symbol.address())))
            .filter(|(name, _)| !name.is_empty())
            .collect();
        Ok(Program {
            entry: Some(parsed.entry()),
            symbols,
            bytes,
        })
    }

    fn segments<H: FileHeader<Endian = object::Endianness>>(
        &mut self,
        file: &[u8],
    ) -> Result<u64, LoadError> {
        let header = H::parse(file)?;
        let endian = header.endian()?;
        let mut written = 0;
        for segment in header.program_headers(endian, file)? {
            if segment.p_type(endian) != object::elf::PT_LOAD {
                continue;
            }
            let data = segment
                .data(endian, file)
                .map_err(|()| LoadError::Segment {
                    address: segment.p_paddr(endian).into(),
                })?;
            let address: u64 = segment.p_paddr(endian).into();
            let size: u64 = segment.p_memsz(endian).into();
            self.write_bytes(address, data)?;
            let tail = size.saturating_sub(data.len() as u64);
            self.fill(address.wrapping_add(data.len() as u64), tail, 0)?;
            written += size;
        }
        Ok(written)
    }

    /// Loads plain bytes at an address.
    pub fn load_binary(&mut self, address: u64, bytes: &[u8]) -> Result<Program, LoadError> {
        self.write_bytes(address, bytes)?;
        Ok(Program {
            entry: None,
            symbols: Vec::new(),
            bytes: bytes.len() as u64,
        })
    }

    /// Loads Intel HEX (its first character is a colon) or what `$readmemh` reads, as `objcopy -O
    /// verilog` writes it: addresses count words, words are little-endian in memory.
    pub fn load_hex(&mut self, text: &str) -> Result<Program, LoadError> {
        if text.trim_start().starts_with(':') {
            self.load_intel_hex(text)
        } else {
            self.load_verilog_hex(text)
        }
    }

    fn load_intel_hex(&mut self, text: &str) -> Result<Program, LoadError> {
        let mut program = Program {
            entry: None,
            symbols: Vec::new(),
            bytes: 0,
        };
        let mut upper = 0;
        for (number, record) in ihex::Reader::new(text).enumerate() {
            match record.map_err(|source| LoadError::IntelHex {
                line: number + 1,
                source,
            })? {
                ihex::Record::Data { offset, value } => {
                    self.write_bytes(upper + u64::from(offset), &value)?;
                    program.bytes += value.len() as u64;
                }
                ihex::Record::ExtendedLinearAddress(high) => upper = u64::from(high) << 16,
                ihex::Record::ExtendedSegmentAddress(segment) => upper = u64::from(segment) << 4,
                ihex::Record::StartLinearAddress(entry) => program.entry = Some(u64::from(entry)),
                ihex::Record::StartSegmentAddress { cs, ip } => {
                    program.entry = Some((u64::from(cs) << 4) + u64::from(ip));
                }
                ihex::Record::EndOfFile => break,
            }
        }
        Ok(program)
    }

    fn load_verilog_hex(&mut self, text: &str) -> Result<Program, LoadError> {
        let mut program = Program {
            entry: None,
            symbols: Vec::new(),
            bytes: 0,
        };
        // In words, whose width is known only from the first of them.
        let mut address = None;
        let mut next = self.base();
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for token in code.split_whitespace() {
                let wrong = || LoadError::VerilogHex {
                    line: number + 1,
                    token: token.to_owned(),
                };
                if let Some(at) = token.strip_prefix('@') {
                    address = Some(u64::from_str_radix(at, 16).map_err(|_| wrong())?);
                    continue;
                }
                let digits: String = token.chars().filter(|c| *c != '_').collect();
                if !digits.len().is_multiple_of(2) || digits.len() > 32 {
                    return Err(wrong());
                }
                let value = u128::from_str_radix(&digits, 16).map_err(|_| wrong())?;
                let width = digits.len() / 2;
                if let Some(word) = address.take() {
                    next = word.checked_mul(width as u64).ok_or_else(wrong)?;
                }
                self.write_bytes(next, &value.to_le_bytes()[..width])?;
                next = next.wrapping_add(width as u64);
                program.bytes += width as u64;
            }
        }
        Ok(program)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::ram::Ram;

    /// An ELF file of one segment: eight bytes at the physical address 0x1100, twelve in memory, entered at 0x1104.
    fn elf(wide: bool) -> Vec<u8> {
        let mut file = vec![0x7f, b'E', b'L', b'F', if wide { 2 } else { 1 }, 1, 1];
        file.resize(16, 0);
        let word = |file: &mut Vec<u8>, value: u64| {
            let bytes = if wide { 8 } else { 4 };
            file.extend_from_slice(&value.to_le_bytes()[..bytes]);
        };
        let (header, segment) = if wide { (64, 56) } else { (52, 32) };
        file.extend_from_slice(&[2, 0, 243, 0, 1, 0, 0, 0]);
        word(&mut file, 0x1104);
        word(&mut file, header);
        word(&mut file, 0);
        file.extend_from_slice(&[0; 4]);
        for half in [header, segment, 1, 0, 0, 0] {
            file.extend_from_slice(&(half as u16).to_le_bytes());
        }
        assert_eq!(file.len() as u64, header);
        file.extend_from_slice(&[1, 0, 0, 0]);
        if wide {
            file.extend_from_slice(&[5, 0, 0, 0]);
        }
        for value in [header + segment, 0x8000_1100, 0x1100, 8, 12] {
            word(&mut file, value);
        }
        if !wide {
            file.extend_from_slice(&[5, 0, 0, 0]);
        }
        word(&mut file, 4);
        file.extend_from_slice(b"LIGHTSSS");
        file
    }

    #[test]
    fn a_file_is_loaded_as_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes, at, entry) in [
            ("wide.elf", elf(true), 0x1100, Some(0x1104)),
            ("narrow", elf(false), 0x1100, Some(0x1104)),
            ("boot.bin", b"LIGHTSSS".to_vec(), 0x1000, None),
            (
                "boot.hex",
                b":080010004C4947485453535377\n:00000001FF\n".to_vec(),
                0x10,
                None,
            ),
            (
                "boot.vmem",
                b"@1100 4c 49 47 48 54 53 53 53\n".to_vec(),
                0x1100,
                None,
            ),
        ] {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            let base = if name == "boot.hex" { 0 } else { 0x1000 };
            let mut ram = Ram::new(base, 0x1000).unwrap();
            ram.fill(base, 0x1000, 0xaa).unwrap();
            let program = ram
                .load_file(&path)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(ram.bytes(at, 8).unwrap(), b"LIGHTSSS", "{name}");
            assert_eq!(program.entry, entry, "{name}");
            // What a segment has in memory alone is zeros; what is behind it stays.
            let behind = if entry.is_some() { [0; 4] } else { [0xaa; 4] };
            assert_eq!(ram.bytes(at + 8, 4).unwrap(), behind, "{name}");
            assert_eq!(ram.bytes(at + 12, 1).unwrap(), [0xaa], "{name}");
        }
        let missing = Ram::new(0, 4096)
            .unwrap()
            .load_file(folder.path().join("none"));
        let error = missing.unwrap_err().to_string();
        assert!(
            error.contains("none") && error.contains("cannot be read"),
            "{error}"
        );
    }
}
