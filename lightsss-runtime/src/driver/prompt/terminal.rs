//! The prompt on a terminal: a line editor with history and completion.

use std::env;
use std::fs;
use std::path::PathBuf;

use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, Helper};

use super::table::{COMMANDS, Takes, entry};

/// Lines that are remembered, and candidates that are offered at once.
const HISTORY: usize = 1000;
const MOST_CANDIDATES: usize = 500;

/// What a line editor gives.
pub enum Input {
    Line(String),
    /// Ctrl-C on the line.
    Interrupted,
    /// Ctrl-D, or no terminal any more.
    End,
}

/// A line editor.
pub struct Terminal {
    editor: Editor<Completion, FileHistory>,
    history: Option<PathBuf>,
}

impl Terminal {
    /// With these names to complete.
    ///
    /// # Errors
    ///
    /// What keeps the terminal from being used.
    pub fn open(names: Vec<String>) -> rustyline::Result<Self> {
        let config = Config::builder()
            .max_history_size(HISTORY)?
            .completion_type(CompletionType::List)
            .auto_add_history(true)
            .build();
        let mut editor = Editor::with_config(config)?;
        editor.set_helper(Some(Completion {
            names,
            files: FilenameCompleter::new(),
        }));
        let history = history_path();
        if let Some(path) = &history {
            let _ = editor.load_history(path);
        }
        Ok(Self { editor, history })
    }

    /// Reads a line.
    pub fn read(&mut self, prompt: &str) -> Input {
        match self.editor.readline(prompt) {
            Ok(line) => Input::Line(line),
            Err(ReadlineError::Interrupted) => Input::Interrupted,
            Err(_) => Input::End,
        }
    }
}

impl Drop for Terminal {
    /// Keeps the history; where that cannot be, the next session has a shorter one.
    fn drop(&mut self) {
        let Some(path) = &self.history else { return };
        if let Some(folder) = path.parent() {
            let _ = fs::create_dir_all(folder);
        }
        let _ = self.editor.append_history(path);
    }
}

/// Below the user's folder for the state of programs; `LIGHTSSS_HISTORY` is another place, or none if it is empty.
fn history_path() -> Option<PathBuf> {
    if let Some(path) = env::var_os("LIGHTSSS_HISTORY") {
        return (!path.is_empty()).then(|| path.into());
    }
    let state = env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let home = || Some(PathBuf::from(env::var_os("HOME")?).join(".local/state"));
    let folder = state.filter(|path| path.is_absolute()).or_else(home)?;
    Some(folder.join("lightsss/prompt-history"))
}

struct Completion {
    names: Vec<String>,
    files: FilenameCompleter,
}

impl Completer for Completion {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = &line[..at];
        let command = before.split_whitespace().next().unwrap_or_default();
        let is_first = before.trim_start().len() == command.len();
        let takes = if is_first {
            Takes::Commands
        } else {
            entry(command).map_or(Takes::Nothing, |entry| entry.takes)
        };
        match takes {
            Takes::Nothing => Ok((at, Vec::new())),
            Takes::Files => self.files.complete(line, at, context),
            Takes::Commands => {
                let commands = COMMANDS.iter().map(|entry| entry.name);
                let (start, mut pairs) = candidates(before, commands);
                for pair in &mut pairs {
                    pair.replacement.push(' ');
                }
                Ok((start, pairs))
            }
            Takes::Names => Ok(candidates(before, self.names.iter().map(String::as_str))),
        }
    }
}

/// The names that begin as the last word does. A word without dots also means the last part of a name.
fn candidates<'n>(before: &str, names: impl Iterator<Item = &'n str>) -> (usize, Vec<Pair>) {
    let is_part = |letter: char| letter.is_alphanumeric() || "_$.[]-".contains(letter);
    let start = before.trim_end_matches(is_part).len();
    let word = &before[start..];
    let is_meant = |name: &&str| {
        let last = name.rsplit('.').next().unwrap_or(name);
        name.starts_with(word)
            || (!word.contains('.') && !word.is_empty() && last.starts_with(word))
    };
    let pairs = names
        .filter(is_meant)
        .take(MOST_CANDIDATES)
        .map(|name| Pair {
            display: name.to_owned(),
            replacement: name.to_owned(),
        });
    (start, pairs.collect())
}

impl Helper for Completion {}
impl Hinter for Completion {
    type Hint = String;
}
impl Highlighter for Completion {}
impl Validator for Completion {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_completed_to_what_begins_so() {
        let names = ["soc.u_core.pc", "soc.u_core.x5", "soc.bus", "cycle"];
        let offered = |before: &str| {
            let (start, pairs) = candidates(before, names.into_iter());
            let names = pairs.into_iter().map(|pair| pair.replacement);
            (start, names.collect::<Vec<_>>())
        };
        assert_eq!(offered("show soc.b"), (5, vec!["soc.bus".to_owned()]));
        assert_eq!(offered("until !p"), (7, vec!["soc.u_core.pc".to_owned()]));
        assert_eq!(
            offered("until a==soc.u_core.x"),
            (9, vec!["soc.u_core.x5".to_owned()])
        );
        assert_eq!(offered("show ").1.len(), 4);
    }
}
