//! What a VCD file defines: scopes and variables.

use std::collections::HashMap;
use std::io::{BufRead, Read as _};
use std::path::Path;

use super::super::error::{self, JoinError};

/// The longest definitions, in bytes.
const LONGEST: u64 = 1 << 30;

/// Definitions that say nothing of the model.
const OF_THE_RUN: [&str; 3] = ["$date", "$version", "$comment"];

pub(super) struct Definitions {
    /// As they are in the file.
    pub text: Vec<u8>,
    /// The first name of each signal, by its code.
    pub names: HashMap<Vec<u8>, String>,
}

impl Definitions {
    /// Reads up to their end.
    pub(super) fn read(path: &Path, file: &mut impl BufRead) -> Result<Self, JoinError> {
        let (mut text, mut ends) = (Vec::new(), false);
        loop {
            let at = text.len();
            let read = file.by_ref().take(LONGEST).read_until(b'\n', &mut text);
            if read.map_err(error::reading(path))? == 0 || text.len() as u64 > LONGEST {
                return Err(error::damaged(path, "it ends within its definitions"));
            }
            let line = String::from_utf8_lossy(&text[at..]);
            let behind = match line.split_once("$enddefinitions") {
                Some((_, behind)) => {
                    ends = true;
                    behind
                }
                None => &line,
            };
            if ends && behind.contains("$end") {
                break;
            }
        }
        let mut definitions = Self {
            text,
            names: HashMap::new(),
        };
        definitions.names = definitions.name();
        Ok(definitions)
    }

    fn name(&self) -> HashMap<Vec<u8>, String> {
        let mut scopes: Vec<String> = Vec::new();
        let mut names = HashMap::new();
        for parts in self.commands() {
            match &*parts {
                [command, _, name, ..] if command == "$scope" => scopes.push(name.clone()),
                [command, ..] if command == "$upscope" => drop(scopes.pop()),
                [command, _, _, code, name, ..] if command == "$var" => {
                    let mut path = scopes.clone();
                    path.push(name.clone());
                    names
                        .entry(code.clone().into_bytes())
                        .or_insert(path.join("."));
                }
                _ => {}
            }
        }
        names
    }

    /// The definitions of the model, each as its words without `$end`.
    fn commands(&self) -> impl Iterator<Item = Vec<String>> {
        let text = String::from_utf8_lossy(&self.text).into_owned();
        let words: Vec<String> = text.split_ascii_whitespace().map(str::to_owned).collect();
        let commands: Vec<Vec<String>> = words
            .split(|word| word == "$end")
            .filter(|parts| {
                parts
                    .first()
                    .is_some_and(|first| !OF_THE_RUN.contains(&&**first))
            })
            .map(<[String]>::to_vec)
            .collect();
        commands.into_iter()
    }

    /// The first difference, in words.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        let (mut own, mut theirs) = (self.commands(), other.commands());
        loop {
            let text = |parts: Option<Vec<String>>| {
                parts.map_or("nothing".to_owned(), |parts| {
                    format!("`{}`", parts.join(" "))
                })
            };
            match (own.next(), theirs.next()) {
                (None, None) => return None,
                (a, b) if a == b => {}
                (a, b) => {
                    return Some(format!(
                        "where the first defines {}, the other defines {}",
                        text(a),
                        text(b)
                    ));
                }
            }
        }
    }
}
