//! The fingerprint of a build of a model: a hash of everything that decides what it does.
//!
//! Neither the place of a folder nor that of a source counts, so that two machines with the same sources and the
//! same Verilator have the same.

use std::collections::BTreeSet;
use std::hash::Hasher as _;
use std::path::PathBuf;

use twox_hash::XxHash3_64;

use super::files::{File, Files};
use super::state::{State, encode};
use super::wanted::Wanted;
use crate::error::{Result, read};
use crate::verilator::Version;

/// Of the headers and the sources, all without comments; and of the state table as it is encoded,
/// so that a generator which reads or writes tables in another way has other snapshots.
pub fn of_generated(all: &[Files], version: Version, state: Option<&State>) -> u64 {
    let inputs: BTreeSet<&PathBuf> = all.iter().flat_map(|files| &files.inputs).collect();
    let headers = all.iter().flat_map(|files| &files.headers);
    let sources = all.iter().flat_map(|files| &files.sources);
    let mut files: Vec<&File> = headers.chain(sources).collect();
    files.sort_by_key(|file| (file.path.file_name(), &file.path));
    // Messages of the design name sources by their paths.
    let paths: Vec<(String, String)> = inputs
        .iter()
        .rev()
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?;
            let path = path.to_str().filter(|path| *path != name)?;
            Some((format!("\"{path}\""), format!("\"{name}\"")))
        })
        .collect();
    let mut hash = XxHash3_64::new();
    hash.write(format!("{} {version}\n", env!("CARGO_PKG_VERSION")).as_bytes());
    for file in &files {
        let name = file.path.file_name().unwrap_or_default();
        hash.write(name.as_encoded_bytes());
        text(&mut hash, &file.text, &paths);
    }
    if let Some(Ok(table)) = state.map(|state| &state.table) {
        hash.write(&encode(table));
    }
    hash.finish()
}

/// With the user's own C++, which implements functions of the design: the sources, what they include of theirs, and
/// what macros are given.
pub fn with_sources(fingerprint: u64, wanted: &Wanted<'_>) -> Result<u64> {
    if wanted.cxx_sources.is_empty() && wanted.cflags.is_empty() {
        return Ok(fingerprint);
    }
    let package = wanted.package;
    let mut hash = XxHash3_64::new();
    hash.write_u64(fingerprint);
    let mut folders = Vec::new();
    let mut flags = wanted.cflags.iter().peekable();
    while let Some(flag) = flags.next() {
        let mut value = |prefix: &str| {
            let rest = flag.strip_prefix(prefix)?;
            match rest {
                "" => flags.next().cloned(),
                rest => Some(rest.to_owned()),
            }
        };
        if let Some(folder) = value("-I") {
            folders.push(package.join(folder));
        } else if let Some(definition) = value("-D").or_else(|| value("-U")) {
            hash.write(flag.get(..2).unwrap_or_default().as_bytes());
            hash.write(definition.as_bytes());
        }
    }
    let mut waiting: Vec<PathBuf> = wanted.cxx_sources.iter().rev().cloned().collect();
    let mut seen = BTreeSet::new();
    while let Some(source) = waiting.pop() {
        let path = package.join(source);
        if !seen.insert(path.clone()) {
            continue;
        }
        let source = read(&path)?;
        text(&mut hash, &source, &[]);
        let beside = path.parent().unwrap_or(package);
        for name in source.lines().rev().filter_map(included) {
            let mut places = std::iter::once(beside)
                .chain(folders.iter().map(PathBuf::as_path))
                .map(|folder| folder.join(name));
            waiting.extend(places.find(|path| path.is_file()));
        }
    }
    Ok(hash.finish())
}

/// The file that a line includes.
fn included(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix('#')?.trim_start();
    let rest = rest.strip_prefix("include")?.trim_start();
    Some(rest.strip_prefix('"')?.split_once('"')?.0)
}

fn text(hash: &mut XxHash3_64, text: &str, paths: &[(String, String)]) {
    for line in text.lines() {
        let line = without_comment(line).trim_end();
        let named = paths.iter().find(|(path, _)| line.contains(path.as_str()));
        match named {
            Some((path, name)) => hash.write(line.replace(path.as_str(), name).as_bytes()),
            None => hash.write(line.as_bytes()),
        }
        hash.write(b"\n");
    }
}

/// A line without the comment at its end.
fn without_comment(line: &str) -> &str {
    let mut from = 0;
    while let Some(at) = line[from..].find("//") {
        let at = from + at;
        if !in_string(&line[..at]) {
            return &line[..at];
        }
        from = at + 2;
    }
    line
}

/// Whether a string is open behind `text`.
fn in_string(text: &str) -> bool {
    let mut open = None;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match (byte, open) {
            (b'\\', Some(_)) => drop(bytes.next()),
            (b'"' | b'\'', None) => open = Some(byte),
            (quote, Some(opened)) if quote == opened => open = None,
            _ => {}
        }
    }
    open.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_end_a_line_and_strings_do_not() {
        assert_eq!(without_comment("a; // b"), "a; ");
        assert_eq!(
            without_comment("f(\"http://a\"); // b"),
            "f(\"http://a\"); "
        );
        assert_eq!(without_comment("f(\"\\\"//\")"), "f(\"\\\"//\")");
        assert_eq!(without_comment("'\"' // b"), "'\"' ");
    }

    #[test]
    fn includes_are_found() {
        assert_eq!(included("#include \"a.h\""), Some("a.h"));
        assert_eq!(included("  # include \"b/c.h\" // x"), Some("b/c.h"));
        assert_eq!(included("#include <d>"), None);
    }
}
