//! The texts of a checkout: what git tracks, and new files that it does not ignore.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Texts by their paths from the root.
pub struct Sources {
    texts: BTreeMap<String, String>,
}

impl Sources {
    pub fn of_checkout(root: &Path) -> Result<Self> {
        let listed = Command::new("git")
            .args(["ls-files", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .context("could not start `git ls-files`")?;
        if !listed.status.success() {
            bail!("`git ls-files` ended with {}", listed.status);
        }
        let listed = String::from_utf8(listed.stdout).context("a file name is not UTF-8")?;
        let mut texts = BTreeMap::new();
        for path in listed.lines() {
            if !matches!(extension(path), "rs" | "md" | "toml") || !root.join(path).is_file() {
                continue;
            }
            let text = fs::read_to_string(root.join(path))
                .with_context(|| format!("could not read {path}"))?;
            texts.insert(path.to_owned(), text);
        }
        Ok(Self { texts })
    }

    #[cfg(test)]
    pub fn of(texts: &[(&str, &str)]) -> Self {
        let texts = texts
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect();
        Self { texts }
    }

    pub fn get(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Rust sources that people wrote, without expected outputs of tests.
    pub fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.all().filter(|(path, _)| {
            extension(path) == "rs"
                && !path.contains("/expected/")
                && !path.starts_with("lightsss-derive/expansions/")
        })
    }
}

pub fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// The folder of `path`; empty for a file at the root.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// `path` from `folder`, without `.` and `..`; nothing where it leaves the root.
pub fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
