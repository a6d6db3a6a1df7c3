//! What a child that saved tells its original, as bytes in a pipe.

use std::time::Duration;

use super::chain::Chain;
use super::save::SaveReport;
use crate::memory::dirty::Origin;

/// The most bytes of an error's text: with it, the words fit in a pipe without being read.
const MAX_TEXT: usize = 32 * 1024;

/// The most origins that are told; sections beyond are compared by digests.
const MAX_ORIGINS: usize = 1024;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Saved {
        report: SaveReport,
        origins: Vec<Option<Origin>>,
        /// The number that the file's name got, if it has one.
        number: Option<u32>,
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
            origins,
            number: of_name,
        } => {
            let (kind, number, why) = report.chain.to_words();
            let mut words = b"S".to_vec();
            let mut put = |number: u64| words.extend_from_slice(&number.to_le_bytes());
            put(report.file_len);
            put(report.contents_len);
            put(report.total_checksum);
            put(report.took.as_nanos() as u64);
            put(of_name.map_or(0, |number| u64::from(number) + 1));
            put(kind);
            put(number);
            words.extend_from_slice(why.as_bytes());
            let mut put = |number: u64| words.extend_from_slice(&number.to_le_bytes());
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
            let (numbers, rest) = numbers.split_first_chunk::<56>()?;
            let [
                file_len,
                contents_len,
                total_checksum,
                took,
                of_name,
                kind,
                number,
            ] = words_of(numbers);
            let (chain, origins) = Chain::from_words(kind, number, rest)?;
            let (origins, []) = origins.as_chunks::<16>() else {
                return None;
            };
            let origins = origins.iter().map(|origin| {
                let [tracker, offset] = words_of(origin);
                let tracker = tracker.checked_sub(1)?;
                Some(Origin { tracker, offset })
            });
            Some(Outcome::Saved {
                report: SaveReport {
                    file_len,
                    contents_len,
                    total_checksum,
                    took: Duration::from_nanos(took),
                    chain,
                },
                origins: origins.collect(),
                number: of_name
                    .checked_sub(1)
                    .and_then(|number| number.try_into().ok()),
            })
        }
        _ => None,
    }
}

/// So many numbers, one behind the other.
fn words_of<const N: usize>(bytes: &[u8]) -> [u64; N] {
    let (words, _) = bytes.as_chunks::<8>();
    std::array::from_fn(|number| u64::from_le_bytes(words[number]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::dirty::Origin;

    #[test]
    fn words_are_understood() {
        let origin = Origin {
            tracker: 0,
            offset: 4096,
        };
        let why = "the parent is gone".to_owned();
        for chain in [
            Chain::Alone,
            Chain::Begun,
            Chain::Continued { parents: 5 },
            Chain::Broken { why },
        ] {
            let saved = Outcome::Saved {
                report: SaveReport {
                    file_len: 1,
                    contents_len: 2,
                    total_checksum: 3,
                    took: Duration::from_nanos(4),
                    chain,
                },
                origins: vec![None, Some(origin)],
                number: Some(7),
            };
            let words = encode(&saved);
            assert_eq!(decode(&words[..words.len() - 1]), None);
            assert_eq!(decode(&words[..20]), None);
            assert_eq!(decode(&words), Some(saved));
        }
        assert_eq!(decode(b""), None);
        let reason = "disk full".to_owned();
        let failed = Outcome::Failed { reason };
        assert_eq!(decode(&encode(&failed)), Some(failed));
    }

    /// A child writes its words before anybody reads them.
    #[test]
    fn the_longest_words_fit_in_a_pipe() {
        let long = "ü".repeat(100_000);
        let origin = Origin {
            tracker: 7,
            offset: 8,
        };
        let saved = Outcome::Saved {
            report: SaveReport {
                file_len: 1,
                contents_len: 2,
                total_checksum: 3,
                took: Duration::from_nanos(4),
                chain: Chain::Broken { why: long.clone() },
            },
            origins: vec![Some(origin); 5000],
            number: None,
        };
        let failed = Outcome::Failed { reason: long };
        for outcome in [saved, failed] {
            let words = encode(&outcome);
            assert!(words.len() <= 60_000, "{} bytes", words.len());
            assert!(decode(&words).is_some());
        }
    }
}
