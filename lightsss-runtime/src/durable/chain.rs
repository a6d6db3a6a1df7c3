//! How a snapshot of a series stands to those before it.

use serde::Serialize;

/// How a snapshot stands to those before it, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Chain {
    /// It has no parent, and nobody asked for one: it is of no series, or of one in which every snapshot is whole.
    #[default]
    Alone,
    /// It begins a chain, as it should: it is the first one, or the chain before has as many as are allowed.
    Begun,
    /// It is a child of the one before.
    Continued {
        /// How many parents are behind it.
        parents: u32,
    },
    /// It begins a chain since the one before can be no parent: it is damaged, gone or replaced, or a parent of it is.
    Broken {
        /// What is wrong with the one before.
        why: String,
    },
}

/// The most bytes of a reason that a child tells.
const MAX_WHY: usize = 8 * 1024;

impl Chain {
    /// How many parents are behind the snapshot.
    #[must_use]
    pub fn parents(&self) -> u32 {
        match self {
            Self::Continued { parents } => *parents,
            _ => 0,
        }
    }

    /// As a kind, a number that belongs to it, and the reason. With a reason, the number is its length.
    pub(super) fn to_words(&self) -> (u64, u64, &str) {
        match self {
            Self::Alone => (0, 0, ""),
            Self::Begun => (1, 0, ""),
            Self::Continued { parents } => (2, u64::from(*parents), ""),
            Self::Broken { why } => {
                let why = &why[..why.floor_char_boundary(MAX_WHY)];
                (3, why.len() as u64, why)
            }
        }
    }

    /// What [`Self::to_words`] made words of, from the bytes that begin with the reason; gives what follows it, too.
    pub(super) fn from_words(kind: u64, number: u64, bytes: &[u8]) -> Option<(Self, &[u8])> {
        let chain = match kind {
            0 => Self::Alone,
            1 => Self::Begun,
            2 => Self::Continued {
                parents: u32::try_from(number).ok()?,
            },
            3 => {
                let (why, rest) = bytes.split_at_checked(usize::try_from(number).ok()?)?;
                let why = String::from_utf8(why.to_vec()).ok()?;
                return Some((Self::Broken { why }, rest));
            }
            _ => return None,
        };
        Some((chain, bytes))
    }
}
