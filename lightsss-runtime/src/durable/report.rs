//! What a child that saved tells its original, as bytes in a pipe.

use std::error::Error;
use std::time::Duration;

use super::dirty::Origin;
use super::save::SaveReport;

/// The most bytes of an error's text: with it, the words fit in a pipe without being read.
const MAX_TEXT: usize = 32 * 1024;

/// The most origins that are told; sections beyond are compared by digests.
const MAX_ORIGINS: usize = 1024;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Saved {
        report: SaveReport,
        /// Parents behind the file.
        depth: u32,
        origins: Vec<Option<Origin>>,
    },
    Failed {
        reason: String,
    },
}

pub(super) fn encode(outcome: &Outcome) -> Vec<u8> {
    match outcome {
        Outcome::Failed { reason } => {
            let end = reason.floor_char_boundary(MAX_TEXT);
            [b"F", &reason.as_bytes()[..end]].concat()
        }
        Outcome::Saved {
            report,
            depth,
            origins,
        } => {
            let mut words = b"S".to_vec();
            let mut put = |number: u64| words.extend_from_slice(&number.to_le_bytes());
            put(report.file_len);
            put(report.contents_len);
            put(report.total_checksum);
            put(report.took.as_nanos() as u64);
            put(u64::from(*depth));
            for origin in origins.iter().take(MAX_ORIGINS) {
                put(origin.map_or(0, |origin| origin.tracker + 1));
                put(origin.map_or(0, |origin| origin.offset));
            }
            words
        }
    }
}

/// `None` if the words are not whole.
pub(super) fn decode(words: &[u8]) -> Option<Outcome> {
    match words.split_first()? {
        (b'F', text) => Some(Outcome::Failed {
            reason: String::from_utf8_lossy(text).into_owned(),
        }),
        (b'S', numbers) => {
            let (numbers, rest) = numbers.as_chunks::<8>();
            let numbers: Vec<u64> = numbers.iter().copied().map(u64::from_le_bytes).collect();
            let (&[file_len, contents_len, total_checksum, took, depth], origins) =
                numbers.split_first_chunk()?;
            if !rest.is_empty() || origins.len() % 2 != 0 {
                return None;
            }
            let origins = origins.chunks_exact(2).map(|origin| {
                let tracker = origin[0].checked_sub(1)?;
                let offset = origin[1];
                Some(Origin { tracker, offset })
            });
            Some(Outcome::Saved {
                report: SaveReport {
                    file_len,
                    contents_len,
                    total_checksum,
                    took: Duration::from_nanos(took),
                },
                depth: u32::try_from(depth).ok()?,
                origins: origins.collect(),
            })
        }
        _ => None,
    }
}

/// An error's text, and those of its causes.
pub(super) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_understood() {
        let origin = Origin {
            tracker: 0,
            offset: 4096,
        };
        let saved = Outcome::Saved {
            report: SaveReport {
                file_len: 1,
                contents_len: 2,
                total_checksum: 3,
                took: Duration::from_nanos(4),
            },
            depth: 5,
            origins: vec![None, Some(origin)],
        };
        let words = encode(&saved);
        assert_eq!(decode(&words), Some(saved));
        assert_eq!(decode(&words[..words.len() - 1]), None);
        assert_eq!(decode(b""), None);
        let reason = "disk full".to_owned();
        let failed = Outcome::Failed { reason };
        assert_eq!(decode(&encode(&failed)), Some(failed));
    }
}
