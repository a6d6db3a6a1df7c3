//! Breaches of a rule, and the list of those that are known.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// One place that breaks a rule.
#[derive(Clone, Debug)]
pub struct Breach {
    /// Names the breach in the list of known ones; it holds no line numbers, which change.
    pub key: String,
    /// What is wrong and what to do.
    pub why: String,
}

impl Breach {
    pub fn new(key: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            why: why.into(),
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.key, self.why)
    }
}

/// The known breaches of one rule: a file with one key a line.
pub struct Known {
    file: PathBuf,
    keys: BTreeSet<String>,
}

impl Known {
    /// Reads the list of the rule `name`; a rule without a file has no known breaches.
    pub fn read(root: &Path, name: &str) -> Result<Self> {
        let file = root.join(format!("xtask/src/lint/known/{name}.txt"));
        let text = if file.exists() {
            fs::read_to_string(&file)
                .with_context(|| format!("could not read {}", file.display()))?
        } else {
            String::new()
        };
        Ok(Self::parse(file, &text))
    }

    fn parse(file: PathBuf, text: &str) -> Self {
        let keys = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect();
        Self { file, keys }
    }

    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// One line for each breach that is not in the list, and for each entry without a breach.
    pub fn complaints(&self, breaches: &[Breach]) -> Vec<String> {
        let mut lines: Vec<String> = breaches
            .iter()
            .filter(|breach| !self.keys.contains(&breach.key))
            .map(Breach::to_string)
            .collect();
        let found = keys(breaches);
        for stale in self.keys.difference(&found) {
            let file = self.file.display();
            lines.push(format!(
                "{stale}: no longer breaks the rule, remove it from {file} (`cargo xtask lint structure --shrink`)"
            ));
        }
        lines
    }

    /// Removes the entries without a breach, from the file too.
    pub fn shrink(&mut self, breaches: &[Breach]) -> Result<()> {
        let found = keys(breaches);
        let before = self.keys.len();
        self.keys.retain(|key| found.contains(key));
        if self.keys.len() == before {
            return Ok(());
        }
        let written = if self.keys.is_empty() {
            fs::remove_file(&self.file)
        } else {
            let lines: Vec<&str> = self.keys.iter().map(String::as_str).collect();
            fs::write(&self.file, lines.join("\n") + "\n")
        };
        written.with_context(|| format!("could not write {}", self.file.display()))
    }
}

fn keys(breaches: &[Breach]) -> BTreeSet<String> {
    breaches.iter().map(|breach| breach.key.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Breach, Known};

    #[test]
    fn a_breach_outside_the_list_and_an_entry_without_a_breach_are_both_errors() {
        let known = Known::parse("known/length.txt".into(), "a.rs\nb.rs\n");
        let breaches = [
            Breach::new("a.rs", "600 lines"),
            Breach::new("c.rs", "700 lines"),
        ];
        let lines = known.complaints(&breaches);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert_eq!(lines[0], "c.rs: 700 lines");
        assert!(lines[1].starts_with("b.rs: no longer"), "{}", lines[1]);
    }
}
