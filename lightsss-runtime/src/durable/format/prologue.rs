//! The fixed 64 bytes at the start of a file.

use super::bytes::FieldReader;
use super::{FORMAT_VERSION, MAGIC, Malformed, PROLOGUE_LEN, checksum};

/// Where the directory is, and its checksum, which stands for the whole file: the directory holds the checksum of
/// every frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Prologue {
    pub(crate) file_len: u64,
    pub(crate) directory_offset: u64,
    pub(crate) directory_len: u64,
    /// XXH3-64 of the directory: the total checksum, and the identity by which a child names its parent.
    pub(crate) total: u64,
}

/// Why the first 64 bytes of a file were refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PrologueError {
    NotASnapshot([u8; 8]),
    Version(u32),
    Checksum { expected: u64, found: u64 },
    Malformed(Malformed),
}

impl From<Malformed> for PrologueError {
    fn from(error: Malformed) -> Self {
        Self::Malformed(error)
    }
}

impl Prologue {
    pub(crate) fn encode(&self) -> [u8; PROLOGUE_LEN as usize] {
        let mut bytes = [0; PROLOGUE_LEN as usize];
        bytes[0..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
        // 12..16 is reserved.
        bytes[16..24].copy_from_slice(&self.file_len.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.directory_offset.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.directory_len.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.total.to_le_bytes());
        // 48..56 is reserved.
        let sum = checksum(&bytes[..56]);
        bytes[56..64].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// Decodes the start of a file that is `actual_len` bytes long.
    pub(crate) fn decode(
        bytes: &[u8; PROLOGUE_LEN as usize],
        actual_len: u64,
    ) -> Result<Self, PrologueError> {
        let mut fields = FieldReader::new(bytes);
        let magic = fields.take("magic", 8)?;
        if magic != MAGIC {
            let mut found = [0; 8];
            found.copy_from_slice(magic);
            return Err(PrologueError::NotASnapshot(found));
        }
        let version = fields.u32("format version")?;
        if version == 0 || version > FORMAT_VERSION {
            return Err(PrologueError::Version(version));
        }
        let found = checksum(&bytes[..56]);
        let mut expected = [0; 8];
        expected.copy_from_slice(&bytes[56..]);
        let expected = u64::from_le_bytes(expected);
        if expected != found {
            return Err(PrologueError::Checksum { expected, found });
        }
        fields.zeros::<4>("reserved bytes 12 to 15")?;
        let file_len = fields.u64("file length")?;
        let directory_offset = fields.u64("directory offset")?;
        let directory_len = fields.u64("directory length")?;
        let total = fields.u64("total checksum")?;
        fields.zeros::<8>("reserved bytes 48 to 55")?;
        if file_len != actual_len {
            return Err(Malformed::new(
                "file length",
                format_args!("{file_len} bytes, as the prologue says"),
                format_args!("{actual_len} bytes"),
            )
            .into());
        }
        let ends_with_file = directory_offset
            .checked_add(directory_len)
            .is_some_and(|end| end == file_len);
        if directory_offset < PROLOGUE_LEN || !ends_with_file {
            return Err(Malformed::new(
                "directory",
                format_args!("to end the file, at byte {file_len}"),
                format_args!("{directory_len} bytes at {directory_offset}"),
            )
            .into());
        }
        Ok(Self {
            file_len,
            directory_offset,
            directory_len,
            total,
        })
    }
}
