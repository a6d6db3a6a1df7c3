//! No Rust source is longer than 500 lines.

use anyhow::Result;

use super::breach::Breach;
use super::sources::Sources;

const MOST: usize = 500;

#[expect(clippy::unnecessary_wraps, reason = "one signature for all rules")]
pub fn check(sources: &Sources) -> Result<Vec<Breach>> {
    Ok(sources
        .rust()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > MOST)
        .map(|(path, lines)| {
            let why = format!("{lines} lines, more than {MOST}: give it one job, move the rest");
            Breach::new(path, why)
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::{MOST, check};
    use crate::lint::sources::Sources;

    #[test]
    fn a_file_with_one_line_too_many_is_a_breach() {
        let fits = "\n".repeat(MOST);
        let long = "\n".repeat(MOST + 1);
        let sources = Sources::of(&[
            ("codegen/src/fits.rs", &fits),
            ("codegen/src/long.rs", &long),
            ("tests/models/expected/golden.rs", &long),
        ]);
        let breaches = check(&sources).unwrap();
        assert_eq!(breaches.len(), 1);
        assert_eq!(breaches[0].key, "codegen/src/long.rs");
    }
}
