//! What a child that saves reports to its original, as JSON in a pipe.

use serde::{Deserialize, Serialize};

use super::chain::Chain;
use super::save::SaveReport;
use crate::memory::dirty::Origin;

/// The longest text in a report, in bytes of JSON: the whole report fits in a pipe that nobody reads yet.
const MAX_TEXT: usize = 16 * 1024;

/// The most origins in a report; sections beyond are compared by digests.
const MAX_ORIGINS: usize = 1024;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

impl Outcome {
    pub(super) fn encode(mut self) -> Vec<u8> {
        match &mut self {
            Self::Failed { reason } => shorten(reason),
            Self::Saved {
                report, origins, ..
            } => {
                if let Chain::Broken { why } = &mut report.chain {
                    shorten(why);
                }
                origins.truncate(MAX_ORIGINS);
            }
        }
        // It fails for no value of this type. Without a report, the original finds that its child died.
        serde_json::to_vec(&self).unwrap_or_default()
    }

    /// `None` if the report is not whole.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

/// Cuts a text to what takes at most [`MAX_TEXT`] bytes of JSON.
fn shorten(text: &mut String) {
    let mut taken = 0;
    let end = text.char_indices().find_map(|(at, letter)| {
        taken += if letter.is_control() || matches!(letter, '"' | '\\') {
            // As `\u001b`.
            6
        } else {
            letter.len_utf8()
        };
        (taken > MAX_TEXT).then_some(at)
    });
    text.truncate(end.unwrap_or(text.len()));
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn saved(chain: Chain, origins: Vec<Option<Origin>>) -> Outcome {
        Outcome::Saved {
            report: SaveReport {
                file_len: u64::MAX,
                contents_len: 2,
                total_checksum: u64::MAX - 1,
                took: Duration::from_nanos(4),
                chain,
            },
            origins,
            number: Some(7),
        }
    }

    fn failed(reason: &str) -> Outcome {
        Outcome::Failed {
            reason: reason.to_owned(),
        }
    }

    fn broken(why: &str) -> Chain {
        Chain::Broken {
            why: why.to_owned(),
        }
    }

    #[test]
    fn what_is_encoded_is_decoded_if_it_is_whole() {
        let origin = Origin(0);
        let chains = [
            Chain::Alone,
            Chain::Begun,
            Chain::Continued { parents: 5 },
            broken("the parent is gone"),
        ];
        let saved = chains.map(|chain| saved(chain, vec![None, Some(origin)]));
        for outcome in saved.into_iter().chain([failed("disk full")]) {
            let bytes = outcome.clone().encode();
            assert_eq!(Outcome::decode(&bytes[..bytes.len() - 1]), None);
            assert_eq!(Outcome::decode(&bytes[..20]), None);
            assert_eq!(Outcome::decode(&bytes), Some(outcome));
        }
        assert_eq!(Outcome::decode(b""), None);
    }

    /// A child writes its report before anybody reads it.
    #[test]
    fn the_longest_report_fits_in_a_pipe() {
        let origin = Origin(u64::MAX);
        for text in ["ü", "\u{1b}", "\"\\"] {
            let long = text.repeat(100_000);
            let saved = saved(broken(&long), vec![Some(origin); 5000]);
            for outcome in [saved, failed(&long)] {
                let bytes = outcome.encode();
                assert!(bytes.len() <= 60_000, "{} bytes", bytes.len());
                assert!(Outcome::decode(&bytes).is_some());
            }
        }
    }
}
