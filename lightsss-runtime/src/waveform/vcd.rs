//! Joins VCD files, which are text: definitions, and then times and changes.

mod definitions;
mod words;

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use self::definitions::Definitions;
use self::words::{Word, Words};
use super::check;
use super::error::{self, Differing, JoinError};
use super::joined::Joined;
use super::output::Output;

/// The value of each signal, by its code, as it was last written.
type Values = HashMap<Vec<u8>, Vec<u8>>;

/// Joins pieces, which are one at least.
pub(super) fn join(pieces: &[&Path], out: &Path) -> Result<Joined, JoinError> {
    let mut output = Output::create(out)?;
    let mut first: Option<Definitions> = None;
    let mut joint = Joint {
        values: Values::new(),
        begins: None,
        last: None,
    };
    for path in pieces {
        let reading = error::reading(path);
        let file = File::open(path).map_err(&reading)?;
        let mut file = BufReader::with_capacity(1 << 20, file);
        let definitions = Definitions::read(path, &mut file)?;
        match &first {
            None => output.put(&definitions.text)?,
            Some(first) => {
                if let Some(what) = first.difference(&definitions) {
                    return Err(JoinError::OtherModel {
                        first: pieces[0].to_owned(),
                        path: (*path).to_owned(),
                        what,
                    });
                }
            }
        }
        let definitions = first.get_or_insert(definitions);
        joint.add(path, Words::new(file), definitions, &mut output)?;
    }
    Ok(Joined {
        bytes: output.finish(out, check::check)?,
        first: joint.begins.unwrap_or(0),
        last: joint.last.unwrap_or(0),
    })
}

/// What is known at the end of a piece.
struct Joint {
    values: Values,
    begins: Option<u64>,
    last: Option<u64>,
}

impl Joint {
    fn add(
        &mut self,
        path: &Path,
        mut words: Words<BufReader<File>>,
        definitions: &Definitions,
        out: &mut Output,
    ) -> Result<(), JoinError> {
        let reading = error::reading(path);
        let ended = self.last;
        // Times of this piece.
        let mut times = 0_u64;
        let mut differing = Vec::new();
        let mut line = Vec::new();
        while let Some(word) = words.next().map_err(&reading)? {
            line.clear();
            match word {
                Word::Time(time) => {
                    let time =
                        time.ok_or_else(|| error::damaged(path, "a time in it is no number"))?;
                    if let Some(last) = self.last.filter(|last| time < *last) {
                        return Err(Self::order(path, ended, time, last));
                    }
                    times += 1;
                    self.begins.get_or_insert(time);
                    if self.last.replace(time) == Some(time) && ended.is_some() && times == 1 {
                        continue;
                    }
                    line.extend_from_slice(format!("#{time}").as_bytes());
                }
                Word::Change { value, code } => {
                    if !definitions.names.contains_key(code) {
                        let code = String::from_utf8_lossy(code);
                        return Err(error::damaged(
                            path,
                            format!("it has a change of `{code}`, which it does not define"),
                        ));
                    }
                    let held = self.values.get_mut(code);
                    let opens = ended.is_some() && times <= 1;
                    let same = held.as_ref().is_some_and(|held| **held == *value);
                    if opens && same {
                        continue;
                    }
                    if opens && self.last == ended {
                        differing.push(code.to_vec());
                    }
                    line.extend_from_slice(value);
                    if !matches!(value[0], b'0' | b'1' | b'x' | b'z' | b'X' | b'Z')
                        || value.len() > 1
                    {
                        line.push(b' ');
                    }
                    line.extend_from_slice(code);
                    match held {
                        Some(held) => value.clone_into(held),
                        None => drop(self.values.insert(code.to_vec(), value.to_vec())),
                    }
                }
                Word::Other(word) => line.extend_from_slice(word),
                Word::Cut(word) => {
                    let word = String::from_utf8_lossy(word).into_owned();
                    return Err(error::damaged(
                        path,
                        format!("`{word}` in it is neither a time nor a change"),
                    ));
                }
            }
            line.push(b'\n');
            out.put(&line)?;
        }
        if times == 0 {
            return Err(error::damaged(path, "it has no values"));
        }
        if !words.ended_with_a_line() {
            return Err(error::damaged(path, "it ends within a line"));
        }
        if differing.is_empty() {
            return Ok(());
        }
        Err(JoinError::Seam {
            path: path.to_owned(),
            time: ended.unwrap_or(0),
            signals: definitions.named(&differing),
        })
    }

    fn order(path: &Path, ended: Option<u64>, begins: u64, last: u64) -> JoinError {
        if ended == Some(last) {
            return JoinError::Order {
                path: path.to_owned(),
                begins,
                ended: last,
            };
        }
        error::damaged(
            path,
            format!("time {begins} in it comes behind time {last}"),
        )
    }
}

impl Definitions {
    fn named(&self, codes: &[Vec<u8>]) -> Differing {
        let names = codes
            .iter()
            .take(Differing::MOST)
            .map(|code| self.names[code].clone());
        Differing {
            names: names.collect(),
            count: codes.len(),
        }
    }
}
