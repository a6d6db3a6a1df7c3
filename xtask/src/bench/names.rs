//! The rows' names are stable: a row that is renamed, added or dropped is so in `rows.txt` too.

use anyhow::{Result, ensure};

/// The name of each row, one a line, sorted. Behind one that no document has yet stands `unmeasured`.
const KEPT: &str = include_str!("rows.txt");

const UNMEASURED: &str = " unmeasured";

/// All names that are kept.
fn kept() -> impl Iterator<Item = &'static str> {
    KEPT.lines()
        .map(|line| line.strip_suffix(UNMEASURED).unwrap_or(line))
}

/// # Errors
/// If a row has a name that is not kept, or, where all rows were measured, a kept one has no row.
pub fn check<'a>(found: impl Iterator<Item = &'a str>, all: bool) -> Result<()> {
    let found: Vec<&str> = found.collect();
    let new: Vec<&str> = found
        .iter()
        .copied()
        .filter(|name| !kept().any(|kept| kept == *name))
        .collect();
    ensure!(
        new.is_empty(),
        "rows are new or renamed: {}; write their names into xtask/src/bench/rows.txt",
        new.join(", ")
    );
    let measured = KEPT.lines().filter(|line| !line.ends_with(UNMEASURED));
    let gone: Vec<&str> = measured.filter(|kept| !found.contains(kept)).collect();
    ensure!(
        !all || gone.is_empty(),
        "rows are gone or renamed: {}; take their names out of xtask/src/bench/rows.txt",
        gone.join(", ")
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renamed_row_is_found() {
        check(kept(), true).unwrap();
        check(kept().take(1), false).unwrap();
        let error = check(kept().skip(1), true).unwrap_err().to_string();
        let first = KEPT.lines().next().unwrap();
        assert!(error.contains(first), "{error}");
        let error = check(["cycle/contour"].into_iter(), false).unwrap_err();
        assert!(error.to_string().contains("cycle/contour"), "{error}");
        assert!(KEPT.lines().is_sorted());
    }

    #[test]
    fn the_document_has_the_rows_that_are_kept() {
        let document = include_str!("../../../docs/benchmarks.md");
        let rows = document.lines().filter_map(|line| {
            let (name, _) = line.strip_prefix("| `")?.split_once("` |")?;
            Some(name)
        });
        // A quick run leaves the slowest out.
        let all = !document.contains("(`--quick`)");
        check(rows, all).unwrap();
    }
}
