//! How reports write paths and durations.

use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

/// A duration as seconds, for `#[serde(with = "seconds")]`.
pub(crate) mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(duration.as_secs_f64())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

/// Writes a path as text: serde refuses one that is not UTF-8, and everything beside it would be lost.
///
/// # Errors
/// The serializer's.
pub fn path_text<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&path.to_string_lossy())
}

/// As `path_text`, for a path that may be absent.
///
/// # Errors
/// The serializer's.
#[cfg(feature = "driver")]
#[allow(
    clippy::ref_option,
    reason = "serde calls it with a reference to the field"
)]
pub fn optional_path<S: Serializer>(path: &Option<PathBuf>, to: S) -> Result<S::Ok, S::Error> {
    path.as_deref().map(PathText).serialize(to)
}

/// As `path_text`, for several.
///
/// # Errors
/// The serializer's.
pub fn paths_text<S: Serializer>(paths: &[PathBuf], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(paths.iter().map(|path| PathText(path)))
}

/// A path that is written as text.
#[derive(Debug)]
pub struct PathText<'p>(pub &'p Path);

impl Serialize for PathText<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        path_text(self.0, to)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde::Deserialize;

    use super::*;

    #[derive(Serialize)]
    struct Report {
        #[serde(serialize_with = "paths_text")]
        saved: Vec<PathBuf>,
    }

    #[test]
    fn a_path_that_is_not_utf_8_loses_no_report() {
        use std::ffi::OsString;
        use std::os::unix::ffi::OsStringExt;
        let saved = vec![OsString::from_vec(b"a\xff.lsss".to_vec()).into()];
        let text = serde_json::to_string(&Report { saved }).unwrap();
        assert_eq!(text, "{\"saved\":[\"a\u{fffd}.lsss\"]}");
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Took(#[serde(with = "seconds")] Duration);

    #[test]
    fn a_duration_comes_back_to_the_nanosecond() {
        for nanos in [0, 1, 999_999_999, 1_000_000_001, 3_600_000_000_007] {
            let took = Took(Duration::from_nanos(nanos));
            let text = serde_json::to_string(&took).unwrap();
            assert_eq!(serde_json::from_str::<Took>(&text).unwrap(), took, "{text}");
        }
    }
}
