//! What a file in a store consists of.

use serde::{Deserialize, Serialize};

use super::hash::Hash;
use crate::store::{Store, StoreError};

/// What a file in a store consists of: its pieces, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The file's length in bytes.
    pub length: u64,
    /// Its pieces.
    pub pieces: Vec<Piece>,
}

/// A piece of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Piece {
    /// An object of its own.
    Object {
        /// Its content, which is its name.
        hash: Hash,
        /// Its length in bytes.
        length: u64,
    },
    /// A few bytes, in hexadecimal digits.
    Inline {
        /// The digits.
        bytes: String,
    },
}

impl Manifest {
    /// The key of the manifest of this file.
    #[must_use]
    pub fn key(file: Hash) -> String {
        format!("files/{file}")
    }

    /// Reads the manifest of a file.
    pub fn read(store: &Store, file: Hash) -> Result<Self, StoreError> {
        let key = Self::key(file);
        let hint = "put the file into the store first";
        store
            .get_json(&key)?
            .ok_or_else(|| store.missing(&key, hint))
    }
}

impl Piece {
    /// The key of a piece that is an object.
    #[must_use]
    pub fn key(hash: Hash) -> String {
        let text = hash.to_string();
        format!("pieces/{}/{}", &text[..2], &text[2..])
    }

    pub(super) fn inline(bytes: &[u8]) -> Self {
        use std::fmt::Write as _;
        let digits = bytes.iter().fold(String::new(), |mut text, byte| {
            // Writing into a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
        Self::Inline { bytes: digits }
    }

    /// The bytes of digits, if they are digits of whole bytes.
    pub(super) fn decode(digits: &str) -> Option<Vec<u8>> {
        if !digits.len().is_multiple_of(2) || !digits.is_ascii() {
            return None;
        }
        let pairs = (0..digits.len()).step_by(2);
        pairs
            .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Piece;

    #[test]
    fn inline_bytes_come_back() {
        let Piece::Inline { bytes } = Piece::inline(&[0, 255, 16]) else {
            panic!("expected inline bytes");
        };
        assert_eq!(Piece::decode(&bytes), Some(vec![0, 255, 16]));
        assert_eq!(Piece::decode("0"), None);
        assert_eq!(Piece::decode("zz"), None);
    }
}
