//! The lines of `--each`: words as a shell splits them, `#` before a comment, a name before a colon.

use std::fmt;

use shlex::Shlex;

/// What no run can be called: the file of results stands beside the runs' folders.
pub const RESULTS: &str = "results.jsonl";
/// The longest name of a run.
const LONGEST_NAME: usize = 100;

/// A line that describes a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: usize,
    pub name: Option<String>,
    pub words: Vec<String>,
    /// Where the words begin, in characters from 1.
    columns: Vec<usize>,
}

/// A mistake in a line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct LineError {
    pub place: Place,
    pub message: String,
}

/// A place in a file of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    file: String,
    line: usize,
    column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

impl Line {
    /// A line of text; `None` if there is nothing but a comment. `file` is for mistakes.
    ///
    /// # Errors
    ///
    /// A quote is not closed, or the name is none.
    pub fn parse(file: &str, number: usize, text: &str) -> Result<Option<Self>, LineError> {
        let mistake = |column, message| LineError {
            place: Place {
                file: file.to_owned(),
                line: number,
                column,
            },
            message,
        };
        let mut split = Shlex::new(text);
        let mut words: Vec<String> = split.by_ref().collect();
        let mut columns = columns(text);
        if split.had_error {
            let column = columns.last().copied().unwrap_or(1);
            let message =
                "a quote or a backslash at the end is not closed; close it in the same line";
            return Err(mistake(column, message.to_owned()));
        }
        if let Some(zero) = words.iter().position(|word| word.contains('\0')) {
            let message = "a zero byte, which no argument can hold; remove it".to_owned();
            return Err(mistake(columns[zero], message));
        }
        let named = words
            .first()
            .filter(|word| !word.starts_with(['-', '+']))
            .and_then(|word| word.strip_suffix(':'));
        let name = named.map(str::to_owned);
        if let Some(name) = &name {
            check_name(name).map_err(|message| mistake(columns[0], message))?;
            words.remove(0);
            columns.remove(0);
        }
        if words.is_empty() && name.is_none() {
            return Ok(None);
        }
        Ok(Some(Self {
            number,
            name,
            words,
            columns,
        }))
    }

    /// A mistake in one of the words: in the first one that `message` quotes.
    pub fn mistake(&self, file: &str, message: String) -> LineError {
        let quoted = |word: &str| {
            let option = word.split('=').next().unwrap_or(word);
            ['`', '\'']
                .iter()
                .flat_map(|quote| [word, option].map(|text| format!("{quote}{text}")))
                .filter_map(|text| message.find(&text))
                .min()
        };
        let places = self.words.iter().zip(&self.columns);
        let column = places
            .filter(|(word, _)| !word.is_empty())
            .filter_map(|(word, column)| Some((quoted(word)?, *column)))
            .min()
            .map(|(_, column)| column);
        LineError {
            place: Place {
                file: file.to_owned(),
                line: self.number,
                column: column.or(self.columns.first().copied()).unwrap_or(1),
            },
            message,
        }
    }
}

/// Where the words of a line begin: each begins with the first character that makes one more of them.
fn columns(text: &str) -> Vec<usize> {
    let mut columns = Vec::new();
    for (column, (at, letter)) in text.char_indices().enumerate() {
        let mut split = Shlex::new(&text[..at + letter.len_utf8()]);
        let begun = split.by_ref().count() + usize::from(split.had_error);
        if begun > columns.len() {
            columns.push(column + 1);
        }
    }
    columns
}

fn check_name(name: &str) -> Result<(), String> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    let good = !name.is_empty()
        && name.len() <= LONGEST_NAME
        && !name.starts_with('.')
        && name.chars().all(is_plain)
        && name != RESULTS;
    if good {
        return Ok(());
    }
    Err(format!(
        "`{name}` is no name of a run: expected at most {LONGEST_NAME} letters, digits, `_`, `-` and `.`, not a `.` first, \
         and not `{RESULTS}`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Option<Line>, String> {
        Line::parse("runs.txt", 7, text).map_err(|error| error.to_string())
    }

    #[test]
    fn words_are_split_as_a_shell_splits_them() {
        let line = parsed("sort-1:  --slots 3 \"a b\"'c' \\# # rest")
            .unwrap()
            .unwrap();
        assert_eq!(line.name.as_deref(), Some("sort-1"));
        assert_eq!(line.words, ["--slots", "3", "a bc", "#"]);
        assert_eq!(line.columns, [10, 18, 20, 29]);
        for nothing in ["", "  ", "# sort: +seed=1", "\t# x"] {
            assert_eq!(parsed(nothing), Ok(None), "{nothing}");
        }
        let plain = parsed("+time: +x").unwrap().unwrap();
        assert_eq!((plain.name, plain.words.len()), (None, 2));
    }

    #[test]
    fn a_mistake_names_its_place() {
        for (text, place) in [
            ("+a 'open", "runs.txt:7:4: a quote"),
            ("ä: +a", "runs.txt:7:1: `ä` is no name"),
            ("  ../x: +a", "runs.txt:7:3: `../x` is no name"),
            ("results.jsonl: +a", "runs.txt:7:1"),
        ] {
            let error = parsed(text).unwrap_err();
            assert!(error.starts_with(place), "{text}: {error}");
        }
        let line = parsed("+ü +slots --slotz=3").unwrap().unwrap();
        let error = line.mistake("runs.txt", "unexpected argument '--slotz' found".to_owned());
        assert_eq!(error.place.to_string(), "runs.txt:7:11");
    }
}
